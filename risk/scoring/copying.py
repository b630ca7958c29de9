"""Columns out of PostgreSQL and answers back in, by binary COPY: no row is ever an object.

Every field has a fixed width (a NULL number is read as NaN), so that a whole block of rows is one
numpy array and not a loop.
"""

import io
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from risk.domain.reasons import MAX_REASONS
from risk.domain.scorecard import Card
from risk.domain.scorecard_sql import quoted
from risk.scoring.columns import Scored

_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END: Final = b"\xff\xff"
NO_REASON: Final = 255
# The columns of a table of answers, in the order in which they are written.
ANSWER_COLUMNS: Final = (
    ("merchant_id", "uuid"), ("score", "integer"), ("parts", "bigint"), ("pd", "integer"),
    ("grade", "smallint"), ("bins", "bytea"), ("reasons", "bytea"),
)  # fmt: skip


def read_block(cursor: Any, *, table: str, columns: Sequence[str], where: str) -> Any:
    """Ids (`id`, 16 bytes each) and the columns as doubles of the rows that fulfill `where`."""
    raw = read_raw(cursor, selection(table, columns, where))
    return np.frombuffer(raw, _row_in(columns), offset=len(_SIGNATURE), count=_rows(raw, columns))


def selection(table: str, columns: Sequence[str], where: str) -> str:
    """What is read: the id, then each column as a double."""
    numbers = ", ".join(f"coalesce({quoted(one)}::float8, 'NaN')" for one in columns)
    return f"SELECT merchant_id, {numbers} FROM {quoted(table)} WHERE {where}"  # noqa: S608 -- names, quoted, and a condition of ours


def read_raw(cursor: Any, statement: str) -> bytes:
    """What COPY answers, as it is."""
    out = io.BytesIO()
    cursor.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT binary)", out)
    return out.getvalue()


def columns_in(block: Any, columns: Sequence[str]) -> dict[str, Any]:
    """Each column by its name, in this machine's order of bytes."""
    return {name: block[f"v{n}"].astype(np.float64) for n, name in enumerate(columns)}


def write_block(cursor: Any, *, table: str, card: Card, ids: Any, scored: Scored) -> None:
    """Append the answers to a table of `ANSWER_COLUMNS`."""
    write_raw(cursor, table, answer_bytes(card, ids, scored))


def write_raw(cursor: Any, table: str, raw: bytes) -> None:
    names = ", ".join(name for name, _ in ANSWER_COLUMNS)
    cursor.copy_expert(
        f"COPY {quoted(table)} ({names}) FROM STDIN (FORMAT binary)", io.BytesIO(raw)
    )


def answer_bytes(card: Card, ids: Any, scored: Scored) -> bytes:
    """The answers as COPY reads them: fields of `ANSWER_COLUMNS`, each after its length."""
    features = len(card.features)
    rows = np.empty(len(ids), _row_out(features))
    rows["fields"] = len(ANSWER_COLUMNS)
    widths = (16, 4, 8, 4, 2, features, MAX_REASONS)
    for (name, _), width in zip(ANSWER_COLUMNS, widths, strict=True):
        rows[f"{name}_length"] = width
    rows["merchant_id"] = ids
    rows["score"], rows["parts"], rows["pd"] = scored.score, scored.parts, scored.pd
    rows["grade"] = scored.grade
    rows["bins"] = scored.bins.T
    rows["reasons"] = np.where(scored.reasons < 0, NO_REASON, scored.reasons).T
    return _SIGNATURE + rows.tobytes() + _END


def _row_in(columns: Sequence[str]) -> Any:
    numbers = [part for n in range(len(columns)) for part in ((f"l{n}", ">i4"), (f"v{n}", ">f8"))]
    return np.dtype([("fields", ">i2"), ("id_length", ">i4"), ("id", "V16"), *numbers])


def _row_out(features: int) -> Any:
    return np.dtype([
        ("fields", ">i2"),
        ("merchant_id_length", ">i4"), ("merchant_id", "V16"),
        ("score_length", ">i4"), ("score", ">i4"),
        ("parts_length", ">i4"), ("parts", ">i8"),
        ("pd_length", ">i4"), ("pd", ">i4"),
        ("grade_length", ">i4"), ("grade", ">i2"),
        ("bins_length", ">i4"), ("bins", "u1", (features,)),
        ("reasons_length", ">i4"), ("reasons", "u1", (MAX_REASONS,)),
    ])  # fmt: skip


def _rows(raw: bytes, columns: Sequence[str]) -> int:
    return (len(raw) - len(_SIGNATURE) - len(_END)) // int(_row_in(columns).itemsize)
