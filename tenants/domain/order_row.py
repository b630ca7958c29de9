"""One line of an order file: tolerant of how people export, strict about what it means."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from platform_app.kernel.money import yuan_to_minor
from tenants.domain.words import has_control
from tenants.values import OrderRow, RowError

REQUIRED: Final = ("order_no", "merchant_no", "ordered_on", "quantity", "amount_yuan")
OPTIONAL: Final = ("status", "category", "merchant_name")
MOST_QUANTITY: Final = 2_147_483_647
MOST_MINOR: Final = 10**13
RAW_KEPT: Final = 500
FEN_DIGITS: Final = 2
_DAY: Final = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]\d{1,2}:\d{2}(:\d{2})?)?"
)
_LONGEST: Final = {"order_no": 64, "merchant_no": 64, "category": 100, "merchant_name": 200}
_STATUS: Final = {
    "": "placed", "placed": "placed", "已下单": "placed", "已完成": "placed",
    "returned": "returned", "已退货": "returned",
    "canceled": "canceled", "cancelled": "canceled", "已取消": "canceled",
}  # fmt: skip

# Kept with the row, read by whoever opens the error file in whichever language.
REASONS: Final = {
    "column_count": "列数与表头不一致 / The line has another number of columns than the header",
    "missing": "{field} 为空 / {field} is empty",
    "too_long": "{field} 过长 / {field} is too long",
    "control_character": "{field} 含有不可见字符 / {field} holds control characters",
    "bad_date": "日期无法识别，应如 2026-01-06 / Not a date such as 2026-01-06",
    "future_date": "日期晚于今天 / The date is after today",
    "bad_quantity": "数量应为不小于 0 的整数 / Quantity must be a whole number, 0 or more",
    "bad_amount": "金额应为元，最多两位小数 / Amount must be in yuan with at most two decimals",
    "too_precise": "金额超过两位小数 / The amount has more than two decimals",
    "negative": "{field} 为负，退货请用 status=returned / {field} is negative: use status=returned",
    "too_large": "{field} 超出范围 / {field} is out of range",
    "bad_status": "状态应为 placed、returned 或 canceled / Status is placed, returned or canceled",
    "encoding": "编码无法识别，请存为 UTF-8 / The text is neither UTF-8 nor GB18030",
    "quotes": "引号不成对 / The quotation marks do not match",
    "line_too_long": "这一行过长 / The line is too long",
    "header_duplicate": "表头有重复的列：{field} / The header names a column twice: {field}",
    "header_missing": "表头缺少列：{field} / The header lacks the column: {field}",
    "empty_file": "文件没有表头 / The file has no header",
    "file_unreadable": "文件损坏或不是声明的格式 / The file is damaged or not of its stated kind",
    "file_too_large": "解压后超过上限 / The file is too large once unpacked",
}


class _Bad(Exception):
    def __init__(self, code: str, field: str = "") -> None:
        self.code = code
        self.field = field
        super().__init__(code)


def refusal(line_no: int, code: str, raw: str, field: str = "") -> RowError:
    """A row error with its bilingual reason and a shortened, storable copy of the line."""
    shown = raw.replace("\x00", "\N{REPLACEMENT CHARACTER}")[:RAW_KEPT]
    return RowError(line_no, code, REASONS[code].replace("{field}", field), shown)


def header_columns(cells: Sequence[str]) -> list[str]:
    """Canonical names of the header's cells; columns we do not know are kept and ignored."""
    return [cell.strip().lstrip("\ufeff").strip().lower() for cell in cells]


def header_fault(columns: Sequence[str]) -> tuple[str, str] | None:
    """(code, column) of what is wrong with a header, or None."""
    known = [column for column in columns if column in {*REQUIRED, *OPTIONAL}]
    for column in known:
        if known.count(column) > 1:
            return "header_duplicate", column
    for column in REQUIRED:
        if column not in known:
            return "header_missing", column
    return None


def parse_row(
    mapping: Mapping[Any, str | Sequence[str] | None], line_no: int, *, known_on: date
) -> OrderRow | RowError:
    """Read one line by column name (as `csv.DictReader` gives it). Never raises.

    `known_on` is the Shanghai day on which we learn of the order: later dates are refused.
    """
    raw = ",".join(str(value) for value in mapping.values() if value is not None)
    if None in mapping or None in mapping.values():
        return refusal(line_no, "column_count", raw)
    try:
        return _row({str(k): str(v).strip() for k, v in mapping.items()}, known_on)
    except _Bad as bad:
        return refusal(line_no, bad.code, raw, bad.field)


def _row(cells: Mapping[str, str], known_on: date) -> OrderRow:
    for column in REQUIRED:
        if not cells.get(column):
            raise _Bad("missing", column)
    ordered_on = _day(cells["ordered_on"])
    if ordered_on > known_on:
        raise _Bad("future_date")
    status = _STATUS.get(cells.get("status", "").lower())
    if status is None:
        raise _Bad("bad_status")
    return OrderRow(
        order_no=_text(cells, "order_no"),
        merchant_no=_text(cells, "merchant_no"),
        ordered_on=ordered_on,
        quantity=_quantity(cells["quantity"]),
        amount_minor=_amount(cells["amount_yuan"]),
        status=status,
        category=_text(cells, "category"),
        merchant_name=_text(cells, "merchant_name"),
    )


def _text(cells: Mapping[str, str], column: str) -> str:
    value = cells.get(column, "")
    if len(value) > _LONGEST[column]:
        raise _Bad("too_long", column)
    if has_control(value):
        raise _Bad("control_character", column)
    return value


def _day(text: str) -> date:
    match = _DAY.fullmatch(text) if text.isprintable() else None
    if match is None:
        raise _Bad("bad_date")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise _Bad("bad_date") from None


def _quantity(text: str) -> int:
    digits = text.replace(",", "")
    whole, point, rest = digits.partition(".")
    if digits.startswith("-") and digits[1:].isdigit():
        raise _Bad("negative", "quantity")
    if not (whole.isascii() and whole.isdigit()) or (point and rest.strip("0")):
        raise _Bad("bad_quantity")
    if len(whole) > len(str(MOST_QUANTITY)) or int(whole) > MOST_QUANTITY:
        raise _Bad("too_large", "quantity")
    return int(whole)


def _amount(text: str) -> int:
    plain = re.sub(r"\s", "", text)
    whole, _, decimals = plain.partition(".")
    if decimals.isascii() and decimals.isdigit():
        if decimals[FEN_DIGITS:].strip("0"):
            raise _Bad("too_precise")
        plain = f"{whole}.{decimals[:FEN_DIGITS]}"
    elif not decimals:
        plain = whole
    try:
        minor = yuan_to_minor(plain)
    except ValueError:
        raise _Bad("bad_amount") from None
    if minor < 0:
        raise _Bad("negative", "amount_yuan")
    if minor > MOST_MINOR:
        raise _Bad("too_large", "amount_yuan")
    return minor
