"""A sheet of paper as values: what is on it, not where. `credit.gateways.pdf` sets it in type."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lines:
    """Running text; `**so**` is a clause that weighs on the reader and is set apart."""

    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Label and value, one pair a line."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """`share` of the width, relative to the other columns; numbers stand on the right."""

    title: str
    share: int
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head that is repeated on every page; `total` closes it."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Who says so and when, at the right."""

    lines: tuple[str, ...]


Block = Lines | Pairs | Table | Heading | Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document. `number` and `footer` stand on every page, with the page's number."""

    title: str
    number: str
    footer: str
    blocks: tuple[Block, ...]
    is_wide: bool = False
