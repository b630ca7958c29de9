"""Pictures drawn on the server as SVG: coordinates here, shapes in the templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 48, 84, 14, 30
_APART: Final = 15  # labels at the ends of lines keep this distance
_GAP: Final = 0.28  # of a pair of bars, the room beside it
SPAN: Final = 1000  # a bar or whisker in a table cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line with its name at its end; the last stretch of a partial one is dashed."""

    name: str
    place: int
    points: str
    partial: str
    end: tuple[float, float]
    label_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A frame with ticks, and what is drawn in it."""

    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    curves: tuple[Curve, ...] = ()
    bars: tuple[dict[str, Any], ...] = ()


def curves(named: Sequence[tuple[str, Sequence[float], bool]], *, width: int) -> Plot:
    """Shares over months, each as (name, values, whether its last value is partial).

    `width` is the number of months the axis shows at least. The zero line is the foot.
    """
    steps = max([width, *(len(values) for _name, values, _ in named)])
    top = _top(max((value for _name, values, _ in named for value in values), default=0))
    drawn = []
    for place, (name, values, is_partial) in enumerate(named):
        points = [(_x(month, steps), _y(value, top)) for month, value in enumerate(values)]
        whole = points[:-1] if is_partial else points
        drawn.append((name, place, whole, points[-2:] if is_partial else [], points[-1]))
    heights = _spread([one[4][1] for one in drawn])
    return Plot(
        x_ticks=tuple((_x(month, steps), str(month)) for month in range(steps)),
        y_ticks=_y_ticks(top),
        curves=tuple(
            Curve(
                name=name,
                place=place,
                points=_text(whole),
                partial=_text(partial),
                end=end,
                label_y=label_y,
            )
            for (name, place, whole, partial, end), label_y in zip(drawn, heights, strict=True)
        ),
    )


def pairs(labels: Sequence[str], before: Sequence[float], after: Sequence[float]) -> Plot:
    """Two bars for each label, side by side."""
    top = _top(max([*before, *after], default=0))
    room = (WIDTH - LEFT - 12) / max(1, len(labels))
    half = room * (1 - _GAP) / 2
    bars = []
    for place, (old, new) in enumerate(zip(before, after, strict=True)):
        start = LEFT + place * room + room * _GAP / 2
        for offset, kind, value in ((0.0, "before", old), (half, "after", new)):
            y = _y(value, top)
            bars.append({
                "kind": kind, "x": round(start + offset, 1), "y": y, "width": round(half - 1, 1),
                "height": round(HEIGHT - BOTTOM - y, 1),
            })  # fmt: skip
    ticks = tuple((round(LEFT + (n + 0.5) * room, 1), label) for n, label in enumerate(labels))
    return Plot(x_ticks=ticks, y_ticks=_y_ticks(top), bars=tuple(bars))


def whisker(value: float, low: float, high: float, limit: float, *, top: float) -> dict[str, int]:
    """Places of a value, its interval and what it is held to, on an axis from 0 to `top`."""

    def at(one: float) -> int:
        return round(SPAN * min(max(one, 0.0), top) / top)

    return {"value": at(value), "low": at(low), "high": at(high), "limit": at(limit)}


def bar(value: float, top: float) -> int:
    """The length of a bar in a table cell."""
    return round(SPAN * min(value, top) / top) if top else 0


def _x(month: int, steps: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * month / max(1, steps - 1), 1)


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top, 1)


def _top(highest: float) -> float:
    """A round number above everything drawn."""
    steps = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75)
    return next((step for step in steps if highest <= step), 1.0)


def _y_ticks(top: float) -> tuple[tuple[float, str], ...]:
    return tuple((_y(top * part / 2, top), f"{top * part * 50:.3g}%") for part in range(3))


def _text(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _spread(heights: Sequence[float]) -> list[float]:
    """Heights of labels moved up from below until no two lie on each other."""
    found = list(heights)
    lowest = float(HEIGHT)
    for place in sorted(range(len(found)), key=lambda one: (-found[one], one)):
        found[place] = round(min(found[place], lowest), 1)
        lowest = found[place] - _APART
    return found
