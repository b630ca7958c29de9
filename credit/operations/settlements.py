"""What we owe the partner: a batch a day and funding source, locked at the close, paid at T+n.

A batch is the day's postings to `PARTNER_PAYABLE`: captures, refunds, deductions and whatever else
was booked there, then what the settlement terms add (fee, holdback, revenue share, released
holdbacks). Those are booked on the open day, because the batch's own day is closing. A net below
zero is carried to the next batch and never paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from credit.domain.settlement import netted, payout_day
from credit.enums import AccountCode, EntryKind, SettlementLineKind, SettlementStatus
from credit.models import (
    JournalEntry,
    Posting,
    SettlementBatch,
    SettlementLine,
    SettlementTerms,
)
from credit.operations import ledger
from credit.operations.reconciliation_files import write_batch_file, write_day_file
from credit.operations.settlement_terms import book_terms, keep_holdbacks
from credit.queries import settlements
from credit.queries.business_day import open_day, open_day_for_booking
from credit.queries.calendar import workday_test
from platform_app.kernel import events


@transaction.atomic
def lock_settlements(*, captured_on: date, at: datetime) -> list[SettlementBatch]:
    """Lock one batch per funding source with everything booked on a day that is in no batch yet.

    Writes each batch's file and the day's. A re-run changes nothing. Part of the daily close:
    nothing can be booked on the day any more, and no other close runs at the same time.
    """
    done = set(
        SettlementBatch.objects.filter(captured_on=captured_on).values_list(
            "funding_source_id", flat=True
        )
    )
    terms = settlements.terms_on(captured_on)
    drafts = {
        source: _Draft(source, captured_on, one, at)
        for source, one in terms.items()
        if source not in done
    }
    for posting in settlements.unsettled(captured_on):
        if posting.account.funding_source_id in drafts:
            drafts[posting.account.funding_source_id].add(posting)
    book_terms(list(drafts.values()), booked_on=open_day(), at=at)
    carried = settlements.carried()
    filled = [draft for draft in drafts.values() if draft.lines]
    batches = [_lock(draft, carried.get(draft.funding_source_id)) for draft in filled]
    keep_holdbacks(filled)
    for batch in batches:
        write_batch_file(batch, at=at)
    write_day_file(on=captured_on, at=at)
    return batches


@dataclass(slots=True)
class _Draft:
    """A batch before it is stored: its lines are `(kind, entry, drawdown, fen to the partner)`."""

    funding_source_id: str
    on: date
    terms: SettlementTerms
    at: datetime
    batch: SettlementBatch = field(init=False)
    lines: list[SettlementLine] = field(default_factory=list)

    def __post_init__(self) -> None:
        is_workday = workday_test() if self.terms.pays_on_workdays_only else None
        self.batch = SettlementBatch(
            funding_source_id=self.funding_source_id,
            captured_on=self.on,
            due_on=payout_day(self.on, self.terms.payout_days, is_workday),
        )
        self.batch.payout_reference = self.batch.id

    def add(self, posting: Posting) -> None:
        entry = posting.entry
        self.add_entry(entry, -posting.amount_minor)

    def add_entry(self, entry: JournalEntry, amount_minor: int) -> None:
        self.lines.append(
            SettlementLine(
                batch=self.batch, funding_source_id=self.funding_source_id,
                kind=settlements.line_kind(entry.kind), entry=entry,
                drawdown_id=entry.drawdown_id, amount_minor=amount_minor,
            )
        )  # fmt: skip

    def sum_of(self, kind: SettlementLineKind) -> int:
        return sum(line.amount_minor for line in self.lines if line.kind == kind)


def _lock(draft: _Draft, carried: SettlementLine | None) -> SettlementBatch:
    batch, lines = draft.batch, draft.lines
    carried_in = carried.amount_minor if carried else 0
    net = netted((line.amount_minor for line in lines), carried_in_minor=carried_in)
    if carried is not None:
        lines.append(_carry(batch, SettlementLineKind.CARRIED_IN, -carried_in, carried.batch_id))
    if net.carried_out_minor:
        out = net.carried_out_minor
        lines.append(_carry(batch, SettlementLineKind.CARRIED_OUT, out, None))
    batch.save(force_insert=True)
    SettlementLine.objects.bulk_create(lines, batch_size=2_000)
    batch.status = SettlementStatus.LOCKED
    batch.net_minor, batch.line_count, batch.totals = net.net_minor, len(lines), _totals(lines)
    batch.save(update_fields=["status", "net_minor", "line_count", "totals"])
    events.record(
        "credit.settlement.locked", subject=batch.id, actor="system:close", at=draft.at,
        props={"net_minor": batch.net_minor, "line_count": batch.line_count},
    )  # fmt: skip
    return batch


def _carry(
    batch: SettlementBatch, kind: SettlementLineKind, amount_minor: int, carried_from: str | None
) -> SettlementLine:
    return SettlementLine(
        batch=batch, funding_source_id=batch.funding_source_id, kind=kind,
        amount_minor=amount_minor, carried_from_id=carried_from,
    )  # fmt: skip


def _totals(lines: Sequence[SettlementLine]) -> list[dict[str, Any]]:
    """Count and fen per kind, in the order of the kinds."""
    found = []
    for kind in SettlementLineKind.values:
        mine = [line.amount_minor for line in lines if line.kind == kind]
        if mine:
            found.append({"kind": kind, "count": len(mine), "amount_minor": sum(mine)})
    return found


@transaction.atomic
def pay_settlements(*, actor: str, at: datetime) -> int:
    """Book every locked batch that is due as paid by its funding source; return how many.

    Booked on the open day. A batch with nothing to pay becomes paid without an entry.
    """
    day = open_day_for_booking()
    batches = list(
        SettlementBatch.objects.select_for_update()
        .filter(status=SettlementStatus.LOCKED, due_on__lte=day)
        .order_by("id")
    )
    for batch in batches:
        if batch.net_minor:
            _book_payout(batch, day, at)
        SettlementBatch.objects.filter(pk=batch.pk).update(
            status=SettlementStatus.PAID, paid_on=day
        )
        events.record(
            "credit.settlement.paid", subject=batch.id, actor=actor, at=at,
            props={"net_minor": batch.net_minor, "line_count": batch.line_count},
        )  # fmt: skip
    return len(batches)


def _book_payout(batch: SettlementBatch, day: date, at: datetime) -> None:
    ledger.post(
        kind=EntryKind.SETTLEMENT, key=batch.id, funding_source_id=batch.funding_source_id,
        amounts={AccountCode.PARTNER_PAYABLE: batch.net_minor,
                 AccountCode.FUNDING_BANK: -batch.net_minor},
        value_on=day, booked_on=day, at=at,
    )  # fmt: skip
