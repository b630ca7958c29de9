"""The terms of one repayment plan, and what would make them contradict themselves."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from credit.domain.interest import (
    Accrual,
    DayCount,
    InterestFrom,
    InterestPeriod,
    LeapDay,
    PeriodUnit,
    Rounding,
)
from platform_app.kernel.errors import gettext_noop


class Method(StrEnum):
    EQUAL_INSTALLMENT = "equal_installment"
    EQUAL_PRINCIPAL = "equal_principal"
    INTEREST_FIRST = "interest_first"
    BULLET = "bullet"
    FLAT = "flat"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleTerms:
    """What a product says about its plan. Raises ``ValueError`` if the terms contradict themselves.

    ``down_payment`` is a fraction of the principal, ``installment_multiple_minor`` the step of the
    level installment in fen, ``fixed_length`` the distance of the last due date from the drawdown
    in units. ``interest_free_days`` bear no interest, counted from the drawdown; the first
    ``principal_grace`` rows pay no principal. A bullet is one row: its term is ``every`` units.
    """

    method: Method
    annual_rate: Decimal
    installments: int
    every: int
    unit: PeriodUnit
    day_count: DayCount
    interest_period: InterestPeriod
    rounding: Rounding
    down_payment: Decimal | None = None
    installment_multiple_minor: int | None = None
    fixed_length: int | None = None
    leap_day: LeapDay = LeapDay.CALENDAR_YEAR
    interest_from: InterestFrom = InterestFrom.DAY_AFTER
    interest_free_days: int = 0
    principal_grace: int = 0

    def __post_init__(self) -> None:
        for fault, is_there in self._faults().items():
            if is_there:
                raise ValueError(fault)

    def _faults(self) -> dict[str, bool]:
        multiple = self.installment_multiple_minor
        before_last = (self.installments - 1) * self.every
        return {
            gettext_noop("a plan needs at least one installment and a period of at least one"): (
                min(self.installments, self.every) < 1
            ),
            gettext_noop("a bullet has one installment; its term is the length of the period"): (
                self.method is Method.BULLET and self.installments != 1
            ),
            gettext_noop("the annual rate must be zero or more"): (
                not self.annual_rate.is_finite() or self.annual_rate < 0
            ),
            gettext_noop("the installment multiple must be at least one fen"): (
                multiple is not None and multiple < 1
            ),
            gettext_noop("the down payment must be a fraction below one"): (
                self.down_payment is not None and not 0 <= self.down_payment < 1
            ),
            gettext_noop("the fixed length must reach beyond the installment before the last"): (
                self.fixed_length is not None and self.fixed_length <= before_last
            ),
            gettext_noop("the principal grace must leave an installment that pays principal"): (
                not 0 <= self.principal_grace < self.installments
            ),
            gettext_noop("interest-free days must be zero or more"): self.interest_free_days < 0,
        }

    @property
    def accrual(self) -> Accrual:
        """How interest of these terms grows, without the plan."""
        return Accrual(
            annual_rate=self.annual_rate,
            day_count=self.day_count,
            unit=self.unit,
            interest_period=self.interest_period,
            leap_day=self.leap_day,
            interest_from=self.interest_from,
            free_days=self.interest_free_days,
        )

    @property
    def row_lengths(self) -> tuple[int, ...]:
        """The length of each installment's period in units; a fixed length bends the last."""
        if self.fixed_length is None:
            return (self.every,) * self.installments
        before_last = self.installments - 1
        return (self.every,) * before_last + (self.fixed_length - before_last * self.every,)
