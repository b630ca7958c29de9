"""Files the partner reconciles with: one per batch and one per business day."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from credit.domain.reconciliation_file import FileBytes, FileRow, file_bytes
from credit.enums import EntryKind, FileKind
from credit.models import Drawdown, Posting, ReconciliationFile, SettlementBatch, SettlementLine
from credit.queries import settlements
from credit.queries.reconciliation_files import file_with_content, latest_file
from platform_app.kernel import audit, events

INTERNAL = (EntryKind.ACCRUAL, EntryKind.ADJUSTMENT)


@transaction.atomic
def write_settlement_file(*, batch_id: str, at: datetime) -> ReconciliationFile:
    """Write a batch's file; when nothing has changed since, the last revision is the answer.

    Raises NotFound.
    """
    return write_batch_file(settlements.batch(batch_id), at=at)


def write_batch_file(batch: SettlementBatch, *, at: datetime) -> ReconciliationFile:
    """What `write_settlement_file` does, for the close, which has the batch and a transaction."""
    rows = [_line(line, batch) for line in settlements.lines(batch.id)]
    return _keep(
        FileKind.SETTLEMENT, batch.captured_on, file_bytes(rows), batch=batch,
        name=f"settlement-{batch.captured_on}-{batch.id}", at=at,
    )  # fmt: skip


@transaction.atomic
def write_day_file(*, on: date, at: datetime) -> ReconciliationFile:
    """Write the file of everything booked on a business day, accruals aside.

    When nothing has changed since, the last revision is the answer. The cut-off is the business
    day: what is booked later is in a later day's file.
    """
    content = file_bytes(_day_rows(on))
    return _keep(FileKind.DAY, on, content, batch=None, name=f"day-{on}", at=at)


@transaction.atomic
def take_file(*, file_id: str, actor: str, at: datetime) -> ReconciliationFile:
    """A file with its bytes, for somebody to keep; who took it is on record. Raises NotFound."""
    row = file_with_content(file_id)
    audit.record(
        actor=actor, action="file.download", subject=row.id, at=at,
        after={"name": row.name, "sha256": row.sha256},
    )  # fmt: skip
    return row


def _keep(
    kind: FileKind, on: date, made: FileBytes, *, batch: SettlementBatch | None, name: str,
    at: datetime,
) -> ReconciliationFile:  # fmt: skip
    subject = batch.id if batch else on.isoformat()
    last = latest_file(kind, subject)
    if last is not None and last.sha256 == made.sha256:
        return last
    revision = last.revision + 1 if last else 1
    row = ReconciliationFile.objects.create(
        kind=kind, on=on, batch=batch, subject=subject, revision=revision,
        name=f"{name}-r{revision}.csv", row_count=made.row_count, sum_minor=made.sum_minor,
        sha256=made.sha256, content=made.content,
    )  # fmt: skip
    events.record(
        "credit.reconciliation_file.ready", subject=row.id, actor="system:close", at=at,
        props={"kind": kind.value, "on": on.isoformat(), "revision": revision,
               "sha256": made.sha256, "row_count": made.row_count},
    )  # fmt: skip
    return row


def _line(line: SettlementLine, batch: SettlementBatch) -> FileRow:
    entry, drawdown = line.entry, line.drawdown
    return FileRow(
        kind=line.kind,
        booked_on=entry.booked_on if entry else batch.captured_on,
        value_on=entry.value_on if entry else batch.captured_on,
        drawdown_id=drawdown.id if drawdown else "",
        order_no=drawdown.order_no if drawdown else "",
        key=entry.key if entry else line.carried_from_id or batch.id,
        entry_id=entry.id if entry else "",
        amount_minor=line.amount_minor,
    )


def _day_rows(on: date) -> Iterable[FileRow]:
    """One row per entry in order of booking; its amount is the sum of its debits."""
    booked = list(
        Posting.objects.filter(entry__booked_on=on, amount_minor__gt=0)
        .exclude(entry__kind__in=INTERNAL)
        .values("entry_id", "entry__kind", "entry__key", "entry__value_on", "entry__drawdown_id")
        .annotate(amount=Sum("amount_minor"))
        .order_by("entry_id")
    )
    orders = dict(
        Drawdown.objects.filter(
            pk__in={row["entry__drawdown_id"] for row in booked if row["entry__drawdown_id"]}
        ).values_list("id", "order_no")
    )
    for row in booked:
        drawdown_id = row["entry__drawdown_id"] or ""
        yield FileRow(
            kind=row["entry__kind"],
            booked_on=on,
            value_on=row["entry__value_on"],
            drawdown_id=drawdown_id,
            order_no=orders.get(drawdown_id, ""),
            key=row["entry__key"],
            entry_id=row["entry_id"],
            amount_minor=int(row["amount"]),
        )
