"""The ways to pay an order that a product may offer."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from credit.domain.interest import PeriodUnit, add_periods
from credit.domain.schedule_terms import Method
from platform_app.kernel.errors import gettext_noop

LAST_STATEMENT_DAY = 28
_MONTH_DAYS = 30
_UNIT_DAYS = {PeriodUnit.DAY: 1, PeriodUnit.WEEK: 7, PeriodUnit.MONTH: _MONTH_DAYS}


class BadTerms(ValueError):
    """The terms contradict themselves; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermOption:
    """One way to pay an order: `installments` rows, each `every` units long.

    `fixed_length` moves the last due date to that many units after the drawdown.
    `principal_grace` rows at the start pay no principal. With `statement_day` the orders of a
    cycle, which ends on that day of the month, fall due together on the next `due_day`.
    """

    code: str
    method: Method
    installments: int
    every: int
    unit: PeriodUnit
    fixed_length: int | None = None
    principal_grace: int = 0
    statement_day: int | None = None
    due_day: int | None = None

    def __post_init__(self) -> None:
        if (self.statement_day is None) != (self.due_day is None):
            raise BadTerms(
                gettext_noop("a statement needs the day its cycle ends and the day it is due")
            )
        if self.statement_day is not None and (
            self.method is not Method.BULLET
            or not 1 <= self.statement_day <= LAST_STATEMENT_DAY
            or not 1 <= (self.due_day or 0) <= LAST_STATEMENT_DAY
        ):
            raise BadTerms(gettext_noop("a statement is paid in one, on days from 1 to 28"))

    @property
    def nominal_days(self) -> int:
        """How long the last row runs at most, a month taken as 30 days: its column of prices."""
        if self.statement_day is not None:
            month = 2 if (self.due_day or 0) <= self.statement_day else 1
            return (
                (month - 1) * _MONTH_DAYS + (self.due_day or 0) - self.statement_day + _MONTH_DAYS
            )
        length = self.fixed_length or self.installments * self.every
        return length * _UNIT_DAYS[self.unit]

    def statement_due_on(self, drawn_on: date) -> date:
        """The due day of the statement whose cycle contains `drawn_on`."""
        ends, due = self.statement_day or 0, self.due_day or 0
        month = drawn_on.replace(day=1)
        cycle = add_periods(month, PeriodUnit.MONTH, int(drawn_on.day > ends))
        due_month = add_periods(cycle, PeriodUnit.MONTH, int(due <= ends))
        return due_month.replace(day=due)


def _bullet(days: int) -> TermOption:
    return TermOption(
        code=f"bullet_{days}", method=Method.BULLET, installments=1, every=days, unit=PeriodUnit.DAY
    )


def _monthly(name: str, method: Method, months: int, **more: Any) -> TermOption:
    return TermOption(
        code=f"{name}_{months}", method=method, installments=months, every=1,
        unit=PeriodUnit.MONTH, **more,
    )  # fmt: skip


STATEMENT = TermOption(
    code="statement", method=Method.BULLET, installments=1, every=1, unit=PeriodUnit.MONTH,
    statement_day=25, due_day=10,
)  # fmt: skip

STANDARD_OPTIONS = {
    option.code: option
    for option in (
        *(_bullet(days) for days in (30, 60, 90)),
        *(_monthly("equal", Method.EQUAL_INSTALLMENT, months) for months in (3, 6, 12)),
    )
}
# Offered by products that ask for them; the default product does not.
MORE_OPTIONS = {
    option.code: option
    for option in (
        STATEMENT,
        _monthly("principal", Method.EQUAL_PRINCIPAL, 6),
        _monthly("interest_first", Method.INTEREST_FIRST, 6),
        _monthly("any_time", Method.INTEREST_FIRST, 12),
        _monthly("flat", Method.FLAT, 6),
        _monthly("late_start", Method.EQUAL_INSTALLMENT, 6, principal_grace=2),
    )
}
