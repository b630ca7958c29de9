"""Limits of many cases at once, by columns; the same whole steps as `risk.domain.limit.limit_of`.

Doubles decide where they can; where a bound lies so close to a step that they could round either
way, the exact fractions decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from risk.domain.limit import MOST_STEPS_UP, LimitTerms, limit_of, step_up
from risk.domain.odds import GRADES, PD_UNITS
from risk.values import TradeFacts

DOUBT: Final = 1e-9  # of the number of steps, and of one: far above any error of a double here
_MONTHS: Final = 12
_RECENT: Final = 3
_MONTH_DAYS: Final = 30
Numbers = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trade:
    """What a limit is measured by: of the twelve months the middle, the mean and 1.2 × the recent.

    `returned` is 1 where unknown; `exact` gives the facts of a place for where doubles do not do.
    """

    middle: Numbers
    mean: Numbers
    recent: Numbers
    returned: Numbers
    tenure_days: Wholes
    active_months: Wholes
    median_order: Wholes
    clean_bills: Wholes
    places: Wholes
    exact: Sequence[TradeFacts]

    def at(self, places: Wholes) -> "Trade":
        """These cases only."""
        names = [one.name for one in fields(self) if one.name != "exact"]
        return replace(self, **{name: getattr(self, name)[places] for name in names})


def trade_of(facts: Sequence[TradeFacts], clean_bills: Sequence[int] = ()) -> Trade:
    """The columns of many merchants' trade; without `clean_bills` nobody has paid anything off."""
    return trade_of_columns(
        np.array([one.monthly_net_minor for one in facts], np.int64).reshape(-1, _MONTHS),
        np.array([1 if one.return_rate is None else float(one.return_rate) for one in facts]),
        np.array([one.tenure_days for one in facts], np.int64),
        np.array([one.active_months_count for one in facts], np.int64),
        np.array([one.median_order_minor or 0 for one in facts], np.int64),
        facts,
        np.array(clean_bills, np.int64) if clean_bills else None,
    )


def trade_of_columns(
    monthly: Wholes,
    returned: Numbers,
    tenure_days: Wholes,
    active_months: Wholes,
    median_order: Wholes,
    exact: Sequence[TradeFacts],
    clean_bills: Wholes | None = None,
) -> Trade:
    """The same from columns; `monthly` has a row per case."""
    months = np.sort(monthly, axis=1)
    return Trade(
        (months[:, _MONTHS // 2 - 1] + months[:, _MONTHS // 2]) / 2,
        monthly.sum(axis=1) / _MONTHS,
        monthly[:, -_RECENT:].sum(axis=1) * (1.2 / _RECENT),
        returned,
        tenure_days,
        active_months,
        median_order,
        np.zeros(len(monthly), np.int64) if clean_bills is None else clean_bills,
        np.arange(len(monthly), dtype=np.int64),
        exact,
    )


def limits_of(
    terms: LimitTerms,
    trade: Trade,
    *,
    grade: npt.NDArray[np.int8],
    pd: Wholes,
    is_small: npt.NDArray[np.bool_],
) -> Wholes:
    """The limits in fen; `pd` in 10⁻⁸, `grade` as places in GRADES."""
    steps = _smallest(terms, trade, grade, pd) / terms.step_minor
    near = np.abs(steps - np.rint(steps)) <= DOUBT * np.maximum(1, np.abs(steps))
    found: Wholes = np.maximum(0, np.floor(steps)).astype(np.int64)
    caps = _caps(terms, trade, is_small) // terms.step_minor
    # A cap is a whole number: where it lies below every double's doubt it is the answer as it is.
    doubtful = near & (steps != 0) & (np.rint(steps) - 1 < caps)
    found = np.minimum(found, caps) * terms.step_minor
    for place in np.flatnonzero(doubtful).tolist():
        found[place] = limit_of(
            terms,
            trade.exact[int(trade.places[place])],
            grade=GRADES[grade[place]],
            pd=Decimal(int(pd[place])).scaleb(-8),
            is_small=bool(is_small[place]),
            clean_bills=int(trade.clean_bills[place]),
        ).limit_minor
    return found


def _smallest(terms: LimitTerms, trade: Trade, grade: npt.NDArray[np.int8], pd: Wholes) -> Numbers:
    """The smallest of the bounds that are no whole numbers by themselves."""
    thin = _is_thin(terms, trade)
    base = np.maximum(0, np.minimum(np.where(thin, trade.mean, trade.middle), trade.recent))
    months = np.array([float(terms.months_by_grade[name]) for name in GRADES])
    gap = max(0, terms.collection_days + terms.stock_days - terms.supplier_days)
    turnover = base * months.take(grade) * _tenure_factor(terms, trade) * (1 - trade.returned)
    capital = base * (gap / _MONTH_DAYS * float(terms.financed_share))
    service = base * (float(terms.margin_rate) * terms.term_days / _MONTH_DAYS / float(terms.dscr))
    found = np.minimum(np.minimum(turnover, capital), service)
    growth = np.array([float(one) for one in _growths(terms)]).take(_steps_up(terms, trade))
    one_order = trade.median_order * float(terms.starter_orders) * growth
    found = np.where(thin, np.maximum(found, one_order), found)
    with np.errstate(divide="ignore", invalid="ignore"):
        budget = terms.loss_budget_minor / (pd / PD_UNITS * float(terms.lgd))
    smallest: Numbers = np.where(pd > 0, np.minimum(found, budget), found)
    return smallest


def _caps(terms: LimitTerms, trade: Trade, is_small: npt.NDArray[np.bool_]) -> Wholes:
    found = np.full(len(is_small), terms.max_limit_minor, np.int64)
    small = np.minimum(found, terms.small_limit_minor)
    found = np.where(is_small, small, found)
    starters = [
        min(terms.max_limit_minor, int(terms.starter_limit_minor * one)) for one in _growths(terms)
    ]
    starter = np.minimum(found, np.array(starters, np.int64).take(_steps_up(terms, trade)))
    return np.where(_is_thin(terms, trade), starter, found)


def _growths(terms: LimitTerms) -> list[Fraction]:
    """What the bounds of a thin file are multiplied by, after each number of steps."""
    return [step_up(terms, steps * terms.step_up_bills) for steps in range(MOST_STEPS_UP + 1)]


def _steps_up(terms: LimitTerms, trade: Trade) -> Wholes:
    return np.minimum(trade.clean_bills // (terms.step_up_bills or 1), MOST_STEPS_UP)


def _is_thin(terms: LimitTerms, trade: Trade) -> npt.NDArray[np.bool_]:
    young = trade.tenure_days < terms.starter_tenure_days
    found: npt.NDArray[Any] = young | (trade.active_months < terms.starter_active_months)
    return found


def _tenure_factor(terms: LimitTerms, trade: Trade) -> Numbers:
    first, start = float(terms.first_tenure_factor), terms.first_tenure_days
    days = trade.tenure_days
    early = first * np.maximum(days, 0) / (start or 1)
    later = first + (1 - first) * (days - start) / (terms.full_tenure_days - start)
    found: Numbers = np.where(
        days < start, early, np.where(days >= terms.full_tenure_days, 1, later)
    )
    return found
