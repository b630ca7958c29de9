"""A price table for the tests: three terms, dearer with the term and with the grade."""

from datetime import datetime
from typing import Any

from risk.models import Policy
from risk.operations.backtests import keep_backtest
from risk.operations.policy_drafts import draft_policy, validate_policy
from risk.operations.policy_life import approve_policy, start_shadow, waive_shadow
from tests.risk.domain.figures import default_body
from tests.risk.policies import DRAFTER, ONE, TWO

RATES = {
    "A": ["0.0720", "0.0730", "0.0740"],
    "B": ["0.0780", "0.0810", "0.0840"],
    "C": ["0.0900", "0.0930", "0.0960"],
    "D": ["0.1080", "0.1110", "0.1140"],
    "E": ["0.1080", "0.1110", "0.1140"],
}


def term_price(**changes: Any) -> dict[str, Any]:
    return {
        "days": [30, 60, 90],
        "rates": {grade: list(row) for grade, row in RATES.items()},
        "parts": {
            "funding_rates": ["0.0300", "0.0310", "0.0320"],
            "pd": {"A": "0.005", "B": "0.0175", "C": "0.0375", "D": "0.075", "E": "0.15"},
            "handling_share": "0.001",
            "capital_rate": "0.004",
            "tenant_rate": "0.005",
        },
    } | changes


def priced_body(**changes: Any) -> dict[str, Any]:
    """The default policy with the table."""
    return default_body() | {"term_price": term_price(**changes)}


def put_in_force(at: datetime, **changes: Any) -> Policy:
    """The policy in force succeeded by itself with the table, through the whole gate."""
    body = Policy.objects.get(status="champion").body | {"term_price": term_price(**changes)}
    told: dict[str, Any] = {"policy_id": draft_policy(body=body, actor=DRAFTER, at=at).id, "at": at}
    validate_policy(comment="seen", actor=ONE, **told)
    keep_backtest(months=6, actor=ONE, **told)
    start_shadow(effective_from=None, actor=ONE, **told)
    waive_shadow(reason="prices only", actor=ONE, **told)
    for person in (ONE, TWO):
        found = approve_policy(comment="yes", actor=person, **told)
    return found
