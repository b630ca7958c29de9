"""A sandbox starts from what is in force on the live platform: its scorecard and its policy."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from platform_app.kernel import audit, locks
from platform_app.kernel.scope import current_tenant_id
from risk.domain import policy_gate, scorecard_body
from risk.enums import VersionStatus
from risk.errors import NoChampion
from risk.models import Policy, Scorecard


@dataclass(frozen=True, slots=True)
class Deciding:
    """The bodies that decide on a platform, to be carried to its sandbox."""

    card: dict[str, Any]
    card_sha256: str
    code_sha256: str
    policy: dict[str, Any]
    policy_sha256: str


def in_force() -> Deciding:
    """What decides on the open scope's platform. Raises NoChampion."""
    card = Scorecard.objects.filter(status=VersionStatus.CHAMPION).first()
    policy = Policy.objects.filter(status=VersionStatus.CHAMPION).first()
    if card is None or policy is None:
        raise NoChampion
    return Deciding(card.body, card.sha256, card.code_sha256, policy.body, policy.sha256)


@transaction.atomic
def adopt(*, found: Deciding, actor: str, at: datetime) -> None:
    """Let these decide on the open scope's platform too, in place of its defaults; audited.

    What is in force already with the same bytes stays. Both must pass the gates of any version.
    Raises InvalidScorecard, InvalidPolicy, PolicyFindings.
    """
    locks.hold(locks.LockSpace.DECISION_CHAIN, current_tenant_id())
    scorecard_body.parse_for_facts(found.card)
    policy_gate.publishable(found.policy)
    card = {"body": found.card, "sha256": found.card_sha256, "code_sha256": found.code_sha256}
    _succeed(Scorecard, card, "scorecard", actor=actor, at=at)
    policy = {"body": found.policy, "sha256": found.policy_sha256}
    _succeed(Policy, policy, "policy", actor=actor, at=at)


def _succeed(
    kind: type[Scorecard] | type[Policy], carried: dict[str, Any], noun: str, *, actor: str,
    at: datetime,
) -> None:  # fmt: skip
    standing = kind.objects.filter(status=VersionStatus.CHAMPION)
    if standing.filter(sha256=carried["sha256"]).exists():
        return
    last = kind.objects.aggregate(last=Max("version"))["last"] or 0
    standing.update(
        status=VersionStatus.RETIRED, retired_at=at, retired_reason="the live platform's instead"
    )
    row = kind.objects.create(
        version=last + 1, status=VersionStatus.CHAMPION, drafted_by=actor, drafted_at=at,
        in_force_at=at, **carried,
    )  # fmt: skip
    audit.record(
        actor=actor, action=f"risk.{noun}.adopt", subject=row.id, at=at,
        after={"version": row.version, "sha256": row.sha256},
    )  # fmt: skip
