"""The expert card and the policy a new platform starts with, both as data.

The points are a credit officer's judgment, not a fit: an ordinary merchant stands near 600, which
means odds of 50:1. Prices stay below four times the one-year LPR of 3.00 %.
"""

from decimal import Decimal
from typing import Any

from risk.domain.features import BY_KEY

Bins = tuple[tuple[int | str, ...], tuple[int, ...]]


def scorecard_body() -> dict[str, Any]:
    """Scorecard version 1."""
    cards = [
        _feature("tenure_days", "tenure_short", 2, ((90, 180, 365, 730), (-12, -6, 0, 8, 12))),
        _feature("recency_days", "recently_inactive", 4, ((15, 30, 60, 90), (10, 6, 0, -10, -18))),
        _feature("active_months_count", "few_active_months", 2, ((3, 6, 9), (-14, -4, 4, 12))),
        _feature("order_count_l12", "few_orders", 3, ((3, 6, 12), (-10, -2, 4, 8))),
        _feature("gmv_cv", "turnover_uneven", 1, (("0.5", "1", "1.5", "2.5"), (8, 4, 0, -6, -10))),
        _feature("return_rate", "returns_high", 2,
                 (("0.02", "0.05", "0.10", "0.20"), (4, 2, -2, -10, -20))),
        _feature("momentum", "turnover_falling", 0, (("0.25", "0.75"), (-10, -2, 2))),
        _feature("paid_off_count", "repayment_record_short", 2, ((1, 3, 6), (0, 6, 12, 18))),
        _feature("max_dpd_days", "paid_late_before", -1, ((1, 8, 31), (0, -12, -30, -60))),
    ]  # fmt: skip
    return {
        "format": 2,
        "scaling": {"pdo": 20, "score": 600, "odds": 50},
        "base": {"handling": "separate", "points": 590},
        "calibration": {"a": "0", "b": "1", "offsets": []},
        "features": [feature for feature, _ in cards],
        "rows": [row for _, rows in cards for row in rows],
        "development": None,
    }


def policy_body(
    *,
    collection_days: int,
    stock_days: int,
    supplier_days: int,
    margin_rate: Decimal,
    financed_share: Decimal,
    max_limit_minor: int,
) -> dict[str, Any]:
    """Policy version 1 for a vertical's figures; `max_limit_minor` in fen."""
    return {
        "stages": [
            {"name": "eligibility", "rows": _eligibility()},
            {"name": "knock_out", "rows": _knock_out()},
            {"name": "grade", "rows": _grade()},
            {"name": "outcome", "rows": _outcome()},
        ],
        "limit": {
            "months_by_grade": {"A": "1.5", "B": "1.2", "C": "0.9", "D": "0.5", "E": "0"},
            "first_tenure_days": 90,
            "first_tenure_factor": "0.3",
            "full_tenure_days": 365,
            "collection_days": collection_days,
            "stock_days": stock_days,
            "supplier_days": supplier_days,
            "financed_share": f"{financed_share:f}",
            "margin_rate": f"{margin_rate:f}",
            "term_days": 90,
            "dscr": "1.3",
            "lgd": "0.6",
            "loss_budget_minor": max_limit_minor // 100,
            "max_limit_minor": max_limit_minor,
            "small_limit_minor": max_limit_minor // 20,
            "starter_limit_minor": max_limit_minor // 10,
            "starter_orders": "1.5",
            "starter_tenure_days": 180,
            "starter_active_months": 6,
            "step_minor": 100_000,
            "step_up_bills": 3,
            "step_up_share": "0.5",
            "estimate_low_share": "0.7",
        },
        "price": {"A": "0.0720", "B": "0.0840", "C": "0.0960", "D": "0.1140", "E": "0.1140"},
    }


def _feature(
    key: str, reason_code: str, mean_points: int, bins: Bins
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A feature as it is declared, and its rows. Missing gets the worst points of the feature."""
    declared = BY_KEY[key]
    edges, points = bins
    bounds = [None, *edges, None]
    feature = {
        "key": key,
        "label": declared.label,
        "dtype": declared.dtype,
        "sign": declared.sign,
        "null_meaning": declared.null_meaning,
        "mean_points": mean_points,
    }
    counts = {"levels": None, "n": None, "bad": None, "woe": None, "reason_code": reason_code}
    rows = [
        {"kind": "numeric", "lo": bounds[i], "hi": bounds[i + 1], "points": points[i]}
        for i in range(len(points))
    ]
    rows.append({"kind": "missing", "lo": None, "hi": None, "points": min(points)})
    return feature, [
        {"feature": key, "ord": number} | row | counts for number, row in enumerate(rows)
    ]


def _eligibility() -> list[dict[str, Any]]:
    return [
        _decline("orders-unknown", "order_count_total", {"missing": True}, "trade_data_missing"),
        _decline("orders-too-few", "order_count_total", {"range": [None, 3]}, "few_orders"),
        _decline("tenure-unknown", "tenure_days", {"missing": True}, "trade_data_missing"),
        _decline("tenure-too-short", "tenure_days", {"range": [None, 60]}, "tenure_short"),
        _decline("recency-unknown", "recency_days", {"missing": True}, "trade_data_missing"),
        _decline("inactive", "recency_days", {"range": [121, None]}, "recently_inactive"),
        {"id": "eligible", "when": {}, "then": {}},
    ]


def _knock_out() -> list[dict[str, Any]]:
    return [
        _decline("dpd-unknown", "current_dpd_days", {"missing": True}, "overall_assessment"),
        _decline("overdue-now", "current_dpd_days", {"range": [1, None]}, "overdue_now"),
        _decline("max-dpd-unknown", "max_dpd_days", {"missing": True}, "overall_assessment"),
        _decline("overdue-before", "max_dpd_days", {"range": [31, None]}, "paid_late_before"),
        {"id": "no-knock-out", "when": {}, "then": {}},
    ]


def _grade() -> list[dict[str, Any]]:
    late = {"max_dpd_days": {"range": [8, None]}}
    unknown = {"max_dpd_days": {"missing": True}}
    return [
        {"id": "late-grade-unknown", "when": unknown, "then": {"grade_at_best": "E"}},
        {"id": "late-at-best-c", "when": late, "then": {"grade_at_best": "C"}},
        {"id": "grade-by-score", "when": {}, "then": {}},
    ]


def _outcome() -> list[dict[str, Any]]:
    small = {"outcome": "approve", "size": "small"}
    review = {"outcome": "refer", "reason": "overall_assessment"}
    return [
        _decline("grade-unknown", "grade", {"missing": True}, "overall_assessment"),
        _decline("grade-e", "grade", {"eq": "E"}, "overall_assessment"),
        {"id": "grade-d", "when": {"grade": {"eq": "D"}}, "then": small},
        {
            "id": "grade-a-to-c",
            "when": {"grade": {"in": ["A", "B", "C"]}},
            "then": {"outcome": "approve"},
        },
        {"id": "grade-other", "when": {}, "then": review},
    ]


def _decline(row: str, fact: str, cell: dict[str, Any], reason: str) -> dict[str, Any]:
    then = {"outcome": "decline", "reason": reason}
    return {"id": row, "when": {fact: cell}, "then": then}
