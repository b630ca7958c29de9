"""Opening the books of a tenant and publishing what it offers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from credit.domain.options import STANDARD_OPTIONS
from credit.domain.terms import ProductTerms, canonical_sha256
from credit.enums import ProductKind, ProductStatus
from credit.errors import BadProductTerms, ProductCodeTaken, ProductNotFound
from credit.models import BusinessDay, FundingSource, Product, ProductVersion
from credit.operations.caps import stop
from credit.operations.partnerships import launch_source
from credit.queries.caps import judge_version
from platform_app.kernel import audit, clock, events
from platform_app.kernel.errors import gettext_noop


@transaction.atomic
def open_books(
    *, first_day: date, lender_name: str, licence_type: str, complaint_phone: str, actor: str,
    at: datetime,
) -> FundingSource:  # fmt: skip
    """Give the tenant its funding source, chart of accounts and first business day. Repeatable."""
    source, created = launch_source(
        name=lender_name, licence_type=licence_type, complaint_phone=complaint_phone,
        first_day=first_day, actor=actor, at=at,
    )  # fmt: skip
    if not BusinessDay.objects.exists():
        BusinessDay.objects.create(on=first_day)
    if created:
        events.record("credit.books.opened", subject=source.id, actor=actor, at=at)
    return source


@transaction.atomic
def publish_product(
    *,
    code: str,
    name: str,
    terms: ProductTerms,
    funding_source_id: str,
    lowest_rate: Decimal,
    highest_rate: Decimal,
    actor: str,
    at: datetime,
) -> ProductVersion:
    """Publish without a second person: the bootstrap of a platform that has no members yet.

    Everybody else drafts, submits and approves (`operations/product_versions.py`). The caps hold
    here as well. The version before is retired; drawdowns already booked keep their own terms. The
    same terms again change nothing. Raises CapExceeded, CapUnknown.
    """
    product, _ = Product.objects.get_or_create(code=code, defaults={"name": name})
    Product.objects.select_for_update().get(pk=product.pk)
    body = terms.to_json()
    digest = canonical_sha256(body)
    current = ProductVersion.objects.filter(product=product, status=ProductStatus.PUBLISHED).first()
    if current and current.sha256 == digest and current.funding_source_id == funding_source_id:
        return current
    version = ProductVersion(
        product=product,
        number=next_number(product.id),
        status=ProductStatus.PUBLISHED,
        terms=body,
        sha256=digest,
        funding_source=FundingSource.objects.get(pk=funding_source_id),
        lowest_rate=lowest_rate,
        highest_rate=highest_rate,
        drafted_by=actor,
        drafted_at=at,
        is_bootstrap=True,
        published_at=at,
    )
    stop(judge_version(version, on=clock.day_of(at)), field="terms", on=clock.day_of(at))
    retire_published(product.id, at=at)
    version.save(force_insert=True)
    audit.record(
        actor=actor, action="credit.product.bootstrap", subject=version.id, at=at,
        after={"number": version.number, "sha256": digest},
    )  # fmt: skip
    tell_published(version, actor=actor, at=at)
    return version


@transaction.atomic
def create_product(  # noqa: PLR0913 -- all that a product is, each by its name
    *,
    code: str,
    name: str,
    kind: str,
    like_product_id: str | None,
    funding_source_id: str,
    lowest_rate: Decimal,
    highest_rate: Decimal,
    actor: str,
    at: datetime,
) -> ProductVersion:
    """A wholly new product with its first draft: nobody is offered it before two people publish.

    Its terms are a copy of the last version of another product, or one payment after 30 days.
    Rates are annual fractions. Raises ProductCodeTaken, ProductNotFound, BadProductTerms.
    """
    if not 0 <= lowest_rate <= highest_rate:
        raise BadProductTerms(field="highest_rate", reason=gettext_noop("the price range is empty"))
    source = FundingSource.objects.filter(pk=funding_source_id).first()
    if source is None:
        reason = gettext_noop("there is no such funding source")
        raise BadProductTerms(field="funding_source", reason=reason)
    terms = _terms_like(like_product_id)
    if Product.objects.filter(code=code).exists():
        raise ProductCodeTaken(field="code")
    try:
        with transaction.atomic():
            product = Product.objects.create(code=code, name=name, kind=ProductKind(kind))
    except IntegrityError:
        raise ProductCodeTaken(field="code") from None
    version = ProductVersion.objects.create(
        product=product,
        number=1,
        status=ProductStatus.DRAFT,
        terms=terms,
        sha256=canonical_sha256(terms),
        funding_source=source,
        lowest_rate=lowest_rate,
        highest_rate=highest_rate,
        drafted_by=actor,
        drafted_at=at,
    )
    audit.record(
        actor=actor, action="credit.product.create", subject=product.id, at=at,
        after={"code": code, "name": name, "kind": kind, "version": version.id},
    )  # fmt: skip
    return version


def _terms_like(product_id: str | None) -> dict[str, Any]:
    if product_id is None:
        return standard_terms(
            option_codes=["bullet_30"], interest_free_days=0, grace_days=3
        ).to_json()
    last = ProductVersion.objects.filter(product_id=product_id).order_by("-number").first()
    if last is None:
        raise ProductNotFound(field="like")
    return ProductTerms.from_json(last.terms).to_json()


def next_number(product_id: str) -> int:
    """The number of the next version; the product's row is locked by the caller."""
    last = ProductVersion.objects.filter(product_id=product_id).aggregate(last=Max("number"))
    return (last["last"] or 0) + 1


def retire_published(product_id: str, *, at: datetime) -> None:
    """Retire the version in force, if there is one, to make room for the next."""
    ProductVersion.objects.filter(product_id=product_id, status=ProductStatus.PUBLISHED).update(
        status=ProductStatus.RETIRED, retired_at=at
    )


def tell_published(version: ProductVersion, *, actor: str, at: datetime) -> None:
    """Record that a version is in force now."""
    events.record(
        "credit.product.published", subject=version.product_id, actor=actor, at=at,
        props={"number": version.number, "product_version": version.id},
    )  # fmt: skip


def standard_terms(
    *, option_codes: list[str], interest_free_days: int, grace_days: int
) -> ProductTerms:
    """Order credit with some of the standard options (bullet 30/60/90, equal 3/6/12)."""
    return ProductTerms(
        options=tuple(STANDARD_OPTIONS[code] for code in option_codes),
        interest_free_days=interest_free_days,
        grace_days=grace_days,
    )
