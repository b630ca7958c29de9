"""Terms as frozen values with one JSON form: what a product offers, what a drawdown has."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Self

from credit.domain.amortization import Method, ScheduleTerms
from credit.domain.interest import (
    DayCount,
    InterestPeriod,
    PeriodUnit,
    Rounding,
    WorkingDayRule,
)

LONGEST_GRACE_DAYS = 30
YEAR_DAYS = {DayCount.ACT_365: 365, DayCount.ACT_360: 360}


class BadTerms(ValueError):
    """The terms contradict themselves; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermOption:
    """One way to pay an order: `installments` rows, each `every` units long."""

    code: str
    method: Method
    installments: int
    every: int
    unit: PeriodUnit

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "method": self.method.value,
            "installments": self.installments,
            "every": self.every,
            "unit": self.unit.value,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            code=data["code"],
            method=Method(data["method"]),
            installments=data["installments"],
            every=data["every"],
            unit=PeriodUnit(data["unit"]),
        )


def _bullet(days: int) -> TermOption:
    return TermOption(
        code=f"bullet_{days}", method=Method.BULLET, installments=1, every=days, unit=PeriodUnit.DAY
    )


def _equal(months: int) -> TermOption:
    return TermOption(
        code=f"equal_{months}",
        method=Method.EQUAL_INSTALLMENT,
        installments=months,
        every=1,
        unit=PeriodUnit.MONTH,
    )


STANDARD_OPTIONS = {
    option.code: option
    for option in (_bullet(30), _bullet(60), _bullet(90), _equal(3), _equal(6), _equal(12))
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductTerms:
    """What one product version offers. Amounts in fen, rates as annual fractions.

    `penalty_multiplier` times the contract rate is the penalty rate; it runs on overdue principal
    from the due date once the grace period has passed unpaid, instead of the contract rate.
    Raises BadTerms when the parts contradict each other.
    """

    options: tuple[TermOption, ...]
    day_count: DayCount = DayCount.ACT_365
    rounding: Rounding = Rounding.HALF_UP
    working_day_rule: WorkingDayRule = WorkingDayRule.FOLLOWING
    interest_free_days: int = 0
    grace_days: int = 3
    penalty_multiplier: Decimal = Decimal("1.5")
    minimum_minor: int = 10_000
    hold_days: int = 30
    quote_minutes: int = 30

    def __post_init__(self) -> None:
        if not self.options or len({o.code for o in self.options}) != len(self.options):
            raise BadTerms("a product needs term options, each with a code of its own")
        if self.day_count not in YEAR_DAYS:
            raise BadTerms("interest by the day needs act/365 or act/360")
        if (
            min(self.interest_free_days, self.grace_days) < 0
            or self.grace_days > LONGEST_GRACE_DAYS
        ):
            raise BadTerms("interest-free days and grace must be 0 or more, grace at most 30")
        if self.penalty_multiplier < 1:
            raise BadTerms("the penalty rate cannot be below the contract rate")
        if self.minimum_minor < 1 or self.hold_days < 1 or self.quote_minutes < 1:
            raise BadTerms("minimum amount, hold days and quote minutes must be positive")

    def option(self, code: str) -> TermOption:
        """Raises KeyError for an option this version does not offer."""
        return next((o for o in self.options if o.code == code), None) or _no_option(code)

    def to_json(self) -> dict[str, Any]:
        return {
            "options": [option.to_json() for option in self.options],
            "day_count": self.day_count.value,
            "rounding": self.rounding.value,
            "working_day_rule": self.working_day_rule.value,
            "interest_free_days": self.interest_free_days,
            "grace_days": self.grace_days,
            "penalty_multiplier": str(self.penalty_multiplier),
            "minimum_minor": self.minimum_minor,
            "hold_days": self.hold_days,
            "quote_minutes": self.quote_minutes,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            options=tuple(TermOption.from_json(option) for option in data["options"]),
            day_count=DayCount(data["day_count"]),
            rounding=Rounding(data["rounding"]),
            working_day_rule=WorkingDayRule(data["working_day_rule"]),
            interest_free_days=data["interest_free_days"],
            grace_days=data["grace_days"],
            penalty_multiplier=Decimal(data["penalty_multiplier"]),
            minimum_minor=data["minimum_minor"],
            hold_days=data["hold_days"],
            quote_minutes=data["quote_minutes"],
        )


def _no_option(code: str) -> TermOption:
    raise KeyError(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawdownTerms:
    """The terms one drawdown is booked with, for its whole life."""

    option: TermOption
    annual_rate: Decimal
    penalty_rate: Decimal
    day_count: DayCount
    rounding: Rounding
    working_day_rule: WorkingDayRule
    interest_free_days: int
    grace_days: int

    @classmethod
    def of(cls, product: ProductTerms, option_code: str, annual_rate: Decimal) -> Self:
        """The terms of one option at one merchant's rate. Raises KeyError for the option."""
        return cls(
            option=product.option(option_code),
            annual_rate=annual_rate,
            penalty_rate=annual_rate * product.penalty_multiplier,
            day_count=product.day_count,
            rounding=product.rounding,
            working_day_rule=product.working_day_rule,
            interest_free_days=product.interest_free_days,
            grace_days=product.grace_days,
        )

    @property
    def year_days(self) -> int:
        return YEAR_DAYS[self.day_count]

    def interest_from(self, drawn_on: date) -> date:
        """The first day that bears interest."""
        return drawn_on + timedelta(days=self.interest_free_days)

    @property
    def schedule_terms(self) -> ScheduleTerms:
        return ScheduleTerms(
            method=self.option.method,
            annual_rate=self.annual_rate,
            installments=self.option.installments,
            every=self.option.every,
            unit=self.option.unit,
            day_count=self.day_count,
            interest_period=InterestPeriod.DAILY,
            rounding=self.rounding,
            interest_free_days=self.interest_free_days,
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "option": self.option.to_json(),
            "annual_rate": str(self.annual_rate),
            "penalty_rate": str(self.penalty_rate),
            "day_count": self.day_count.value,
            "rounding": self.rounding.value,
            "working_day_rule": self.working_day_rule.value,
            "interest_free_days": self.interest_free_days,
            "grace_days": self.grace_days,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            option=TermOption.from_json(data["option"]),
            annual_rate=Decimal(data["annual_rate"]),
            penalty_rate=Decimal(data["penalty_rate"]),
            day_count=DayCount(data["day_count"]),
            rounding=Rounding(data["rounding"]),
            working_day_rule=WorkingDayRule(data["working_day_rule"]),
            interest_free_days=data["interest_free_days"],
            grace_days=data["grace_days"],
        )


def canonical_sha256(data: Any) -> str:
    """SHA-256 of the canonical JSON form: sorted keys, no spaces, UTF-8."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
