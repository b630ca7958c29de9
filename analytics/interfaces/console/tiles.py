"""A figure as a tile: written, compared, drawn small."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from analytics.values import Figure, Metric
from platform_app.kernel.money import format_yuan

SHARES: Final = frozenset(["approval_rate", "first_use_rate", "overdue_share"])
AMOUNTS: Final = frozenset(["outstanding"])
LESS_IS_BETTER: Final = frozenset(["overdue_share"])
WIDTH, HEIGHT, MARGIN = 120, 28, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """`direction` is up, down or flat; `tone` says whether that is good; `points` draw the line."""

    metric: Metric
    text: str
    unit: str
    change: str
    direction: str
    tone: str
    points: str
    last_point: tuple[float, float] | None
    url: str


def tile(metric: Metric, figure: Figure, url: str) -> Tile:
    """Write a figure of the dictionary the way its kind is written."""
    points = spark(figure.series)
    change, direction = _change(metric.key, figure)
    return Tile(
        metric=metric,
        text=_text(metric.key, figure.value),
        unit="¥" if metric.key in AMOUNTS else "",
        change=change,
        direction=direction,
        tone=_tone(metric.key, direction),
        points=" ".join(f"{x},{y}" for x, y in points),
        last_point=points[-1] if points else None,
        url=url,
    )


def spark(series: tuple[float | int | None, ...]) -> list[tuple[float, float]]:
    """Points of a sparkline with the zero line at its foot; fewer than two values draw nothing."""
    known = [(index, value) for index, value in enumerate(series) if value is not None]
    top = max((value for _index, value in known), default=0)
    if len(known) < 2 or top <= 0:  # noqa: PLR2004 -- a line has two ends
        return []
    step = (WIDTH - 2 * MARGIN) / (len(series) - 1)
    rise = HEIGHT - 2 * MARGIN
    return [
        (round(MARGIN + index * step, 1), round(HEIGHT - MARGIN - value / top * rise, 1))
        for index, value in known
    ]


def _text(key: str, value: float | None) -> str:
    if value is None:
        return "—"
    if key in SHARES:
        return f"{value:.1%}"
    return format_yuan(int(value)) if key in AMOUNTS else f"{int(value):,}"


def _change(key: str, figure: Figure) -> tuple[str, str]:
    if figure.value is None or figure.before is None:
        return _("nothing to compare"), "flat"
    difference = figure.value - figure.before
    direction = "up" if difference > 0 else "down" if difference < 0 else "flat"
    if difference == 0:
        return _("unchanged"), "flat"
    if key in SHARES:
        return _("%(points)s points") % {"points": f"{difference * 100:+.1f}"}, direction
    if figure.before:
        return f"{difference / figure.before:+.1%}", direction
    written = format_yuan(int(difference)) if key in AMOUNTS else f"{int(difference):,}"
    return f"+{written}", direction


def _tone(key: str, direction: str) -> str:
    if direction == "flat":
        return ""
    is_good = (direction == "up") != (key in LESS_IS_BETTER)
    return "good" if is_good else "bad"
