"""Opening the books of a tenant and publishing what it offers."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from credit.domain.terms import STANDARD_OPTIONS, ProductTerms, canonical_sha256
from credit.enums import ProductStatus
from credit.models import BusinessDay, FundingSource, Product, ProductVersion
from credit.operations.partnerships import launch_source
from platform_app.kernel import events


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
    *, code: str, name: str, terms: ProductTerms, funding_source_id: str, actor: str, at: datetime
) -> ProductVersion:
    """Publish the next version of a product; the version before it is retired.

    Drawdowns already booked keep their own terms. The same terms again change nothing.
    """
    product, _ = Product.objects.get_or_create(code=code, defaults={"name": name})
    Product.objects.select_for_update().get(pk=product.pk)
    body = terms.to_json()
    digest = canonical_sha256(body)
    current = ProductVersion.objects.filter(product=product, status=ProductStatus.PUBLISHED).first()
    if current and current.sha256 == digest and current.funding_source_id == funding_source_id:
        return current
    if current:
        ProductVersion.objects.filter(pk=current.pk).update(status=ProductStatus.RETIRED)
    last = ProductVersion.objects.filter(product=product).aggregate(last=Max("number"))["last"]
    version = ProductVersion.objects.create(
        product=product,
        number=(last or 0) + 1,
        status=ProductStatus.PUBLISHED,
        terms=body,
        sha256=digest,
        funding_source_id=funding_source_id,
        published_at=at,
    )
    events.record(
        "credit.product.published", subject=product.id, actor=actor, at=at,
        props={"number": version.number},
    )  # fmt: skip
    return version


def standard_terms(
    *, option_codes: list[str], interest_free_days: int, grace_days: int
) -> ProductTerms:
    """Order credit with some of the standard options (bullet 30/60/90, equal 3/6/12)."""
    return ProductTerms(
        options=tuple(STANDARD_OPTIONS[code] for code in option_codes),
        interest_free_days=interest_free_days,
        grace_days=grace_days,
    )
