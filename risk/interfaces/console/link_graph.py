"""Merchants around a circle, what they share between them: coordinates for the template's SVG."""

from dataclasses import dataclass
from math import cos, pi, sin
from typing import Final

from risk.queries.findings import FindingView

WIDTH: Final = 900
HEIGHT: Final = 320
MOST: Final = 24  # merchants; the table below has them all
_ACROSS, _DOWN = 300, 120
_BESIDE, _ABOVE = 12, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A merchant or a shared thing with its words.

    `side` is the class of the words: y ends at the dot, x is centered, empty begins there.
    """

    x: float
    y: float
    label: str
    label_x: float
    label_y: float
    side: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The picture; lines as (x1, y1, x2, y2)."""

    merchants: tuple[Node, ...]
    things: tuple[Node, ...]
    lines: tuple[tuple[float, float, float, float], ...]
    left_out_count: int


def graph_of(found: FindingView) -> Graph:
    """The merchants evenly on the circle, each shared thing in the middle of those that have it."""
    shown = found.merchants[:MOST]
    places = {}
    for number, merchant in enumerate(shown):
        angle = 2 * pi * number / len(shown) - pi / 2
        places[merchant.id] = (
            round(WIDTH / 2 + _ACROSS * cos(angle), 1), round(HEIGHT / 2 + _DOWN * sin(angle), 1),
        )  # fmt: skip
    things, lines = [], []
    for number, one in enumerate(found.shared):
        ends = [places[merchant.id] for merchant, _at in one.seen if merchant.id in places]
        if not ends:
            continue
        x = round(sum(end[0] for end in ends) / len(ends), 1)
        # Things that the same merchants share would lie on one another.
        y = round(sum(end[1] for end in ends) / len(ends) + 26 * (number % 4 - 1.5), 1)
        label = f"{one.kind.label} {one.masked}"
        things.append(Node(x=x, y=y, label=label, label_x=x, label_y=y - _ABOVE, side="x"))
        lines += [(x, y, *end) for end in ends]
    return Graph(
        merchants=tuple(_beside(one.name[:12], *places[one.id]) for one in shown),
        things=tuple(things),
        lines=tuple(lines),
        left_out_count=len(found.merchants) - len(shown),
    )  # fmt: skip


def _beside(label: str, x: float, y: float) -> Node:
    """A merchant with its words on the outer side of the circle."""
    if x == WIDTH / 2:
        down = _ABOVE + 8 if y > HEIGHT / 2 else -_ABOVE
        return Node(x=x, y=y, label=label, label_x=x, label_y=y + down, side="x")
    if x < WIDTH / 2:
        return Node(x=x, y=y, label=label, label_x=x - _BESIDE, label_y=y, side="y")
    return Node(x=x, y=y, label=label, label_x=x + _BESIDE, label_y=y + 4, side="")
