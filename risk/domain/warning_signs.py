"""Signs that a merchant with a line is getting weaker, read from the facts of a decision.

Each is a fact, a bound and how hard it bites: a freeze stops drawing at once, a cut brings the
limit down to what the formulas give now.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from platform_app.kernel.errors import gettext_noop
from risk.domain.facts import Facts, flat
from risk.values import RepaymentFacts, TradeFacts

_LATE_DAYS: Final = 8
_HALF: Final = Decimal("0.5")
_IDLE_DAYS: Final = 60
_MANY_RETURNS: Final = Decimal("0.3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One warning sign; `wording` is a msgid."""

    code: str
    wording: str
    freezes: bool
    shows: Callable[[Facts], bool]


def _least(fact: str, bound: int | Decimal) -> Callable[[Facts], bool]:
    return lambda facts: (value := facts[fact]) is not None and value >= bound  # type: ignore[operator]


def _below(fact: str, bound: Decimal) -> Callable[[Facts], bool]:
    return lambda facts: (value := facts[fact]) is not None and value < bound  # type: ignore[operator]


SIGNS: Final = (
    Sign(code="overdue", wording=gettext_noop("A bill is overdue by eight days or more."),
         freezes=True, shows=_least("current_dpd_days", _LATE_DAYS)),
    Sign(code="turnover_halved", wording=gettext_noop("Purchases have halved in three months."),
         freezes=False, shows=_below("momentum", _HALF)),
    Sign(code="inactive", wording=gettext_noop("No order for sixty days."),
         freezes=False, shows=_least("recency_days", _IDLE_DAYS)),
    Sign(code="returns_high", wording=gettext_noop("Three in ten orders come back."),
         freezes=False, shows=_least("return_rate", _MANY_RETURNS)),
)  # fmt: skip
# Not of the facts: the merchant is on a list, of which nobody else is told.
LISTED: Final = Sign(
    code="listed", wording=gettext_noop("Being looked into."), freezes=True, shows=lambda _: False
)
BY_CODE: Final = {sign.code: sign for sign in (*SIGNS, LISTED)}


def signs_of(trade: TradeFacts, repayment: RepaymentFacts, *, is_listed: bool) -> tuple[Sign, ...]:
    """The signs that show, the hardest first. What is unknown shows none."""
    facts = flat(trade, repayment)
    shown = tuple(sign for sign in SIGNS if sign.shows(facts))
    return (LISTED, *shown) if is_listed else shown
