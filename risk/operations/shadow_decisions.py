"""What the policy in shadow would have answered, written down beside every live decision.

The merchant is never touched: nothing reads these rows but the comparison of the two policies. A
prescreen counts as live, since its answer is shown to a merchant.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Final

from platform_app.kernel import clock
from platform_app.kernel.errors import NotFound
from platform_app.kernel.scope import current_tenant_id
from risk.domain.canonical import sha256
from risk.domain.facts import restore
from risk.domain.standing import under
from risk.domain.verdict import Verdict, content, judge
from risk.models import Decision, ShadowDecision
from risk.queries.champions import Champions, versions

BATCH: Final = 2_000
# Score and PD are the live decision's.
_ANSWER: Final = tuple(one.name for one in fields(Verdict) if one.name not in {"score", "pd"})


def shadow(rows: Sequence[Decision], used: Champions) -> None:
    """Append the challenger's answer to each appended decision, inside the caller's transaction.

    One insert for all of them, none where no policy is in shadow. What another arm of an experiment
    decided is left out: it would be compared with what is not in force.
    """
    if used.shadow is None or used.shadow_id is None:
        return
    answers = []
    for row in _by_the_versions_in_force(rows, used):
        card = used.card.for_tenant(current_tenant_id(), clock.day_of(row.as_of))
        verdict = under(judge(card, used.shadow, *restore(row.facts)), row.facts)
        answers.append(
            ShadowDecision(
                decision=row,
                policy_id=used.shadow_id,
                hash=_hash(row, used.shadow_id, verdict),
                **{name: getattr(verdict, name) for name in _ANSWER},
            )
        )
    ShadowDecision.objects.bulk_create(answers, batch_size=BATCH)


def replay_shadow(shadow_id: str) -> bool:
    """Whether the live decision's facts and this policy give the stored answer and hash again.

    Raises NotFound, and InvalidScorecard or InvalidPolicy when a version's body was altered.
    """
    stored = (
        ShadowDecision.objects.select_related("decision__scorecard", "policy")
        .filter(pk=shadow_id)
        .first()
    )
    if stored is None:
        raise NotFound(noun="shadow decision")
    live = stored.decision
    used = versions(
        card_id=live.scorecard_id,
        card_sha=live.scorecard.sha256,
        policy_id=stored.policy_id,
        policy_sha=stored.policy.sha256,
    )
    card = used.card.for_tenant(current_tenant_id(), clock.day_of(live.as_of))
    again = under(judge(card, used.policy, *restore(live.facts)), live.facts)
    same = all(getattr(again, name) == getattr(stored, name) for name in _ANSWER)
    return same and stored.hash == _hash(live, stored.policy_id, again)


def _by_the_versions_in_force(rows: Sequence[Decision], used: Champions) -> list[Decision]:
    in_force = (used.policy_id, used.scorecard_id)
    return [row for row in rows if (row.policy_id, row.scorecard_id) == in_force]


def _hash(live: Decision, policy_id: str, verdict: Verdict) -> str:
    return sha256([live.hash, policy_id, content(verdict)])
