"""The gate that reads a policy: every rule it must keep, and any damage at all."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain import scorecard_body
from risk.domain.defaults import scorecard_body as default_card
from risk.domain.policy import PolicyTables
from risk.domain.policy_body import parse
from risk.domain.verdict import judge
from risk.enums import Outcome
from risk.errors import InvalidPolicy
from risk.values import RepaymentFacts, TradeFacts
from tests.risk.domain.figures import default_body

CARD = scorecard_body.parse(default_card())
STEADY = replace(
    TradeFacts.none(),
    monthly_net_minor=(10_000_000,) * 12,
    net_gmv_l3_minor=30_000_000,
    net_gmv_l12_minor=120_000_000,
    active_months_count=12,
    order_count_l12=24,
    order_count_total=24,
    tenure_days=400,
    recency_days=10,
    return_rate=Decimal("0.0100"),
    gmv_cv=Decimal("0.0000"),
)


def changed(path: str, value: Any) -> dict[str, Any]:
    """The default body with the value at `stages/0/rows/…` replaced; Ellipsis removes it."""
    found = default_body()
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    node: Any = found
    for step in steps:
        node = node[step]
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return found


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("price", ..., "policy must have exactly limit, price, stages"),
        ("stages/0", ..., "stages must be eligibility, knock_out, grade, outcome"),
        ("stages/0/rows", {}, "eligibility must be a list of objects"),
        ("stages/0/rows/6", ..., "eligibility must end with its only row without conditions"),
        ("stages/0/rows/0/when", {}, "eligibility must end with its only row without conditions"),
        ("stages/0/rows/0", ..., "eligibility has no row for a missing order_count_total"),
        ("stages/1/rows/0/id", "eligible", "a row id appears twice"),
        ("stages/1/rows/0/id", "7f3a!", "a row of knock_out needs a readable id"),
        ("stages/0/rows/0/when", {"zodiac": {"any": True}},
         "orders-unknown asks for the unknown fact zodiac"),
        ("stages/0/rows/0/when", {"pd": {"missing": True}},
         "orders-unknown asks for the unknown fact pd"),
        ("stages/0/rows/0/then", {"outcome": "approve"},
         "orders-unknown has no outcome this stage may give"),
        ("stages/0/rows/0/then", {"outcome": "decline"}, "orders-unknown needs a known reason"),
        ("stages/0/rows/0/then", {"outcome": "decline", "reason": "moon"},
         "orders-unknown needs a known reason"),
        ("stages/2/rows/1/then", {"grade": "A"}, "late-at-best-c may only say grade_at_best"),
        ("stages/3/rows/4/then", {}, "grade-other has no outcome this stage may give"),
        ("stages/3/rows/3/then", {"outcome": "approve", "size": "huge"},
         "grade-a-to-c may only say size small"),
        ("limit/dscr", "0", "dscr is too small"),
        ("limit/dscr", 1.3, "dscr must be text"),
        ("limit/step_minor", 0, "step_minor is too small"),
        ("limit/margin_rate", "1.01", "margin_rate is more than the whole"),
        ("limit/full_tenure_days", 90, "full_tenure_days must come after first_tenure_days"),
        ("limit/max_limit_minor", "5", "max_limit_minor must be a whole number"),
        ("limit/months_by_grade/A", ..., "months_by_grade must have exactly A, B, C, D, E"),
        ("price/A", 0.07, "price of A must be text"),
        ("price/A", "-0.01", "price of A is negative"),
    ],
)  # fmt: skip
def test_a_policy_that_breaks_its_rules_is_refused(path: str, value: Any, problem: str) -> None:
    with pytest.raises(InvalidPolicy) as refusal:
        parse(changed(path, value))
    assert refusal.value.facts == {"problem": problem}


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=3,
)


@given(data=st.data(), junk=JUNK)
def test_any_damage_is_refused_or_harmless(data: st.DataObject, junk: Any) -> None:
    damaged = default_body()
    node: Any = damaged
    while True:
        step: Any = data.draw(
            st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node)))
        )
        if not isinstance(node[step], dict | list) or not node[step] or data.draw(st.booleans()):
            node[step] = junk
            break
        node = node[step]
    try:
        policy = parse(damaged)
    except InvalidPolicy:
        return
    assert isinstance(policy, PolicyTables)
    for trade in (TradeFacts.none(), STEADY):
        assert judge(CARD, policy, trade, RepaymentFacts.none()).outcome in set(Outcome)
