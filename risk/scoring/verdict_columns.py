"""The whole answer to many merchants' facts, by columns; equal to `risk.domain.verdict.judge`.

Lists are put on top as `risk.domain.lists` does; a stop of auto-approval stops no pre-screen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from platform_app.kernel import ids
from risk.domain.canonical import PLACES
from risk.domain.lists import REASON as ON_A_LIST
from risk.domain.odds import GRADES, PD_UNITS
from risk.domain.policy import ELIGIBILITY, KNOCK_OUT, OUTCOME, PolicyTables
from risk.domain.reasons import MAX_REASONS
from risk.domain.scorecard import Card
from risk.domain.verdict import TOO_SMALL
from risk.enums import Outcome, WatchKind
from risk.scoring.columns import score_columns
from risk.scoring.fact_columns import Block
from risk.scoring.limit_columns import Wholes, limits_of
from risk.scoring.policy_columns import OUTCOMES, Answers, Bytes, evaluate_columns

APPROVE, REFER, DECLINE = (
    OUTCOMES.index(one) for one in (Outcome.APPROVE, Outcome.REFER, Outcome.DECLINE)
)
_STAGES: Final = (ELIGIBILITY, KNOCK_OUT, OUTCOME)  # those that answer
_NONE: Final = -1
Codes = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """By merchant: PD and annual rate in 10⁻⁸, the policy's grade, outcome as in OUTCOMES.

    `reasons` has four rows of places in `codes`, −1 for none.
    """

    score: npt.NDArray[np.int32]
    pd: Wholes
    grade: Bytes
    outcome: Bytes
    limit: Wholes
    rate: Wholes
    reasons: Codes
    codes: tuple[str, ...]


def judge_block(
    card: Card, policy: PolicyTables, block: Block, lists: Mapping[str, Sequence[str]]
) -> Verdicts:
    """Score, policy, limit, price, reasons, lists (by merchant id)."""
    scored = score_columns(card, block.numbers(card))
    answers = evaluate_columns(
        policy, block.facts, score=scored.score.astype(np.int64), pd=scored.pd, grade=scored.grade
    )
    limit = np.zeros(len(block.ids), np.int64)
    approved = np.flatnonzero(answers.outcome == APPROVE)
    limit[approved] = limits_of(
        policy.limit,
        block.trade.at(approved),
        grade=answers.grade[approved],
        pd=scored.pd[approved],
        is_small=answers.is_small[approved],
    )
    too_small = (answers.outcome == APPROVE) & (limit == 0)
    prices = [int(policy.price[grade].quantize(PLACES) * PD_UNITS) for grade in GRADES]
    codes = _codes(card, policy)
    outcome = np.where(too_small, DECLINE, answers.outcome).astype(np.int8)
    found = Verdicts(
        score=scored.score,
        pd=scored.pd,
        grade=answers.grade,
        outcome=outcome,
        limit=limit,
        rate=np.where(limit > 0, np.array(prices, np.int64).take(answers.grade), 0),
        reasons=_reasons(policy, answers, scored.reasons, too_small, codes),
        codes=codes,
    )
    _list(found, block.ids, lists)
    return found


def _codes(card: Card, policy: PolicyTables) -> tuple[str, ...]:
    """Every reason there can be; the card's first, at the places its scores name."""
    ours = [row.reason for stage in _STAGES for row in policy.stages[stage] if row.reason]
    return tuple(dict.fromkeys([*card.codes, *ours, TOO_SMALL, ON_A_LIST]))


def _reasons(
    policy: PolicyTables, answers: Answers, scored: Codes, too_small: Any, codes: tuple[str, ...]
) -> Codes:
    """The rule's reason first, alone where it declines or refers; then what lost most points."""
    place = {code: number for number, code in enumerate(codes)}
    rule = np.full(len(too_small), _NONE, np.int16)
    for stage, hits in zip(_STAGES, answers.hits[[0, 1, 3]], strict=True):
        table = [place[row.reason] if row.reason else _NONE for row in policy.stages[stage]]
        reached = hits >= 0  # a later stage that was reached is the one that answered
        rule[reached] = np.array(table, np.int16).take(hits[reached])
    alone = (rule != _NONE) & ((answers.outcome != APPROVE) | too_small)
    first = np.where(too_small, place[TOO_SMALL], rule).astype(np.int16)
    found = scored.copy()
    led = np.flatnonzero(first != _NONE)
    after = scored[:, led]
    after = np.where((after == first[led]) | alone[led], _NONE, after)
    order = np.argsort(after == _NONE, axis=0, kind="stable")  # closes the gap
    after = np.take_along_axis(after, order, axis=0)
    found[:, led] = np.concatenate([first[None, led], after])[:MAX_REASONS]
    return found


def _list(found: Verdicts, merchants: Any, lists: Mapping[str, Sequence[str]]) -> None:
    """Blocked is declined, watched is referred; a refusal stays as it is."""
    if not lists:
        return
    places = {one: place for place, one in enumerate(merchants.tolist())}
    for merchant_id, names in lists.items():
        place = places.get(ids.to_uuid("mch", merchant_id).bytes)
        if place is None or found.outcome[place] == DECLINE:
            continue
        is_blocked = any(name.startswith(f"{WatchKind.BLOCK}.") for name in names)
        found.outcome[place] = DECLINE if is_blocked else REFER
        found.limit[place] = found.rate[place] = 0
        found.reasons[:, place] = [found.codes.index(ON_A_LIST)] + [_NONE] * (MAX_REASONS - 1)
