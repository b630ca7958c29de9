"""Boosted trees as data: what a challenger is, read and evaluated for one merchant.

    {"format": "trees-1", "baseline": …, "label_sha256": …,
     "features": [{"key", "dtype", "sign"}],
     "trees": [[{"feature", "threshold", "missing", "left", "right"} or {"value"}, …], …],
     "development": {"seed", "rows", "bad", "data_sha256"}}

Doubles are written as the shortest text that reads back as the same double. A node's children stand
after it. A value goes left when it is at most the threshold. The log-odds of *bad* are the baseline
plus the value of one leaf per tree, added in their order.

What is refused when it is read, so that nothing depends on how it was fitted: a tree in which any
split goes against its feature's declared sign, and a split at which what is missing would not go to
the worse side. Every tree is monotone then, so their sum is; unknown never improves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import exp, inf, isfinite, isnan
from typing import Any, Final

from risk.domain.facts import FACT_TYPES, INTEGER, known
from risk.domain.scorecard import double
from risk.domain.scorecard_reading import dicts, keys, refuse, text

FORMAT: Final = "trees-1"
LEFT: Final = "left"
RIGHT: Final = "right"
MOST_TREES: Final = 500
MOST_NODES: Final = 63
SIGNS: Final = {"+": 1, "-": -1}
_SPLIT: Final = {"feature", "threshold", "missing", "left", "right"}
_DEVELOPMENT: Final = {"seed", "rows", "bad", "data_sha256"}


@dataclass(frozen=True, slots=True)
class Node:
    """A split, or a leaf where `feature` is −1."""

    feature: int
    threshold: float
    missing_left: bool
    left: int
    right: int
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeFeature:
    """A fact the trees ask about; a sign of 1 says that more is safer."""

    key: str
    dtype: str
    sign: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """Parsed trees."""

    baseline: float
    features: tuple[TreeFeature, ...]
    trees: tuple[tuple[Node, ...], ...]


def parse(body: dict[str, Any]) -> Forest:
    """The trees in a body. Raises InvalidScorecard with the first problem found."""
    keys(
        "the trees", body,
        {"format", "baseline", "label_sha256", "features", "trees", "development"},
    )  # fmt: skip
    if body["format"] != FORMAT:
        refuse(f"format must be {FORMAT}")
    text("the hash of the label", body["label_sha256"])
    _development(body["development"])
    features = tuple(_feature(item) for item in dicts("features", body["features"]))
    if len({one.key for one in features}) != len(features):
        refuse("a feature appears twice")
    if not isinstance(body["trees"], list) or not 0 < len(body["trees"]) <= MOST_TREES:
        refuse(f"there must be 1 to {MOST_TREES} trees")
    return Forest(
        baseline=_number("the baseline", body["baseline"]),
        features=features,
        trees=tuple(_tree(f"tree {n}", one, features) for n, one in enumerate(body["trees"])),
    )


def log_odds(forest: Forest, values: tuple[float, ...]) -> float:
    """Of bad to good, for values in the order of the features; NaN is missing."""
    total = forest.baseline
    for tree in forest.trees:
        node = tree[0]
        while node.feature >= 0:
            value = values[node.feature]
            goes_left = node.missing_left if isnan(value) else value <= node.threshold
            node = tree[node.left if goes_left else node.right]
        total += node.value
    return total


def pd_of_facts(forest: Forest, facts: Mapping[str, Any]) -> float:
    """The PD of one merchant. What is unknown, infinite or absent counts as missing.

    Raises InvalidFacts for a value of another type.
    """
    return probability(log_odds(forest, tuple(_value(one, facts) for one in forest.features)))


def probability(odds: float) -> float:
    """Of bad, from its log-odds; never beyond what a double holds."""
    return 1 / (1 + exp(-odds)) if odds >= 0 else exp(odds) / (1 + exp(odds))


def thresholds(forest: Forest, feature: int) -> tuple[float, ...]:
    """Every finite value at which a tree splits on a feature, lowest first."""
    found = {node.threshold for tree in forest.trees for node in tree if node.feature == feature}
    return tuple(sorted(one for one in found if isfinite(one)))


def grid(forest: Forest, feature: int) -> tuple[float, ...]:
    """One value on each side of every threshold, lowest first: between them nothing changes."""
    edges = thresholds(forest, feature)
    if not edges:
        return (0.0,)
    between = [(low + high) / 2 for low, high in pairwise(edges)]
    return tuple(sorted({edges[0] - 1, *edges, *between, edges[-1] + 1}))


def _value(feature: TreeFeature, facts: Mapping[str, Any]) -> float:
    fact = known(feature.key, facts.get(feature.key), feature.dtype)
    if fact is None or isinstance(fact, str):
        return float("nan")
    found = double(fact)
    return found if isfinite(found) else float("nan")


def _feature(item: dict[str, Any]) -> TreeFeature:
    keys("a feature", item, {"key", "dtype", "sign"})
    key = text("the key of a feature", item["key"])
    if FACT_TYPES.get(key) != item["dtype"] or item["dtype"] not in {INTEGER, "decimal"}:
        refuse(f"{key} is not a known number of type {item['dtype']}")
    if item["sign"] not in list(SIGNS):
        refuse(f"{key} needs a declared sign")
    return TreeFeature(key=key, dtype=item["dtype"], sign=SIGNS[item["sign"]])


def _tree(where: str, found: Any, features: tuple[TreeFeature, ...]) -> tuple[Node, ...]:
    rows = dicts(where, found)
    if not 0 < len(rows) <= MOST_NODES:
        refuse(f"{where} must have 1 to {MOST_NODES} nodes")
    nodes = tuple(_node(where, number, row, len(rows), features) for number, row in enumerate(rows))
    if sorted(child for one in nodes if one.feature >= 0 for child in (one.left, one.right)) != [
        *range(1, len(nodes))
    ]:
        refuse(f"{where} has a node that belongs nowhere, or twice")
    _monotone(where, nodes, features)
    return nodes


def _node(
    where: str, number: int, row: dict[str, Any], count: int, features: tuple[TreeFeature, ...]
) -> Node:
    if set(row) == {"value"}:
        return Node(-1, 0.0, False, 0, 0, _number(where, row["value"]))  # noqa: FBT003 -- a leaf
    keys(where, row, _SPLIT)
    feature, left, right = row["feature"], row["left"], row["right"]
    if type(feature) is not int or not 0 <= feature < len(features):
        refuse(f"{where} asks about a feature that is not there")
    for child in (left, right):
        if type(child) is not int or not number < child < count:
            refuse(f"{where} has a child that is not below its node")
    worse = LEFT if features[feature].sign > 0 else RIGHT
    if row["missing"] != worse:
        refuse(f"{where} rewards a missing value")
    threshold = _number(where, row["threshold"], is_edge=True)
    return Node(feature, threshold, row["missing"] == LEFT, left, right, 0.0)


def _monotone(where: str, nodes: tuple[Node, ...], features: tuple[TreeFeature, ...]) -> None:
    """Refuses unless on the safer side of each split every leaf has at most the others' odds.

    More is asked than that a sweep of one feature falls: the trees a monotone learner grows keep it
    because it bounds both sides of a split by their middle.
    """
    lowest, highest = [0.0] * len(nodes), [0.0] * len(nodes)
    for number in range(len(nodes) - 1, -1, -1):
        node = nodes[number]
        if node.feature < 0:
            lowest[number] = highest[number] = node.value
            continue
        sides = (node.left, node.right)
        worse, safer = sides if features[node.feature].sign > 0 else sides[::-1]
        if highest[safer] > lowest[worse]:
            refuse(f"{where} goes against the sign of {features[node.feature].key}")
        lowest[number] = min(lowest[one] for one in sides)
        highest[number] = max(highest[one] for one in sides)


def _number(where: str, found: Any, *, is_edge: bool = False) -> float:
    """A double from its text; only an edge may be infinite, where nothing known lies beyond."""
    try:
        number = float(text(where, found))
    except ValueError:
        refuse(f"{where} has a value that is no number")
    if isnan(number) or (not isfinite(number) and not (is_edge and number == inf)):
        refuse(f"{where} has a value that is not finite")
    return number


def _development(found: Any) -> None:
    keys("development", found, _DEVELOPMENT)
    for name in ("seed", "rows", "bad"):
        if type(found[name]) is not int or found[name] < 0:
            refuse(f"{name} of the development must be a whole number")
    text("the hash of the data", found["data_sha256"])
