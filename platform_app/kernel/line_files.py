"""Files that came from outside: stored, then read line by line. UTF-8 or GB18030, BOM or not.

Which of the two a file is, is decided once, for the whole of it: a short line is often good in
both, and says something else. Each physical line stands for itself, so an unclosed quote or a
broken character costs that line and not the rest of the file.
"""

import codecs
import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Final

LONGEST_LINE: Final = 64 * 1024
ENCODINGS: Final = ("utf-8-sig", "gb18030")
_PIECE: Final = 1024**2
_RUN_BY_SPREADSHEETS: Final = frozenset("=+-@\t\r")


class TooLarge(Exception):
    """More than was allowed; `line_no` where reading stopped."""

    def __init__(self, line_no: int = 0) -> None:
        self.line_no = line_no
        super().__init__(line_no)


class BadLine(Exception):
    """A line that cannot be split into cells: `code` says why, `raw` is what stood there."""

    def __init__(self, code: str, raw: str) -> None:
        self.code, self.raw = code, raw
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written to disk."""

    byte_count: int
    sha256: str


def store(content: BinaryIO, path: Path, *, most_bytes: int) -> Stored:
    """Write an upload piece by piece. Raises TooLarge, and then there is no file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    total, digest = 0, hashlib.sha256()
    with path.open("wb") as file:
        while piece := content.read(_PIECE):
            total += len(piece)
            if total > most_bytes:
                break
            digest.update(piece)
            file.write(piece)
    if total > most_bytes:
        path.unlink()
        raise TooLarge
    return Stored(total, digest.hexdigest())


def numbered(stream: IO[bytes], *, most_bytes: int) -> Iterator[tuple[int, bytes | None]]:
    """(number, bytes) of each line that is not blank; None instead of the bytes of a monster.

    Raises TooLarge behind `most_bytes`.
    """
    line_no = total = 0
    while piece := stream.readline(LONGEST_LINE):
        line_no += 1
        whole = len(piece) < LONGEST_LINE or piece.endswith(b"\n")
        total += len(piece)
        if not whole:
            total += _skip_rest(stream, most_bytes)
        if total > most_bytes:
            raise TooLarge(line_no)
        content = piece.rstrip(b"\r\n")
        if not whole:
            yield line_no, None
        elif content.strip(b" \t,;\xef\xbb\xbf"):
            yield line_no, content


def encoding_of(stream: IO[bytes], *, most_bytes: int) -> str:
    """UTF-8 if the file says so or is so to its end, else GB18030; of two broken, the longer good.

    Reads piece by piece from where the stream stands, and no further than `most_bytes`.
    """
    readers = {name: codecs.getincrementaldecoder(name)() for name in ENCODINGS}
    reached: dict[str, int] = {}
    total, piece = 0, b" "
    while piece and len(reached) < len(readers):
        piece = stream.read(_PIECE) if total <= most_bytes else b""
        if not total and piece.startswith(codecs.BOM_UTF8):
            break
        for name, reader in readers.items():
            is_both = piece.isascii() and bool(piece) and not reader.getstate()[0]
            if name not in reached and not is_both:
                try:
                    reader.decode(piece, final=not piece)
                except UnicodeDecodeError as broken:
                    reached[name] = total + broken.start
        total += len(piece)
    return max(ENCODINGS, key=lambda name: reached.get(name, total + 1))


def text_of(content: bytes | None, *, encoding: str) -> str:
    """The line as text. Raises BadLine: too long, or not in this encoding."""
    if content is None:
        raise BadLine("line_too_long", "")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise BadLine("encoding", content.decode("utf-8", "replace")) from None


def cells_of(content: bytes | None, *, encoding: str, separator: str = ",") -> list[str]:
    """The cells of a line of CSV. Raises BadLine: as `text_of`, and quotes that do not match."""
    text = text_of(content, encoding=encoding)
    try:
        return next(csv.reader([text], delimiter=separator, strict=True), [])
    except csv.Error:
        raise BadLine("quotes", text) from None


def harmless(cell: str) -> str:
    """A spreadsheet must not run what a stranger wrote."""
    return f"'{cell}" if cell[:1] in _RUN_BY_SPREADSHEETS else cell


def _skip_rest(stream: IO[bytes], most_bytes: int) -> int:
    skipped = 0
    while piece := stream.readline(LONGEST_LINE):
        skipped += len(piece)
        if piece.endswith(b"\n") or skipped > most_bytes:
            break
    return skipped
