"""`manage.py bench scoring`: the default card over many made-up merchants, from table to table.

Rates are per second of this process's own time, so that neighbors on the machine do not count;
`db_to_db_seconds` and its baseline are of the clock, since the server works meanwhile.
"""

import io
import platform
import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from importlib.metadata import version
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.core.management.base import CommandError
from django.db import connection, transaction

from risk.domain.defaults import scorecard_body
from risk.domain.facts import INTEGER
from risk.domain.odds import GRADES, PD_UNITS
from risk.domain.scorecard import Card, score
from risk.domain.scorecard_body import parse_for_facts
from risk.domain.scorecard_sql import query
from risk.management.benches import beside
from risk.scoring import copying
from risk.scoring.columns import (
    CHUNK,
    feature_bins,
    largest_losses,
    pd_column,
    score_columns,
)

RUNS: Final = 3
BLOCK: Final = 50_000
CHECKED: Final = 2_000
FACTS, ANSWERS = "bench_facts", "bench_answers"
Columns = dict[str, Any]


def run(size: int) -> dict[str, Any]:
    """Measure `size` merchants; medians of three runs."""
    card = parse_for_facts(scorecard_body())
    columns = made_up(card, size)
    with transaction.atomic(), connection.cursor() as cursor:
        raw = cursor.cursor
        fill(cursor, card, columns)
        moved = [table_to_table(raw, card, size) for _ in range(RUNS)]
        check(cursor, card, size)
        transaction.set_rollback(True)
    rates = [_rates(card, columns) for _ in range(RUNS)]
    seconds = statistics.median(ours for ours, _ in moved)
    baseline = statistics.median(bare for _, bare in moved)
    per_cpu = statistics.median(rate["whole"] for rate in rates)
    return {
        "name": "scoring",
        "size": size,
        "seconds": round(seconds, 4),
        "baseline_seconds": round(baseline, 4),
        "ratio": round(seconds / baseline, 3),
        "db_to_db_seconds": round(seconds, 4),
        "rows_per_cpu_second": round(per_cpu),
        "single_per_second": round(statistics.median(_single(card, columns) for _ in range(RUNS))),
        "stages": {
            name: round(statistics.median(rate[name] for rate in rates)) for name in rates[0]
        },
        "features": len(card.features),
        "beside": beside.measured(columns, score_columns(card, columns).pd / PD_UNITS, per_cpu),
        "checked": True,
        "versions": {"python": platform.python_version(), "numpy": version("numpy")},
    }


def made_up(card: Card, size: int) -> Columns:
    """Values all over the bins of every feature, three in a hundred missing."""
    random = np.random.default_rng(20)
    columns: Columns = {}
    for feature in card.features:
        edges = feature.edges
        spread = (edges[-1] - edges[0]) or 1.0
        values = random.uniform(edges[0] - spread / 2, edges[-1] + spread / 2, size)
        values = np.maximum(np.round(values, 0 if feature.dtype == INTEGER else 4), 0)
        values[random.random(size) < 0.03] = np.nan  # noqa: PLR2004 -- the share of the docstring
        columns[feature.key] = values
    return columns


def fill(cursor: Any, card: Card, columns: Columns) -> None:
    """The facts as a table: whole numbers as integers, NULL where missing."""
    types = {f.key: "integer" if f.dtype == INTEGER else "float8" for f in card.features}
    names = ", ".join(f"{key} {kind}" for key, kind in types.items())
    answers = ", ".join(f"{name} {kind}" for name, kind in copying.ANSWER_COLUMNS)
    cursor.execute(f"CREATE TEMP TABLE {FACTS} (merchant_id uuid PRIMARY KEY, {names})")
    cursor.execute(f"CREATE TEMP TABLE {ANSWERS} ({answers})")
    size = len(next(iter(columns.values())))
    for start in range(0, size, BLOCK):
        rows = slice(start, min(start + BLOCK, size))
        lines = [
            "\t".join([str(UUID(int=start + n)), *(_text(value) for value in values)])
            for n, values in enumerate(zip(*(columns[key][rows] for key in types), strict=True))
        ]
        cursor.copy_expert(f"COPY {FACTS} FROM STDIN", io.StringIO("\n".join(lines)))
    cursor.execute(f"ANALYZE {FACTS}")


def _text(value: float) -> str:
    if value != value:  # noqa: PLR0124 -- a NaN
        return r"\N"
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def table_to_table(cursor: Any, card: Card, size: int) -> tuple[float, float]:
    """Seconds of scoring all rows into a table, and of moving the same bytes out and in."""
    names = [feature.key for feature in card.features]
    cursor.execute(f"TRUNCATE {ANSWERS}")
    began = time.perf_counter()
    for where in _ranges(size):
        block = copying.read_block(cursor, table=FACTS, columns=names, where=where)
        scored = score_columns(card, copying.columns_in(block, names))
        copying.write_block(cursor, table=ANSWERS, card=card, ids=block["id"], scored=scored)
    ours = time.perf_counter() - began
    ready = [_answers(cursor, card, names, where) for where in _ranges(size)]
    cursor.execute(f"CREATE TEMP TABLE bench_bare (LIKE {ANSWERS})")
    began = time.perf_counter()
    for where, raw in zip(_ranges(size), ready, strict=True):
        copying.read_raw(cursor, copying.selection(FACTS, names, where))
        copying.write_raw(cursor, "bench_bare", raw)
    bare = time.perf_counter() - began
    cursor.execute("DROP TABLE bench_bare")
    return ours, bare


def _answers(cursor: Any, card: Card, names: list[str], where: str) -> bytes:
    block = copying.read_block(cursor, table=FACTS, columns=names, where=where)
    scored = score_columns(card, copying.columns_in(block, names))
    return copying.answer_bytes(card, block["id"], scored)


def _ranges(size: int) -> list[str]:
    return [
        f"merchant_id >= '{UUID(int=start)}' AND merchant_id < '{UUID(int=start + BLOCK)}'"
        for start in range(0, size, BLOCK)
    ]


def check(cursor: Any, card: Card, size: int) -> None:
    """Every merchant has an answer; a sample is scored again one by one, all of them in SQL."""
    cursor.execute(f"SELECT count(*), count(DISTINCT merchant_id) FROM {ANSWERS}")  # noqa: S608 -- our own name
    _must(cursor.fetchone() == (size, size), "an answer is missing or doubled")
    names = [feature.key for feature in card.features]
    cursor.execute(
        f"SELECT {', '.join(names)}, parts, pd, grade, bins, reasons FROM {FACTS}"  # noqa: S608 -- our own names
        f" JOIN {ANSWERS} USING (merchant_id) ORDER BY merchant_id LIMIT {CHECKED}"
    )
    for row in cursor.fetchall():
        result = score(card, _facts(card, row[: len(names)]))
        parts, pd, grade, bins, reasons = row[len(names) :]
        codes = tuple(card.codes[one] for one in bytes(reasons) if one != copying.NO_REASON)
        _must(
            (parts, pd, GRADES[grade], tuple(bytes(bins)), codes)
            == (result.parts, result.pd_units, result.grade, result.bins, result.reasons),
            f"one by one: {result}",
        )
    cursor.execute(
        f"SELECT count(*) FROM ({query(card, table=FACTS, key='merchant_id')}) ours"  # noqa: S608 -- our own names
        f" JOIN {ANSWERS} USING (merchant_id)"
        f" WHERE ours.score * 10000 = {ANSWERS}.parts"
        f" AND ours.grade = ('{{A,B,C,D,E}}'::text[])[{ANSWERS}.grade + 1]"
    )
    _must(cursor.fetchone() == (size,), "SQL gives another score or grade")


def _facts(card: Card, values: Any) -> dict[str, Any]:
    """As facts have them: decimals for numbers with places."""
    return {
        feature.key: value
        if value is None or feature.dtype == INTEGER
        else Decimal(repr(float(value)))
        for feature, value in zip(card.features, values, strict=True)
    }


def _must(holds: bool, found: str) -> None:  # noqa: FBT001 -- the finding it reports
    if not holds:
        msg = f"the bench's own check failed: {found}"
        raise CommandError(msg)


def _rates(card: Card, columns: Columns) -> dict[str, float]:
    """Rows per second of our own time: the whole, and each stage by itself."""
    size = len(next(iter(columns.values())))
    scored = score_columns(card, columns)
    bins = scored.bins
    tables = [np.array([one.lost for one in feature.bins]) for feature in card.features]

    def bins_only(rows: slice) -> None:
        for feature in card.features:
            feature_bins(feature, columns[feature.key][rows])

    def pd_only(rows: slice) -> None:
        pd_column(card, scored.parts[rows])

    def reasons_only(rows: slice) -> None:
        lost = {n: table[bins[n, rows]] for n, table in enumerate(tables)}
        largest_losses(lost, len(card.codes), rows.stop - rows.start)

    stages: dict[str, Callable[[slice], Any]] = {
        "bins": bins_only, "pd": pd_only, "reasons": reasons_only,
    }  # fmt: skip
    rates = {name: size / _cpu(partial(_by_chunk, act, size)) for name, act in stages.items()}
    return rates | {"whole": size / _cpu(lambda: score_columns(card, columns))}


def _by_chunk(act: Callable[[slice], Any], size: int) -> None:
    for start in range(0, size, CHUNK):
        act(slice(start, min(start + CHUNK, size)))


def _cpu(act: Callable[[], Any]) -> float:
    began = time.process_time()
    act()
    return max(time.process_time() - began, 1e-9)


def _single(card: Card, columns: Columns) -> float:
    """Merchants per second one by one, each another one, reasons included."""
    size = min(len(next(iter(columns.values()))), 20_000)
    cases = [
        _facts(card, [None if v != v else int(v) if f.dtype == INTEGER else v  # noqa: PLR0124 -- a NaN
                      for f, v in zip(card.features, values, strict=True)])
        for values in zip(*(columns[f.key][:size] for f in card.features), strict=True)
    ]  # fmt: skip
    return size / _cpu(lambda: [score(card, facts) for facts in cases])
