"""Policies at every place of their life, for the tests around it."""

from datetime import datetime, timedelta
from typing import Any

from platform_app.kernel.models import AuditRecord
from risk.models import Policy
from risk.operations.backtests import keep_backtest
from risk.operations.floors import bind_funder, propose_floor
from risk.operations.policy_drafts import draft_policy, validate_policy
from risk.operations.policy_life import approve_policy, revert_policy, start_shadow
from tests.risk.cast import NOW
from tests.risk.domain.figures import default_body

DRAFTER, ONE, TWO = "usr_drafter", "usr_one", "usr_two"
LATER = NOW + timedelta(days=14)


def body(days: int = 90) -> dict[str, Any]:
    """The default policy, but for how long a merchant must have bought."""
    found = default_body()
    found["stages"][0]["rows"][3]["when"] = {"tenure_days": {"range": [None, days]}}
    return found


def drafted(days: int = 90) -> Policy:
    return draft_policy(body=body(days), actor=DRAFTER, at=NOW)


def validated(days: int = 90) -> Policy:
    found = drafted(days)
    return validate_policy(policy_id=found.id, comment="seen", actor=ONE, at=NOW)


def tried(policy: Policy, at: datetime = NOW) -> Policy:
    keep_backtest(policy_id=policy.id, months=6, actor=ONE, at=at)
    return policy


def shadowed(days: int = 90, effective_from: datetime | None = None) -> Policy:
    policy = tried(validated(days))
    return start_shadow(policy_id=policy.id, effective_from=effective_from, actor=ONE, at=NOW)


def leave_one_of_everything(number: int, at: datetime) -> None:
    """A challenger of its own with what led to it, and a floor proposed for this platform's funder.

    Whoever is decided from now on is answered in shadow as well.
    """
    found = Policy.objects.get(version=1).body
    found["stages"][0]["rows"][3]["when"] = {"tenure_days": {"range": [None, 100 + number]}}
    policy = draft_policy(body=found, actor=DRAFTER, at=at)
    validate_policy(policy_id=policy.id, comment="示例", actor=ONE, at=at)
    tried(policy, at)
    start_shadow(policy_id=policy.id, effective_from=None, actor=ONE, at=at)
    floor = {"knock_outs": [], "max_limit_minor": 100_000, "min_grade": None}
    propose_floor(layer="platform", funder="", body=floor, reason="示例", actor=ONE, at=at)
    bind_funder(funder=f"L-{number}", actor=ONE, at=at)


def approve(policy: Policy, actor: str, at: datetime = LATER, comment: str = "go") -> Policy:
    return approve_policy(policy_id=policy.id, comment=comment, actor=actor, at=at)


def in_force(days: int = 90) -> Policy:
    policy = shadowed(days)
    approve(policy, ONE)
    return approve(policy, TWO)


def revert(policy: Policy, reason: str = "too strict", at: datetime = LATER) -> Policy:
    return revert_policy(policy_id=policy.id, reason=reason, actor=ONE, at=at)


def statuses() -> list[tuple[int, str]]:
    return list(Policy.objects.order_by("version").values_list("version", "status"))


def told() -> list[str]:
    """What the audit chain says of policies since the first one was installed."""
    found = AuditRecord.objects.filter(action__startswith="risk.policy.").order_by("position")
    return [one.removeprefix("risk.policy.") for one in found.values_list("action", flat=True)][1:]
