"""Chinese and Latin text in one line: which font each stretch is set in, and where lines break."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont

# Named, not embedded: every reader in China brings the Chinese one, and all bring Helvetica.
CHINESE: Final = "STSong-Light"
LATIN: Final = "Helvetica"
# May not begin a line.
_CLOSING: Final = "，。、；：！？）》」』】〕％…"
# Stands for a character outside the Basic Multilingual Plane, which the font cannot name.
GETA: Final = "〓"
_BMP_END: Final = 0xFFFF
_LATIN_END: Final = 0xFF

pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line; `is_weighty` is set apart."""

    text: str
    is_weighty: bool


def runs(text: str) -> Iterator[tuple[str, str]]:
    """(font, stretch) of each stretch that is set in one font."""
    for is_latin, letters in groupby(text, _is_latin):
        stretch = "".join(letters)
        yield (LATIN, stretch) if is_latin else (CHINESE, _nameable(stretch))


def width_of(text: str, size: float) -> float:
    """How wide a line of text is, in points. A Chinese character is a square."""
    return sum(
        float(pdfmetrics.stringWidth(run, font, size)) if font == LATIN else size * len(run)
        for font, run in runs(text)
    )


def wrapped(text: str, width: float, size: float) -> list[list[Piece]]:
    """Lines that fit: Chinese breaks anywhere but before a closing mark, Latin between words.

    `**so**` marks what is weighty. A word wider than the line is cut.
    """
    lines: list[list[Piece]] = [[]]
    used = 0.0
    for part_no, part in enumerate(text.split("**")):
        for word in _words(part, width, size):
            needed = width_of(word.rstrip(" "), size)
            if used and used + needed > width:
                lines.append([])
                used = 0.0
            lines[-1].append(Piece(word, part_no % 2 == 1))
            used += width_of(word, size)
    return [_joined(line) for line in lines]


def _words(text: str, width: float, size: float) -> Iterator[str]:
    """The smallest stretches that may not be broken."""
    held = ""
    for letter in text:
        if held and not (_clings(held[-1], letter) and width_of(held + letter, size) <= width):
            yield held
            held = ""
        held += letter
    if held:
        yield held


def _clings(before: str, letter: str) -> bool:
    """Whether no line may break between the two."""
    if letter in _CLOSING or letter == " ":
        return True
    return _is_latin(letter) and _is_latin(before) and before != " "


def _joined(line: list[Piece]) -> list[Piece]:
    return [
        Piece("".join(piece.text for piece in group), is_weighty)
        for is_weighty, group in groupby(line, lambda piece: piece.is_weighty)
    ]


def _is_latin(letter: str) -> bool:
    return ord(letter) <= _LATIN_END


def _nameable(text: str) -> str:
    return "".join(letter if ord(letter) <= _BMP_END else GETA for letter in text)
