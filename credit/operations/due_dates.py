"""Moving due dates that were signed: only ever later, and never by accident."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from credit.domain.calendar import moved_due_on, next_event_on
from credit.models import CreditLine, Drawdown, LoanEvent, PlanRow
from credit.queries.business_day import open_day_for_booking
from credit.values import InstallmentMove
from platform_app.kernel import events
from platform_app.kernel.events import NewEvent


@transaction.atomic
def move_due_dates(
    *, moves: Sequence[InstallmentMove], reason: str, actor: str, at: datetime
) -> int:
    """Give installments of the open tenant the due dates of `moves`; return how many moved.

    No amount changes. A day that is not later than the stored one is left as it is, as is an
    installment paid off meanwhile and dates agreed by an extension or a restructuring, so doing it
    twice moves nothing. `reason` is the id of what
    caused it; the partner is told by `credit.installment.moved`.
    """
    wanted = {(move.drawdown_id, move.seq): move.to_on for move in moves}
    drawdowns = _locked({drawdown_id for drawdown_id, _seq in wanted})
    today = open_day_for_booking()
    plans: dict[str, list[PlanRow]] = {drawdown.id: [] for drawdown in drawdowns}
    for row in PlanRow.objects.filter(drawdown__in=drawdowns).order_by("seq"):
        plans[row.drawdown_id].append(row)
    moved: list[tuple[PlanRow, date]] = []
    for drawdown in drawdowns:
        plan = plans[drawdown.id]
        changed = _move(plan, wanted)
        if changed:
            _follow(drawdown, plan, today)
        moved += changed
    PlanRow.objects.bulk_update([row for row, _from in moved], ["due_on"], batch_size=500)
    changed_ids = {row.drawdown_id for row, _from in moved}
    Drawdown.objects.bulk_update(
        [one for one in drawdowns if one.id in changed_ids],
        ["maturity_on", "next_event_on", "signed_due_on", "version"],
        batch_size=500,
    )
    by_id = {drawdown.id: drawdown for drawdown in drawdowns}
    events.record_all(
        [_event(by_id[row.drawdown_id], row, before, reason, actor, at) for row, before in moved]
    )
    return len(moved)


def _locked(drawdown_ids: set[str]) -> list[Drawdown]:
    """All lines first, then the drawdowns by id: the order of the daily close and of payments."""
    lines = Drawdown.objects.filter(pk__in=drawdown_ids).values("line_id")
    list(CreditLine.objects.select_for_update().filter(pk__in=lines).order_by("id"))
    found = Drawdown.objects.select_for_update().filter(pk__in=drawdown_ids)
    agreed = LoanEvent.objects.filter(
        drawdown__in=drawdown_ids, kind__in=["extension", "restructure"]
    )
    return list(found.exclude(pk__in=agreed.values("drawdown_id")).order_by("id"))


def _move(
    plan: Sequence[PlanRow], wanted: dict[tuple[str, int], date]
) -> list[tuple[PlanRow, date]]:
    """The rows that moved, each with the day it was due before."""
    asked = [wanted.get((row.drawdown_id, row.seq), row.due_on) for row in plan]
    moved = []
    for row, to_on in zip(plan, moved_due_on([r.due_on for r in plan], asked), strict=True):
        if to_on != row.due_on and _is_open(row):
            moved.append((row, row.due_on))
            row.due_on = to_on
    return moved


def _follow(drawdown: Drawdown, plan: Sequence[PlanRow], today: date) -> None:
    open_due_on = [row.due_on for row in plan if _is_open(row)]
    drawdown.maturity_on = plan[-1].due_on
    drawdown.signed_due_on = [row.due_on for row in plan if row.seq]
    drawdown.next_event_on = next_event_on(open_due_on, grace_days=drawdown.grace_days, as_of=today)
    drawdown.version += 1


def _is_open(row: PlanRow) -> bool:
    return row.paid_off_on is None and row.unpaid_minor > 0


def _event(
    drawdown: Drawdown, row: PlanRow, before: date, reason: str, actor: str, at: datetime
) -> NewEvent:
    return NewEvent(
        name="credit.installment.moved",
        subject=drawdown.id,
        merchant_id=drawdown.merchant_id,
        actor=actor,
        at=at,
        props={
            "order_no": drawdown.order_no,
            "seq": row.seq,
            "from_on": before.isoformat(),
            "to_on": row.due_on.isoformat(),
            "reason": reason,
            "version": drawdown.version,
        },
    )
