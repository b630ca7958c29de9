"""How good a way of fitting is on matured cases it has not seen, as the registry keeps it."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from risk.domain.scorecard import Card
from risk.errors import CannotFit, TooFewOfAKind
from risk.scoring.columns import score_columns
from risk.scoring.comparison import FIGURES, LEAST_OF_A_KIND, compare
from risk.scoring.data import Data
from risk.scoring.evidence import Numbers
from risk.scoring.metrics import quality
from risk.scoring.training import out_of_time
from risk.scoring.validation import folds

FOLDS: Final = 5
PLACES: Final = 6
# From cases to a function that gives other cases their PDs.
Fit = Callable[[Data], Callable[[Data], Numbers]]


def judged(data: Data, fit: Fit, *, seed: int) -> dict[str, Any]:
    """Figures with 95 % intervals over folds that keep a legal entity together, and out of time.

    Raises CannotFit when a fold gives nothing to fit, TooFewOfAKind.
    """
    pds = np.zeros(len(data.y))
    for train, test in folds(data.y, FOLDS, seed, data.groups):
        pds[test] = fit(data.take(train))(data.take(test))
    found = told(data, pds)
    sides = out_of_time(data)
    if sides is None:
        return found
    earlier, later = sides
    try:
        return found | {"oot": told(later, fit(earlier)(later))}
    except CannotFit as refusal:
        return found | {"oot": {"problem": refusal.code}}


def told(data: Data, pds: Numbers) -> dict[str, Any]:
    """What the PDs of these cases were worth. Raises TooFewOfAKind."""
    compared = compare(data.y, pds, pds, data.groups)
    if compared is None:
        raise TooFewOfAKind(least=LEAST_OF_A_KIND)
    whole = quality(data.y, pds)
    figures = {"auc": whole.auc, "ks": whole.ks, "gini": whole.gini, "pd_ratio": whole.pd_ratio,
               "log_loss": whole.log_loss}  # fmt: skip
    return {name: round(value, PLACES) for name, value in figures.items()} | {
        "n": compared.n,
        "bad": compared.bad,
        "interval": {
            name: [round(one.low, PLACES), round(one.high, PLACES)]
            for name, one in ((name, compared.first[name]) for name in FIGURES)
        },
    }


def odds_of(card: Card, data: Data) -> Numbers:
    """Calibrated log-odds of good to bad."""
    parts = score_columns(card, data.columns).parts.astype(np.float64)
    return card.odds.start + card.odds.slope * parts
