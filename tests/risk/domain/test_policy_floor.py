"""A floor only refuses: whatever the facts, nobody is better off above one."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk.domain import scorecard_body
from risk.domain.defaults import scorecard_body as default_card
from risk.domain.policy_body import parse
from risk.domain.policy_floor import FUNDER, PLATFORM, Floor, composed, own_body, refuse_floors
from risk.domain.verdict import Verdict, judge
from risk.errors import InvalidPolicy
from risk.values import RepaymentFacts, TradeFacts
from tests.risk.domain.figures import default_body

THEN = {"outcome": "decline", "reason": "few_orders"}
FLOORS = [
    Floor(
        layer=layer, funder=funder, version=1, sha256="x",
        body={
            "knock_outs": [
                {"id": "unknown", "when": {fact: {"missing": True}}, "then": THEN},
                {"id": "low", "when": {fact: {"range": [None, 20]}}, "then": THEN},
            ],
            "max_limit_minor": cap, "min_grade": grade,
        },
    )
    for layer, funder, fact, cap, grade in (
        (PLATFORM, "", "order_count_l12", 30_000_000, "D"),
        (FUNDER, "L-1", "order_count_total", 20_000_000, "C"),
    )
]  # fmt: skip
CARD = scorecard_body.parse(default_card())
OWN, ABOVE = parse(default_body()), parse(composed(default_body(), FLOORS))
AMOUNTS = st.integers(0, 50_000_000)

trades = st.builds(
    TradeFacts,
    net_gmv_l3_minor=AMOUNTS, net_gmv_l12_minor=AMOUNTS,
    monthly_net_minor=st.integers(0, 90_000_000).map(lambda amount: (amount,) * 12),
    active_months_count=st.integers(0, 12), order_count_l12=st.integers(0, 60),
    order_count_total=st.integers(0, 60), tenure_days=st.integers(0, 900),
    recency_days=st.none() | st.integers(0, 200),
    return_rate=st.none() | st.decimals(0, 1, places=2), gmv_cv=st.none() | st.just(Decimal("0.7")),
    median_order_minor=AMOUNTS,
)  # fmt: skip
repayments = st.builds(
    RepaymentFacts,
    paid_off_count=st.integers(0, 9), max_dpd_days=st.integers(0, 40),
    current_dpd_days=st.integers(0, 1), drawn_total_minor=AMOUNTS, outstanding_minor=AMOUNTS,
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trades, repayments)
def test_nobody_is_better_off_above_a_floor(trade: TradeFacts, repayment: RepaymentFacts) -> None:
    own, above = (judge(CARD, policy, trade, repayment) for policy in (OWN, ABOVE))
    assert above.limit_minor <= min(own.limit_minor, 20_000_000)
    if above.outcome == "approve":
        assert (own.outcome, own.annual_rate) == ("approve", above.annual_rate)
        assert trade.order_count_total >= 20 <= trade.order_count_l12
        assert above.grade in {"A", "B", "C"}
    assert layers_of(own) == set()


def layers_of(verdict: Verdict) -> set[str]:
    heads = {hit.partition("-")[0] for hit in verdict.rule_hits}
    return heads & {"funder1", "platform"}


def test_the_body_comes_apart_again() -> None:
    both = composed(default_body(), FLOORS)
    assert [floor["layer"] for floor in both["floors"]] == [FUNDER, PLATFORM]
    assert both == composed(default_body(), FLOORS[::-1])
    assert own_body(both) == default_body()
    refuse_floors(default_body())
    with pytest.raises(InvalidPolicy):
        refuse_floors({name: value for name, value in both.items() if name != "floors"})
    with pytest.raises(InvalidPolicy):
        parse(both | {"floors": [{"layer": "funder"}]})
    with pytest.raises(InvalidPolicy):
        parse(both | {"floors": [both["floors"][0] | {"max_limit_minor": 0}]})
