"""The bytes of a reconciliation file: the same rows always give the same bytes.

CSV, UTF-8 with a byte order mark, CRLF. Titles are in both languages and never translated, so that
a file does not depend on who asks for it. Amounts are yuan with two places. The last line is the
total: how many rows, and their sum.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

TITLES: Final = (
    "类型(kind)", "账务日(booked_on)", "起息日(value_on)", "支用编号(drawdown)",
    "订单号(order_no)", "业务键(key)", "凭证编号(entry)", "金额/元(amount_yuan)",
)  # fmt: skip
TOTAL: Final = "合计(total)"
BOM: Final = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One line of a file; `amount_minor` in fen."""

    kind: str
    booked_on: date
    value_on: date
    drawdown_id: str
    order_no: str
    key: str
    entry_id: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class FileBytes:
    """A finished file and what its total line says."""

    content: bytes
    sha256: str
    row_count: int
    sum_minor: int


def file_bytes(rows: Iterable[FileRow]) -> FileBytes:
    """Write the rows in the order given."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(TITLES)
    count = total = 0
    for row in rows:
        writer.writerow(_cells(row))
        count += 1
        total += row.amount_minor
    writer.writerow([TOTAL, count, "", "", "", "", "", yuan(total)])
    content = (BOM + text.getvalue()).encode()
    return FileBytes(content, hashlib.sha256(content).hexdigest(), count, total)


def yuan(minor: int) -> str:
    """`-123456` → `-1234.56`: for machines, without thousands."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def _cells(row: FileRow) -> Sequence[str]:
    return (
        row.kind, row.booked_on.isoformat(), row.value_on.isoformat(), row.drawdown_id,
        harmless(row.order_no), harmless(row.key), row.entry_id, yuan(row.amount_minor),
    )  # fmt: skip


def harmless(text: str) -> str:
    """A spreadsheet must not run what a stranger wrote."""
    return f"'{text}" if text[:1] in set("=+-@\t\r") else text
