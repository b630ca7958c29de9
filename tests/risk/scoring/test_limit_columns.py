"""Limits by columns are the limits one by one, also where a bound lies right on a step."""

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.limit import LimitTerms, limit_of
from risk.domain.odds import GRADES
from risk.domain.policy_body import parse
from risk.scoring.limit_columns import limits_of, trade_of
from risk.values import TradeFacts
from tests.risk.domain.figures import default_body

TERMS = parse(default_body()).limit
ROUND = st.integers(-20, 400).map(lambda hundreds: hundreds * 100_000)
SHARES = st.none() | st.decimals(0, 1, places=4)
CASES = st.lists(
    st.tuples(
        st.lists(ROUND | st.integers(-(10**7), 10**9), min_size=12, max_size=12).map(tuple)
        | ROUND.map(lambda amount: (amount,) * 12),
        SHARES,
        st.integers(-5, 500),
        st.integers(0, 12),
        ROUND | st.integers(0, 10**8),
        st.sampled_from([0, 1, 2_000_000, 5_000_000, 10**8]) | st.integers(0, 10**8),
        st.integers(0, 4),
        st.booleans(),
        st.integers(0, 60),
    ),
    min_size=1,
    max_size=12,
)
CHANGES = st.sampled_from(
    [{}, {"first_tenure_days": 1}, {"loss_budget_minor": 0}, {"supplier_days": 200},
     {"step_minor": 1}, {"step_minor": 7}, {"starter_orders": Decimal(0)},
     {"step_up_bills": 0}, {"step_up_bills": 1, "step_up_share": Decimal("0.3333")},
     {"max_limit_minor": 0}, {"max_limit_minor": 50_000_001, "step_minor": 50_000}]
)  # fmt: skip


@given(cases=CASES, changes=CHANGES)
def test_by_columns_is_one_by_one(cases: list[Any], changes: dict[str, Any]) -> None:
    terms: LimitTerms = replace(TERMS, **changes)
    trades = [
        replace(
            TradeFacts.none(), monthly_net_minor=monthly, return_rate=returned, tenure_days=tenure,
            active_months_count=active, median_order_minor=order,
        )
        for monthly, returned, tenure, active, order, *_ in cases
    ]  # fmt: skip
    found = limits_of(
        terms,
        trade_of(trades, [case[8] for case in cases]),
        grade=np.array([case[6] for case in cases], np.int8),
        pd=np.array([case[5] for case in cases], np.int64),
        is_small=np.array([case[7] for case in cases], np.bool_),
    )
    assert found.tolist() == [
        limit_of(
            terms,
            trade,
            grade=GRADES[case[6]],
            pd=Decimal(case[5]).scaleb(-8),
            is_small=case[7],
            clean_bills=case[8],
        ).limit_minor
        for trade, case in zip(trades, cases, strict=True)
    ]


def test_every_term_but_the_estimates_share_is_used() -> None:
    """A term added to the scalar formula has to be added by columns too."""
    assert {field.name for field in fields(LimitTerms)} == {
        "months_by_grade", "first_tenure_days", "first_tenure_factor", "full_tenure_days",
        "collection_days", "stock_days", "supplier_days", "financed_share", "margin_rate",
        "term_days", "dscr", "lgd", "loss_budget_minor", "max_limit_minor", "small_limit_minor",
        "starter_limit_minor", "starter_orders", "starter_tenure_days", "starter_active_months",
        "step_minor", "estimate_low_share", "step_up_bills", "step_up_share",
    }  # fmt: skip
