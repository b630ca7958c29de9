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

from credit.domain.amortization import Method
from credit.domain.interest import DayCount, PeriodUnit, Rounding, WorkingDayRule
from credit.domain.terms import YEAR_DAYS, TermOption
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
            label=self.label, help_text=self.help, min_value=0, decimal_places=2, max_digits=15
        )

    def initial(self, stored: Any) -> Any:
        return Decimal(stored).scaleb(-2)

    def stored(self, given: Any) -> Any:
        return int(given.scaleb(2))

    def words(self, stored: Any) -> str:
        return f"¥{format_yuan(stored)}"


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
        choices={count: words for count, words in _DAY_COUNTS.items() if count in YEAR_DAYS},
    ),
    Choice(
        name="working_day_rule",
        label=gettext_lazy("A due date on a day off"),
        choices=_WORKING_DAYS,
        help=gettext_lazy("Interest follows the date before it moves."),
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
