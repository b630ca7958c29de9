"""Where a number is cut: by isotonic regression, a tree, quantiles, or optbinning.

Each takes the known values of one feature with their outcomes and answers the sign it found and
the edges, lowest first; a value on an edge belongs above it.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, Final

import numpy as np

from risk.errors import CannotFit
from risk.scoring.evidence import Flags, Numbers, Population, merge, weighed_by

PREBINS: Final = 20
QUANTILES: Final = 5
LEAVES: Final = 8

Cut = tuple[int, list[float]]
Weight = Numbers | None
Binner = Callable[[Numbers, Flags, int, Population, Weight], Cut]


def isotonic(x: Numbers, y: Flags, sign: int, people: Population, weight: Weight = None) -> Cut:
    """Twenty quantiles pooled until the bad rate only falls, or only rises: the likelier one."""
    edges = quantile_edges(x, PREBINS)
    ways = [sign] if sign else [1, -1]
    found = [(way, *_pooled(x, y, way, edges, weight)) for way in ways]
    way, _, pooled = max(found, key=lambda one: one[1])
    return way, merged(x, y, way, pooled, people, weight)


def quantile(x: Numbers, y: Flags, sign: int, people: Population, weight: Weight = None) -> Cut:
    """Five bins of the same size; joined where they go against a declared sign."""
    return sign, merged(x, y, sign, quantile_edges(x, QUANTILES), people, weight)


def tree(x: Numbers, y: Flags, sign: int, people: Population, weight: Weight = None) -> Cut:
    """The cuts of a small classification tree, monotone when a sign is declared."""
    from sklearn.tree import DecisionTreeClassifier

    grown = DecisionTreeClassifier(
        max_leaf_nodes=LEAVES,
        min_samples_leaf=int(people.least),
        monotonic_cst=[-sign],
        random_state=0,
    ).fit(x.reshape(-1, 1), y, sample_weight=weight)
    # A tree goes left on "at most", a card goes up on "at least": cut at the next value there is.
    values = np.unique(x)
    cuts = sorted(set(grown.tree_.threshold[grown.tree_.children_left >= 0].tolist()))
    above = [values[np.searchsorted(values, cut, side="right")] for cut in cuts]
    return sign, merged(x, y, sign, [float(edge) for edge in above], people, weight)


def optimal(x: Numbers, y: Flags, sign: int, people: Population, weight: Weight = None) -> Cut:
    """optbinning's cuts. Raises CannotFit where the package is not installed."""
    if find_spec("optbinning") is None:
        raise CannotFit(problem="optbinning is not installed: uv sync --group modelling")
    from optbinning import OptimalBinning  # noqa: PLC0415 -- installed for modeling only

    trend = {1: "descending", -1: "ascending", 0: "auto_asc_desc"}[sign]
    fitted = OptimalBinning(monotonic_trend=trend, min_bin_size=0.05).fit(
        x, y, sample_weight=weight
    )
    edges = [float(edge) for edge in fitted.splits]
    return sign, merged(x, y, sign, edges, people, weight)


BINNERS: Final[dict[str, Binner]] = {
    "isotonic": isotonic,
    "tree": tree,
    "quantile": quantile,
    "optbinning": optimal,
}


def quantile_edges(x: Numbers, bins: int) -> list[float]:
    """Edges at values there are, none at the lowest of them."""
    shares = np.linspace(0, 1, bins + 1)[1:-1]
    edges = np.unique(np.quantile(x, shares, method="higher"))
    return [float(edge) for edge in edges if edge > x.min()]


def bins_of(x: Numbers, edges: list[float]) -> Flags:
    found: Flags = np.searchsorted(np.array(edges), x, side="right")
    return found


def merged(
    x: Numbers, y: Flags, sign: int, edges: list[float], people: Population, weight: Weight
) -> list[float]:
    """The edges that are left when bins are joined."""
    if not edges:
        return []
    counts = weighed_by(bins_of(x, edges), y, len(edges) + 1, weight)
    return [edges[group[0] - 1] for group in merge(counts, sign, people)[1:]]


def _pooled(
    x: Numbers, y: Flags, sign: int, edges: list[float], weight: Weight
) -> tuple[float, list[float]]:
    """The likelihood of the outcomes under a monotone bad rate, and the edges where it steps."""
    from sklearn.isotonic import IsotonicRegression

    counts = np.array(weighed_by(bins_of(x, edges), y, len(edges) + 1, weight), float)
    n, bad = counts[:, 0], counts[:, 1]
    rates: Any = IsotonicRegression(increasing=sign < 0).fit_transform(
        np.arange(len(n)), bad / n, sample_weight=n
    )
    safe = np.clip(rates, 1e-9, 1 - 1e-9)
    likelihood = float(bad @ np.log(safe) + (n - bad) @ np.log(1 - safe))
    steps = np.flatnonzero(np.abs(np.diff(rates)) > 1e-12)  # noqa: PLR2004 -- equal, for a double
    return likelihood, [edges[step] for step in steps]
