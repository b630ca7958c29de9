"""Shift of the score over tenths of its reference, against SciPy's relative entropy."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from scipy.special import rel_entr

from risk.queries.drift import BinCounts, Reference
from risk.scoring.drift import score_shift
from risk.values import Measured

REFERENCE = Reference(since=date(2026, 6, 1), until=date(2026, 7, 1), n=1_000)
WINDOW = date(2026, 5, 23), date(2026, 8, 20)
FLAT = Counter(dict.fromkeys(range(500, 700), 5))  # 1,000 decisions, five of each score


def shift(before: Counter[int], after: Counter[int], limit: str = "0.25") -> Measured:
    counts = BinCounts(reference=before, window=after, after=after)
    return score_shift(counts, REFERENCE, Decimal(limit), WINDOW)


def told(one: Measured) -> dict[str, Any]:
    return dict(one.details)


def test_the_bands_are_tenths_of_the_reference() -> None:
    found = told(shift(FLAT, FLAT))
    assert found["expected"] == found["actual"] == [100] * 10
    assert found["bins"] == [
        "≤ 519", "520–539", "540–559", "560–579", "580–599", "600–619", "620–639", "640–659",
        "660–679", "> 679",
    ]  # fmt: skip


@pytest.mark.parametrize(("moved", "state"), [(5, "ok"), (15, "watch"), (60, "alarm")])
def test_psi_is_the_relative_entropy_both_ways(moved: int, state: str) -> None:
    later = Counter({score - moved: count for score, count in FLAT.items()})
    found = shift(FLAT, later)
    counts = [
        np.histogram(list(one.elements()), bins=[0, *range(520, 700, 20), 999])[0] + 0.5
        for one in (FLAT, later)
    ]
    p, q = (one / one.sum() for one in counts)
    assert found.value == pytest.approx(
        Decimal(float(np.sum(rel_entr(p, q) + rel_entr(q, p)))), abs=Decimal("0.000001")
    )
    assert (found.n, found.state) == (1_000, state)


def test_chance_raises_the_limit_of_small_samples() -> None:
    few = Counter(dict.fromkeys(range(500, 700), 1))
    found = shift(few, few)
    # χ²(9) at 99 % is 21.666, times 1/200 + 1/200.
    assert found.limit == Decimal("0.250000")
    assert told(found)["chance"].startswith("0.216")
    assert shift(few, few, "0.1").limit == Decimal(told(found)["chance"])


def test_one_score_for_all_cannot_shift() -> None:
    found = shift(Counter({600: 300}), Counter({600: 300}))
    assert (found.value, str(found.state), told(found)["bins"]) == (Decimal(0), "ok", ["*"])


def test_scores_above_all_of_the_reference_fall_into_its_last_band() -> None:
    found = told(shift(FLAT, Counter({900: 200})))
    assert found["actual"] == [0] * 9 + [200]
