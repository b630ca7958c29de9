"""What we owe the partner: a batch a day, locked at the close, paid on the next open day."""

from datetime import date, datetime

from django.db import transaction

from credit.enums import AccountCode, EntryKind, SettlementStatus
from credit.models import Posting, SettlementBatch, SettlementLine
from credit.operations import ledger
from credit.queries.business_day import open_day_for_booking
from platform_app.kernel import events


@transaction.atomic
def lock_settlements(*, captured_on: date, at: datetime) -> list[SettlementBatch]:
    """Gather the day's captures into one batch per funding source. A re-run changes nothing."""
    postings = (
        Posting.objects.filter(
            entry__kind=EntryKind.CAPTURE,
            entry__booked_on=captured_on,
            account__code=AccountCode.PARTNER_PAYABLE,
        )
        .exclude(entry_id__in=SettlementLine.objects.values("entry_id"))
        .select_related("entry", "account")
        .order_by("id")
    )
    by_source: dict[str, list[Posting]] = {}
    for posting in postings:
        by_source.setdefault(posting.account.funding_source_id, []).append(posting)
    return [_lock(source, captured_on, group, at) for source, group in by_source.items()]


def _lock(
    funding_source_id: str, captured_on: date, postings: list[Posting], at: datetime
) -> SettlementBatch:
    batch = SettlementBatch.objects.create(
        funding_source_id=funding_source_id,
        captured_on=captured_on,
        line_count=len(postings),
        net_minor=-sum(posting.amount_minor for posting in postings),
    )
    SettlementLine.objects.bulk_create(
        [
            SettlementLine(
                batch=batch,
                entry_id=posting.entry_id,
                drawdown_id=posting.entry.drawdown_id,
                amount_minor=-posting.amount_minor,
            )
            for posting in postings
        ]
    )
    events.record(
        "credit.settlement.locked", subject=batch.id, actor="system:close", at=at,
        props={"net_minor": batch.net_minor, "line_count": batch.line_count},
    )  # fmt: skip
    return batch


@transaction.atomic
def pay_settlements(*, actor: str, at: datetime) -> int:
    """Book every locked batch as paid by its funding source on the open day; return how many."""
    day = open_day_for_booking()
    batches = list(
        SettlementBatch.objects.select_for_update()
        .filter(status=SettlementStatus.LOCKED)
        .order_by("id")
    )
    for batch in batches:
        ledger.post(
            kind=EntryKind.SETTLEMENT, key=batch.id, funding_source_id=batch.funding_source_id,
            amounts={AccountCode.PARTNER_PAYABLE: batch.net_minor,
                     AccountCode.FUNDING_BANK: -batch.net_minor},
            value_on=day, booked_on=day, at=at,
        )  # fmt: skip
        SettlementBatch.objects.filter(pk=batch.pk).update(
            status=SettlementStatus.PAID, paid_on=day
        )
        events.record(
            "credit.settlement.paid", subject=batch.id, actor=actor, at=at,
            props={"net_minor": batch.net_minor, "line_count": batch.line_count},
        )  # fmt: skip
    return len(batches)
