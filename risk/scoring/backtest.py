"""What another policy would have answered to the same cases, and whom that moves.

Both policies are asked by columns, from the same facts and the same score. Expected loss is PD ×
LGD × limit with the LGD of the policy in force for both, so that no draft earns by assuming less.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from platform_app.kernel.money import round_minor
from risk.domain.canonical import PLACES
from risk.domain.odds import GRADES, PD_UNITS
from risk.domain.policy import PolicyTables
from risk.domain.pricing import rate_for
from risk.enums import Outcome
from risk.scoring.limit_columns import Trade, Wholes, limits_of
from risk.scoring.policy_columns import OUTCOMES, Bytes, Column, evaluate_columns
from risk.values import TradeFacts

_APPROVE: Final = OUTCOMES.index(Outcome.APPROVE)
_DECLINE: Final = OUTCOMES.index(Outcome.DECLINE)
_HALF, _WIDE = 32, 2**63  # bits
# Names in their alphabetical order, up to which net turnover of twelve months, in fen.
SIZES: Final = (
    ("1_under_100k", 10_000_000), ("2_100k_500k", 50_000_000), ("3_500k_2m", 200_000_000),
    ("4_2m_10m", 1_000_000_000), ("5_over_10m", None),
)  # fmt: skip
_COUNTED: Final = 9  # the fields of Move that are added up as they are
_KEPT: Final = (7, 10)  # who keeps less of a limit than this has lost more than 30 %


@dataclass(frozen=True, slots=True)
class Segments:
    """One way to part the cases: names in their order, and each case's place among them."""

    names: Sequence[str]
    places: Wholes


def segments_of(values: Sequence[str]) -> Segments:
    """The segments that a value per case makes."""
    names = sorted(set(values))
    place = {name: number for number, name in enumerate(names)}
    return Segments(names, np.array([place[value] for value in values], np.int64))


def size_of(trade: TradeFacts) -> str:
    """How large a merchant is, by what it bought in twelve months."""
    return next(name for name, below in SIZES if below is None or trade.net_gmv_l12_minor < below)


@dataclass(frozen=True, slots=True)
class Cases:
    """Merchants by columns; PD in 10⁻⁸, the score's own grade, the names of segments by kind."""

    merchant_ids: Sequence[str]
    facts: Mapping[str, Column]
    score: Wholes
    pd: Wholes
    grade: Bytes
    trade: Trade
    segments: Mapping[str, Segments]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Before and after, for all cases or for a segment; amounts in fen.

    `in_count` are approved only after, `out_count` only before; of those approved both times
    `dearer_count` would pay a higher annual rate and `cheaper_count` a lower one. Interest is what
    a year would cost were every limit used in full.
    """

    cases_count: int
    approved_before_count: int
    approved_after_count: int
    in_count: int
    out_count: int
    dearer_count: int
    cheaper_count: int
    limit_before_minor: int
    limit_after_minor: int
    loss_before_minor: int
    loss_after_minor: int
    interest_before_minor: int
    interest_after_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentMove:
    """The move of one segment, such as category: cotton."""

    kind: str
    name: str
    move: Move


@dataclass(frozen=True, slots=True, kw_only=True)
class Loser:
    """A merchant whose limit would be cut by more than 30 %, or to nothing; in fen."""

    merchant_id: str
    before_minor: int
    after_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The whole comparison; losers by what they lose, the most first."""

    total: Move
    segments: tuple[SegmentMove, ...]
    losers: tuple[Loser, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A policy's answers: outcomes as places in OUTCOMES, limits in fen, annual rates in 10⁻⁸.

    Limit and rate are 0 unless approved.
    """

    outcome: Bytes
    limit: Wholes
    rate: Wholes
    grade: Bytes

    def at_rates(self, rates: Sequence[int]) -> "Judged":
        """The same answers at other rates, one for each grade."""
        by_grade = np.array(rates, np.int64).take(self.grade)
        return replace(self, rate=np.where(self.limit > 0, by_grade, 0))


def judge_columns(policy: PolicyTables, cases: Cases) -> Judged:
    """Outcome, limit and rate of `risk.domain.verdict.judge` for every case."""
    answers = evaluate_columns(
        policy, cases.facts, score=cases.score, pd=cases.pd, grade=cases.grade
    )
    limit = np.zeros(len(cases.score), np.int64)
    approved = np.flatnonzero(answers.outcome == _APPROVE)
    limit[approved] = limits_of(
        policy.limit,
        cases.trade.at(approved),
        grade=answers.grade[approved],
        pd=cases.pd[approved],
        is_small=answers.is_small[approved],
    )
    too_small = (answers.outcome == _APPROVE) & (limit == 0)
    found = Judged(
        outcome=np.where(too_small, _DECLINE, answers.outcome).astype(np.int8),
        limit=limit,
        rate=np.zeros(len(limit), np.int64),
        grade=answers.grade,
    )
    return found.at_rates([_units(policy.price[grade]) for grade in GRADES])


def compare(in_force: PolicyTables, draft: PolicyTables, cases: Cases) -> Moved:
    """What changes when the draft takes the place of the policy in force."""
    before, after = judge_columns(in_force, cases), judge_columns(draft, cases)
    lgd = in_force.limit.lgd
    figures = _figures(before, after, cases.pd)
    return Moved(
        total=_move([figure.sum() for figure in figures], lgd),
        segments=(
            *(
                SegmentMove(kind=kind, name=name, move=_move(sums, lgd))
                for kind, segments in sorted(cases.segments.items())
                for name, sums in _by_segment(segments, figures)
            ),
            *_by_term(in_force, draft, before, after, cases.pd),
        ),
        losers=_losers(cases.merchant_ids, before.limit, after.limit),
    )


def _by_term(
    in_force: PolicyTables, draft: PolicyTables, before: Judged, after: Judged, pd: Wholes
) -> Iterator[SegmentMove]:
    """All cases once for each term that either price table has; none where neither has one."""
    tables = [one.term_price for one in (in_force, draft) if one.term_price]
    for days in sorted({days for table in tables for days in table.days}):
        moved = [
            judged.at_rates([_units(_rate(policy, grade, days)) for grade in GRADES])
            for policy, judged in ((in_force, before), (draft, after))
        ]
        sums = [figure.sum() for figure in _figures(moved[0], moved[1], pd)]
        yield SegmentMove(kind="term", name=str(days), move=_move(sums, in_force.limit.lgd))


def _rate(policy: PolicyTables, grade: str, days: int) -> Decimal:
    by_term = policy.term_price.of(grade) if policy.term_price else {}
    return rate_for(by_term, days, policy.price[grade])


def _units(rate: Decimal) -> int:
    return int(rate.quantize(PLACES) * PD_UNITS)


def _figures(before: Judged, after: Judged, pd: Wholes) -> list[npt.NDArray[Any]]:
    """What is added up, in the order of the fields of Move; the last eight are halves."""
    was, will = before.outcome == _APPROVE, after.outcome == _APPROVE
    both = was & will
    counts = [
        np.ones(len(pd), np.int64), was, will, will & ~was, was & ~will,
        both & (after.rate > before.rate), both & (after.rate < before.rate),
    ]  # fmt: skip
    products = [
        (before.limit, pd), (after.limit, pd), (before.limit, before.rate),
        (after.limit, after.rate),
    ]  # fmt: skip
    halves = [half for limit, share in products for half in _halves(limit, share)]
    return [one.astype(np.int64) for one in counts] + [before.limit, after.limit, *halves]


def _halves(limit: Wholes, share: Wholes) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Limit × share in two halves, so that adding up stays exact; Python's integers at need."""
    most = max(PD_UNITS, int(share.max())) if len(share) else 0
    is_wide = len(limit) > 0 and int(limit.max()) * most >= _WIDE
    product = limit.astype(object) * share if is_wide else limit * share
    return product >> _HALF, product & ((1 << _HALF) - 1)


def _by_segment(
    segments: Segments, figures: list[npt.NDArray[Any]]
) -> Iterator[tuple[str, list[Any]]]:
    if not segments.names:
        return
    order = np.argsort(segments.places, kind="stable")
    starts = np.searchsorted(segments.places[order], np.arange(len(segments.names)))
    sums = [np.add.reduceat(figure[order], starts) for figure in figures]
    for place, name in enumerate(segments.names):
        yield name, [one[place] for one in sums]


def _move(sums: list[Any], lgd: Decimal) -> Move:
    whole = [int(one) for one in sums]
    names = [field.name for field in fields(Move)]
    plain, halves = whole[:_COUNTED], whole[_COUNTED:]
    factors = (lgd, lgd, Decimal(1), Decimal(1))
    amounts = [
        _amount(high, low, factor)
        for high, low, factor in zip(halves[::2], halves[1::2], factors, strict=True)
    ]
    return Move(**dict(zip(names, [*plain, *amounts], strict=True)))


def _amount(high: int, low: int, factor: Decimal) -> int:
    """In fen, half a fen counts up."""
    return round_minor(Fraction((high << _HALF) + low, PD_UNITS) * Fraction(factor), "half_up")


def _losers(merchant_ids: Sequence[str], before: Wholes, after: Wholes) -> tuple[Loser, ...]:
    """Those who lose most first, then in the order of the cases."""
    part, whole = _KEPT
    places = np.flatnonzero(after * whole < before * part)
    lost = after[places] - before[places]
    return tuple(
        Loser(
            merchant_id=merchant_ids[place],
            before_minor=int(before[place]),
            after_minor=int(after[place]),
        )
        for place in places[np.argsort(lost, kind="stable")].tolist()
    )
