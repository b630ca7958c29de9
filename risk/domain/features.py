"""Every feature that is computed of a merchant, declared once.

Types, words, what a card may speak of and what is read beside orders and repayments all come from
this list. Its order is that of the pages.
"""

from typing import Final

from platform_app.kernel.errors import gettext_noop as _
from risk.domain.feature_set import (
    COUNT,
    DAYS,
    DECIMAL,
    DERIVED,
    FACTOR,
    INTEGER,
    INTEGERS,
    MONEY,
    MORE,
    NIGHTLY,
    NOT_ASKED,
    NOT_REPORTED,
    NOTHING_SEEN,
    NOTHING_TO_COMPARE,
    NOTHING_TO_MEASURE,
    REPAYMENT,
    SHARE,
    TRADE,
    FeatureDef,
    FeatureSet,
    of_parts,
)
from risk.enums import FeatureUse

EVER: Final = "ever"
NOW: Final = "now"
DAYS_30: Final = "days_30"
L3: Final = "l3"
L6: Final = "l6"
L12: Final = "l12"
MONTHS_3: Final = "months_3"
MONTHS_12: Final = "months_12"

NO_HISTORY: Final = "none"
AN_ORDER: Final = "an_order"
TURNOVER: Final = "turnover"
TWENTY_MERCHANTS: Final = "twenty_merchants"

ORDER_KNOWN: Final = "order_known"
BOOKED: Final = "booked"
NIGHT: Final = "night"
ANSWERED: Final = "answered"
SEEN: Final = "seen"

_AGREEMENT: Final = "service_and_privacy"  # the consent under which orders and repayments are used
_QUERY: Final = "bureau_query"
_CARD_OWNER: Final = _("Owner of the scorecard")
_RISK_OFFICER: Final = _("Risk officer")
_DECISION, _PRICE = FeatureUse.DECISION, FeatureUse.PRICE
_LIMIT, _ANALYTICS = FeatureUse.LIMIT, FeatureUse.ANALYTICS


def _feature(  # noqa: PLR0913 -- one word for each column of the table below
    key: str,
    label: str,
    unit: str,
    dtype: str,
    window: str,
    sign: str,
    part: str,
    *uses: FeatureUse,
    needs: str = NO_HISTORY,
    missing: str = NOT_REPORTED,
    known: str = "",
) -> FeatureDef:
    usual = BOOKED if part == REPAYMENT else NIGHT if part in {MORE, NIGHTLY} else ORDER_KNOWN
    return FeatureDef(
        key=key,
        label=label,
        unit=unit,
        dtype=dtype,
        window=window,
        min_history=needs,
        sign=sign,
        null_meaning=missing,
        first_known=known or usual,
        part=part,
        owner=_RISK_OFFICER if part == REPAYMENT or known else _CARD_OWNER,
        consent=_QUERY if known == ANSWERED else _AGREEMENT,
        uses=frozenset({_ANALYTICS, *uses}),
    )


def _report(key: str, label: str, unit: str, window: str, sign: str) -> FeatureDef:
    """What an outside party says, if it was asked."""
    return _feature(
        key, label, unit, INTEGER, window, sign, MORE, _DECISION, _LIMIT, missing=NOT_ASKED,
        known=ANSWERED,
    )  # fmt: skip


FEATURES: Final[tuple[FeatureDef, ...]] = (
    _feature("tenure_days", _("Days since the first order"), DAYS, INTEGER, EVER, "+", TRADE,
             _DECISION, _LIMIT),
    _feature("recency_days", _("Days since the last order"), DAYS, INTEGER, EVER, "-", TRADE,
             _DECISION, needs=AN_ORDER, missing=NOTHING_TO_MEASURE),
    _feature("active_months_count", _("Months with orders, of twelve"), COUNT, INTEGER, MONTHS_12,
             "+", TRADE, _DECISION, _LIMIT),
    _feature("order_count_l12", _("Orders in twelve months"), COUNT, INTEGER, L12, "+", TRADE,
             _DECISION),
    _feature("order_count_total", _("Orders ever"), COUNT, INTEGER, EVER, "+", TRADE, _DECISION),
    _feature("net_gmv_l3_minor", _("Net purchases in three months"), MONEY, INTEGER, L3, "+",
             TRADE, _DECISION, _LIMIT),
    _feature("net_gmv_l12_minor", _("Net purchases in twelve months"), MONEY, INTEGER, L12, "+",
             TRADE, _DECISION, _LIMIT),
    _feature("monthly_net_minor", _("Net purchases month by month"), MONEY, INTEGERS, MONTHS_12,
             "+", TRADE, _LIMIT),
    _feature("median_order_minor", _("Usual order"), MONEY, INTEGER, L12, "0", TRADE,
             _DECISION, _LIMIT),
    _feature("return_rate", _("Share of purchases returned"), SHARE, DECIMAL, L12, "-", TRADE,
             _DECISION, _LIMIT, needs=TURNOVER, missing=NOTHING_TO_MEASURE),
    _feature("gmv_cv", _("Variation of monthly purchases"), FACTOR, DECIMAL, MONTHS_12, "-", TRADE,
             _DECISION, needs=TURNOVER, missing=NOTHING_TO_MEASURE),
    _feature("momentum", _("Last three months against the year"), FACTOR, DECIMAL, L12, "+",
             DERIVED, _DECISION, needs=TURNOVER),
    _feature("net_gmv_l3_percentile", _("Three months' purchases among its category"), SHARE,
             DECIMAL, MONTHS_3, "+", MORE, _DECISION, _PRICE, _LIMIT, needs=TWENTY_MERCHANTS,
             missing=NOTHING_TO_COMPARE),
    _feature("net_gmv_l12_percentile", _("Twelve months' purchases among its category"), SHARE,
             DECIMAL, MONTHS_12, "+", MORE, _DECISION, _PRICE, _LIMIT, needs=TWENTY_MERCHANTS,
             missing=NOTHING_TO_COMPARE),
    _feature("mean_order_percentile", _("Size of its orders among its category"), SHARE, DECIMAL,
             MONTHS_12, "0", NIGHTLY, needs=TWENTY_MERCHANTS, missing=NOTHING_TO_COMPARE),
    _feature("paid_off_count", _("Drawdowns paid off"), COUNT, INTEGER, EVER, "+", REPAYMENT,
             _DECISION),
    _feature("max_dpd_days", _("Most days past due"), DAYS, INTEGER, EVER, "-", REPAYMENT,
             _DECISION),
    _feature("current_dpd_days", _("Days past due now"), DAYS, INTEGER, NOW, "-", REPAYMENT,
             _DECISION),
    _feature("drawn_total_minor", _("Drawn altogether"), MONEY, INTEGER, EVER, "0", REPAYMENT,
             _DECISION),
    _feature("outstanding_minor", _("Owed now"), MONEY, INTEGER, NOW, "0", REPAYMENT, _DECISION),
    _report("company_age_days", _("Days since the company was registered"), DAYS, EVER, "+"),
    _report("paid_in_capital_minor", _("Paid-in capital"), MONEY, NOW, "+"),
    _report("other_loans_minor", _("Owed to other lenders"), MONEY, NOW, "-"),
    _report("other_overdue_minor", _("Past due at other lenders"), MONEY, NOW, "-"),
    _report("credit_inquiries_l6_count", _("Credit inquiries in six months"), COUNT, L6, "-"),
    _report("bank_inflow_l3_minor", _("Received on the account in three months"), MONEY, L3, "+"),
    _report("bank_inflow_l12_minor", _("Received on the account in twelve months"), MONEY, L12,
            "+"),
    _report("bank_returned_l12_count", _("Debits the bank returned in twelve months"), COUNT, L12,
            "-"),
    _feature("linked_merchants_count", _("Merchants linked to it"), COUNT, INTEGER, EVER, "-",
             MORE, _DECISION, missing=NOTHING_SEEN, known=SEEN),
    _feature("trait_sharers_count", _("Merchants that share one thing with it in thirty days"),
             COUNT, INTEGER, DAYS_30, "-", MORE, _DECISION, missing=NOTHING_SEEN, known=SEEN),
    _feature("self_trade_share", _("Share of purchases that linked merchants mirror"), SHARE,
             DECIMAL, L12, "-", MORE, _DECISION, missing=NOTHING_SEEN, known=SEEN),
)  # fmt: skip

BY_KEY: Final[dict[str, FeatureDef]] = {one.key: one for one in FEATURES}

# What the snapshot of a decision is made of, and what the nightly ones hold beside it.
DECISION_SET: Final[FeatureSet] = of_parts(FEATURES, TRADE, REPAYMENT, DERIVED, MORE)
NIGHTLY_SET: Final[FeatureSet] = FeatureSet(FEATURES)


def is_forbidden(key: str, use: FeatureUse) -> bool:
    """Whether a feature of ours may not be used so; what we do not know is not forbidden."""
    return key in BY_KEY and not BY_KEY[key].may(use)
