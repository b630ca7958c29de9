"""What is owed to the partner: terms, postings not yet in a batch, batches and their lines."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from credit.enums import AccountCode, EntryKind, SettlementLineKind
from credit.models import (
    FundingSource,
    Holdback,
    Posting,
    SettlementBatch,
    SettlementLine,
    SettlementTerms,
)
from platform_app.kernel.errors import NotFound

PAYOUT = EntryKind.SETTLEMENT


def standard_terms_of(funding_source_id: str, on: date) -> SettlementTerms:
    """How a source settles that has agreed nothing: T+1, no fee, no holdback, no share."""
    return SettlementTerms(
        funding_source_id=funding_source_id, from_on=on, payout_days=1,
        pays_on_workdays_only=False, fee_fraction=Decimal(0), holdback_fraction=Decimal(0),
        holdback_days=0, revenue_share_fraction=Decimal(0),
    )  # fmt: skip


def terms_on(on: date) -> dict[str, SettlementTerms]:
    """The terms of every funding source on a day, by its id."""
    found = {
        source: standard_terms_of(source, on)
        for source in FundingSource.objects.order_by("id").values_list("id", flat=True)
    }
    for terms in SettlementTerms.objects.filter(from_on__lte=on).order_by("from_on"):
        found[terms.funding_source_id] = terms
    return found


def unsettled(on: date) -> QuerySet[Any]:
    """Postings to what we owe the partner, booked on a day, that are in no batch yet.

    A payout lowers what is owed and is never a line.
    """
    settled = SettlementLine.objects.filter(
        entry_id=OuterRef("entry_id"), funding_source_id=OuterRef("account__funding_source_id")
    )
    return (
        Posting.objects.filter(entry__booked_on=on, account__code=AccountCode.PARTNER_PAYABLE)
        .exclude(entry__kind=PAYOUT)
        .exclude(Exists(settled))
        .select_related("entry", "account")
        .order_by("id")
    )


def so_far(on: date) -> list[dict[str, Any]]:
    """What the running day's batch holds so far: count and fen per kind of entry."""
    rows = unsettled(on).order_by().values("entry__kind")
    sums = rows.annotate(count=Count("id"), amount_minor=Sum(-F("amount_minor")))
    return [
        {"kind": line_kind(row["entry__kind"]), "count": row["count"],
         "amount_minor": int(row["amount_minor"])}
        for row in sums.order_by("entry__kind")
    ]  # fmt: skip


def line_kind(entry_kind: str) -> SettlementLineKind:
    """The kind of line an entry becomes."""
    known = SettlementLineKind.values
    return SettlementLineKind(entry_kind if entry_kind in known else SettlementLineKind.OTHER)


def interest_collected(on: date, source_ids: Iterable[str]) -> dict[str, int]:
    """Interest that merchants paid on a business day, in fen by funding source.

    A payment taken back that day counts against it: the share it brought is given back.
    """
    paid = EntryKind.REPAYMENT
    rows = Posting.objects.filter(
        Q(entry__kind=paid) | Q(entry__reverses__kind=paid),
        entry__booked_on=on,
        account__code=AccountCode.INTEREST_RECEIVABLE,
        account__funding_source_id__in=list(source_ids),
    ).values_list("account__funding_source_id")
    return {source: -int(total) for source, total in rows.annotate(total=Sum("amount_minor"))}


def carried() -> dict[str, SettlementLine]:
    """By funding source: the net carried out of a batch that no later batch has taken in."""
    taken = SettlementLine.objects.filter(carried_from__isnull=False).values("carried_from_id")
    rows = SettlementLine.objects.filter(kind=SettlementLineKind.CARRIED_OUT)
    waiting = rows.exclude(batch_id__in=taken).select_related("batch").order_by("id")
    return {line.batch.funding_source_id: line for line in waiting}


def holdbacks_due(on: date) -> QuerySet[Any]:
    """What is held back and may be released on a day."""
    return Holdback.objects.filter(released_on__isnull=True, release_on__lte=on).order_by("id")


def holdbacks_waiting() -> QuerySet[Any]:
    """What is held back, the next to be released first."""
    rows = Holdback.objects.filter(released_on__isnull=True)
    return rows.select_related("batch").order_by("release_on", "id")


def batch(batch_id: str) -> SettlementBatch:
    """One batch with its funding source. Raises NotFound."""
    rows = SettlementBatch.objects.select_related("funding_source")
    try:
        found: SettlementBatch | None = rows.filter(pk=batch_id).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun="settlement")
    return found


def lines(batch_id: str) -> QuerySet[Any]:
    """The lines of a batch in order, with entry and drawdown."""
    rows = SettlementLine.objects.filter(batch_id=batch_id).order_by("id")
    return rows.select_related("entry", "drawdown", "carried_from")


def release_day(on: date, terms: SettlementTerms) -> date:
    """The first day on which what is held back of a day's batch may be released."""
    return on + timedelta(days=terms.holdback_days)
