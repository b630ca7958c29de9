"""Fees and allocation rules of a product or a drawdown as people read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit.domain.allocation import AllocationRule, Component, DueType, FutureRule
from credit.domain.fees import Fee, FeeTiming
from credit.enums import Component as ComponentLabel
from platform_app.kernel.money import format_yuan

TIMINGS: Final[Mapping[Any, Any]] = {
    FeeTiming.AT_START: gettext_lazy("At the drawdown"),
    FeeTiming.WITH_INSTALLMENT: gettext_lazy("With each installment"),
    FeeTiming.WHEN_LATE: gettext_lazy("For each installment unpaid past its grace"),
    FeeTiming.AT_EXTENSION: gettext_lazy("When an extension is granted"),
}
CREDITS: Final[Mapping[str, Any]] = {
    "default": gettext_lazy("Every payment without a rule of its own"),
    "repayment": gettext_lazy("Repayment"),
    "refund": gettext_lazy("Goods that came back"),
    "interest_back": gettext_lazy("Interest given back with them"),
    "payout_refund": gettext_lazy("Payout given back by the platform"),
    "goodwill": gettext_lazy("Goodwill"),
}
FUTURES: Final[Mapping[Any, Any]] = {
    FutureRule.NEXT: gettext_lazy("the next installment"),
    FutureRule.LAST: gettext_lazy("the last installment"),
    FutureRule.NEXT_LAST: gettext_lazy("the next installment, then the last ones"),
    FutureRule.REAMORTIZATION: gettext_lazy("all, worked out anew"),
}
_DUES: Final[Mapping[Any, Any]] = {
    DueType.PAST_DUE: gettext_lazy("past due"),
    DueType.DUE: gettext_lazy("due"),
    DueType.IN_ADVANCE: gettext_lazy("in advance"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule in words: which credit, in which order, where what comes early goes."""

    credit: str
    order: str
    future: str

    def __str__(self) -> str:
        return f"{self.order} · " + _("early: {future}").format(future=self.future)


def component(part: Component) -> str:
    """Penalty, fee, interest or principal."""
    return str(ComponentLabel(part.value).label)


def usual_parts(order: tuple[str, ...]) -> tuple[Component, ...] | None:
    """The components, if past due, due and in advance are cleared in this same order; else None."""
    head = DueType.PAST_DUE.value + "_"
    parts = tuple(Component(word[len(head) :]) for word in order if word.startswith(head))
    usual = AllocationRule.of(" ".join(part.value for part in parts))
    return parts if order == usual.order else None


def rule(one: AllocationRule) -> Rule:
    """The usual shape is four components; any other is said in full."""
    parts = usual_parts(one.order)
    if parts is None:
        order = " → ".join(_part(word) for word in one.order)
    else:
        order = " → ".join(component(part) for part in parts)
    return Rule(
        credit=str(CREDITS.get(one.credit, one.credit)),
        order=order,
        future=str(FUTURES[one.future]),
    )


def _part(word: str) -> str:
    due, _separator, part = word.rpartition("_")
    return f"{_DUES[DueType(due)]} {component(Component(part))}"


def fee(one: Fee) -> str:
    """`Service fee: ¥10.00 + 0.5 percent of the principal · With each installment · to …`."""
    share = _("{percent} percent of the principal").format(
        percent=f"{(one.share_rate * 100).normalize():f}"
    )
    amounts = [f"¥{format_yuan(one.amount_minor)}"] if one.amount_minor else []
    cost = " + ".join([*amounts, share] if one.share_rate else amounts)
    to = _("to {payee}").format(payee=one.payee)
    return f"{one.name}: {cost} · {TIMINGS[one.timing]} · {to}"
