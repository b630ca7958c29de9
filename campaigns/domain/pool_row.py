"""One merchant of a pool file: tolerant of how people export, strict about what it means."""

import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

RAW_KEPT: Final = 500
TIERS: Final = ("A", "B", "C", "D")
COLUMNS: Final = ("external_id", "name", "registration_no", "tier", "category", "region")
_LONGEST: Final = {"external_id": 64, "name": 200, "category": 100, "region": 100}
# What headers call our columns: the API's word, the order file's, and what exports say.
_CALLED: Final = {
    "external_id": (
        "merchant_no", "merchant_external_id", "商户编号", "商户号", "商户id", "客户编号",
        "会员编号", "买家编号", "编号",
    ),
    "name": (
        "merchant_name", "company", "商户名称", "公司名称", "企业名称", "客户名称", "店铺名称",
        "名称",
    ),
    "registration_no": (
        "uscc", "统一社会信用代码", "社会信用代码", "信用代码", "税号", "营业执照号",
    ),
    "tier": ("level", "分层", "层级", "等级", "级别"),
    "category": ("industry", "品类", "类目", "行业", "主营类目"),
    "region": ("province", "city", "地区", "省份", "城市", "所在地"),
}  # fmt: skip
_COLUMN_OF: Final = {word: column for column, words in _CALLED.items() for word in (column, *words)}
# Kept with the row, read by whoever opens the error file in whichever language.
REASONS: Final = {
    "column_count": "列数与表头不一致 / The line has another number of columns than the header",
    "missing": "{field} 为空 / {field} is empty",
    "too_long": "{field} 过长 / {field} is too long",
    "control_character": "{field} 含有不可见字符 / {field} holds control characters",
    "bad_tier": "分层应为 A、B、C、D 或留空 / The tier is A, B, C, D or empty",
    "bad_registration_no": "统一社会信用代码有误 / Not a valid unified social credit code",
    "twice_in_file": "同一编号在文件里出现两次 / The number comes twice in the file",
    "firm_taken": "这家企业已用另一编号入池 / The firm is in the pool under another number",
    "member_removed": "该商户已移出用户池，请先放回 / The merchant was taken out: put it back",
    "encoding": "编码无法识别，请存为 UTF-8 / The text is neither UTF-8 nor GB18030",
    "quotes": "引号不成对 / The quotation marks do not match",
    "line_too_long": "这一行过长 / The line is too long",
    "bad_json": "这一行不是一个 JSON 对象 / The line is not a JSON object",
    "header_duplicate": "表头有重复的列：{field} / The header names a column twice: {field}",
    "header_missing": "表头缺少列：{field} / The header lacks the column: {field}",
    "empty_file": "文件是空的 / The file is empty",
}  # fmt: skip
Canonical = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class PoolRow:
    """A merchant as the file says it; what is empty was not said."""

    line_no: int
    external_id: str
    name: str
    registration_no: str
    tier: str
    category: str
    region: str
    raw: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a line did not go in. `reason` is bilingual, `raw` the line as it stood (shortened)."""

    line_no: int
    code: str
    reason: str
    raw: str


class _Bad(Exception):
    def __init__(self, code: str, field: str = "") -> None:
        self.code, self.field = code, field
        super().__init__(code)


def refused(line_no: int, code: str, raw: str, field: str = "") -> Refused:
    """A refusal with its bilingual reason and a shortened, storable copy of the line."""
    return Refused(line_no, code, REASONS[code].replace("{field}", field), _storable(raw))


def header_columns(cells: Sequence[str]) -> list[str]:
    """Our name of each cell of the header; columns we do not know are empty, and ignored."""
    return [_COLUMN_OF.get(_plain(cell).lower().replace(" ", "_"), "") for cell in cells]


def ignored_columns(cells: Sequence[str]) -> list[str]:
    """Headings of the columns that are not read."""
    return [
        _plain(cell)
        for cell, column in zip(cells, header_columns(cells), strict=True)
        if not column and _plain(cell)
    ]


def header_fault(columns: Sequence[str]) -> tuple[str, str] | None:
    """(code, column) of what is wrong with a header, or None."""
    for column in COLUMNS:
        if columns.count(column) > 1:
            return "header_duplicate", column
    return None if "external_id" in columns else ("header_missing", "external_id")


def parse_json(text: str, line_no: int, *, canonical: Canonical) -> PoolRow | Refused:
    """Read one line of JSONL. Never raises."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return refused(line_no, "bad_json", text)
    if not isinstance(said, dict):
        return refused(line_no, "bad_json", text)
    named = {
        column: _cell(value)
        for key, value in said.items()
        if (column := _COLUMN_OF.get(str(key).lower(), ""))
    }
    return parse_row(named, line_no, raw=text, canonical=canonical)


def parse_row(
    cells: Mapping[str, str], line_no: int, *, raw: str, canonical: Canonical
) -> PoolRow | Refused:
    """Read one line by column name; `canonical` knows registration numbers. Never raises."""
    try:
        return PoolRow(
            line_no=line_no,
            external_id=_text(cells, "external_id", required=True),
            name=_text(cells, "name"),
            registration_no=_registration(cells.get("registration_no", ""), canonical),
            tier=_tier(cells.get("tier", "")),
            category=_text(cells, "category"),
            region=_text(cells, "region"),
            raw=_storable(raw),
        )
    except _Bad as bad:
        return refused(line_no, bad.code, raw, bad.field)


def _cell(value: Any) -> str:
    if value is None or isinstance(value, bool | list | dict):
        return ""
    return str(value)


def _plain(text: str) -> str:
    return text.replace("\ufeff", "").strip().strip("*＊").strip()


def _text(cells: Mapping[str, str], column: str, *, required: bool = False) -> str:
    value = _unquoted(cells.get(column, ""))
    if required and not value:
        raise _Bad("missing", column)
    if len(value) > _LONGEST[column]:
        raise _Bad("too_long", column)
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in value):
        raise _Bad("control_character", column)
    return value


def _unquoted(text: str) -> str:
    """Without outer spaces, and without Excel's manner of keeping a number a text: `="0012"`."""
    plain = text.strip()
    if plain.startswith('="') and plain.endswith('"'):
        plain = plain[2:-1]
    return plain.removeprefix("'").strip()


def _tier(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().upper().removesuffix("级").strip()
    plain = plain.removesuffix("类").removesuffix("档")
    if plain and plain not in TIERS:
        raise _Bad("bad_tier")
    return plain


def _registration(text: str, canonical: Canonical) -> str:
    plain = _unquoted(text)
    if not plain:
        return ""
    found = canonical(plain)
    if not found:
        raise _Bad("bad_registration_no")
    return found


def _storable(raw: str) -> str:
    kept = raw[:RAW_KEPT].replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return kept.encode("utf-8", "replace").decode()
