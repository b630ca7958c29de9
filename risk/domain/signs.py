"""In which direction a fact may count in a fitted model, declared before anybody looks at data.

A sign of 1 says that more is safer, −1 that less is. A fact without a declared sign enters no model
we fit. Amounts of money are no facts for a pooled card: what is large on one platform is small on
another, and without them a card can be carried.
"""

from typing import Final

from risk.domain.facts import OPTIONAL_FACTS

# Fact: its sign and the reason a merchant is told when it loses points there.
SIGNS: Final[dict[str, tuple[int, str]]] = {
    "tenure_days": (1, "tenure_short"),
    "recency_days": (-1, "recently_inactive"),
    "active_months_count": (1, "few_active_months"),
    "order_count_l12": (1, "few_orders"),
    "order_count_total": (1, "few_orders"),
    "net_gmv_l3_minor": (1, "turnover_falling"),
    "net_gmv_l12_minor": (1, "few_orders"),
    "gmv_cv": (-1, "turnover_uneven"),
    "return_rate": (-1, "returns_high"),
    "momentum": (1, "turnover_falling"),
    "paid_off_count": (1, "repayment_record_short"),
    "max_dpd_days": (-1, "paid_late_before"),
}
NOT_POOLED: Final = frozenset({"net_gmv_l3_minor", "net_gmv_l12_minor"})


def pooled_facts() -> tuple[str, ...]:
    """Facts a card of several platforms may use, in the order of their declaration."""
    return tuple(name for name in SIGNS if name not in NOT_POOLED)


def null_meaning(name: str) -> str:
    """What it means that the fact is not known."""
    return "nothing_to_measure" if name in OPTIONAL_FACTS else "not_reported"
