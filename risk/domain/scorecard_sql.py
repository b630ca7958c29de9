"""A card as one SQL query, for auditors and reports: the same bins, points, score and grade.

Columns are named after the features: bigint for whole numbers, double precision or numeric for
decimals, text for levels. NULL, NaN and infinity fall into the missing bin.
"""

from collections.abc import Iterable
from decimal import Decimal

from risk.domain.odds import GRADES, PARTS, grade_floors
from risk.domain.scorecard import CATEGORY, Card, Feature


def query(card: Card, *, table: str, key: str) -> str:
    """Key, a bin and points for each feature (`bin_0`, `points_0`, …), score, grade.

    `table` and `key` are names; they are quoted here.
    """
    binned = ",\n       ".join(
        [quoted(key), *(f"{_bin(f)} AS bin_{n}" for n, f in enumerate(card.features))]
    )
    pointed = ",\n       ".join(
        ["binned.*", *(f"{_points(f, n)} AS points_{n}" for n, f in enumerate(card.features))]
    )
    total = " + ".join(
        [_number(card.base_parts), *(f"points_{n}" for n in range(len(card.features)))]
    )
    return (
        f"WITH binned AS (\n    SELECT {binned}\n    FROM {quoted(table)}\n"  # noqa: S608 -- names and literals of the card, quoted
        f"), pointed AS (\n    SELECT {pointed}\n    FROM binned\n"
        f"), summed AS (\n    SELECT pointed.*, {total} AS score FROM pointed\n"
        f")\nSELECT summed.*, {_grade(card)} AS grade FROM summed"
    )


def quoted(name: str) -> str:
    """A name, safe in any statement."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text, safe in any statement."""
    return "'" + text.replace("'", "''") + "'"


def _bin(feature: Feature) -> str:
    column = quoted(feature.key)
    if feature.dtype == CATEGORY:
        cases = [f"{column} IS NULL THEN {feature.missing}"]
        cases += [
            f"{column} IN ({_listed(feature, number)}) THEN {number}"
            for number in range(feature.missing)
        ]
        return _case(cases, str(feature.other))
    number = f"{column}::double precision"
    cases = [
        f"{column} IS NULL OR {number} IN ('NaN', 'Infinity', '-Infinity') THEN {feature.missing}"
    ]
    cases += [f"{number} < {edge!r}::double precision THEN {n}" for n, edge in _edges(feature)]
    return _case(cases, str(len(feature.edges)))


def _edges(feature: Feature) -> list[tuple[int, str]]:
    return list(enumerate(repr(edge) for edge in feature.edges))


def _listed(feature: Feature, number: int) -> str:
    return ", ".join(literal(level) for level, found in feature.levels.items() if found == number)


def _points(feature: Feature, number: int) -> str:
    cases = [f"bin_{number} = {one.ord} THEN {_number(one.parts)}" for one in feature.bins[:-1]]
    return _case(cases, _number(feature.bins[-1].parts))


def _grade(card: Card) -> str:
    """By the lowest score of each grade, from A on."""
    floors = reversed(grade_floors(card.odds))
    cases = [
        f"score >= {_number(floor)} THEN {literal(grade)}"
        for grade, floor in zip(GRADES, floors, strict=False)
    ]
    return _case(cases, literal(GRADES[-1]))


def _case(cases: Iterable[str], otherwise: str) -> str:
    return f"CASE {' '.join(f'WHEN {case}' for case in cases)} ELSE {otherwise} END"


def _number(parts: int) -> str:
    """Points as an exact decimal."""
    return f"({Decimal(parts) / PARTS:f})::numeric"
