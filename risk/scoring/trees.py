"""Boosted trees: grown by scikit-learn under monotone constraints, kept as our own JSON.

What is not known is put beyond the worse end before the trees are grown, so a split may tell it
from every value, and the constraint says that it is never the safer side. The trees are then
written down node by node; nothing of the library is stored or loaded again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from risk.domain import trees
from risk.domain.facts import DECIMAL, INTEGER
from risk.domain.trees import Forest, grid, parse, probability
from risk.errors import CannotFit, TooFewOfAKind
from risk.scoring.data import Data
from risk.scoring.evidence import Numbers

SETTINGS: Final[dict[str, Any]] = {
    "max_iter": 80, "learning_rate": 0.08, "max_leaf_nodes": 8, "min_samples_leaf": 20,
    "l2_regularization": 1.0, "early_stopping": False,
}  # fmt: skip
LEAST_BAD: Final = 30
BEYOND: Final = 1e300  # past every fact; what is missing stands here, on its worse side
SWEPT: Final = 100
_NUMBERS: Final = {INTEGER, DECIMAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """The body of the trees, the trees read back, and the learner they were copied from."""

    body: dict[str, Any]
    forest: Forest
    model: Any


def fit_trees(data: Data, signs: Mapping[str, int], *, label_sha256: str, seed: int) -> Grown:
    """Trees on the columns with a declared sign. The same data give the same trees.

    Raises TooFewOfAKind, CannotFit without a column to split, or when a sweep over the
    development finds what the constraints should have kept out.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # noqa: PLC0415

    bad = int(data.y.sum())
    if min(bad, len(data.y) - bad) < LEAST_BAD:
        raise TooFewOfAKind(least=LEAST_BAD)
    keys = [key for key in data.columns if signs.get(key) and data.dtypes[key] in _NUMBERS]
    if not keys:
        raise CannotFit(problem="no column has a declared sign")
    values = np.column_stack([data.columns[key] for key in keys])
    ends = np.array([signs[key] for key in keys], np.int64)
    model = HistGradientBoostingClassifier(
        monotonic_cst=[-end for end in ends.tolist()], random_state=seed, **SETTINGS
    )
    # Threads that wait for each other by spinning take the machine from whoever shares it.
    with threadpool_limits(1, user_api="openmp"):
        model.fit(beyond(values, ends), data.y, sample_weight=data.even_weight())
    body = {
        "format": trees.FORMAT,
        # The library tells its trees nowhere else; a test holds every double against its answers.
        "baseline": repr(float(model._baseline_prediction.item())),  # noqa: SLF001 -- see above
        "label_sha256": label_sha256,
        "features": [
            {"key": key, "dtype": data.dtypes[key], "sign": "+" if signs[key] > 0 else "-"}
            for key in keys
        ],
        "trees": [_tree(one.nodes, ends) for (one,) in model._predictors],  # noqa: SLF001 -- see above
        "development": {
            "seed": seed, "rows": len(data.y), "bad": bad, "data_sha256": data.sha256,
        },
    }  # fmt: skip
    forest = parse(body)
    sweep(forest, values[_some(len(values), seed)])
    return Grown(body=body, forest=forest, model=model)


def beyond(values: Numbers, signs: Any) -> Numbers:
    """Numbers with what is missing or infinite beyond the worse end of its column."""
    found = np.where(np.isfinite(values), values, np.nan)
    return np.where(np.isnan(found), np.where(signs > 0, -BEYOND, BEYOND), found)


def pd_columns(forest: Forest, columns: Mapping[str, Any], count: int) -> Numbers:
    """PDs of many rows: the same doubles as one by one. A column that is absent is missing."""
    values = np.full((len(forest.features), count), np.nan)
    for place, feature in enumerate(forest.features):
        if feature.key in columns:
            column = columns[feature.key].astype(np.float64)
            values[place] = np.where(np.isfinite(column), column, np.nan)
    return _probabilities(odds_columns(forest, values))


def odds_columns(forest: Forest, values: Numbers) -> Numbers:
    """Log-odds of bad; a row per feature, NaN for what is missing."""
    count = values.shape[1]
    total = np.full(count, forest.baseline)
    rows, missing = np.arange(count), np.isnan(values)
    for tree in forest.trees:
        feature = np.array([node.feature for node in tree], np.int64)
        threshold = np.array([node.threshold for node in tree])
        missing_left = np.array([node.missing_left for node in tree])
        sides = np.array([(node.right, node.left) for node in tree], np.int64)
        at = np.zeros(count, np.int64)
        moving = rows if feature[0] >= 0 else rows[:0]
        while len(moving):
            here = at[moving]
            asked = feature[here]
            is_left = np.where(
                missing[asked, moving], missing_left[here], values[asked, moving] <= threshold[here]
            )
            at[moving] = sides[here, is_left.astype(np.int64)]
            moving = moving[feature[at[moving]] >= 0]
        total += np.array([node.value for node in tree])[at]
    return total


def sweep(forest: Forest, rows: Numbers) -> None:
    """Moves each feature over every stretch between thresholds, the others as in real rows.

    Raises CannotFit when a PD rises although the fact became safer, or when not knowing it gives a
    lower PD than any value does.
    """
    for place, feature in enumerate(forest.features):
        steps = np.append(np.array(grid(forest, place)), np.nan)
        swept = np.repeat(np.where(np.isfinite(rows), rows, np.nan), len(steps), axis=0).T
        swept[place] = np.tile(steps, len(rows))
        odds = odds_columns(forest, swept).reshape(len(rows), len(steps))
        known, missing = odds[:, :-1], odds[:, -1]
        if (np.diff(known, axis=1) * feature.sign > 0).any():
            raise CannotFit(problem=f"{feature.key} goes against its sign")
        if (missing < known.max(axis=1)).any():
            raise CannotFit(problem=f"{feature.key} rewards a missing value")


def _tree(nodes: Any, signs: Any) -> list[dict[str, Any]]:
    """scikit-learn's nodes, which stand parents first, as ours."""
    found: list[dict[str, Any]] = []
    for node in nodes:
        if node["is_leaf"]:
            found.append({"value": repr(float(node["value"]))})
            continue
        feature = int(node["feature_idx"])
        found.append({
            "feature": feature,
            "threshold": repr(float(node["num_threshold"])),
            "missing": trees.LEFT if signs[feature] > 0 else trees.RIGHT,
            "left": int(node["left"]),
            "right": int(node["right"]),
        })  # fmt: skip
    return found


def _some(count: int, seed: int) -> Any:
    """Rows to sweep from, always the same ones."""
    return np.random.default_rng(seed).permutation(count)[:SWEPT]


def _probabilities(odds: Numbers) -> Numbers:
    return np.array([probability(one) for one in odds.tolist()])
