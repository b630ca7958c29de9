"""The codes of feature definitions in words."""

from typing import Final

from platform_app.kernel.errors import gettext_noop as _
from risk.domain.feature_set import (
    NOT_ASKED,
    NOT_REPORTED,
    NOTHING_SEEN,
    NOTHING_TO_COMPARE,
    NOTHING_TO_MEASURE,
    FeatureDef,
)
from risk.domain.features import (
    AN_ORDER,
    ANSWERED,
    BOOKED,
    DAYS_30,
    EVER,
    L3,
    L6,
    L12,
    MONTHS_3,
    MONTHS_12,
    NIGHT,
    NO_HISTORY,
    NOW,
    ORDER_KNOWN,
    SEEN,
    TURNOVER,
    TWENTY_MERCHANTS,
)

WINDOWS: Final[dict[str, str]] = {
    EVER: _("From the first order or drawdown on"),
    NOW: _("At the moment"),
    DAYS_30: _("Thirty days up to the day"),
    L3: _("Three months up to the day"),
    L6: _("Six months up to the day"),
    L12: _("Twelve months up to the day"),
    MONTHS_3: _("Last three complete months"),
    MONTHS_12: _("Last twelve complete months"),
}
HISTORIES: Final[dict[str, str]] = {
    NO_HISTORY: _("Says something from the first day on"),
    AN_ORDER: _("Needs an order"),
    TURNOVER: _("Needs turnover in its window"),
    TWENTY_MERCHANTS: _("Needs twenty merchants to compare with"),
}
SIGNS: Final[dict[str, str]] = {
    "+": _("More is better"),
    "-": _("Less is better"),
    "0": _("Neither"),
}
NULLS: Final[dict[str, str]] = {
    NOT_REPORTED: _("Always there: nothing known is zero"),
    NOTHING_TO_MEASURE: _("There was nothing to measure"),
    NOTHING_TO_COMPARE: _("Too few merchants, or no order"),
    NOTHING_SEEN: _("Nothing was seen of it"),
    NOT_ASKED: _("Nobody was asked, or nobody answered"),
}
FIRST_KNOWN: Final[dict[str, str]] = {
    ORDER_KNOWN: _("When the order has happened and reached us"),
    BOOKED: _("When we have booked it"),
    NIGHT: _("The table of the night before, the own orders at once"),
    ANSWERED: _("When the answer reached us"),
    SEEN: _("When we have seen it"),
}
# Where data come from: what it is called, and how long a silence may be normal is its monitor's.
ORDERS: Final = "orders"
PERCENTILES: Final = "percentiles"
SOURCES: Final[dict[str, str]] = {
    ORDERS: _("Orders from the platform"),
    PERCENTILES: _("Percentile tables of the night"),
}


def null_words(feature: FeatureDef) -> str:
    """What its absence means.

    The first card, whose bytes stay as they are, calls a value that is derived "not reported".
    """
    is_derived = feature.null_meaning == NOT_REPORTED and feature.may_be_missing
    return NULLS[NOTHING_TO_MEASURE if is_derived else feature.null_meaning]
