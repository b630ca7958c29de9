"""Order files on disk, line by line: plain or gzip."""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Final, cast

from platform_app.kernel.line_files import (
    ENCODINGS,
    BadLine,
    TooLarge,
    cells_of,
    encoding_of,
    numbered,
)
from tenants.domain.order_row import header_columns, header_fault, parse_row, refusal
from tenants.values import OrderRow, RowError

MOST_BYTES: Final = 4 * 1024**3


@dataclass(frozen=True, slots=True)
class Line:
    """What one line holds, and how many bytes of the file on disk are behind us."""

    row: OrderRow | RowError
    byte_done: int


class Unreadable(Exception):
    """The file as a whole cannot be read; `error` says why."""

    def __init__(self, error: RowError) -> None:
        self.error = error
        super().__init__(error.code)


def read_orders(path: Path, *, known_on: date) -> Iterator[Line]:
    """Every line that is not blank, as an order or as the reason why not.

    Raises Unreadable when there is no usable header, or the file is damaged on the way.
    """
    with path.open("rb") as disk:
        packed = path.suffix == ".gz"
        stream = cast("IO[bytes]", gzip.GzipFile(fileobj=disk)) if packed else disk
        try:
            yield from _rows(stream, disk, known_on)
        except TooLarge as problem:
            raise Unreadable(refusal(problem.line_no, "file_too_large", "")) from None
        except (OSError, EOFError, zlib.error):
            raise Unreadable(refusal(0, "file_unreadable", "")) from None


def _rows(stream: IO[bytes], disk: IO[bytes], known_on: date) -> Iterator[Line]:
    encoding = _encoding(stream)
    lines = numbered(stream, most_bytes=MOST_BYTES)
    columns = _header(lines, encoding)
    for line_no, content in lines:
        yield Line(_read(content, line_no, columns, encoding, known_on), disk.tell())


def _encoding(stream: IO[bytes]) -> str:
    """A file that is damaged on the way is judged by what can be read of it."""
    try:
        found = encoding_of(stream, most_bytes=MOST_BYTES)
    except (OSError, EOFError, zlib.error):
        found = ENCODINGS[0]
    stream.seek(0)
    return found


def _header(lines: Iterator[tuple[int, bytes | None]], encoding: str) -> list[str]:
    for line_no, content in lines:
        try:
            cells = cells_of(content, encoding=encoding)
        except BadLine as bad:
            raise Unreadable(refusal(line_no, bad.code, bad.raw)) from None
        columns = header_columns(cells)
        fault = header_fault(columns)
        if fault is not None:
            raise Unreadable(refusal(line_no, fault[0], ",".join(cells), fault[1]))
        return columns
    raise Unreadable(refusal(0, "empty_file", ""))


def _read(
    content: bytes | None, line_no: int, columns: list[str], encoding: str, known_on: date
) -> OrderRow | RowError:
    try:
        cells = cells_of(content, encoding=encoding)
    except BadLine as bad:
        return refusal(line_no, bad.code, bad.raw)
    if len(cells) != len(columns):
        return refusal(line_no, "column_count", ",".join(cells))
    return parse_row(dict(zip(columns, cells, strict=True)), line_no, known_on=known_on)
