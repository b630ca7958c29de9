"""Deciding: facts, versions in force, verdict, and the record that replays."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

import structlog
from django.db import transaction

from platform_app.kernel import clock
from platform_app.kernel.errors import Invalid, NotFound
from platform_app.kernel.scope import current_tenant_id
from risk.domain.canonical import canonical, sha256
from risk.domain.experiment import with_trial
from risk.domain.facts import Facts, restore, snapshot
from risk.domain.limit import floor_to
from risk.domain.magic import with_magic
from risk.domain.scorecard import Card
from risk.domain.standing import under, with_standing
from risk.domain.verdict import Verdict, content, judge
from risk.enums import Outcome, Purpose
from risk.models import Decision
from risk.operations.decision_chain import append, first_broken_link
from risk.operations.exploration import Trial, tell, trial
from risk.operations.shadow_decisions import shadow
from risk.queries.alarms import open_stops
from risk.queries.champions import Champions, champions
from risk.queries.facts import trade_facts
from risk.queries.more_facts import more_facts
from risk.queries.proposals import versions_of
from risk.queries.watch_list import listed as listed_on
from risk.values import Estimate, RepaymentFacts, TradeFacts
from tenants.enums import MagicWord
from tenants.models import Merchant
from tenants.queries.sandboxes import magic_word

__all__ = [
    "decide", "decide_many", "estimate_of", "first_broken_link", "prescreen", "replay",
]  # fmt: skip

logger = structlog.get_logger(__name__)
_ANSWER: Final = tuple(field.name for field in fields(Verdict))
_BY_NAME: Final = (Purpose.APPLICATION, Purpose.PRESCREEN)  # a sandbox may ask for an answer


@transaction.atomic
def decide(
    *,
    merchant_id: str,
    purpose: Purpose,
    as_of: datetime,
    decided_at: datetime,
    repayment: RepaymentFacts,
    actor: str,
    trade: TradeFacts | None = None,
) -> Decision:
    """Answer for one merchant from what was known before `as_of`, and append the record.

    Without `trade` the facts are read. The limit is in fen and 0 unless approved. Raises NotFound
    for a merchant of somebody else, NoChampion, InvalidFacts, Invalid when `as_of` lies after
    `decided_at`. While an alarm stops auto-approval it is referred instead; a list the merchant is
    on answers before the policy.
    """
    _check_moments(as_of, decided_at)
    _check_merchants([merchant_id])
    found = trade or trade_facts(merchant_ids=[merchant_id], as_of=as_of)[merchant_id]
    more = more_facts([merchant_id], as_of=as_of)[merchant_id]
    stops, lists = _stops(purpose), listed_on([merchant_id], on=clock.day_of(decided_at))
    in_force, moments = champions(), (as_of, decided_at)
    word = magic_word(merchant_id) if purpose in _BY_NAME else None
    standing = (stops, lists.get(merchant_id, []), word)
    drawn = trial([merchant_id], in_force, at=decided_at)
    row = _row(drawn, merchant_id, purpose, moments, (found, repayment, more), standing)
    append([row])
    shadow([row], in_force)
    logger.info("risk.decided", decision=row.id, outcome=str(row.outcome), actor=actor)
    return row


@transaction.atomic
def decide_many(
    *,
    merchant_ids: Sequence[str],
    purpose: Purpose,
    as_of: datetime,
    decided_at: datetime,
    repayments: Mapping[str, RepaymentFacts],
    actor: str,
) -> dict[str, Decision]:
    """`decide` for a batch: one query for the facts, one lock, one bulk insert of each kind.

    A merchant absent from `repayments` has never drawn. Any refusal refuses the whole batch.
    """
    _check_moments(as_of, decided_at)
    wanted = list(dict.fromkeys(merchant_ids))
    _check_merchants(wanted)
    in_force = champions()
    trades = trade_facts(merchant_ids=wanted, as_of=as_of)
    more = more_facts(wanted, as_of=as_of)
    none = RepaymentFacts.none()
    stops, lists = _stops(purpose), listed_on(wanted, on=clock.day_of(decided_at))
    drawn, moments = trial(wanted, in_force, at=decided_at), (as_of, decided_at)
    rows = [
        _row(
            drawn, m, purpose, moments, (trades[m], repayments.get(m, none), more[m]),
            (stops, lists.get(m, []), None),
        )
        for m in wanted
    ]  # fmt: skip
    append(rows)
    shadow(rows, in_force)
    logger.info("risk.decided_many", count=len(rows), purpose=str(purpose), actor=actor)
    return {row.merchant_id: row for row in rows}


def prescreen(
    *,
    merchant_id: str,
    as_of: datetime,
    decided_at: datetime,
    repayment: RepaymentFacts,
    actor: str,
) -> Estimate:
    """A likely range for a merchant that has not applied; recorded with purpose prescreen.

    Raises what `decide` raises.
    """
    decision = decide(
        merchant_id=merchant_id,
        purpose=Purpose.PRESCREEN,
        as_of=as_of,
        decided_at=decided_at,
        repayment=repayment,
        actor=actor,
    )
    return estimate_of(decision)


def estimate_of(decision: Decision) -> Estimate:
    """The range a decision stands for: from the policy's low share of the limit up to the limit."""
    terms = versions_of(decision).policy.limit
    low = floor_to(terms.step_minor, decision.limit_minor * Fraction(terms.estimate_low_share))
    return Estimate(
        decision_id=decision.id,
        outcome=Outcome(decision.outcome),
        low_minor=min(max(low, terms.step_minor), decision.limit_minor),
        high_minor=decision.limit_minor,
        annual_rate=Decimal(decision.annual_rate),
        reasons=tuple(decision.reasons),
    )


def replay(decision_id: str) -> bool:
    """Whether the stored facts and versions give the stored answer again, byte for byte.

    Raises NotFound, and InvalidScorecard or InvalidPolicy when a version's body was altered.
    """
    decision = Decision.objects.select_related("scorecard", "policy").filter(pk=decision_id).first()
    if decision is None:
        raise NotFound(noun="decision")
    if sha256(decision.facts) != decision.facts_sha256:
        return False
    used = versions_of(decision)
    again = judge(_card(used, decision.as_of), used.policy, *restore(decision.facts))
    return canonical(content(under(again, decision.facts))) == canonical(content(decision))


def _card(used: Champions, as_of: datetime) -> Card:
    """The card as calibrated for the tenant on the day of `as_of`."""
    return used.card.for_tenant(current_tenant_id(), clock.day_of(as_of))


def _row(
    drawn: Trial,
    merchant_id: str,
    purpose: Purpose,
    moments: tuple[datetime, datetime],
    facts: tuple[TradeFacts, RepaymentFacts, Facts],
    standing: tuple[Sequence[str], Sequence[str], MagicWord | None],
) -> Decision:
    used = drawn.used_for(merchant_id)
    judged = judge(_card(used, moments[0]), used.policy, *facts)
    stands = any(standing)
    told = tell(drawn, merchant_id, purpose, judged, stands=stands, at=moments[1])
    *stands_beside, word = standing
    stored = with_standing(with_trial(snapshot(*facts), told), *stands_beside)
    stored = with_magic(stored, word, used.policy, judged)
    verdict = under(judged, stored)
    return Decision(
        merchant_id=merchant_id,
        purpose=purpose,
        as_of=moments[0],
        decided_at=moments[1],
        scorecard_id=used.scorecard_id,
        policy_id=used.policy_id,
        facts=stored,
        facts_sha256=sha256(stored),
        experiment_id=told.get("id"),
        arm=told.get("arm", ""),
        propensity=told.get("propensity"),
        **{name: getattr(verdict, name) for name in _ANSWER},
    )


def _stops(purpose: Purpose) -> list[str]:
    """A pre-screen approves nothing, so nothing stops it."""
    return [] if purpose == Purpose.PRESCREEN else open_stops()


def _check_moments(as_of: datetime, decided_at: datetime) -> None:
    """A decision cannot rest on what was not yet known when it was made."""
    if as_of.tzinfo is None or decided_at.tzinfo is None or as_of > decided_at:
        raise Invalid(field="as_of")


def _check_merchants(merchant_ids: Sequence[str]) -> None:
    if Merchant.objects.filter(pk__in=merchant_ids).count() != len(merchant_ids):
        raise NotFound(noun="merchant")
