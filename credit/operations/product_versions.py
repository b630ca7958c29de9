"""Versions of a product by two people: one drafts and submits, another approves.

Lock order here: the product's row, then its versions.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from credit.domain.options import BadTerms
from credit.domain.terms import ProductTerms, canonical_sha256
from credit.enums import ProductStatus
from credit.errors import (
    BadProductTerms,
    ProductNotFound,
    ProductUnchanged,
    ProductVersionInWork,
    ProductVersionNotDraft,
    ProductVersionNotFound,
    ProductVersionNotSubmitted,
)
from credit.models import FundingSource, NamedLender, Product, ProductVersion
from credit.operations.caps import stop
from credit.operations.products import next_number, retire_published, tell_published
from credit.queries.caps import judge_version
from platform_app.kernel import audit, clock, events
from platform_app.kernel.errors import ReasonNeeded, SecondPersonNeeded, gettext_noop


@transaction.atomic
def draft_product_version(*, product_id: str, actor: str, at: datetime) -> ProductVersion:
    """Start the next version as a copy of the last one, with the lenders it names.

    A draft that is open already is returned. Raises ProductNotFound; ProductVersionInWork while
    one waits for approval.
    """
    product = _locked_product(product_id)
    versions = ProductVersion.objects.filter(product=product)
    open_one = versions.filter(status__in=[ProductStatus.DRAFT, ProductStatus.SUBMITTED]).first()
    if open_one is not None:
        if open_one.status == ProductStatus.SUBMITTED:
            raise ProductVersionInWork
        return open_one
    last = versions.order_by("-number")[0]
    draft = ProductVersion.objects.create(
        product=product,
        number=next_number(product.id),
        status=ProductStatus.DRAFT,
        terms=last.terms,
        sha256=last.sha256,
        funding_source_id=last.funding_source_id,
        lowest_rate=last.lowest_rate,
        highest_rate=last.highest_rate,
        drafted_by=actor,
        drafted_at=at,
    )
    NamedLender.objects.bulk_create(
        NamedLender(product_version=draft, funding_source_id=source, rank=rank)
        for source, rank in NamedLender.objects.filter(product_version=last)
        .order_by("rank", "id")
        .values_list("funding_source_id", "rank")
    )
    _audit("draft", draft, actor=actor, at=at, after={"number": draft.number})
    return draft


@transaction.atomic
def edit_product_version(
    *,
    version_id: str,
    terms: dict[str, Any],
    lowest_rate: Decimal,
    highest_rate: Decimal,
    funding_source_id: str,
    actor: str,
    at: datetime,
) -> ProductVersion:
    """Write a draft anew: `terms` as ProductTerms in JSON, the annual rates it may be sold at.

    The same again changes and records nothing. Whoever edits last is the drafter. Raises
    ProductVersionNotFound, ProductVersionNotDraft, BadProductTerms.
    """
    version = _locked_version(version_id)
    if version.status != ProductStatus.DRAFT:
        raise ProductVersionNotDraft
    body = checked_terms(terms)
    if not 0 <= lowest_rate <= highest_rate:
        raise BadProductTerms(field="highest_rate", reason=gettext_noop("the price range is empty"))
    source = FundingSource.objects.filter(pk=funding_source_id).first()
    if source is None:
        raise BadProductTerms(
            field="funding_source", reason=gettext_noop("there is no such funding source")
        )
    before = _facts(version)
    version.terms, version.sha256 = body, canonical_sha256(body)
    version.lowest_rate, version.highest_rate = lowest_rate, highest_rate
    version.funding_source = source
    after = _facts(version)
    if before != after:
        version.drafted_by, version.drafted_at = actor, at
        version.save(update_fields=[*_EDITED, "drafted_by", "drafted_at"])
        _audit("edit", version, actor=actor, at=at, before=before, after=after)
    return version


_EDITED = ["terms", "sha256", "lowest_rate", "highest_rate", "funding_source"]


@transaction.atomic
def submit_product_version(*, version_id: str, actor: str, at: datetime) -> ProductVersion:
    """Ask another person to approve a draft; it cannot be edited any more.

    Raises ProductVersionNotFound, ProductVersionNotDraft, ProductUnchanged, CapExceeded,
    CapUnknown.
    """
    version = _locked_version(version_id)
    if version.status != ProductStatus.DRAFT:
        raise ProductVersionNotDraft
    _differs_from_published(version)
    _under_the_caps(version, at)
    version.status = ProductStatus.SUBMITTED
    version.submitted_by, version.submitted_at = actor, at
    version.save(update_fields=["status", "submitted_by", "submitted_at"])
    _audit("submit", version, actor=actor, at=at, after=_facts(version))
    events.record(
        "credit.product.submitted", subject=version.product_id, actor=actor, at=at,
        props={"number": version.number, "product_version": version.id},
    )  # fmt: skip
    return version


@transaction.atomic
def approve_product_version(*, version_id: str, actor: str, at: datetime) -> ProductVersion:
    """Publish what another person submitted; the version in force until now is retired.

    The caps are judged again, on the day of publishing. Approving twice changes nothing. Raises
    ProductVersionNotFound, ProductVersionNotSubmitted, SecondPersonNeeded, CapExceeded, CapUnknown.
    """
    version = _locked_version(version_id)
    if version.status == ProductStatus.PUBLISHED and version.approved_by == actor:
        return version
    if version.status != ProductStatus.SUBMITTED:
        raise ProductVersionNotSubmitted
    if actor == version.submitted_by:
        raise SecondPersonNeeded
    _under_the_caps(version, at)
    retire_published(version.product_id, at=at)
    version.status = ProductStatus.PUBLISHED
    version.approved_by, version.published_at = actor, at
    version.save(update_fields=["status", "approved_by", "published_at"])
    _audit("approve", version, actor=actor, at=at, after=_facts(version))
    tell_published(version, actor=actor, at=at)
    return version


@transaction.atomic
def reject_product_version(
    *, version_id: str, reason: str, actor: str, at: datetime
) -> ProductVersion:
    """Send a submitted version back to its drafter, saying why. It is a draft again.

    Whoever submitted it may take it back this way. Raises ProductVersionNotFound,
    ProductVersionNotSubmitted, ReasonNeeded.
    """
    version = _locked_version(version_id)
    if version.status != ProductStatus.SUBMITTED:
        raise ProductVersionNotSubmitted
    why = " ".join(reason.split())
    if not why:
        raise ReasonNeeded(field="reason")
    version.status = ProductStatus.DRAFT
    version.rejected_by, version.rejected_at, version.rejected_reason = actor, at, why
    version.save(update_fields=["status", "rejected_by", "rejected_at", "rejected_reason"])
    _audit("reject", version, actor=actor, at=at, reason=why)
    events.record(
        "credit.product.rejected", subject=version.product_id, actor=actor, at=at,
        props={"number": version.number, "product_version": version.id},
    )  # fmt: skip
    return version


def _locked_product(product_id: str) -> Product:
    product = Product.objects.select_for_update().filter(pk=product_id).first()
    if product is None:
        raise ProductNotFound
    return product


def _locked_version(version_id: str) -> ProductVersion:
    """The version, with its product's row locked first."""
    found = ProductVersion.objects.filter(pk=version_id).values_list("product_id", flat=True)
    product_id = found.first()
    if product_id is None:
        raise ProductVersionNotFound
    _locked_product(product_id)
    version: ProductVersion = (
        ProductVersion.objects.select_for_update(of=("self",))
        .select_related("product", "funding_source")
        .get(pk=version_id)
    )
    return version


def checked_terms(terms: dict[str, Any]) -> dict[str, Any]:
    """The terms in canonical form. Raises BadProductTerms with what contradicts itself."""
    try:
        body = ProductTerms.from_json(terms).to_json()
    except BadTerms as problem:
        raise BadProductTerms(reason=str(problem)) from None
    except (KeyError, TypeError, ValueError, ArithmeticError):
        raise BadProductTerms(reason=gettext_noop("a value is missing or unknown")) from None
    return body


def _differs_from_published(version: ProductVersion) -> None:
    current = ProductVersion.objects.filter(
        product_id=version.product_id, status=ProductStatus.PUBLISHED
    ).first()
    if current is not None and _facts(current) == _facts(version):
        raise ProductUnchanged


def _under_the_caps(version: ProductVersion, at: datetime) -> None:
    on = clock.day_of(at)
    stop(judge_version(version, on=on), field="terms", on=on)


def _facts(version: ProductVersion) -> dict[str, Any]:
    low, high = version.lowest_rate, version.highest_rate
    return {
        "terms": version.terms,
        "sha256": version.sha256,
        "lowest_rate": None if low is None else f"{low.normalize():f}",
        "highest_rate": None if high is None else f"{high.normalize():f}",
        "funding_source": version.funding_source_id,
    }


def _audit(
    verb: str, version: ProductVersion, *, actor: str, at: datetime, reason: str = "",
    before: dict[str, Any] | None = None, after: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    audit.record(
        actor=actor, action=f"credit.product_version.{verb}", subject=version.id, at=at,
        reason=reason, before=before, after=after,
    )  # fmt: skip
