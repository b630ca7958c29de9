"""Breaks: found by comparing, closed by the other side's arrival or by people."""

from datetime import date, datetime
from typing import Final

from django.db import transaction

from credit.enums import BreakKind, BreakStatus
from credit.errors import BreakNotOpen, WriteOffNotAsked
from credit.models import ReconciliationBreak
from credit.operations.flow_matching import match_flows
from credit.queries.breaks import OPEN, Difference, differences, locked_break
from credit.queries.business_day import open_day_for_booking
from platform_app.kernel import audit, events
from platform_app.kernel.errors import ReasonNeeded, SecondPersonNeeded

_REFERENCE: Final = {
    "drw": "drawdown_id", "stl": "batch_id", "rpy": "repayment_id", "bkf": "flow_id",
}  # fmt: skip


def reconcile(*, actor: str, at: datetime) -> dict[str, int]:
    """Match the bank's flows, then bring the breaks in line with what does not agree now.

    A difference that is new opens a break; one that is gone resolves it; one that comes back opens
    it again; one that was written off stays so. Answers how many were opened and resolved.
    """
    match_flows(actor=actor, at=at)
    counts = {"opened": 0, "resolved": 0}
    for kind in BreakKind:
        opened, resolved = _compare(kind, at)
        counts["opened"] += opened
        counts["resolved"] += resolved
    return counts


@transaction.atomic
def _compare(kind: BreakKind, at: datetime) -> tuple[int, int]:
    day = open_day_for_booking()
    now = {one.about: one for one in differences(kind)}
    known = {row.key: row for row in ReconciliationBreak.objects.filter(kind=kind)}
    fresh = [_new(one, day) for one in now.values() if one.about not in known]
    ReconciliationBreak.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=2_000)
    back = [row for row in known.values() if _came_back(row, now)]
    for row in back:
        row.status, row.closed_on = BreakStatus.OPEN, None
    ReconciliationBreak.objects.bulk_update(back, ["status", "closed_on"], batch_size=2_000)
    changed = [row for row in known.values() if row.key in now and _differs(row, now[row.key])]
    for row in changed:
        row.expected_minor = now[row.key].expected_minor
        row.found_minor = now[row.key].found_minor
    ReconciliationBreak.objects.bulk_update(
        changed, ["expected_minor", "found_minor"], batch_size=2_000
    )
    gone = [row.id for row in known.values() if row.status in OPEN and row.key not in now]
    resolved = ReconciliationBreak.objects.filter(pk__in=gone, status__in=OPEN).update(
        status=BreakStatus.RESOLVED, closed_on=day
    )
    opened = len(fresh) + len(back)
    if opened or resolved:
        events.record(
            "credit.reconciliation.compared", subject=kind.value, actor="system:reconcile", at=at,
            props={"opened_count": opened, "resolved_count": resolved},
        )  # fmt: skip
    return opened, resolved


def _new(one: Difference, day: date) -> ReconciliationBreak:
    row = ReconciliationBreak(
        kind=one.kind, key=one.about, expected_minor=one.expected_minor,
        found_minor=one.found_minor, opened_on=day,
    )  # fmt: skip
    setattr(row, _REFERENCE[one.about.partition("_")[0]], one.about)
    return row


def _came_back(row: ReconciliationBreak, now: dict[str, Difference]) -> bool:
    return row.status == BreakStatus.RESOLVED and row.key in now


def _differs(row: ReconciliationBreak, one: Difference) -> bool:
    """A break that was written off keeps the amounts that were approved."""
    said = (one.expected_minor, one.found_minor)
    return row.status in OPEN and (row.expected_minor, row.found_minor) != said


@transaction.atomic
def take_break(*, break_id: str, actor: str, at: datetime) -> ReconciliationBreak:
    """Somebody makes it theirs. Raises NotFound, BreakNotOpen."""
    row = _open(break_id)
    row.owner = actor
    row.save(update_fields=["owner"])
    audit.record(actor=actor, action="break.take", subject=row.id, at=at)
    return row


@transaction.atomic
def explain_break(
    *, break_id: str, explanation: str, actor: str, at: datetime
) -> ReconciliationBreak:
    """Say why the sides differ; it stays in the list until they agree.

    Raises NotFound, BreakNotOpen, ReasonNeeded.
    """
    row = _open(break_id)
    row.explanation = _said(explanation)
    row.status, row.owner = BreakStatus.EXPLAINED, row.owner or actor
    row.save(update_fields=["explanation", "status", "owner"])
    audit.record(actor=actor, action="break.explain", subject=row.id, at=at, reason=explanation)
    return row


@transaction.atomic
def ask_write_off(*, break_id: str, reason: str, actor: str, at: datetime) -> ReconciliationBreak:
    """Ask for the difference to be accepted; somebody else approves.

    Raises NotFound, BreakNotOpen, ReasonNeeded.
    """
    row = _open(break_id)
    row.explanation, row.write_off_asked_by = _said(reason), actor
    row.status, row.owner = BreakStatus.EXPLAINED, row.owner or actor
    row.save(update_fields=["explanation", "write_off_asked_by", "status", "owner"])
    audit.record(actor=actor, action="break.ask_write_off", subject=row.id, at=at, reason=reason)
    return row


@transaction.atomic
def write_off_break(*, break_id: str, actor: str, at: datetime) -> ReconciliationBreak:
    """Approve: the difference is accepted and the break closed. Moves no money: what a difference
    means for the books is booked where it belongs, as a refund, reversal or write-off.

    Raises NotFound, BreakNotOpen, WriteOffNotAsked, SecondPersonNeeded.
    """
    row = _open(break_id)
    if not row.write_off_asked_by:
        raise WriteOffNotAsked
    if row.write_off_asked_by == actor:
        raise SecondPersonNeeded
    row.status, row.closed_on = BreakStatus.WRITTEN_OFF, open_day_for_booking()
    row.write_off_approved_by = actor
    row.save(update_fields=["status", "closed_on", "write_off_approved_by"])
    audit.record(
        actor=actor, action="break.write_off", subject=row.id, at=at, reason=row.explanation,
        after={"expected_minor": row.expected_minor, "found_minor": row.found_minor},
    )  # fmt: skip
    events.record(
        "credit.reconciliation_break.written_off", subject=row.id, actor=actor, at=at,
        props={"kind": row.kind, "expected_minor": row.expected_minor,
               "found_minor": row.found_minor},
    )  # fmt: skip
    return row


def _open(break_id: str) -> ReconciliationBreak:
    row = locked_break(break_id)
    if row.status not in OPEN:
        raise BreakNotOpen
    return row


def _said(text: str) -> str:
    if not text.strip():
        raise ReasonNeeded(field="reason")
    return text.strip()
