"""The fields of a product's terms, as one table: the editor, the words and the diff read it.

A new field of `ProductTerms` is one line here. What a value means in words is said once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from credit.domain.allocation import Direction
from credit.domain.interest import (
    DayCount,
    InterestOnShift,
    InterestPeriod,
    PeriodUnit,
    Rounding,
    WorkingDayRule,
)
from credit.domain.options import TermOption
from credit.domain.schedule_terms import Method
from credit.domain.terms import OverdueInterest, PenaltyBase
from platform_app.kernel.money import format_yuan

Words = Mapping[Any, Any]

METHODS: Final[Words] = {
    Method.BULLET: gettext_lazy("All at once at the end"),
    Method.EQUAL_INSTALLMENT: gettext_lazy("Equal installments"),
    Method.EQUAL_PRINCIPAL: gettext_lazy("Equal principal"),
    Method.INTEREST_FIRST: gettext_lazy("Interest first, principal at the end"),
    Method.FLAT: gettext_lazy("Flat interest on the whole principal"),
}
UNITS: Final[Words] = {
    PeriodUnit.DAY: gettext_lazy("days"),
    PeriodUnit.WEEK: gettext_lazy("weeks"),
    PeriodUnit.MONTH: gettext_lazy("months"),
}
_EVERY_ONE: Final[Words] = {
    PeriodUnit.DAY: gettext_lazy("%(count)s days, one a day"),
    PeriodUnit.WEEK: gettext_lazy("%(count)s weeks, one a week"),
    PeriodUnit.MONTH: gettext_lazy("%(count)s months, one a month"),
}
_DAY_COUNTS: Final[Words] = {
    DayCount.ACT_365: gettext_lazy("Days used over 365"),
    DayCount.ACT_360: gettext_lazy("Days used over 360"),
    DayCount.ACT_ACT: gettext_lazy("Days used over the days of the year"),
    DayCount.THIRTY_360: gettext_lazy("Months of 30 days over 360"),
}
_ROUNDINGS: Final[Words] = {
    Rounding.HALF_UP: gettext_lazy("Half a fen is rounded up"),
    Rounding.HALF_EVEN: gettext_lazy("Half a fen is rounded to the even one"),
}
_WORKING_DAYS: Final[Words] = {
    WorkingDayRule.NONE: gettext_lazy("Stays on a day off"),
    WorkingDayRule.FOLLOWING: gettext_lazy("Moves to the next working day"),
    WorkingDayRule.MODIFIED_FOLLOWING: gettext_lazy("Moves to a working day of the same month"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TermField:
    """One scalar of `ProductTerms`: how it is asked for, stored and said."""

    name: str
    label: Any
    help: Any = ""
    is_optional: bool = False

    def form_field(self) -> forms.Field:
        raise NotImplementedError

    def initial(self, stored: Any) -> Any:
        """The stored JSON value as the form shows it."""
        return stored

    def stored(self, given: Any) -> Any:
        """What was typed as the JSON value."""
        return given

    def words(self, stored: Any) -> str:
        """The stored JSON value as people read it."""
        return str(stored)


class Count(TermField):
    def form_field(self) -> forms.Field:
        return forms.IntegerField(label=self.label, help_text=self.help, min_value=0)


class Days(Count):
    def words(self, stored: Any) -> str:
        return ngettext("{n} day", "{n} days", stored).format(n=stored)


class Minutes(Count):
    def words(self, stored: Any) -> str:
        return ngettext("{n} minute", "{n} minutes", stored).format(n=stored)


class Yuan(TermField):
    def form_field(self) -> forms.Field:
        return forms.DecimalField(
            label=self.label, help_text=self.help, min_value=0, decimal_places=2, max_digits=15,
            required=not self.is_optional,
        )  # fmt: skip

    def initial(self, stored: Any) -> Any:
        return None if stored is None else Decimal(stored).scaleb(-2)

    def stored(self, given: Any) -> Any:
        return None if given is None else int(given.scaleb(2))

    def words(self, stored: Any) -> str:
        return _("none") if stored is None else f"¥{format_yuan(stored)}"


class Factor(TermField):
    def form_field(self) -> forms.Field:
        return forms.DecimalField(
            label=self.label, help_text=self.help, min_value=0, decimal_places=4, max_digits=8
        )

    def initial(self, stored: Any) -> Any:
        return Decimal(stored)

    def stored(self, given: Any) -> Any:
        return f"{given.normalize():f}"

    def words(self, stored: Any) -> str:
        return f"× {Decimal(stored).normalize():f}"


class Fraction(TermField):
    """A fraction, typed and read in percent."""

    def form_field(self) -> forms.Field:
        return forms.DecimalField(
            label=self.label, help_text=self.help, min_value=0, decimal_places=4, max_digits=8,
            required=not self.is_optional,
        )  # fmt: skip

    def initial(self, stored: Any) -> Any:
        return None if stored is None else Decimal(stored) * 100

    def stored(self, given: Any) -> Any:
        return None if given is None else f"{(given / 100).normalize():f}"

    def words(self, stored: Any) -> str:
        return _("none") if stored is None else f"{(Decimal(stored) * 100).normalize():f} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(TermField):
    choices: Words

    def form_field(self) -> forms.Field:
        choices = [(str(value), words) for value, words in self.choices.items()]
        return forms.ChoiceField(label=self.label, help_text=self.help, choices=choices)

    def words(self, stored: Any) -> str:
        return str(self.choices.get(stored, stored))


TERM_FIELDS: Final[tuple[TermField, ...]] = (
    Yuan(name="minimum_minor", label=gettext_lazy("Smallest order, ¥")),
    Days(
        name="interest_free_days",
        label=gettext_lazy("Interest-free days"),
        help=gettext_lazy("Counted from the drawdown; they bear no interest."),
    ),
    Days(
        name="grace_days",
        label=gettext_lazy("Days of grace"),
        help=gettext_lazy("Paid within them, nothing is added. At most 30."),
    ),
    Factor(
        name="penalty_multiplier",
        label=gettext_lazy("Penalty rate, × annual rate"),
        help=gettext_lazy("On overdue principal from the due date once grace has passed."),
    ),
    Choice(
        name="day_count",
        label=gettext_lazy("Day count"),
        choices=_DAY_COUNTS,
    ),
    Choice(
        name="working_day_rule",
        label=gettext_lazy("A due date on a day off"),
        choices=_WORKING_DAYS,
        help=gettext_lazy("Interest follows the date before it moves."),
    ),
    Choice(
        name="interest_period",
        label=gettext_lazy("Interest of an installment"),
        choices={
            InterestPeriod.DAILY: gettext_lazy("For its days"),
            InterestPeriod.PER_PERIOD: gettext_lazy("For its period, whatever its days"),
        },
    ),
    Choice(
        name="interest_on_shift",
        label=gettext_lazy("Days by which a due date moves"),
        choices={
            InterestOnShift.WAIVE: gettext_lazy("Bear no interest"),
            InterestOnShift.ACCRUE: gettext_lazy("Bear interest"),
        },
    ),
    Fraction(
        name="subsidy_rate",
        label=gettext_lazy("The partner pays for interest-free days, percent a year"),
    ),
    Days(
        name="arrears_grace_days",
        label=gettext_lazy("Collection waits"),
        help=gettext_lazy("Days past due count from the first day all the same."),
    ),
    Choice(
        name="overdue_interest",
        label=gettext_lazy("Contract interest on what is overdue"),
        choices={
            OverdueInterest.STOPS: gettext_lazy("Stops: the penalty rate takes its place"),
            OverdueInterest.RUNS: gettext_lazy("Runs on: the penalty comes on top"),
        },
    ),
    Choice(
        name="penalty_base",
        label=gettext_lazy("Penalty runs on"),
        choices={
            PenaltyBase.PRINCIPAL: gettext_lazy("Overdue principal"),
            PenaltyBase.PRINCIPAL_AND_INTEREST: gettext_lazy("Overdue principal and interest"),
        },
    ),
    Fraction(
        name="penalty_cap",
        label=gettext_lazy("Penalty at most, in percent of what is overdue"),
        is_optional=True,
    ),
    Fraction(name="down_payment", label=gettext_lazy("Down payment, percent"), is_optional=True),
    Yuan(
        name="installment_multiple_minor",
        label=gettext_lazy("Installments are multiples of, ¥"),
        is_optional=True,
    ),
    Choice(
        name="direction",
        label=gettext_lazy("A payment clears"),
        choices={
            Direction.HORIZONTAL: gettext_lazy("Installment by installment"),
            Direction.VERTICAL: gettext_lazy("Penalty first over all installments, then the next"),
        },
    ),
    Fraction(
        name="share_of_sales",
        label=gettext_lazy("Taken from sales through the partner, percent"),
    ),
    Choice(name="rounding", label=gettext_lazy("Rounding"), choices=_ROUNDINGS),
    Days(
        name="hold_days",
        label=gettext_lazy("An order is held for"),
        help=gettext_lazy("Not shipped by then, the amount is free again."),
    ),
    Minutes(name="quote_minutes", label=gettext_lazy("A quote holds for")),
)


def option_words(option: TermOption) -> str:
    """`equal_6` → Equal installments · 6 months, one a month."""
    if option.installments == 1:
        length = {
            PeriodUnit.DAY: ngettext("{n} day", "{n} days", option.every),
            PeriodUnit.WEEK: ngettext("{n} week", "{n} weeks", option.every),
            PeriodUnit.MONTH: ngettext("{n} month", "{n} months", option.every),
        }[option.unit].format(n=option.every)
        return f"{METHODS[option.method]} · {length}"
    if option.every == 1:
        times = _EVERY_ONE[option.unit] % {"count": option.installments}
    else:
        times = _("{count} times, every {every} {unit}").format(
            count=option.installments, every=option.every, unit=UNITS[option.unit]
        )
    return f"{METHODS[option.method]} · {times}"
