"""Two ways of scoring the same cases, judged on how those ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from risk.scoring.evidence import Flags, Numbers
from risk.scoring.metrics import area

RESAMPLES: Final = 200
SEED: Final = 42
LEVEL: Final = 0.95
FIGURES: Final = ("auc", "log_loss", "pd_ratio")
LEAST_OF_A_KIND: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Figures of both on the same rows. `better` is where the second beats the first for sure:
    the whole interval of the difference lies on its side."""

    n: int
    bad: int
    first: Mapping[str, Figure]
    second: Mapping[str, Figure]
    better: Mapping[str, bool]


def compare(y: Flags, first: Numbers, second: Numbers, groups: Any) -> Compared | None:
    """None below twenty of a kind. Resamples take whole groups (a merchant, a legal entity)."""
    bad = int(y.sum())
    if min(bad, len(y) - bad) < LEAST_OF_A_KIND:
        return None
    _, owner = np.unique(groups, return_inverse=True)
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(owner.max() + 2))
    random = np.random.default_rng(SEED)
    count = int(owner.max()) + 1
    drawn: list[tuple[list[float], list[float]]] = []
    for _ in range(RESAMPLES):
        taken = random.integers(0, count, count)
        rows = np.concatenate([order[starts[one] : starts[one + 1]] for one in taken.tolist()])
        if 0 < y[rows].sum() < len(rows):
            drawn.append((_figures(y[rows], first[rows]), _figures(y[rows], second[rows])))
    sample = np.array(drawn)
    whole = np.array([_figures(y, first), _figures(y, second)])
    sides = np.quantile(sample, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return Compared(
        n=len(y),
        bad=bad,
        first=_told(whole[0], sides[:, 0]),
        second=_told(whole[1], sides[:, 1]),
        better=_better(sample),
    )


def _figures(y: Flags, pd: Numbers) -> list[float]:
    """In the order of `FIGURES`, as `quality` has them."""
    bounded = np.clip(pd, 1e-9, 1 - 1e-9)
    loss = -np.mean(np.log(np.where(y == 1, bounded, 1 - bounded)))
    return [area(y, pd), float(loss), float(np.mean(pd) / np.mean(y))]


def _told(values: Any, sides: Any) -> dict[str, Figure]:
    return {
        name: Figure(value=float(values[n]), low=float(sides[0][n]), high=float(sides[1][n]))
        for n, name in enumerate(FIGURES)
    }


def _better(sample: Any) -> dict[str, bool]:
    """A higher AUC, a lower loss, a ratio nearer to 1."""
    gains = (
        sample[:, 1, 0] - sample[:, 0, 0],
        sample[:, 0, 1] - sample[:, 1, 1],
        np.abs(np.log(sample[:, 0, 2])) - np.abs(np.log(sample[:, 1, 2])),
    )
    return {
        name: bool(np.quantile(gain, (1 - LEVEL) / 2) > 0)
        for name, gain in zip(FIGURES, gains, strict=True)
    }
