"""What a calendar import would do: the days it changes, the installments it moves."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

from django.db.models import QuerySet

from credit.domain.calendar import calendar_due_on
from credit.domain.interest import WorkingDayRule
from credit.enums import CalendarImportStatus, DrawdownStatus
from credit.errors import (
    CalendarDayGazetted,
    CalendarDayPast,
    CalendarImportNotFound,
    NoBusinessDay,
)
from credit.models import CalendarDay, CalendarImport, PlanRow
from credit.queries.business_day import open_day
from credit.queries.calendar import workday_test, workday_test_with
from credit.values import CalendarPreview, CalendarRow, DayChange, InstallmentMove
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant

Shift = Callable[[date, WorkingDayRule, date], date]
# No run of days off is longer: a due date is looked for this far from its seed.
LONGEST_SHIFT: Final = timedelta(days=31)
_OPEN: Final = (DrawdownStatus.REPAYING, DrawdownStatus.PARTIALLY_CAPTURED)


def preview_calendar_import(*, rows: Sequence[CalendarRow], at: datetime) -> CalendarPreview:
    """A dry run over every tenant: every open installment whose due date would move.

    Raises CalendarDayPast for a changed day before today, CalendarDayGazetted for a projection
    over a gazetted day. Needs no scope; opens each tenant's in turn.
    """
    changes = _changes(rows, today=clock.day_of(at))
    flipped = [change.row.on for change in changes if change.is_flip]
    moves: list[InstallmentMove] = []
    if flipped:
        before, after = _shift(workday_test()), _shift(workday_test_with(rows))
        for tenant in Tenant.objects.order_by("slug"):
            with tenant_scope(tenant.id):
                moves += _moves(tenant, flipped, before, after, today=clock.day_of(at))
    return CalendarPreview(changes=changes, moves=tuple(moves))


def _changes(rows: Sequence[CalendarRow], *, today: date) -> tuple[DayChange, ...]:
    known = CalendarDay.objects.in_bulk([row.on for row in rows])
    changes = []
    for row in rows:
        stored = known.get(row.on)
        was_workday = workday_test()(row.on) if stored is None else stored.is_workday
        if row.is_workday != was_workday and row.on < today:
            raise CalendarDayPast(field="file", on=row.on.isoformat())
        if row.is_projected and stored is not None and not stored.is_projected:
            raise CalendarDayGazetted(field="file", on=row.on.isoformat())
        if stored is None or _words(stored) != (row.is_workday, row.kind, row.notice_no):
            changes.append(DayChange(row=row, was_workday=was_workday))
    return tuple(changes)


def _words(day: CalendarDay) -> tuple[bool, str, str]:
    return day.is_workday, day.kind, day.notice_no


def _shift(is_workday: Callable[[date], bool]) -> Shift:
    @cache
    def shifted(seed_on: date, rule: WorkingDayRule, drawn_on: date) -> date:
        return calendar_due_on(seed_on, rule, is_workday, drawn_on=drawn_on)

    return shifted


def _moves(
    tenant: Tenant, flipped: Sequence[date], before: Shift, after: Shift, *, today: date
) -> list[InstallmentMove]:
    try:
        first = max(today, open_day())
    except NoBusinessDay:
        return []
    rows = (
        PlanRow.objects.filter(
            paid_off_on__isnull=True,
            drawdown__status__in=_OPEN,
            due_on__gte=first,
            seed_due_on__range=(flipped[0] - LONGEST_SHIFT, flipped[-1] + LONGEST_SHIFT),
        )
        .select_related("drawdown")
        .order_by("drawdown__line_id", "drawdown_id", "seq")
    )
    moves = []
    for row in rows:
        drawdown = row.drawdown
        rule = WorkingDayRule(drawdown.terms["working_day_rule"])
        drawn_on = drawdown.value_on or row.start_on
        calendar_on = after(row.seed_due_on, rule, drawn_on)
        if calendar_on in {before(row.seed_due_on, rule, drawn_on), row.due_on}:
            continue
        moves.append(
            InstallmentMove(
                tenant_id=tenant.id,
                tenant_name=tenant.name,
                merchant_id=drawdown.merchant_id,
                drawdown_id=drawdown.id,
                order_no=drawdown.order_no,
                seq=row.seq,
                from_on=row.due_on,
                calendar_on=calendar_on,
                to_on=max(row.due_on, calendar_on),
            )
        )
    return moves


def rows_of(found: CalendarImport) -> tuple[CalendarRow, ...]:
    """The days of a stored import."""
    return tuple(CalendarRow.from_json(row) for row in found.rows)


def calendar_import(import_id: str) -> CalendarImport:
    """Raises CalendarImportNotFound."""
    try:
        found = CalendarImport.objects.filter(pk=import_id).first()
    except ValueError:
        found = None
    if found is None:
        raise CalendarImportNotFound
    return found


def applied_imports() -> QuerySet[CalendarImport]:
    """What changed the calendar, newest first."""
    rows = CalendarImport.objects.filter(status=CalendarImportStatus.APPLIED)
    return rows.order_by("-decided_at", "-id")
