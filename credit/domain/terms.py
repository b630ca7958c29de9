"""Terms as frozen values with one JSON form: what a product offers, what a drawdown has."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from credit.domain.allocation import STANDARD_RULES, AllocationRule, Direction, rule_for
from credit.domain.discounts import DiscountTerms
from credit.domain.fees import Fee
from credit.domain.frozen_json import dump, load
from credit.domain.interest import (
    DayCount,
    InterestOnShift,
    InterestPeriod,
    PeriodUnit,
    Rounding,
    WorkingDayRule,
)
from credit.domain.options import BadTerms, TermOption
from credit.domain.schedule_terms import ScheduleTerms
from platform_app.kernel.errors import gettext_noop

LONGEST_GRACE_DAYS = 30


class PenaltyBase(StrEnum):
    """What of an overdue row bears penalty interest. Penalty never bears penalty."""

    PRINCIPAL = "principal"
    PRINCIPAL_AND_INTEREST = "principal_and_interest"


class OverdueInterest(StrEnum):
    """Whether overdue principal still bears contract interest beside the penalty."""

    STOPS = "stops"
    RUNS = "runs"


@dataclass(frozen=True, slots=True, kw_only=True)
class _CommonTerms:
    """What a product says and a drawdown copies, for its whole life."""

    day_count: DayCount = DayCount.ACT_365
    interest_period: InterestPeriod = InterestPeriod.DAILY
    rounding: Rounding = Rounding.HALF_UP
    working_day_rule: WorkingDayRule = WorkingDayRule.FOLLOWING
    interest_on_shift: InterestOnShift = InterestOnShift.WAIVE
    interest_free_days: int = 0
    subsidy_rate: Decimal = Decimal(0)
    grace_days: int = 3
    arrears_grace_days: int = 0
    overdue_interest: OverdueInterest = OverdueInterest.STOPS
    penalty_base: PenaltyBase = PenaltyBase.PRINCIPAL
    penalty_cap: Decimal | None = None
    down_payment: Decimal | None = None
    installment_multiple_minor: int | None = None
    direction: Direction = Direction.HORIZONTAL
    allocation: tuple[AllocationRule, ...] = STANDARD_RULES
    fees: tuple[Fee, ...] = ()

    def _check(self) -> None:
        if min(self.interest_free_days, self.grace_days, self.arrears_grace_days) < 0:
            raise BadTerms(gettext_noop("interest-free days and grace must be 0 or more"))
        if self.grace_days > LONGEST_GRACE_DAYS:
            raise BadTerms(
                gettext_noop("interest-free days and grace must be 0 or more, grace at most 30")
            )
        if self.subsidy_rate < 0 or (self.subsidy_rate and not self.interest_free_days):
            raise BadTerms(gettext_noop("a subsidy pays for interest-free days"))
        if self.penalty_cap is not None and self.penalty_cap <= 0:
            raise BadTerms(
                gettext_noop("a penalty cap is a fraction above zero of what is overdue")
            )
        if "default" not in {rule.credit for rule in self.allocation}:
            raise BadTerms(gettext_noop("allocation needs a default rule"))
        if len({fee.code for fee in self.fees}) != len(self.fees):
            raise BadTerms(gettext_noop("each fee has a code of its own"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductTerms(_CommonTerms):
    """What one product version offers. Amounts in fen, rates as annual fractions.

    `penalty_multiplier` times the contract rate is the penalty rate; it runs on what is overdue
    from the due date once the grace period has passed unpaid. Contract interest on overdue
    principal stops, or runs on beside it. `subsidy_rate` is what the partner pays a year for the
    interest-free days. `share_of_sales` is taken from sales that pass through the partner.
    `arrears_grace_days` is how long collection waits; days past due do not.
    Raises BadTerms when the parts contradict each other.
    """

    options: tuple[TermOption, ...]
    penalty_multiplier: Decimal = Decimal("1.5")
    share_of_sales: Decimal = Decimal(0)
    minimum_minor: int = 10_000
    hold_days: int = 30
    quote_minutes: int = 30

    def __post_init__(self) -> None:
        if not self.options or len({o.code for o in self.options}) != len(self.options):
            raise BadTerms(
                gettext_noop("a product needs term options, each with a code of its own")
            )
        self._check()
        if self.rounding is not Rounding.HALF_UP:
            raise BadTerms(gettext_noop("the books round half up"))
        if self.penalty_multiplier < 1:
            raise BadTerms(gettext_noop("the penalty rate cannot be below the contract rate"))
        if not 0 <= self.share_of_sales <= 1:
            raise BadTerms(gettext_noop("the share of sales is a fraction"))
        if self.minimum_minor < 1 or self.hold_days < 1 or self.quote_minutes < 1:
            raise BadTerms(
                gettext_noop("minimum amount, hold days and quote minutes must be positive")
            )
        for option in self.options:
            DrawdownTerms.of(self, option.code, Decimal(0)).schedule_terms(date(2026, 1, 1))

    def option(self, code: str) -> TermOption:
        """Raises KeyError for an option this version does not offer."""
        return next((o for o in self.options if o.code == code), None) or _no_option(code)

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = dump(self)
        return body

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return load(cls, data)


def _no_option(code: str) -> TermOption:
    raise KeyError(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawdownTerms(_CommonTerms):
    """The terms one drawdown is booked with, for its whole life."""

    option: TermOption
    annual_rate: Decimal
    penalty_rate: Decimal
    discount: DiscountTerms | None = None

    @classmethod
    def of(cls, product: ProductTerms, option_code: str, annual_rate: Decimal) -> Self:
        """The terms of one option at one merchant's rate. Raises KeyError for the option.

        Where contract interest runs on, the penalty rate is only what comes on top of it.
        """
        beside = product.overdue_interest is OverdueInterest.RUNS
        return cls(
            option=product.option(option_code),
            annual_rate=annual_rate,
            penalty_rate=annual_rate * (product.penalty_multiplier - int(beside)),
            **{name: getattr(product, name) for name in _CommonTerms.__dataclass_fields__},
        )

    @property
    def year_days(self) -> int:
        """The days of a year by which penalty interest counts, whatever rows count by."""
        return 360 if self.day_count in {DayCount.ACT_360, DayCount.THIRTY_360} else 365

    @property
    def penalty_days(self) -> int | None:
        """The days after which penalty has reached its cap; None when there is no cap."""
        if self.penalty_cap is None or self.penalty_rate <= 0:
            return None
        return int(self.penalty_cap * self.year_days / self.penalty_rate)

    def rule_for(self, credit: str) -> AllocationRule:
        return rule_for(self.allocation, credit)

    def interest_from(self, drawn_on: date) -> date:
        """The first day that bears interest."""
        return drawn_on + timedelta(days=self.interest_free_days)

    def schedule_terms(self, drawn_on: date) -> ScheduleTerms:
        """What the plan of a drawdown on this day is made from. Raises BadTerms."""
        option, every, unit = self.option, self.option.every, self.option.unit
        if option.statement_day is not None:
            every, unit = (option.statement_due_on(drawn_on) - drawn_on).days, PeriodUnit.DAY
        try:
            return ScheduleTerms(
                method=option.method,
                annual_rate=self.annual_rate,
                installments=option.installments,
                every=every,
                unit=unit,
                day_count=self.day_count,
                interest_period=self.interest_period,
                rounding=self.rounding,
                down_payment=self.down_payment,
                installment_multiple_minor=self.installment_multiple_minor,
                fixed_length=option.fixed_length,
                interest_free_days=self.interest_free_days,
                principal_grace=option.principal_grace,
            )
        except ValueError as error:
            raise BadTerms(str(error)) from error

    def to_json(self) -> dict[str, Any]:
        """As stored with a drawdown; `penalty_days` is there for the close, which reads SQL.

        Without a discount nothing is said of one.
        """
        said = dump(self)
        if self.discount is None:
            del said["discount"]
        return {**said, "penalty_days": self.penalty_days, "year_days": self.year_days}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return load(cls, {k: v for k, v in data.items() if k not in {"penalty_days", "year_days"}})


def canonical_sha256(data: Any) -> str:
    """SHA-256 of the canonical JSON form: sorted keys, no spaces, UTF-8."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
