"""What links one decision to the one before it."""

from typing import Any

from risk.domain.canonical import moment_text, sha256
from risk.domain.verdict import content


def link_hash(decision: Any) -> str:
    """The hash of a decision's record, its facts' hash and the hash before it included."""
    return sha256(
        [
            decision.id,
            decision.merchant_id,
            str(decision.purpose),
            moment_text(decision.as_of),
            moment_text(decision.decided_at),
            decision.scorecard_id,
            decision.policy_id,
            decision.facts_sha256,
            content(decision),
            decision.previous_hash,
        ]
    )


def is_next(decision: Any, previous_hash: str) -> bool:
    """Whether the record is whole and follows the one with `previous_hash`."""
    return bool(
        decision.previous_hash == previous_hash
        and decision.facts_sha256 == sha256(decision.facts)
        and decision.hash == link_hash(decision)
    )
