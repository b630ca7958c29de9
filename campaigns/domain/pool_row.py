"""One merchant of a pool file: tolerant of how people export, strict about what it means."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

RAW_KEPT: Final = 500
_EXACT: Final = 2**53
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
# Of several headings for one column the first in this order is read.
_WORDS: Final = {column: (column, *words) for column, words in _CALLED.items()}
_COLUMN_OF: Final = {word: column for column, words in _WORDS.items() for word in words}
_SHORTENED: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*[eE][+-][0-9]+|[eE][+-][0-9]+|\.0*)")
_LONG_DIGITS: Final = re.compile(r"[0-9]{5,}")
# Kept with the row, read by whoever opens the error file in whichever language.
REASONS: Final = {
    "column_count": "列数与表头不一致 / The line has another number of columns than the header",
    "missing": "{field} 为空 / {field} is empty",
    "too_long": "{field} 过长 / {field} is too long",
    "shortened_number": (
        "{field} 被表格软件改成了科学计数，请将该列设为文本后重新导出 / "
        "{field} was shortened by a spreadsheet: export the column as text"
    ),
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
    "header_duplicate": "表头里「{field}」出现两次 / The header says {field} twice",
    "header_missing": "表头缺少列：{field} / The header lacks the column: {field}",
    "file_gone": "文件已不在，请重新上传 / The file is gone: hand it in again",
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
    """Our name of each cell of the header; what we do not read is empty, and ignored.

    Where several headings mean one column, the first of them in our own order is read.
    """
    words = [_heading(cell) for cell in cells]
    chosen = {_chosen(column, words): column for column in COLUMNS}
    return [chosen.get(word, "") if word else "" for word in words]


def ignored_columns(cells: Sequence[str]) -> list[str]:
    """Headings of the columns that are not read."""
    return [
        _plain(cell)
        for cell, column in zip(cells, header_columns(cells), strict=True)
        if not column and _plain(cell)
    ]


def header_fault(cells: Sequence[str]) -> tuple[str, str] | None:
    """(code, heading) of what is wrong with a header, or None."""
    columns = header_columns(cells)
    for at, column in enumerate(columns):
        if column and column in columns[:at]:
            return "header_duplicate", _plain(cells[at])
    return None if "external_id" in columns else ("header_missing", "商户编号 (external_id)")


def without_digits(text: str) -> str:
    """The text with long runs of digits covered: a first line may be a person and no header."""
    return _LONG_DIGITS.sub("*****", text)


def parse_json(text: str, line_no: int, *, canonical: Canonical) -> PoolRow | Refused:
    """Read one line of JSONL. Never raises."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return refused(line_no, "bad_json", "")
    if not isinstance(said, dict):
        return refused(line_no, "bad_json", "")
    keys = {_heading(str(key)): value for key, value in said.items()}
    named = {
        column: _cell(keys[word]) for column in COLUMNS if (word := _chosen(column, list(keys)))
    }
    raw = json.dumps(named, ensure_ascii=False)
    number = keys.get(_chosen("external_id", list(keys)))
    if isinstance(number, float) and not _is_whole(number):
        return refused(line_no, "shortened_number", raw, "external_id")
    return parse_row(named, line_no, raw=raw, canonical=canonical)


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
    return str(int(value)) if isinstance(value, float) and _is_whole(value) else str(value)


def _is_whole(value: float) -> bool:
    return value.is_integer() and abs(value) < _EXACT


def _heading(text: str) -> str:
    return unicodedata.normalize("NFKC", _plain(text)).lower().replace(" ", "_")


def _chosen(column: str, words: Sequence[str]) -> str:
    """Which of these headings is read as `column`; empty when none is."""
    return next((word for word in _WORDS[column] if word in words), "")


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
    if column == "external_id" and _SHORTENED.fullmatch(value):
        raise _Bad("shortened_number", column)
    return value


def _unquoted(text: str) -> str:
    """Without outer spaces, and without Excel's manner of keeping a number a text: `="0012"`.

    What looks alike is alike: full-width letters are narrow, and what has no width is left out.
    """
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(one for one in plain if unicodedata.category(one) != "Cf").strip()
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
