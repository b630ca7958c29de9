"""What happens in a simulated life: products of every kind, chances by the day, seeded dice.

Every throw has dice of its own, named by what it is for, so the same seed lives the same lives,
whatever process throws them, and a day that is lived again after a crash throws the same.
"""

from collections.abc import Mapping
from decimal import Decimal
from random import Random
from types import MappingProxyType

from credit.domain.allocation import (
    INTEREST_BACK_RULE,
    REFUND_RULE,
    AllocationRule,
    Direction,
    FutureRule,
)
from credit.domain.fees import Fee, FeeTiming
from credit.domain.interest import DayCount, InterestOnShift, InterestPeriod
from credit.domain.options import MORE_OPTIONS, STANDARD_OPTIONS
from credit.domain.terms import OverdueInterest, PenaltyBase, ProductTerms

_ALL = tuple({**STANDARD_OPTIONS, **MORE_OPTIONS}.values())
# The prices they may sell at.
LOWEST_RATE, HIGHEST_RATE = Decimal("0.05"), Decimal("0.13")
# Three products that differ in everything a product can say.
PRODUCTS: Mapping[str, ProductTerms] = MappingProxyType({
    "plain": ProductTerms(options=tuple(STANDARD_OPTIONS.values())),
    "generous": ProductTerms(
        options=_ALL,
        interest_on_shift=InterestOnShift.ACCRUE,
        interest_free_days=10,
        subsidy_rate=Decimal("0.06"),
        overdue_interest=OverdueInterest.RUNS,
        penalty_cap=Decimal("0.01"),
        fees=(
            Fee(
                code="service", name="平台服务费", timing=FeeTiming.AT_START, payee="资金方",
                share_rate=Decimal("0.002"),
            ),
        ),
    ),
    "exact": ProductTerms(
        options=_ALL,
        day_count=DayCount.ACT_ACT,
        interest_period=InterestPeriod.PER_PERIOD,
        grace_days=0,
        penalty_base=PenaltyBase.PRINCIPAL_AND_INTEREST,
        down_payment=Decimal("0.25"),
        direction=Direction.VERTICAL,
        allocation=(
            AllocationRule.of("principal interest fee penalty", future=FutureRule.REAMORTIZATION),
            REFUND_RULE,
            INTEREST_BACK_RULE,
        ),
    ),
})  # fmt: skip

DRAWS = 0.014  # the chance a day that a merchant with a line draws
LAST_JOIN_DAY = 45
BACKDATED, LONGEST_BACK_DAYS = 0.15, 20

# The chances a day of each act on a drawdown, by how it stands.
Chances = Mapping[str, float]
_EVER: Chances = {
    "pay_part": 0.003, "pay_off": 0.003, "refund": 0.002, "return_payout": 0.0005,
    "goodwill": 0.0005, "fee": 0.001, "waive": 0.0005, "extend": 0.001, "pause": 0.0005,
    "restructure": 0.0007, "change_rate": 0.0007, "reverse": 0.003, "resend": 0.003,
}  # fmt: skip
CALM: Chances = MappingProxyType(dict(_EVER))
DUE: Chances = MappingProxyType({**_EVER, "pay_due": 0.45})
LATE: Chances = MappingProxyType({
    **_EVER, "pay_due": 0.06, "pay_part": 0.03, "waive": 0.01, "extend": 0.01, "pause": 0.003,
    "restructure": 0.008, "write_off": 0.003,
})  # fmt: skip
LOST: Chances = MappingProxyType({"pay_part": 0.01, "reverse": 0.002, "resend": 0.003})
PAID: Chances = MappingProxyType({
    "refund": 0.003, "reverse": 0.004, "fee": 0.001, "refund_overpayment": 0.03, "resend": 0.004,
})  # fmt: skip

# The chances of each fault of a call.
FAULTS: Chances = MappingProxyType({"crash": 0.02, "time_out": 0.02, "duplicate": 0.03})
KILLS = 0.04  # the chance a day that a process is killed at its work
KILLS_CLOSE = 0.03  # and that the nightly close is


def dice(*words: object) -> Random:
    """Dice for one purpose; the words name it, the seed first."""
    return Random("/".join(map(str, words)))  # noqa: S311 -- chance, not secrecy


def thrown(chances: Chances, one: Random) -> str | None:
    """Which of the chances comes true, at most one."""
    left = one.random()
    for what, chance in chances.items():
        left -= chance
        if left < 0:
            return what
    return None


def standing(status: str, *, due: bool, days_past_due: int) -> Chances | None:
    """Which chances apply to a drawdown; None when nothing happens to it any more."""
    if status == "written_off":
        return LOST
    if status == "paid_off":
        return PAID
    if days_past_due > 10:  # noqa: PLR2004 -- from then on paying is rare
        return LATE
    return DUE if due else CALM
