"""Every way of binning keeps the same rules: whole, thick enough, in the order of the sign."""

from importlib.util import find_spec
from itertools import pairwise

import numpy as np
import pytest

from risk.errors import CannotFit
from risk.scoring.binners import BINNERS
from risk.scoring.binning import fit
from risk.scoring.evidence import PRIOR, Population, merge
from tests.risk.scoring.cases import data_of, loans, made_up

OURS = pytest.mark.parametrize("binner", ["isotonic", "tree", "quantile"])


@OURS
@pytest.mark.parametrize("sign", [1, -1, 0])
def test_bins_cover_hold_enough_and_follow_the_sign(binner: str, sign: int) -> None:
    data = loans()
    names = [key for key, column in data.columns.items() if column.dtype != object]
    found = fit(data.columns, data.y, dict.fromkeys(names, sign), binner=binner)
    assert [feature.key for feature in found] == list(data.columns)
    for feature in found:
        values = [one for one in feature.bins if one.kind in {"numeric", "categorical"}]
        assert sum(one.n for one in feature.bins) == 4454
        assert sum(one.bad for one in feature.bins) == 1254
        assert len(values) == 1 or min(one.n for one in values) >= 0.05 * 4454
        if feature.is_category:
            continue
        assert (values[0].lo, values[-1].hi) == (None, None)
        assert [one.hi for one in values[:-1]] == [one.lo for one in values[1:]]
        rises = [b.woe - a.woe for a, b in pairwise(values)]
        assert all(rise * feature.sign >= 0 for rise in rises)
        assert feature.sign == sign or (sign == 0 and binner == "isotonic")


@OURS
def test_the_same_data_give_the_same_bins(binner: str) -> None:
    data = made_up()
    assert fit(data.columns, data.y, {}, binner=binner) == fit(
        data.columns, data.y, {}, binner=binner
    )


def test_counts_and_evidence_of_a_bin_by_hand() -> None:
    x = np.repeat([1.0, 2.0], 100)
    y = np.repeat([1, 0, 1, 0], [40, 60, 10, 90])
    (feature,) = fit({"x": x}, y, {"x": 1})
    low, high, missing = feature.bins
    assert [(one.n, one.bad, one.lo, one.hi) for one in feature.bins] == [
        (100, 40, None, 2.0), (100, 10, 2.0, None), (0, 0, None, None),
    ]  # fmt: skip
    # 20 rows of the average, a quarter bad, are added to each.
    assert low.woe == pytest.approx(np.log(75 / 45) - np.log(3))
    assert high.woe == pytest.approx(np.log(105 / 15) - np.log(3))
    assert missing.woe == 0
    assert PRIOR == 20


def test_thin_bins_join_the_neighbor_most_like_them() -> None:
    people = Population(1000, 300)
    assert people.least == 50
    counts = [(400, 160), (30, 3), (300, 30), (270, 107)]
    assert merge(counts, 0, people) == [[0], [1, 2], [3]]
    assert merge(counts, 1, people) == [[0], [1, 2, 3]]


def test_a_column_of_names_is_not_learned_by_heart() -> None:
    random = np.random.default_rng(1)
    names = np.array([f"merchant {n}" for n in range(500)], object)
    (feature,) = fit({"name": names}, (random.random(500) < 0.3).astype(int), {})
    assert [(one.kind, one.n) for one in feature.bins] == [
        ("categorical", 500), ("missing", 0), ("other", 0),
    ]  # fmt: skip


def test_a_column_nobody_filled_in_has_one_bin() -> None:
    y = np.array([0, 1] * 50)
    empty = data_of(y, number=np.full(100, np.nan), level=np.full(100, None, object))
    number, level = fit(empty.columns, empty.y, {})
    assert [(one.kind, one.n) for one in number.bins] == [("numeric", 0), ("missing", 100)]
    assert [(one.kind, one.n) for one in level.bins] == [("missing", 100), ("other", 0)]


@pytest.mark.skipif(find_spec("optbinning") is not None, reason="optbinning is installed")
def test_optbinning_is_asked_for_only_where_it_is_installed() -> None:
    assert sorted(BINNERS) == ["isotonic", "optbinning", "quantile", "tree"]
    data = made_up()
    with pytest.raises(CannotFit) as refusal:
        fit(data.columns, data.y, {}, binner="optbinning")
    assert refusal.value.facts == {
        "problem": "optbinning is not installed: uv sync --group modelling"
    }
