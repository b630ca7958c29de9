"""Whether a policy's tables answer every case, and whether every row of them can be reached.

1. Each fact a table looks at is cut into pieces (`policy_atoms`); a row is then a box of pieces.
2. What a set of rows leaves of a box is found by taking the rows away one by one: what sticks out
   of a row on its first fact, then of the rest on its second, and so on.
3. What all rows leave of everything are the gaps; a row of which the earlier rows leave nothing is
   unreachable. The closing row without conditions is exempt: it is there for what nobody foresaw.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from risk.domain.facts import Fact
from risk.domain.policy import STAGES, PolicyTables, Row, facts_of_stage
from risk.domain.policy_atoms import Atoms, atoms
from risk.domain.policy_findings import (
    GAP,
    IMPOSSIBLE,
    NO_MISSING_ROW,
    OVERLAP,
    UNREACHABLE,
    Finding,
)
from risk.errors import InvalidPolicy

MOST_GAPS: Final = 8  # of one table: the first ones say enough
MOST_STEPS: Final = 50_000  # a table that takes more nobody can read either
Box = tuple[int, ...]


def analyze(policy: PolicyTables) -> list[Finding]:
    """What is found in the tables, stage by stage. Raises InvalidPolicy for a tangled table."""
    return [
        finding
        for stage in STAGES
        for finding in analyze_table(stage, policy.stages[stage], facts_of_stage(stage))
    ]


def analyze_table(stage: str, rows: Sequence[Row], types: Mapping[str, str]) -> list[Finding]:
    """Facts without a missing row, gaps, unreachable rows, then overlaps of different answers."""
    table = _Table(stage, rows, types)
    return [*table.without_missing_row(), *table.gaps(), *table.unreachable(), *table.overlaps()]


class _Table:
    """A table's rows as boxes over the facts it looks at."""

    def __init__(self, stage: str, rows: Sequence[Row], types: Mapping[str, str]) -> None:
        self.stage, self.rows = stage, rows
        self.conditions = [dict(row.when) for row in rows]
        looked_at = sorted({fact for row in rows for fact, cell in row.when if cell.kind != "any"})
        self.columns: list[Atoms] = [
            atoms(fact, types[fact], (row[fact] for row in self.conditions if fact in row))
            for fact in looked_at
        ]
        self.everything: Box = tuple(column.everything for column in self.columns)
        self.boxes = [self._box(number) for number in range(len(rows))]
        self.steps = 0

    def without_missing_row(self) -> Iterator[Finding]:
        """A fact needs a row that asks for nothing but that it is missing."""
        single = [
            [(fact, cell.kind) for fact, cell in row.when if cell.kind != "any"]
            for row in self.rows
        ]
        for column in self.columns:
            if [(column.fact, "missing")] not in single:
                yield Finding(code=NO_MISSING_ROW, stage=self.stage, fact=column.fact)

    def gaps(self) -> Iterator[Finding]:
        wide_first = self._wide_first(self.boxes)
        for box in islice(self._left(self.everything, wide_first), MOST_GAPS):
            yield Finding(code=GAP, stage=self.stage, example=self._example(box))

    def unreachable(self) -> Iterator[Finding]:
        for number, box in enumerate(self.boxes):
            if not all(box):
                yield Finding(code=IMPOSSIBLE, stage=self.stage, row=number + 1)
            elif not self._is_closing(number) and self._is_covered(box, self.boxes[:number]):
                yield Finding(
                    code=UNREACHABLE,
                    stage=self.stage,
                    row=number + 1,
                    others=self._shadow(number),
                    example=self._example(box),
                )

    def overlaps(self) -> Iterator[Finding]:
        """Pairs of reachable rows that both fit a case and answer it differently."""
        reached = [
            number
            for number, box in enumerate(self.boxes)
            if not self._is_closing(number) and not self._is_covered(box, self.boxes[:number])
        ]
        for place, later in enumerate(reached):
            for earlier in reached[:place]:
                both = _common(self.boxes[earlier], self.boxes[later])
                if all(both) and _answer(self.rows[earlier]) != _answer(self.rows[later]):
                    yield Finding(
                        code=OVERLAP,
                        stage=self.stage,
                        row=later + 1,
                        others=(earlier + 1,),
                        example=self._example(both),
                    )

    def _box(self, number: int) -> Box:
        asked = self.conditions[number]
        return tuple(
            column.mask(asked[column.fact]) if column.fact in asked else column.everything
            for column in self.columns
        )

    def _is_closing(self, number: int) -> bool:
        return number == len(self.rows) - 1 and all(
            cell.kind == "any" for cell in self.conditions[number].values()
        )

    def _shadow(self, number: int) -> tuple[int, ...]:
        """Earlier rows that cover this one together, none of them needlessly; numbered from 1."""
        box = self.boxes[number]
        kept = [one for one in range(number) if all(_common(self.boxes[one], box))]
        for one in reversed(kept.copy()):
            fewer = [other for other in kept if other != one]
            if self._is_covered(box, [self.boxes[other] for other in fewer]):
                kept = fewer
        return tuple(one + 1 for one in kept)

    def _is_covered(self, box: Box, by: Sequence[Box]) -> bool:
        return next(self._left(box, self._wide_first(by)), None) is None

    def _wide_first(self, boxes: Sequence[Box]) -> list[Box]:
        """What is left does not depend on the order; rows with few conditions leave least to do."""
        return sorted(
            boxes,
            key=lambda box: sum(m != all_ for m, all_ in zip(box, self.everything, strict=True)),
        )

    def _left(self, box: Box, taken: Sequence[Box]) -> Iterator[Box]:
        """Disjoint boxes that make up what is left of a box without the others."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise InvalidPolicy(problem=f"{self.stage} is too tangled to be analyzed")
        if not all(box):
            return
        number = next((n for n, one in enumerate(taken) if all(_common(one, box))), None)
        if number is None:
            yield box
            return
        first, rest, inside = taken[number], taken[number + 1 :], list(box)
        for place, mask in enumerate(first):
            outside = inside[place] & ~mask
            if outside:
                yield from self._left((*inside[:place], outside, *inside[place + 1 :]), rest)
            inside[place] &= mask

    def _example(self, box: Box) -> dict[str, Fact]:
        return {
            column.fact: column.example(mask)
            for column, mask in zip(self.columns, box, strict=True)
        }


def _common(one: Box, other: Box) -> Box:
    return tuple(mine & theirs for mine, theirs in zip(one, other, strict=True))


def _answer(row: Row) -> tuple[object, ...]:
    return row.outcome, row.grade_at_best, row.is_small
