"""Order files on disk, line by line: plain or gzip, UTF-8 or GB18030, with a BOM or without.

Each physical line stands for itself, so an unclosed quote or a broken character costs that line
and not the rest of the file.
"""

import csv
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Final, cast

from tenants.domain.order_row import header_columns, header_fault, parse_row, refusal
from tenants.values import OrderRow, RowError

LONGEST_LINE: Final = 64 * 1024
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
        except (OSError, EOFError, zlib.error):
            raise Unreadable(refusal(0, "file_unreadable", "")) from None


def _rows(stream: IO[bytes], disk: IO[bytes], known_on: date) -> Iterator[Line]:
    lines = _lines(stream)
    columns = _header(lines)
    for line_no, content in lines:
        yield Line(_read(content, line_no, columns, known_on), disk.tell())


def _header(lines: Iterator[tuple[int, bytes | None]]) -> list[str]:
    for line_no, content in lines:
        cells = _cells(content, line_no)
        if isinstance(cells, RowError):
            raise Unreadable(cells)
        columns = header_columns(cells)
        fault = header_fault(columns)
        if fault is not None:
            raise Unreadable(refusal(line_no, fault[0], ",".join(cells), fault[1]))
        return columns
    raise Unreadable(refusal(0, "empty_file", ""))


def _read(
    content: bytes | None, line_no: int, columns: list[str], known_on: date
) -> OrderRow | RowError:
    cells = _cells(content, line_no)
    if isinstance(cells, RowError):
        return cells
    if len(cells) != len(columns):
        return refusal(line_no, "column_count", ",".join(cells))
    return parse_row(dict(zip(columns, cells, strict=True)), line_no, known_on=known_on)


def _cells(content: bytes | None, line_no: int) -> list[str] | RowError:
    if content is None:
        return refusal(line_no, "line_too_long", "")
    text = _decoded(content)
    if text is None:
        return refusal(line_no, "encoding", content.decode("utf-8", "replace"))
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error:
        return refusal(line_no, "quotes", text)


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """(number, bytes) of each line that is not blank; None instead of the bytes of a monster."""
    line_no = total = 0
    while piece := stream.readline(LONGEST_LINE):
        line_no += 1
        whole = len(piece) < LONGEST_LINE or piece.endswith(b"\n")
        total += len(piece)
        if not whole:
            total += _skip_rest(stream)
        if total > MOST_BYTES:
            raise Unreadable(refusal(line_no, "file_too_large", ""))
        content = piece.rstrip(b"\r\n")
        if not whole:
            yield line_no, None
        elif content.strip(b" \t,\xef\xbb\xbf"):
            yield line_no, content


def _skip_rest(stream: IO[bytes]) -> int:
    skipped = 0
    while piece := stream.readline(LONGEST_LINE):
        skipped += len(piece)
        if piece.endswith(b"\n") or skipped > MOST_BYTES:
            break
    return skipped
