"""Funding contracts: who lends which part, drafted by one person, activated by another."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from credit.domain.shares import BadShares, Party, Shares
from credit.enums import Component, FundingStatus, LicenceType, ListingStatus, OfferStatus
from credit.errors import (
    FundingNameTaken,
    FundingSourceNotFound,
    FundingTermsInvalid,
    LendersFixed,
    ProductUnavailable,
)
from credit.models import (
    FundingSource,
    NamedLender,
    Offer,
    Partnership,
    PartnershipShare,
    ProductVersion,
)
from credit.operations import funding_caps, funding_states, ledger
from credit.values import Listing, PartnershipTerms
from platform_app.kernel import audit
from platform_app.kernel.errors import gettext_noop

LAUNCH: Final = "system:launch"
_SHOWN: Final = (OfferStatus.OPEN, OfferStatus.ACCEPTED)
_NO_LISTING: Final = Listing(
    status=ListingStatus.UNLISTED, listed_on=None, review_due_on=None, evidence=""
)


@transaction.atomic
def draft_partnership(*, terms: PartnershipTerms, actor: str, at: datetime) -> Partnership:
    """Write down a contract with its shares; nothing is routed by it before it is active.

    Raises FundingTermsInvalid, FundingNameTaken, FundingSourceNotFound.
    """
    _check(terms)
    row = Partnership.objects.create(
        name=terms.name,
        funding_source_id=terms.lead_id,
        residual_source_id=terms.residual_id,
        from_on=terms.from_on,
        to_on=terms.to_on,
        listing_status=terms.listing.status,
        listed_on=terms.listing.listed_on,
        review_due_on=terms.listing.review_due_on,
        listing_evidence=terms.listing.evidence,
        least_share_minor=terms.least_share_minor,
        service_fee_share=terms.service_fee_share,
        holdback_share=terms.holdback_share,
        first_loss_share=terms.first_loss_share,
        settlement_days=terms.settlement_days,
        drafted_by=actor,
    )
    PartnershipShare.objects.bulk_create(
        [
            PartnershipShare(
                partnership=row, funding_source_id=source_id, component=component,
                fraction=fraction,
            )
            for source_id, parts in terms.fractions.items()
            for component, fraction in parts.items()
        ]
    )  # fmt: skip
    audit.record(
        actor=actor, action="partnership.draft", subject=row.id, at=at,
        after={"name": terms.name, "lead": terms.lead_id,
               "parties": sorted(terms.fractions)},
    )  # fmt: skip
    return row


def _check(terms: PartnershipTerms) -> None:
    try:
        shares = Shares(
            tuple(Party(source, parts) for source, parts in terms.fractions.items()),
            terms.residual_id,
        )
    except BadShares as fault:
        raise FundingTermsInvalid(field="fractions", reason=str(fault)) from None
    parties = {party.funding_source_id for party in shares.parties}
    if terms.lead_id not in parties:
        raise FundingTermsInvalid(
            field="lead", reason=gettext_noop("the lead is none of the parties")
        )
    try:
        known = FundingSource.objects.filter(pk__in=parties).count()
    except ValueError:
        known = 0
    if known != len(parties):
        raise FundingSourceNotFound(field="fractions")
    if Partnership.objects.filter(name=terms.name).exists():
        raise FundingNameTaken(field="name")
    for reason, is_fault in _faults(terms).items():
        if is_fault:
            raise FundingTermsInvalid(reason=reason)


def _faults(terms: PartnershipTerms) -> dict[str, bool]:
    parts = (terms.service_fee_share, terms.holdback_share, terms.first_loss_share)
    return {
        gettext_noop("a partnership needs a name"): not terms.name.strip(),
        gettext_noop("it ends before it begins"): terms.to_on is not None
        and terms.to_on < terms.from_on,
        gettext_noop("fee, holdback and first loss are parts of one"): not all(
            0 <= one <= 1 for one in parts
        ),
        gettext_noop("the least share cannot be negative"): terms.least_share_minor < 0,
        gettext_noop("settlement takes 0 to 30 days"): not 0 <= terms.settlement_days <= 30,  # noqa: PLR2004
        gettext_noop("a listing needs its day and its evidence"): (
            terms.listing.status == ListingStatus.LISTED
            and not (terms.listing.listed_on and terms.listing.evidence)
        ),
    }


@transaction.atomic
def activate_partnership(*, partnership_id: str, actor: str, at: datetime) -> Partnership:
    """Let drawdowns be routed by it (again). Done already, it changes nothing.

    Raises PartnershipNotFound, SecondPersonNeeded, FundingStateConflict.
    """
    row = funding_states.locked_partnership(partnership_id)
    funding_states.activate(row, actor=actor, at=at)
    return row


@transaction.atomic
def suspend_partnership(
    *, partnership_id: str, reason: str, actor: str, at: datetime
) -> Partnership:
    """Route nothing new by it; what was drawn goes on. Raises as `activate_partnership` does."""
    row = funding_states.locked_partnership(partnership_id)
    funding_states.move(row, FundingStatus.SUSPENDED, reason=reason, actor=actor, at=at)
    return row


@transaction.atomic
def end_partnership(*, partnership_id: str, reason: str, actor: str, at: datetime) -> Partnership:
    """For good; a draft is thereby withdrawn. Raises as `activate_partnership` does."""
    row = funding_states.locked_partnership(partnership_id)
    funding_states.move(row, FundingStatus.ENDED, reason=reason, actor=actor, at=at)
    return row


@transaction.atomic
def record_listing(
    *, partnership_id: str, listing: Listing, actor: str, at: datetime
) -> Partnership:
    """Note what the lender's head office says of us. Raises PartnershipNotFound, …TermsInvalid."""
    row = funding_states.locked_partnership(partnership_id)
    if listing.status == ListingStatus.LISTED and not (listing.listed_on and listing.evidence):
        reason = gettext_noop("a listing needs its day and its evidence")
        raise FundingTermsInvalid(field="listing", reason=reason)
    before = {"status": row.listing_status, "review_due_on": str(row.review_due_on or "")}
    row.listing_status, row.listed_on = listing.status, listing.listed_on
    row.review_due_on, row.listing_evidence = listing.review_due_on, listing.evidence
    row.save(update_fields=["listing_status", "listed_on", "review_due_on", "listing_evidence"])
    audit.record(
        actor=actor, action="partnership.listing", subject=row.id, before=before, at=at,
        after={"status": listing.status, "review_due_on": str(listing.review_due_on or ""),
               "evidence": listing.evidence},
    )  # fmt: skip
    return row


@transaction.atomic
def name_lenders(
    *, product_version_id: str, funding_source_ids: list[str], actor: str, at: datetime
) -> list[NamedLender]:
    """Name further lenders in a version's contract, in order of preference, before anybody signs.

    Naming one again changes nothing. Raises ProductUnavailable, FundingSourceNotFound,
    LendersFixed once the version was offered to anybody: its cost sheet names them all.
    """
    versions = ProductVersion.objects.select_for_update()
    version = versions.filter(pk=product_version_id).first()
    if version is None:
        raise ProductUnavailable(field="product_version")
    named = set(
        NamedLender.objects.filter(product_version=version).values_list(
            "funding_source_id", flat=True
        )
    )
    new = [one for one in funding_source_ids if one not in {*named, version.funding_source_id}]
    if FundingSource.objects.filter(pk__in=new).count() != len(set(new)):
        raise FundingSourceNotFound(field="funding_source_ids")
    if new and Offer.objects.filter(product_version=version, status__in=_SHOWN).exists():
        raise LendersFixed
    rows = [
        NamedLender(product_version=version, funding_source_id=one, rank=len(named) + place)
        for place, one in enumerate(new, start=1)
    ]
    NamedLender.objects.bulk_create(rows)
    if rows:
        audit.record(
            actor=actor, action="productversion.name_lenders", subject=version.id, at=at,
            after={"funding_sources": new},
        )  # fmt: skip
    return rows


@transaction.atomic
def launch_source(
    *, name: str, licence_type: str, complaint_phone: str, first_day: date, actor: str,
    at: datetime,
) -> tuple[FundingSource, bool]:  # fmt: skip
    """The lender a platform is taken on with, sole and active, and whether it is new. Repeatable.

    The one lender that `LAUNCH` activates instead of a second person: a platform is taken on from
    the command line by somebody who may do anything. Everything after takes two people.
    """
    source, is_new = FundingSource.objects.get_or_create(
        name=name,
        defaults={
            "licence_type": LicenceType(licence_type), "complaint_phone": complaint_phone,
            "status": FundingStatus.ACTIVE, "drafted_by": actor, "activated_by": LAUNCH,
            "activated_at": at,
        },
    )  # fmt: skip
    ledger.open_accounts(funding_source_id=source.id)
    funding_caps.open_slices(funding_source_id=source.id, cap_minor=source.cap_minor)
    if not Partnership.objects.filter(funding_source=source).exists():
        partnership = draft_partnership(
            terms=PartnershipTerms(
                name=name, lead_id=source.id, residual_id=source.id,
                fractions={source.id: dict.fromkeys(Component.values, Decimal(1))},
                from_on=first_day, to_on=None, listing=_NO_LISTING, least_share_minor=0,
                service_fee_share=Decimal(0), holdback_share=Decimal(0),
                first_loss_share=Decimal(0), settlement_days=1,
            ),
            actor=actor,
            at=at,
        )  # fmt: skip
        activate_partnership(partnership_id=partnership.id, actor=LAUNCH, at=at)
    return source, is_new
