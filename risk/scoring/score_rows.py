"""Answers into the table of scores by COPY.

Row-level security takes no COPY into the table itself: the rows go to a table of the session, and
one INSERT … SELECT, which the policies check, moves them on.
"""

import hashlib
import io
import json
from typing import Any, Final

import numpy as np

from risk.domain.odds import GRADES
from risk.scoring.policy_columns import OUTCOMES
from risk.scoring.verdict_columns import Verdicts

STAGING: Final = "score_staging"
# Field, its type there, its width, its type in numpy.
FIELDS: Final = (
    ("merchant_id", "uuid", 16, "V16"), ("score", "integer", 4, ">i4"), ("pd", "integer", 4, ">i4"),
    ("grade", "smallint", 2, ">i2"), ("outcome", "smallint", 2, ">i2"),
    ("limit_minor", "bigint", 8, ">i8"), ("rate", "integer", 4, ">i4"),
    ("reasons", "integer", 4, ">i4"),
)  # fmt: skip
_ROW: Final = np.dtype([
    ("fields", ">i2"),
    *(part for name, _, _, kind in FIELDS for part in ((f"{name}_length", ">i4"), (name, kind))),
])  # fmt: skip
_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END: Final = b"\xff\xff"
_COLUMNS: Final = ", ".join(f"{name} {kind}" for name, kind, _, _ in FIELDS)
_CREATE: Final = f"CREATE TEMP TABLE IF NOT EXISTS {STAGING} ({_COLUMNS}) ON COMMIT DROP"
_BITS: Final = 8  # of a place among the reasons
# `%(table)s` is never a parameter: the bench moves the same rows to a table of its own.
MOVE: Final = f"""
INSERT INTO {{table}} (id, tenant_id, run_id, merchant_id, score, pd_units, grade, outcome,
                       limit_minor, rate_units, reasons)
SELECT uuidv7(), %(tenant)s::uuid, %(run)s::uuid, s.merchant_id, s.score, s.pd,
       (%(grades)s::text[])[s.grade + 1], (%(outcomes)s::text[])[s.outcome + 1],
       s.limit_minor, s.rate, r.codes
FROM {STAGING} s JOIN unnest(%(numbers)s::int[], %(reasons)s::jsonb[]) AS r (number, codes)
  ON r.number = s.reasons
"""  # noqa: S608 -- our own names
Rows = tuple[bytes, list[list[str]]]


def rows_of(merchants: Any, found: Verdicts) -> Rows:
    """The answers as COPY reads them, and the lists of reasons their last field counts."""
    rows = np.empty(len(merchants), _ROW)
    rows["fields"] = len(FIELDS)
    for name, _, width, _ in FIELDS:
        rows[f"{name}_length"] = width
    rows["merchant_id"] = merchants
    rows["score"], rows["pd"], rows["grade"] = found.score, found.pd, found.grade
    rows["outcome"], rows["limit_minor"], rows["rate"] = found.outcome, found.limit, found.rate
    key = np.zeros(len(merchants), np.int64)
    for codes in found.reasons:
        key = (key << _BITS) + codes + 1
    known, rows["reasons"] = np.unique(key, return_inverse=True)
    return _SIGNATURE + rows.tobytes() + _END, [_named(one, found.codes) for one in known.tolist()]


def sums_of(found: Verdicts) -> dict[str, int]:
    """What the table must add up to."""
    return {
        "score": int(found.score.sum(dtype=np.int64)), "pd": int(found.pd.sum()),
        "limit": int(found.limit.sum()), "rate": int(found.rate.sum()),
    }  # fmt: skip


def sha256_of(rows: Rows) -> str:
    """One hash over the answers and the words of their reasons."""
    return hashlib.sha256(rows[0] + json.dumps(rows[1]).encode()).hexdigest()


def write_rows(cursor: Any, rows: Rows, *, tenant: str, run: str, table: str) -> None:
    """Append the rows to `table` for this run; tenant and run as UUIDs."""
    raw, reasons = rows
    cursor.execute(_CREATE)
    cursor.copy_expert(f"COPY {STAGING} FROM STDIN (FORMAT binary)", io.BytesIO(raw))
    cursor.execute(
        MOVE.format(table=table),
        {
            "tenant": tenant,
            "run": run,
            "grades": list(GRADES),
            "outcomes": [str(one) for one in OUTCOMES],
            "numbers": list(range(len(reasons))),
            "reasons": [json.dumps(one) for one in reasons],
        },
    )
    cursor.execute(f"TRUNCATE {STAGING}")


def _named(key: int, codes: tuple[str, ...]) -> list[str]:
    places = [key >> shift & (1 << _BITS) - 1 for shift in (24, 16, 8, 0)]
    return [codes[place - 1] for place in places if place]
