"""What a line is expected to lose: its stage, the term structure of its PD, and the sum.

Stage 3: 90 days past due, or distress (written off in part, restructured, a guarantee called).
Stage 2: 30 days past due, two grades or more worse than when it was agreed, or on a list.
Stage 1: the rest. A line gets worse at once; it gets better one stage at a time, after so many
months in a row in which it showed a better one (`PROBATION`).

PD(k), the probability to default in month k from now, with PD the grade's for twelve months, w the
share of each month of a year in it (Σ w = 1, month 13 is month 1 of the next year), s the scenario:

    PD(k) = min(S(k−1), PD × s × w(k)),  S(0) = 1,  S(k) = S(k−1) − PD(k)

    ECL = Σ over scenarios, weighted, of Σ over months k of PD(k) × LGD × EAD(k) / (1 + r / 12)^k

EAD(k) is what is out before month k's payments: principal that falls due in month k or later. Stage
1 counts twelve months, stage 2 every month there is; in stage 3 the default is there: LGD × EAD.
All of it in exact fractions; rounded once, to the fen, half up, and never above the exposure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from platform_app.kernel.money import round_minor
from risk.domain.odds import GRADES

YEAR_MONTHS: Final = 12
MOST_MONTHS: Final = 60
LATE_DAYS: Final = 30
DEFAULT_DAYS: Final = 90
NOTCHES: Final = 2
# Months in a row without the signs of a stage before it is left.
PROBATION: Final = {3: 3, 2: 2}

DPD_30: Final = "dpd_30"
DPD_90: Final = "dpd_90"
WORSE_GRADE: Final = "worse_grade"
LISTED: Final = "listed"
DISTRESS: Final = "distress"
_STAGE_OF: Final = {DPD_90: 3, DISTRESS: 3, DPD_30: 2, WORSE_GRADE: 2, LISTED: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One course of things: how likely it is, and what it multiplies every PD with."""

    name: str
    weight: Decimal
    pd_factor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What a run rests on. `month_shares` are twelve and sum to 1, so do the scenarios' weights."""

    pd: Mapping[str, Decimal]
    month_shares: tuple[Decimal, ...]
    lgd: Decimal
    discount_rate: Decimal
    scenarios: tuple[Scenario, ...]

    def __post_init__(self) -> None:
        if set(self.pd) != set(GRADES) or not all(0 <= one <= 1 for one in self.pd.values()):
            raise ValueError("each grade needs a PD between 0 and 1")
        if len(self.month_shares) != YEAR_MONTHS or sum(self.month_shares) != 1:
            raise ValueError("the shares of twelve months must sum to 1")
        if sum(one.weight for one in self.scenarios) != 1:
            raise ValueError("the weights of the scenarios must sum to 1")
        shares = [*self.month_shares, *(one.weight for one in self.scenarios)]
        if min(*shares, *(one.pd_factor for one in self.scenarios), self.discount_rate) < 0:
            raise ValueError("nothing here may be negative")
        if not 0 <= self.lgd <= 1:
            raise ValueError("LGD lies between 0 and 1")

    def as_json(self) -> dict[str, Any]:
        """What a run keeps: plain JSON, decimals as text."""
        return {
            "pd": {grade: f"{pd:f}" for grade, pd in self.pd.items()},
            "month_shares": [f"{one:f}" for one in self.month_shares],
            "lgd": f"{self.lgd:f}",
            "discount_rate": f"{self.discount_rate:f}",
            "scenarios": [
                {"name": one.name, "weight": f"{one.weight:f}", "pd_factor": f"{one.pd_factor:f}"}
                for one in self.scenarios
            ],
        }


STANDARD_SCENARIOS: Final = (
    Scenario(name="base", weight=Decimal("0.60"), pd_factor=Decimal("1.0")),
    Scenario(name="better", weight=Decimal("0.15"), pd_factor=Decimal("0.8")),
    Scenario(name="worse", weight=Decimal("0.25"), pd_factor=Decimal("1.6")),
)
# Few default on their first order: the hazard rises over the first months, then stays.
STANDARD_SHARES: Final = tuple(
    Decimal(one) for one in ("0.04", "0.06", "0.08", "0.09", "0.09", "0.09", *["0.0925"] * 4,
                             "0.09", "0.09")
)  # fmt: skip
# The middles of the master scale; the last is what its open end has shown.
STANDARD_PD: Final = dict(
    zip(GRADES, map(Decimal, ("0.005", "0.0175", "0.0375", "0.075", "0.15")), strict=True)
)


def signs_of(
    *, dpd_days: int, grade: str, grade_then: str, is_listed: bool, is_distressed: bool
) -> list[str]:
    """What puts a line in a stage above 1, in a fixed order."""
    worse_by = GRADES.index(grade) - GRADES.index(grade_then)
    shown = {
        DPD_90: dpd_days >= DEFAULT_DAYS,
        DISTRESS: is_distressed,
        DPD_30: LATE_DAYS <= dpd_days < DEFAULT_DAYS,
        WORSE_GRADE: worse_by >= NOTCHES,
        LISTED: is_listed,
    }
    return [name for name, is_so in shown.items() if is_so]


def stage_of(signs: Sequence[str], *, before: int | None, clean_months: int) -> tuple[int, int]:
    """The stage, and for how many months in a row a better one has shown.

    `before` and `clean_months` are the last month's; None for a line that was not there.
    """
    shown = max((_STAGE_OF[one] for one in signs), default=1)
    if before is None or shown >= before:
        return shown, 0
    if clean_months + 1 < PROBATION[before]:
        return before, clean_months + 1
    return max(shown, before - 1), 0


def marginal_pds(
    pd: Decimal, factor: Decimal, shares: Sequence[Decimal], months: int
) -> list[Fraction]:
    """The probability to default in each month from now; together never more than 1."""
    left, found = Fraction(1), []
    for month in range(months):
        share = Fraction(shares[month % YEAR_MONTHS])
        found.append(min(left, Fraction(pd) * Fraction(factor) * share))
        left -= found[-1]
    return found


def expected_loss(assumed: Assumptions, *, stage: int, grade: str, due_minor: Sequence[int]) -> int:
    """The expected loss in fen. `due_minor` is what falls due in each month from now, in fen.

    What is overdue falls due in the first month; no more than `MOST_MONTHS` are told apart, what
    comes later counts with the last.
    """
    due = _months(due_minor)
    exposure, lgd = sum(due), Fraction(assumed.lgd)
    if stage == max(_STAGE_OF.values()):
        return round_minor(exposure * lgd, "half_up")
    months = len(due) if stage > 1 else min(len(due), YEAR_MONTHS)
    monthly = 1 + Fraction(assumed.discount_rate) / YEAR_MONTHS
    total = Fraction(0)
    for scenario in assumed.scenarios:
        pds = marginal_pds(assumed.pd[grade], scenario.pd_factor, assumed.month_shares, months)
        out, discount, loss = exposure, Fraction(1), Fraction(0)
        for month, pd in enumerate(pds):
            discount /= monthly
            loss += pd * out * discount
            out -= due[month]
        total += Fraction(scenario.weight) * loss
    return min(exposure, round_minor(total * lgd, "half_up"))


def lifetime_pd(assumed: Assumptions, grade: str, months: int) -> Decimal:
    """The weighted probability to default within so many months, to eight places."""
    total = sum(
        Fraction(one.weight)
        * sum(marginal_pds(assumed.pd[grade], one.pd_factor, assumed.month_shares, months))
        for one in assumed.scenarios
    )
    return (Decimal(total.numerator) / Decimal(total.denominator)).quantize(Decimal("0.00000001"))


def _months(due_minor: Sequence[int]) -> list[int]:
    kept = list(due_minor[:MOST_MONTHS])
    if len(due_minor) > MOST_MONTHS:
        kept[-1] += sum(due_minor[MOST_MONTHS:])
    return kept
