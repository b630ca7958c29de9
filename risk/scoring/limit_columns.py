"""Limits of many cases at once, by columns; the same whole steps as `risk.domain.limit.limit_of`.

Doubles decide where they can; where a bound lies so close to a step that they could round either
way, the exact fractions decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from risk.domain.limit import LimitTerms, limit_of
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
    places: Wholes
    exact: Sequence[TradeFacts]

    def at(self, places: Wholes) -> "Trade":
        """These cases only."""
        names = [one.name for one in fields(self) if one.name != "exact"]
        return replace(self, **{name: getattr(self, name)[places] for name in names})


def trade_of(facts: Sequence[TradeFacts]) -> Trade:
    """The columns of many merchants' trade."""
    return trade_of_columns(
        np.array([one.monthly_net_minor for one in facts], np.int64).reshape(-1, _MONTHS),
        np.array([1 if one.return_rate is None else float(one.return_rate) for one in facts]),
        np.array([one.tenure_days for one in facts], np.int64),
        np.array([one.active_months_count for one in facts], np.int64),
        np.array([one.median_order_minor or 0 for one in facts], np.int64),
        facts,
    )


def trade_of_columns(
    monthly: Wholes,
    returned: Numbers,
    tenure_days: Wholes,
    active_months: Wholes,
    median_order: Wholes,
    exact: Sequence[TradeFacts],
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
    one_order = trade.median_order * float(terms.starter_orders)
    found = np.where(thin, np.maximum(found, one_order), found)
    with np.errstate(divide="ignore", invalid="ignore"):
        budget = terms.loss_budget_minor / (pd / PD_UNITS * float(terms.lgd))
    smallest: Numbers = np.where(pd > 0, np.minimum(found, budget), found)
    return smallest


def _caps(terms: LimitTerms, trade: Trade, is_small: npt.NDArray[np.bool_]) -> Wholes:
    found = np.full(len(is_small), terms.max_limit_minor, np.int64)
    small = np.minimum(found, terms.small_limit_minor)
    found = np.where(is_small, small, found)
    starter = np.minimum(found, terms.starter_limit_minor)
    return np.where(_is_thin(terms, trade), starter, found)


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
