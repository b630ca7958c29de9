"""How good a way of fitting is on rows it has not seen: in folds, and out of time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from risk.domain.odds import PD_UNITS
from risk.domain.scorecard import Card
from risk.errors import CannotFit
from risk.scoring.columns import score_columns
from risk.scoring.data import Data
from risk.scoring.evidence import Flags
from risk.scoring.fitting import Asked, fit_card
from risk.scoring.metrics import Quality, quality

CHOICES: Final = ("isotonic", "tree", "quantile")
HELD_BACK: Final = 0.3  # of the development, the latest, to choose a binner by
RIGHT_PD: Final = (0.8, 1.25)


def folds(y: Flags, count: int, seed: int, groups: Any = None) -> Iterator[tuple[Any, Any]]:
    """Rows to fit on and rows to judge by, each kind spread evenly; a group stays together."""
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    if groups is not None:
        grouped = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
        yield from grouped.split(np.zeros(len(y)), y, groups)
        return
    yield from StratifiedKFold(count, shuffle=True, random_state=seed).split(np.zeros(len(y)), y)


def cross_validate(data: Data, asked: Asked, count: int) -> tuple[list[Quality], Any]:
    """Each fold's quality, and the PD every row got from a card that had not seen it."""
    if min(data.y.sum(), len(data.y) - data.y.sum()) < count:
        raise CannotFit(problem=f"there are too few of an outcome for {count} folds")
    pds = np.zeros(len(data.y))
    found = []
    for train, test in folds(data.y, count, asked.seed, data.groups):
        card = fit_card(data.take(train), asked).card
        judged = data.take(test)
        pds[test] = pds_of(card, judged)
        found.append(quality(judged.y, pds[test]))
    return found, pds


def mean_of(found: Sequence[Quality], name: str) -> float:
    return float(np.mean([getattr(one, name) for one in found]))


def pds_of(card: Card, data: Data) -> Any:
    return score_columns(card, data.columns).pd / PD_UNITS


def split_by_time(data: Data, first: Any) -> tuple[Data, Data]:
    """Rows before a moment, and rows from it on. Raises CannotFit when a side is empty."""
    later = data.time >= first
    if later.all() or not later.any():
        raise CannotFit(problem="the moment leaves nothing on one side")
    return data.take(~later), data.take(later)


def choose(data: Data, asked: Asked) -> Asked:
    """The binner that judges the latest part of the development best.

    By log-loss, among those whose PDs are about right on average, if there are any.
    """
    order = np.argsort(data.time, kind="stable")
    cut = round(len(order) * (1 - HELD_BACK))
    earlier, later = data.take(order[:cut]), data.take(order[cut:])
    tried = []
    for binner in CHOICES:
        wanted = replace(asked, binner=binner)
        found = quality(later.y, pds_of(fit_card(earlier, wanted).card, later))
        low, high = RIGHT_PD
        tried.append((not low <= found.pd_ratio <= high, found.log_loss, binner))
    return replace(asked, binner=min(tried)[2])
