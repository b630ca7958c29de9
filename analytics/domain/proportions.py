"""Shares with their 95 % intervals: Wilson's for one, Newcombe's for the difference of two."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

_Z: Final = 1.959963984540054  # of the normal distribution at 97.5 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share, or the difference of two, with its interval."""

    value: float
    low: float
    high: float


def share(hits: int, count: int) -> Share | None:
    """Hits out of count; None without any to count."""
    if count == 0:
        return None
    value, z2 = hits / count, _Z * _Z
    middle = (value + z2 / (2 * count)) / (1 + z2 / count)
    spread = value * (1 - value) / count + z2 / (4 * count * count)
    half = _Z * sqrt(spread) / (1 + z2 / count)
    return Share(value=value, low=max(0.0, middle - half), high=min(1.0, middle + half))


def difference(hits: int, count: int, base_hits: int, base_count: int) -> Share | None:
    """How much higher the first share is than the base's; None when either has nothing to count."""
    one, base = share(hits, count), share(base_hits, base_count)
    if one is None or base is None:
        return None
    gap = one.value - base.value
    down = sqrt((one.value - one.low) ** 2 + (base.high - base.value) ** 2)
    up = sqrt((one.high - one.value) ** 2 + (base.value - base.low) ** 2)
    return Share(value=gap, low=gap - down, high=gap + up)
