"""How well scores tell good from bad, and whether the PDs are right on average."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from risk.scoring.evidence import Flags

RESAMPLES: Final = 200
LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Area under the curve, greatest distance, Gini, mean PD over the actual rate, log-loss."""

    auc: float
    ks: float
    gini: float
    pd_ratio: float
    log_loss: float
    n: int


def quality(y: Flags, pd: Any) -> Quality:
    """Judge PDs against outcomes (1 is bad); both kinds must be there."""
    auc = area(y, pd)
    bounded = np.clip(pd, 1e-9, 1 - 1e-9)
    loss = -np.mean(y * np.log(bounded) + (1 - y) * np.log(1 - bounded))
    return Quality(
        auc=auc,
        ks=distance(y, pd),
        gini=2 * auc - 1,
        pd_ratio=float(np.mean(pd) / np.mean(y)),
        log_loss=float(loss),
        n=len(y),
    )


def area(y: Flags, risk: Any) -> float:
    """The chance that a bad one has the higher risk than a good one; ties count half."""
    good, bad = np.sort(risk[y == 0]), risk[y == 1]
    below = np.searchsorted(good, bad, side="left") + np.searchsorted(good, bad, side="right")
    return float(below.mean() / (2 * len(good)))


def distance(y: Flags, risk: Any) -> float:
    """Kolmogorov–Smirnov: the greatest distance between the two kinds' distributions."""
    good, bad = np.sort(risk[y == 0]), np.sort(risk[y == 1])
    up_to = np.unique(risk)
    shares = [np.searchsorted(one, up_to, side="right") / len(one) for one in (good, bad)]
    return float(np.max(np.abs(shares[0] - shares[1])))


def interval(y: Flags, pd: Any, *, seed: int) -> dict[str, tuple[float, float]]:
    """Bootstrap intervals of `auc` and `pd_ratio` at 95 %, each kind resampled by itself."""
    random = np.random.default_rng(seed)
    bad, good = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    found = []
    for _ in range(RESAMPLES):
        rows = np.concatenate([random.choice(bad, len(bad)), random.choice(good, len(good))])
        one = y[rows], pd[rows]
        found.append((area(*one), float(np.mean(one[1]) / np.mean(one[0]))))
    sides = np.quantile(np.array(found), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return {
        name: (float(sides[0, place]), float(sides[1, place]))
        for place, name in enumerate(("auc", "pd_ratio"))
    }
