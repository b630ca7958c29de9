"""The scorecard and the policy in force, parsed once per process and version."""

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

import structlog

from risk.domain import policy_body, scorecard_body
from risk.domain.canonical import sha256
from risk.domain.policy import PolicyTables
from risk.domain.scorecard import Card
from risk.enums import VersionStatus
from risk.errors import InvalidPolicy, InvalidScorecard, NoChampion
from risk.models import Policy, Scorecard

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Champions:
    """What is in force, by id and ready to evaluate, and the policy in shadow beside it."""

    scorecard_id: str
    policy_id: str
    card: Card
    policy: PolicyTables
    shadow_id: str | None = None
    shadow: PolicyTables | None = None


def champions() -> Champions:
    """The tenant's versions in force, and its challenger. Raises NoChampion when there are none.

    A challenger that cannot be read is left out, and that is logged: it decides nothing yet.
    """
    in_force = VersionStatus.CHAMPION
    cards = Scorecard.objects.filter(status=in_force).values_list("id", "sha256")
    policies = Policy.objects.filter(status__in=(in_force, VersionStatus.SHADOW))
    found = {row[0]: row[1:] for row in policies.values_list("status", "id", "sha256")}
    card, policy = cards.first(), found.get(in_force)
    if card is None or policy is None:
        raise NoChampion
    used = versions(card_id=card[0], card_sha=card[1], policy_id=policy[0], policy_sha=policy[1])
    shadow = found.get(VersionStatus.SHADOW)
    return used if shadow is None else _beside(used, *shadow)


def has_champion() -> bool:
    """Whether the tenant has a policy in force."""
    return bool(Policy.objects.filter(status=VersionStatus.CHAMPION).exists())


def policy_tables(policy: Policy) -> PolicyTables:
    """The tables of a version that passed the gate. Raises InvalidPolicy for an altered body."""
    return _policy(policy.id, policy.sha256)


def card_of(scorecard: Scorecard) -> Card:
    """The parsed card of a version. Raises InvalidScorecard for an altered body."""
    return _card(scorecard.id, scorecard.sha256)


def _beside(used: Champions, shadow_id: str, sha: str) -> Champions:
    try:
        tables = _policy(shadow_id, sha)
    except InvalidPolicy as problem:
        logger.warning("risk.shadow_unreadable", policy=shadow_id, problem=str(problem))
        return used
    return replace(used, shadow_id=shadow_id, shadow=tables)


def price_by_grade() -> dict[str, Decimal]:
    """What the policy in force charges: an annual rate per grade. Raises NoChampion."""
    return dict(champions().policy.price)


def versions(*, card_id: str, card_sha: str, policy_id: str, policy_sha: str) -> Champions:
    """Named versions, in force or not.

    Raises InvalidScorecard or InvalidPolicy when a body was altered.
    """
    return Champions(
        scorecard_id=card_id,
        policy_id=policy_id,
        card=_card(card_id, card_sha),
        policy=_policy(policy_id, policy_sha),
    )


@lru_cache(maxsize=1024)
def _card(card_id: str, sha: str) -> Card:
    body = Scorecard.objects.values_list("body", flat=True).get(pk=card_id)
    if sha256(body) != sha:
        raise InvalidScorecard(problem="the body does not have the recorded hash")
    return scorecard_body.parse_for_facts(body)


@lru_cache(maxsize=1024)
def _policy(policy_id: str, sha: str) -> PolicyTables:
    body = Policy.objects.values_list("body", flat=True).get(pk=policy_id)
    if sha256(body) != sha:
        raise InvalidPolicy(problem="the body does not have the recorded hash")
    return policy_body.parse(body)


def forget_versions() -> None:
    """Drop the in-process cache (between tests)."""
    _card.cache_clear()
    _policy.cache_clear()
