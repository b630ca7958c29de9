"""How a funding source settles with the partner, and what its terms add to a batch."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from django.db import transaction

from credit.domain.settlement import fraction_of
from credit.enums import AccountCode, EntryKind, SettlementLineKind
from credit.errors import BadSettlementTerms
from credit.models import (
    FundingSource,
    Holdback,
    JournalEntry,
    SettlementBatch,
    SettlementTerms,
)
from credit.operations import ledger
from credit.queries import settlements
from credit.queries.business_day import open_day_for_booking
from platform_app.kernel import audit, events
from platform_app.kernel.errors import NotFound, gettext_noop

LONGEST_PAYOUT, LONGEST_HOLDBACK = 90, 730


class Draft(Protocol):
    """A batch being built, as far as its terms need to know it."""

    funding_source_id: str
    on: date
    terms: SettlementTerms
    batch: SettlementBatch

    def add_entry(self, entry: JournalEntry, amount_minor: int) -> None: ...

    def sum_of(self, kind: SettlementLineKind) -> int: ...


@transaction.atomic
def set_settlement_terms(  # noqa: PLR0913 -- terms have this many parts, each by its name
    *,
    funding_source_id: str,
    payout_days: int,
    pays_on_workdays_only: bool,
    fee_fraction: Decimal,
    holdback_fraction: Decimal,
    holdback_days: int,
    revenue_share_fraction: Decimal,
    actor: str,
    at: datetime,
) -> SettlementTerms:
    """Settle differently from the open business day on; days already locked stay as they are.

    Fractions are decimal (0.05 is 5 %). Asked twice on one day, the second must say the same.
    Raises NotFound, BadSettlementTerms.
    """
    day = open_day_for_booking()
    if not FundingSource.objects.filter(pk=funding_source_id).exists():
        raise NotFound(noun="funding source")
    _check(payout_days, holdback_days, fee_fraction, holdback_fraction, revenue_share_fraction)
    terms = {
        "payout_days": payout_days,
        "pays_on_workdays_only": pays_on_workdays_only,
        "fee_fraction": fee_fraction,
        "holdback_fraction": holdback_fraction,
        "holdback_days": holdback_days,
        "revenue_share_fraction": revenue_share_fraction,
    }
    row, is_new = SettlementTerms.objects.get_or_create(
        funding_source_id=funding_source_id,
        from_on=day,
        defaults={**terms, "actor": actor, "at": at},
    )
    if not is_new:
        if any(getattr(row, name) != value for name, value in terms.items()):
            raise BadSettlementTerms(
                field="payout_days", reason=gettext_noop("they were changed today already")
            )
        return row
    after = {name: str(value) for name, value in terms.items()}
    audit.record(
        actor=actor, action="settlement_terms.set", subject=funding_source_id, at=at, after=after
    )
    events.record(
        "credit.settlement_terms.changed", subject=funding_source_id, actor=actor, at=at,
        props={**after, "from_on": day.isoformat()},
    )  # fmt: skip
    return row


def _check(payout_days: int, holdback_days: int, *fractions: Decimal) -> None:
    if not 1 <= payout_days <= LONGEST_PAYOUT:
        raise BadSettlementTerms(
            field="payout_days", reason=gettext_noop("1–90 days until the payout")
        )
    if not 0 <= holdback_days <= LONGEST_HOLDBACK:
        raise BadSettlementTerms(field="holdback_days", reason=gettext_noop("0–730 days held back"))
    if not all(0 <= one < 1 for one in fractions) or sum(fractions[:2]) >= 1:
        raise BadSettlementTerms(
            field="fee_fraction",
            reason=gettext_noop("shares from 0 to below 100 %, fee and holdback together too"),
        )


def book_terms(drafts: Sequence[Draft], *, booked_on: date, at: datetime) -> None:
    """Book what the terms add to these batches and add the lines.

    1. The fee the platform bears, of the day's captures.
    2. The holdback, of the day's captures, to be released later.
    3. The platform's share of the interest collected on the day.
    4. Holdbacks of earlier batches whose release day has come.
    """
    if not drafts:
        return
    sharing = [one.funding_source_id for one in drafts if one.terms.revenue_share_fraction]
    on = drafts[0].on
    interest = settlements.interest_collected(on, sharing) if sharing else {}
    for draft in drafts:
        captured = draft.sum_of(SettlementLineKind.CAPTURE)
        fee = fraction_of(captured, draft.terms.fee_fraction)
        _book(draft, EntryKind.PARTNER_FEE, AccountCode.PARTNER_FEE_INCOME, -fee, booked_on, at)
        held = fraction_of(captured, draft.terms.holdback_fraction)
        _book(draft, EntryKind.HOLDBACK, AccountCode.PARTNER_HOLDBACK, -held, booked_on, at)
        share = fraction_of(
            interest.get(draft.funding_source_id, 0), draft.terms.revenue_share_fraction
        )
        _book(draft, EntryKind.REVENUE_SHARE, AccountCode.REVENUE_SHARE, share, booked_on, at)
    _release({one.funding_source_id: one for one in drafts}, on, booked_on, at)


def keep_holdbacks(drafts: Sequence[Draft]) -> None:
    """Write down what was held back of these batches, now that they are stored."""
    Holdback.objects.bulk_create(
        [
            Holdback(
                batch=one.batch,
                funding_source_id=one.funding_source_id,
                amount_minor=-one.sum_of(SettlementLineKind.HOLDBACK),
                release_on=settlements.release_day(one.on, one.terms),
            )
            for one in drafts
            if one.sum_of(SettlementLineKind.HOLDBACK)
        ]
    )


def _book(
    draft: Draft, kind: EntryKind, other: AccountCode, amount_minor: int, booked_on: date,
    at: datetime, *, key: str = "",
) -> None:  # fmt: skip
    """Book `amount_minor` fen to the partner (negative: from it) against another account."""
    if not amount_minor:
        return
    entry = ledger.post(
        kind=kind, key=key or f"{draft.funding_source_id}:{draft.on}",
        funding_source_id=draft.funding_source_id,
        amounts={AccountCode.PARTNER_PAYABLE: -amount_minor, other: amount_minor},
        value_on=draft.on, booked_on=booked_on, at=at,
    )  # fmt: skip
    draft.add_entry(entry, amount_minor)


def _release(drafts: Mapping[str, Draft], on: date, booked_on: date, at: datetime) -> None:
    due = [one for one in settlements.holdbacks_due(on) if one.funding_source_id in drafts]
    for held in due:
        _book(
            drafts[held.funding_source_id], EntryKind.HOLDBACK_RELEASE,
            AccountCode.PARTNER_HOLDBACK, held.amount_minor, booked_on, at, key=held.id,
        )  # fmt: skip
    Holdback.objects.filter(pk__in=[one.id for one in due]).update(released_on=on)
