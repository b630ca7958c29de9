"""Bank statements as CSV: UTF-8 or GB18030, Chinese or English titles, one flow a line."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import Final

from platform_app.kernel.errors import gettext_noop
from platform_app.kernel.money import yuan_to_minor

MOST_BYTES: Final = 10 * 1024**2
MOST_ROWS: Final = 50_000
LONGEST: Final = 200
TITLES: Final = {
    "bank_reference": "bank_reference", "流水号": "bank_reference",
    "booked_on": "on", "记账日期": "on",
    "amount_yuan": "amount", "金额": "amount", "金额(元)": "amount", "金额（元）": "amount",
    "counterparty": "counterparty", "对方户名": "counterparty",
    "account_no": "account_no", "收款账号": "account_no",
    "memo": "memo", "附言": "memo",
}  # fmt: skip
NEEDED: Final = ("bank_reference", "on", "amount")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRow:
    """One line of a statement: positive fen came in, negative went out."""

    line_no: int
    bank_reference: str
    on: date
    amount_minor: int
    counterparty: str
    account_no: str
    memo: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line that is no flow, and why (an English msgid)."""

    line_no: int
    reason: str


class Unreadable(Exception):
    """The file as a whole cannot be read; `reason` is an English msgid."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def read_flows(content: bytes) -> tuple[list[FlowRow], list[BadRow]]:
    """Every line as a flow or as the reason why not. Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable(gettext_noop("it is larger than 10 MB"))
    lines = csv.reader(io.StringIO(_decoded(content), newline=""))
    try:
        table = [(no, cells) for no, cells in enumerate(lines, start=1) if any(cells)]
    except csv.Error:
        raise Unreadable(gettext_noop("it is not a CSV file")) from None
    if len(table) > MOST_ROWS:
        raise Unreadable(gettext_noop("it has more than 50,000 lines"))
    columns = _columns(table[0][1] if table else [])
    rows: list[FlowRow] = []
    bad: list[BadRow] = []
    for line_no, cells in table[1:]:
        found = _row(line_no, dict(zip(columns, (cell.strip() for cell in cells), strict=False)))
        (rows if isinstance(found, FlowRow) else bad).append(found)  # type: ignore[arg-type]
    return rows, bad


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Unreadable(gettext_noop("its characters are neither UTF-8 nor GB18030"))


def _columns(titles: list[str]) -> list[str]:
    columns = [TITLES.get(title.strip().lower(), "") for title in titles]
    if not set(NEEDED) <= set(columns):
        raise Unreadable(
            gettext_noop("the first line must name bank_reference, booked_on and amount_yuan")
        )
    return columns


def _row(line_no: int, cells: dict[str, str]) -> FlowRow | BadRow:
    reference = cells.get("bank_reference", "")
    if not reference or any(len(cell) > LONGEST for cell in cells.values()):
        return BadRow(line_no, gettext_noop("The bank's reference is missing or a text too long."))
    try:
        on = date.fromisoformat(cells.get("on", ""))
    except ValueError:
        return BadRow(line_no, gettext_noop("The day must be written 2026-12-05."))
    try:
        amount = yuan_to_minor(cells.get("amount", ""))
    except ValueError:
        return BadRow(line_no, gettext_noop("The amount must be yuan with two decimals."))
    if amount == 0:
        return BadRow(line_no, gettext_noop("The amount is zero."))
    return FlowRow(
        line_no=line_no,
        bank_reference=reference,
        on=on,
        amount_minor=amount,
        counterparty=cells.get("counterparty", ""),
        account_no=cells.get("account_no", ""),
        memo=cells.get("memo", ""),
    )
