"""Merchants around a circle, what they share between them: coordinates for the template's SVG."""

from dataclasses import dataclass
from math import cos, pi, sin
from typing import Final

from risk.queries.findings import FindingView

WIDTH: Final = 640
HEIGHT: Final = 320
MOST: Final = 24  # merchants; the table below has them all
_ACROSS, _DOWN = 230, 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A merchant or a shared thing, with its words and where they stand."""

    x: float
    y: float
    label: str
    anchor: str = "middle"


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
        things.append(Node(x=x, y=y, label=f"{one.kind.label} {one.masked}"))
        lines += [(x, y, *end) for end in ends]
    return Graph(
        merchants=tuple(
            Node(
                x=places[one.id][0], y=places[one.id][1], label=one.name[:10],
                anchor="end" if places[one.id][0] < WIDTH / 2 - 1 else "start",
            )
            for one in shown
        ),
        things=tuple(things),
        lines=tuple(lines),
        left_out_count=len(found.merchants) - len(shown),
    )  # fmt: skip
