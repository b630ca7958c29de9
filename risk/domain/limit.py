"""How much: the smallest of four bounds and the caps, rounded down to whole steps.

Formulas (amounts in fen, exact fractions until the last step):
G  = min(median of the twelve months, 1.2 × mean of the last three). A thin file has no median worth
     the name: there G = min(mean of the twelve months, 1.2 × mean of the last three).
L1 = G × months(grade) × tenure factor × (1 − return rate)           turnover
L2 = G / 30 × max(0, collection + stock − supplier days) × financed share   working capital
L3 = margin × G × term / 30 / DSCR                                      serviceability
L4 = loss budget / (PD × LGD)                                           loss budget

A thin file is bounded by its turnover too little to buy anything, so it would never become thick:
its first three bounds are at least `starter_orders` usual orders, under a cap of its own. Both
grow by `step_up_share` for every `step_up_bills` drawdowns paid off without a day past due.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from platform_app.kernel.money import round_minor
from risk.values import RepaymentFacts, TradeFacts

# What a body from before a term says by leaving it out.
UNSAID: Final[Mapping[str, Any]] = {"step_up_bills": 0, "step_up_share": "0"}
MOST_STEPS_UP: Final = 10
_RECENT: Final = 3
_MEAN_STRETCH: Final = Fraction(6, 5)
_MONTH_DAYS: Final = 30
_FROM_TURNOVER: Final = ("turnover", "working_capital", "serviceability")


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitTerms:
    """Parameters of the formulas, from the policy's body; amounts in fen."""

    months_by_grade: Mapping[str, Decimal]
    first_tenure_days: int
    first_tenure_factor: Decimal
    full_tenure_days: int
    collection_days: int
    stock_days: int
    supplier_days: int
    financed_share: Decimal
    margin_rate: Decimal
    term_days: int
    dscr: Decimal
    lgd: Decimal
    loss_budget_minor: int
    max_limit_minor: int
    small_limit_minor: int
    starter_limit_minor: int
    starter_orders: Decimal
    starter_tenure_days: int
    starter_active_months: int
    step_minor: int
    estimate_low_share: Decimal
    step_up_bills: int = 0  # none: a policy from before there were steps
    step_up_share: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitResult:
    """The limit, the bound that bit, and every bound rounded down to the fen."""

    limit_minor: int
    binding: str
    bounds: Mapping[str, int]


def limit_of(
    terms: LimitTerms,
    trade: TradeFacts,
    *,
    grade: str,
    pd: Decimal,
    is_small: bool,
    clean_bills: int = 0,
) -> LimitResult:
    """The limit in fen, a multiple of the step and possibly 0; ties go to the earlier bound.

    `clean_bills` are drawdowns paid off by a merchant that was never past due.
    """
    thin = is_thin(terms, trade)
    base = monthly_base(trade, is_thin=thin)
    bounds = {
        "turnover": base * Fraction(terms.months_by_grade[grade]) * _steadiness(terms, trade),
        "working_capital": base / _MONTH_DAYS * _gap_days(terms) * Fraction(terms.financed_share),
        "serviceability": base * Fraction(terms.margin_rate) * terms.term_days / _MONTH_DAYS
        / Fraction(terms.dscr),
        "max_limit": Fraction(terms.max_limit_minor),
    }  # fmt: skip
    if pd > 0:
        bounds["loss_budget"] = terms.loss_budget_minor / (Fraction(pd) * Fraction(terms.lgd))
    if is_small:
        bounds["small_limit"] = Fraction(terms.small_limit_minor)
    if thin:
        growth = step_up(terms, clean_bills)
        one_order = (trade.median_order_minor or 0) * Fraction(terms.starter_orders) * growth
        for name in _FROM_TURNOVER:
            bounds[name] = max(bounds[name], one_order)
        bounds["starter_limit"] = terms.starter_limit_minor * growth
    binding = min(bounds, key=lambda name: bounds[name])
    return LimitResult(
        limit_minor=floor_to(terms.step_minor, bounds[binding]),
        binding=binding,
        bounds={name: round_minor(bound, "down") for name, bound in bounds.items()},
    )


def lifted(limit: Mapping[str, Any]) -> dict[str, Any]:
    """The limit's terms of a body with every name, those it leaves out as they were meant."""
    return {**UNSAID, **limit}


def clean_bills_of(repayment: RepaymentFacts) -> int:
    """Drawdowns paid off, if not one day was past due; a merchant once late has none."""
    return 0 if repayment.max_dpd_days > 0 else repayment.paid_off_count


def step_up(terms: LimitTerms, clean_bills: int) -> Fraction:
    """What the bounds of a thin file are multiplied by: 1, and a share more with every step."""
    if not terms.step_up_bills:
        return Fraction(1)
    steps = min(clean_bills // terms.step_up_bills, MOST_STEPS_UP)
    return 1 + steps * Fraction(terms.step_up_share)


def is_thin(terms: LimitTerms, trade: TradeFacts) -> bool:
    """Too young or too rarely active for the twelve months to speak for themselves."""
    return (
        trade.tenure_days < terms.starter_tenure_days
        or trade.active_months_count < terms.starter_active_months
    )


def monthly_base(trade: TradeFacts, *, is_thin: bool) -> Fraction:
    """G: what a month of purchases may be taken to be; never below zero."""
    months = sorted(trade.monthly_net_minor)
    count = len(months)
    middle = Fraction(months[(count - 1) // 2] + months[count // 2], 2)
    usual = Fraction(sum(months), count) if is_thin else middle
    recent = Fraction(sum(trade.monthly_net_minor[-_RECENT:]), _RECENT) * _MEAN_STRETCH
    return max(Fraction(0), min(usual, recent))


def floor_to(step: int, amount: Fraction) -> int:
    """The largest multiple of `step` not above the amount; 0 for a negative one."""
    return max(0, int(amount // step) * step)


def _steadiness(terms: LimitTerms, trade: TradeFacts) -> Fraction:
    returned = Fraction(trade.return_rate) if trade.return_rate is not None else Fraction(1)
    return _tenure_factor(terms, trade.tenure_days) * (1 - returned)


def _tenure_factor(terms: LimitTerms, days: int) -> Fraction:
    """From nothing to the first factor, then on to 1, in straight lines."""
    days = max(days, 0)
    first, start = Fraction(terms.first_tenure_factor), terms.first_tenure_days
    if days < start:
        return first * days / start
    if days >= terms.full_tenure_days:
        return Fraction(1)
    return first + (1 - first) * Fraction(days - start, terms.full_tenure_days - start)


def _gap_days(terms: LimitTerms) -> int:
    return max(0, terms.collection_days + terms.stock_days - terms.supplier_days)
