"""Pool files on disk, line by line: CSV with a header, or a JSON object on each line."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from campaigns.domain.pool_row import (
    PoolRow,
    Refused,
    header_columns,
    header_fault,
    ignored_columns,
    parse_json,
    parse_row,
    refused,
    without_digits,
)
from platform_app.kernel.line_files import BadLine, cells_of, encoding_of, numbered, text_of
from tenants.queries.registrations import canonical_registration_no

MOST_BYTES: Final = 20 * 1024**2
SEPARATORS: Final = (",", "\t", ";")
_Read = Callable[[int, bytes | None], PoolRow | Refused]


@dataclass(frozen=True, slots=True)
class Line:
    """What one line holds, and how many bytes of the file are behind us."""

    row: PoolRow | Refused
    byte_done: int


@dataclass(frozen=True, slots=True)
class PoolFile:
    """An opened file: its lines, and headings of the columns that are not read."""

    lines: Iterator[Line]
    ignored: list[str]


class Unreadable(Exception):
    """The file as a whole cannot be read; `error` says why."""

    def __init__(self, error: Refused) -> None:
        self.error = error
        super().__init__(error.code)


def read_pool(path: Path) -> PoolFile:
    """Open a file. A number that comes twice counts the first time. Raises Unreadable."""
    encoding = _encoding(path)
    lines = _lines(path)
    if path.suffix == ".jsonl":
        return PoolFile(_once(lines, _json_reader(encoding)), [])
    for line_no, content, _ in lines:
        try:
            cells, separator = _header(content, encoding)
        except BadLine as bad:
            raise Unreadable(refused(line_no, bad.code, "")) from None
        columns = header_columns(cells)
        fault = header_fault(cells)
        if fault is not None:
            raise Unreadable(refused(line_no, fault[0], without_digits(",".join(cells)), fault[1]))
        return PoolFile(_once(lines, _reader(columns, encoding, separator)), ignored_columns(cells))
    raise Unreadable(refused(0, "empty_file", ""))


def _encoding(path: Path) -> str:
    with path.open("rb") as disk:
        return encoding_of(disk, most_bytes=MOST_BYTES)


def _header(content: bytes | None, encoding: str) -> tuple[list[str], str]:
    """The headings, and what stands between them: whatever finds the most columns of ours."""
    found = [
        (cells_of(content, encoding=encoding, separator=one), one) for one in SEPARATORS
    ]  # fmt: skip
    return max(found, key=lambda each: len([one for one in header_columns(each[0]) if one]))


def _lines(path: Path) -> Iterator[tuple[int, bytes | None, int]]:
    with path.open("rb") as disk:
        for line_no, content in numbered(disk, most_bytes=MOST_BYTES):
            yield line_no, content, disk.tell()


def _once(lines: Iterator[tuple[int, bytes | None, int]], read: _Read) -> Iterator[Line]:
    seen: set[str] = set()
    for line_no, content, byte_done in lines:
        row = read(line_no, content)
        if isinstance(row, PoolRow):
            if row.external_id in seen:
                row = refused(line_no, "twice_in_file", row.raw)
            else:
                seen.add(row.external_id)
        yield Line(row, byte_done)


def _reader(columns: list[str], encoding: str, separator: str) -> _Read:
    """Of a line only the columns that are read are kept: in others people's data may stand."""

    def read(line_no: int, content: bytes | None) -> PoolRow | Refused:
        try:
            cells = cells_of(content, encoding=encoding, separator=separator)
        except BadLine as bad:
            return refused(line_no, bad.code, "")
        if len(cells) != len(columns):
            return refused(line_no, "column_count", "")
        named = {column: cell for column, cell in zip(columns, cells, strict=True) if column}
        raw = ",".join(named.values())
        return parse_row(named, line_no, raw=raw, canonical=canonical_registration_no)

    return read


def _json_reader(encoding: str) -> _Read:
    def read(line_no: int, content: bytes | None) -> PoolRow | Refused:
        try:
            text = text_of(content, encoding=encoding)
        except BadLine as bad:
            return refused(line_no, bad.code, "")
        return parse_json(text, line_no, canonical=canonical_registration_no)

    return read
