"""From columns and outcomes to a scorecard's body: bins, guards, logistic regression, points."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import log
from typing import Any, Final

import numpy as np

from risk.domain.odds import PARTS
from risk.domain.scorecard import Card
from risk.domain.scorecard_body import BASE_SCORE, FORMAT, PDO, SEPARATE, parse
from risk.errors import CannotFit
from risk.scoring import binning, guards
from risk.scoring.data import Data
from risk.scoring.evidence import FittedFeature, Flags, population

ODDS: Final = 50
LEAST_BAD: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How to fit: declared signs, the binner, columns signed off although they look too good."""

    signs: Mapping[str, int] = field(default_factory=dict)
    binner: str = binning.DEFAULT
    signed_off: frozenset[str] = frozenset()
    reason_codes: Mapping[str, str] = field(default_factory=dict)
    null_meanings: Mapping[str, str] = field(default_factory=dict)
    seed: int = 42


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """The body of the card, the card read back, and why columns were left out."""

    body: dict[str, Any]
    card: Card
    left_out: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Candidate:
    feature: FittedFeature
    bins: Flags
    woes: tuple[float, ...]  # as used: missing and new never above the worst value

    @property
    def values(self) -> tuple[float, ...]:
        return self.woes[: len(self.woes) - _ends(self.feature)]

    @property
    def encoded(self) -> Any:
        return np.array(self.woes)[self.bins]


def fit_card(data: Data, asked: Asked) -> Fitted:
    """A card of the columns that withstand the guards. The same data give the same card.

    Raises CannotFit for fewer than ten of either outcome, or when no column is left.
    """
    people = population(data.y)
    if min(people.bad, people.n - people.bad) < LEAST_BAD:
        raise CannotFit(problem=f"{LEAST_BAD} of each outcome are needed")
    weight = data.even_weight()
    binned = binning.fit(data.columns, data.y, asked.signs, binner=asked.binner, weight=weight)
    left_out: dict[str, str] = {}
    kept: list[_Candidate] = []
    for one in (_candidate(feature, data) for feature in binned):
        objection = _objection(one, data, asked)
        if objection:
            left_out[one.feature.key] = objection
        else:
            kept.append(one)
    kept, weights, intercept = _weighed(kept, data.y, left_out, weight)
    if not kept:
        raise CannotFit(problem="no column is left: " + _told(left_out))
    body = _body(kept, weights, intercept, data, asked)
    return Fitted(body=body, card=parse(body), left_out=left_out)


def _candidate(feature: FittedFeature, data: Data) -> _Candidate:
    ends = _ends(feature)
    values = [one.woe for one in feature.bins[:-ends]]
    worst = min(values, default=0.0)
    blind = [min(one.woe, worst) if one.n else worst for one in feature.bins[-ends:]]
    column = data.columns[feature.key]
    return _Candidate(feature, _bins(feature, column), (*values, *blind))


def _ends(feature: FittedFeature) -> int:
    """How many rows stand for what is missing or new."""
    return 2 if feature.is_category else 1


def _bins(feature: FittedFeature, column: Any) -> Flags:
    if feature.is_category:
        place = {
            level: number for number, one in enumerate(feature.bins) for level in one.levels or ()
        }
        missing, other = len(feature.bins) - 2, len(feature.bins) - 1
        found = [missing if value is None else place.get(value, other) for value in column]
        return np.array(found, np.int64)
    edges = [one.hi for one in feature.bins[:-2]]
    numbers: Flags = np.searchsorted(np.array(edges, float), column, side="right")
    numbers[~np.isfinite(column)] = len(feature.bins) - 1
    return numbers


def _objection(one: _Candidate, data: Data, asked: Asked) -> str:
    """Why a column may not enter, by itself; empty when it may."""
    if guards.says_nothing(one.values):
        return "says_nothing"
    if one.feature.key not in asked.signed_off and guards.is_too_good(one.encoded, data.y):
        return "too_good_without_sign_off"
    if guards.is_unstable(one.bins, data.first_half(asked.seed), len(one.feature.bins)):
        return "unstable"
    return ""


def _weighed(
    kept: list[_Candidate], y: Flags, left_out: dict[str, str], rows: Any
) -> tuple[list[_Candidate], list[float], float]:
    """Logistic weights, every one positive: a column that would count against its own evidence,
    or that the others already say, is left out, the worst first."""
    from sklearn.linear_model import LogisticRegression

    while kept:
        encoded = np.column_stack([one.encoded for one in kept])
        gone, why = guards.most_collinear(encoded), "collinear"
        if gone is None:
            model = LogisticRegression(max_iter=1000).fit(encoded, 1 - y, sample_weight=rows)
            weights = model.coef_[0].tolist()
            if min(weights) > 0:
                return kept, weights, float(model.intercept_[0])
            gone, why = int(np.argmin(weights)), "against_its_sign"
        left_out[kept[gone].feature.key] = why
        kept = kept[:gone] + kept[gone + 1 :]
    return [], [], 0.0


def _told(left_out: dict[str, str]) -> str:
    return ", ".join(f"{key} ({why})" for key, why in left_out.items())


def _body(
    kept: list[_Candidate], weights: list[float], intercept: float, data: Data, asked: Asked
) -> dict[str, Any]:
    factor = PDO / log(2)
    base = BASE_SCORE + factor * (intercept - log(ODDS))
    features, rows = [], []
    for one, weight in zip(kept, weights, strict=True):
        points = [_parts(factor * weight * woe) for woe in one.woes]
        features.append(_feature(one, points, data, asked))
        rows += _rows(one, points, asked)
    people = population(data.y)
    return {
        "format": FORMAT,
        "scaling": {"pdo": PDO, "score": BASE_SCORE, "odds": ODDS},
        "base": {"handling": SEPARATE, "points": _text(_parts(base))},
        "calibration": {"a": "0", "b": "1", "offsets": []},
        "features": features,
        "rows": rows,
        "development": {
            "binner": asked.binner,
            "seed": asked.seed,
            "rows": people.n,
            "bad": people.bad,
            "data_sha256": data.sha256,
        },
    }


def _feature(one: _Candidate, points: list[int], data: Data, asked: Asked) -> dict[str, Any]:
    feature = one.feature
    counts = np.bincount(one.bins, minlength=len(points))
    return {
        "key": feature.key,
        "label": feature.key,
        "dtype": data.dtypes[feature.key],
        "sign": {1: "+", -1: "-", 0: "0"}[feature.sign],
        "null_meaning": asked.null_meanings.get(feature.key, "not_reported"),
        "mean_points": _text(round(float(counts @ points) / len(one.bins))),
    }


def _rows(one: _Candidate, points: list[int], asked: Asked) -> list[dict[str, Any]]:
    key = one.feature.key
    return [
        {
            "feature": key,
            "ord": number,
            "kind": bin_.kind,
            "lo": _edge(bin_.lo),
            "hi": _edge(bin_.hi),
            "levels": None if bin_.levels is None else list(bin_.levels),
            "n": bin_.n,
            "bad": bin_.bad,
            "woe": f"{bin_.woe:.6f}",
            "points": _text(points[number]),
            "reason_code": asked.reason_codes.get(key, key),
        }
        for number, bin_ in enumerate(one.feature.bins)
    ]


def _parts(points: float) -> int:
    return round(points * PARTS)


def _text(parts: int) -> str:
    return f"{(Decimal(parts) / PARTS).normalize():f}"


def _edge(edge: float | None) -> str | None:
    """The shortest text that reads back as the same double."""
    if edge is None:
        return None
    return str(int(edge)) if edge.is_integer() and abs(edge) < 2**53 else repr(edge)
