"""From an offer to a signed line: reading the cost sheet is measured by the server."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F

from credit.domain.caps import product_paths
from credit.domain.cost_sheet import SAMPLE_MINOR
from credit.domain.fees import fees_of
from credit.domain.terms import ProductTerms
from credit.enums import ApplicationStatus, OfferStatus, ProductStatus
from credit.errors import (
    CostSheetChanged,
    CostSheetUnread,
    OfferClosed,
    OfferNotFound,
)
from credit.models import Application, Contract, CreditLine, Offer, ProductVersion
from credit.operations.caps import blocking, check_range, stop
from credit.operations.cost_sheets import store_cost_sheet
from credit.operations.deductions import agree_deduction
from credit.queries.agreements import agreement_text
from credit.queries.calendar import workday_test
from credit.queries.named_lenders import lenders_of
from credit.queries.signing import offers_being_signed
from platform_app.kernel import clock, events, ids
from platform_app.kernel.events import NewEvent
from risk.queries.term_rates import rate_for

OFFER_DAYS: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """An agreement that is drawn up, not yet concluded."""

    line_id: str
    contract_id: str
    text: str


def make_offer(
    *,
    application: Application,
    limit_minor: int,
    annual_rate: Decimal,
    at: datetime,
    term_rates: Mapping[str, str] | None = None,
) -> Offer:
    """Offer the published version at a price, with its cost sheet and the sheet's items.

    With `term_rates` each option has the rate of its term, and the offer's own is the highest.

    Options whose all-in rate could pass a cap of the day are left out; the sheet lists the rest.
    Called inside the caller's transaction. Raises PriceOutOfRange; CapExceeded or CapUnknown when
    no option is left.
    """
    version = ProductVersion.objects.select_related("funding_source", "product").get(
        product_id=application.product_id, status=ProductStatus.PUBLISHED
    )
    rates = _rates(version, annual_rate, term_rates or {})
    for rate in sorted(set(rates.values())):
        check_range(version, rate)
    codes = _codes_under_the_caps(version, rates, limit_minor, at)
    told = {code: rates[code] for code in codes} if term_rates else {}
    highest = max(told.values()) if told else annual_rate
    sheet = store_cost_sheet(
        version=version, annual_rate=highest, option_codes=codes, at=at, option_rates=told
    )
    return Offer.objects.create(
        application=application,
        merchant_id=application.merchant_id,
        product_version=version,
        cost_sheet=sheet,
        limit_minor=limit_minor,
        annual_rate=highest,
        option_codes=codes,
        option_rates={code: str(rate) for code, rate in told.items()},
        status=OfferStatus.OPEN,
        offered_at=at,
        expires_at=at + timedelta(days=OFFER_DAYS),
    )


def _rates(
    version: ProductVersion, annual_rate: Decimal, term_rates: Mapping[str, str]
) -> dict[str, Decimal]:
    """The annual rate of every option the version has."""
    options = ProductTerms.from_json(version.terms).options
    return {one.code: rate_for(term_rates, one.nominal_days, annual_rate) for one in options}


def _codes_under_the_caps(
    version: ProductVersion, rates: Mapping[str, Decimal], limit_minor: int, at: datetime
) -> list[str]:
    product, on = ProductTerms.from_json(version.terms), clock.day_of(at)
    codes = [option.code for option in product.options]
    found = [
        path
        for code in codes
        for path in product_paths(
            product,
            fees=fees_of(version.terms),
            rates=[rates[code]],
            option_codes=[code],
            amounts_minor=[min(product.minimum_minor, limit_minor), SAMPLE_MINOR],
            value_on=on,
            is_workday=workday_test(),
        )
    ]
    judgement = blocking(version, found, on=on)
    above = {finding.path.option if finding.path else None for finding in judgement.blocks}
    allowed = [code for code in codes if not {None, code} & above]
    if not allowed:
        stop(judgement, field="annual_rate", on=on)
    return allowed


@transaction.atomic
def start_reading(*, offer_id: str, at: datetime) -> Offer:
    """The merchant opened the cost sheet; the first opening counts. Raises OfferNotFound."""
    offers = Offer.objects.filter(pk=offer_id)
    offers.filter(read_started_at__isnull=True).update(read_started_at=at)
    offer: Offer | None = offers.first()
    if offer is None:
        raise OfferNotFound
    return offer


@transaction.atomic
def accept_offer(
    *,
    offer_id: str,
    cost_sheet_sha256: str,
    evidence: dict[str, Any],
    actor: str,
    at: datetime,
    agreement: Agreement | None = None,
) -> CreditLine:
    """Keep the agreement and open the line. Accepting twice returns the line already opened.

    `agreement` is one that was drawn up before and is signed by now. A product that takes a share
    of sales has it agreed by the same signature. Raises
    OfferNotFound, OfferClosed (expired), CostSheetUnread (opened for less than the configured
    seconds), CostSheetChanged (another sheet was shown, or it names other lenders).
    """
    offer = locked_offer(offer_id)
    if offer.status == OfferStatus.ACCEPTED:
        return CreditLine.objects.get(offer=offer)
    check_acceptance(offer, cost_sheet_sha256=cost_sheet_sha256, at=at)
    line = CreditLine.objects.create(
        id=agreement.line_id if agreement else ids.new_id("lin"),
        merchant_id=offer.merchant_id,
        product_id=offer.product_version.product_id,
        product_version_id=offer.product_version_id,
        offer=offer,
        limit_minor=offer.limit_minor,
        annual_rate=offer.annual_rate,
        option_rates=offer.option_rates,
        activated_at=at,
    )
    product = _sign(line, offer, agreement, evidence, at)
    if product.share_of_sales:
        agree_deduction(
            merchant_id=line.merchant_id, fraction=product.share_of_sales, actor=actor, at=at
        )
    Offer.objects.filter(pk=offer.pk).update(status=OfferStatus.ACCEPTED)
    Application.objects.filter(pk=offer.application_id).update(
        status=ApplicationStatus.ACTIVATED, version=F("version") + 1
    )
    events.record(
        "credit.line.activated", subject=line.id, merchant_id=line.merchant_id, actor=actor, at=at,
        props={"limit_minor": line.limit_minor, "annual_rate": str(line.annual_rate)},
    )  # fmt: skip
    return line


@transaction.atomic
def expire_offers(*, at: datetime, merchant_id: str | None = None) -> int:
    """End the open offers whose time has run out, and their applications; return how many.

    One that was signed in time and whose signature is still being made stays open.
    """
    ended = Offer.objects.filter(status=OfferStatus.OPEN, expires_at__lte=at)
    if merchant_id is not None:
        ended = ended.filter(merchant_id=merchant_id)
    ended = ended.exclude(pk__in=offers_being_signed())
    offers = list(ended.select_for_update().order_by("id"))
    Offer.objects.filter(pk__in=[o.pk for o in offers]).update(status=OfferStatus.EXPIRED)
    Application.objects.filter(pk__in=[o.application_id for o in offers]).update(
        status=ApplicationStatus.EXPIRED, version=F("version") + 1
    )
    events.record_all(
        [
            NewEvent(
                name="credit.application.expired", subject=offer.application_id,
                merchant_id=offer.merchant_id, actor="system:expiry", at=at,
            )
            for offer in offers
        ]
    )  # fmt: skip
    return len(offers)


def locked_offer(offer_id: str) -> Offer:
    """Hold an offer still. Raises OfferNotFound."""
    offer = (
        Offer.objects.select_for_update(of=("self",))
        .select_related("cost_sheet", "merchant", "product_version__funding_source", "application")
        .filter(pk=offer_id)
        .first()
    )
    if offer is None:
        raise OfferNotFound
    return offer


def check_acceptance(offer: Offer, *, cost_sheet_sha256: str, at: datetime) -> None:
    """Whether a locked offer can be signed at `at`.

    Raises OfferClosed, CostSheetUnread, CostSheetChanged.
    """
    if offer.status != OfferStatus.OPEN or at >= offer.expires_at:
        raise OfferClosed
    seconds = settings.COST_SHEET_READ_SECONDS
    if offer.read_started_at is None or at < offer.read_started_at + timedelta(seconds=seconds):
        raise CostSheetUnread(seconds=seconds)
    if cost_sheet_sha256 != offer.cost_sheet.sha256:
        raise CostSheetChanged(field="cost_sheet_sha256")
    _same_lenders(offer)


def agree(offer: Offer, *, line_id: str, on: date) -> Agreement:
    """Draw up the agreement of an offer under the ids its line and contract will have."""
    text = agreement_text(offer, line_id=line_id, on=on)
    return Agreement(line_id=line_id, contract_id=ids.new_id("ctr"), text=text)


def _same_lenders(offer: Offer) -> None:
    """The sheet that was read names every lender the line may be funded by."""
    read = [one["name"] for one in offer.cost_sheet.body["lenders"]]
    if read != [one.name for one in lenders_of(offer.product_version)]:
        raise CostSheetChanged(field="cost_sheet_sha256")


def _sign(
    line: CreditLine, offer: Offer, agreement: Agreement | None, evidence: dict[str, Any],
    at: datetime,
) -> ProductTerms:  # fmt: skip
    """Keep the agreement as signed; return the product's terms it was made on."""
    made = agreement or agree(offer, line_id=line.id, on=clock.day_of(at))
    Contract.objects.create(
        id=made.contract_id,
        merchant_id=line.merchant_id,
        line=line,
        cost_sheet=offer.cost_sheet,
        cost_sheet_sha256=offer.cost_sheet.sha256,
        text=made.text,
        text_sha256=hashlib.sha256(made.text.encode()).hexdigest(),
        evidence=evidence,
        signed_at=at,
    )
    return ProductTerms.from_json(offer.product_version.terms)
