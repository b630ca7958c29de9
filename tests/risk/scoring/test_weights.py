"""Rows that were let in at random count for those that were not."""

from dataclasses import replace

import numpy as np
import pytest

from risk.domain.canonical import sha256
from risk.scoring.fitting import Asked, fit_card
from risk.scoring.metrics import quality
from risk.scoring.validation import folds, pds_of
from tests.risk.scoring.cases import loans, made_up

PLAIN = Asked()


def test_cases_accepted_only_are_repaired_by_their_propensity() -> None:
    """Trap: without the weights the PDs of the rejected come out too low."""
    data = loans()
    train, judged = data.take(slice(0, 3000)), data.take(slice(3000, None))
    card = fit_card(train, PLAIN).card
    strict = pds_of(card, train)
    cut = np.quantile(strict, 0.5)
    accepted = strict < cut
    lucky = ~accepted & (np.random.default_rng(5).random(len(strict)) < 0.10)
    seen = train.take(accepted | lucky)
    weight = np.where(lucky[accepted | lucky], 10.0, 1.0)
    rejected = judged.take(pds_of(card, judged) >= cut)
    only, plain, repaired = (
        quality(rejected.y, pds_of(fit_card(part, PLAIN).card, rejected)).pd_ratio
        for part in (train.take(accepted), seen, replace(seen, weight=weight))
    )
    assert only < 0.8
    assert abs(repaired - 1) < 0.1
    assert abs(repaired - 1) < abs(plain - 1)


def test_even_weights_change_nothing() -> None:
    data = made_up()
    even = replace(data, weight=np.full(len(data.y), 7.0))
    plain, weighed = (fit_card(one, PLAIN).body for one in (data, even))
    assert [row["lo"] for row in weighed["rows"]] == [row["lo"] for row in plain["rows"]]
    for one, other in zip(weighed["rows"], plain["rows"], strict=True):
        assert float(one["points"]) == pytest.approx(float(other["points"]), abs=0.01)
        assert (one["n"], one["bad"]) == (other["n"], other["bad"])


def test_a_weight_of_two_is_a_row_twice() -> None:
    data = made_up()
    twice = data.take(np.repeat(np.arange(len(data.y)), 2))
    weighed = replace(data, weight=np.full(len(data.y), 2.0))
    assert sha256(fit_card(twice, PLAIN).body) != sha256(fit_card(data, PLAIN).body)
    assert fit_card(weighed, PLAIN).body["development"]["rows"] == len(data.y)


def test_a_legal_entity_is_on_one_side_of_a_fold() -> None:
    data = made_up()
    groups = np.arange(len(data.y)) // 4
    for train, test in folds(data.y, 5, 42, groups):
        assert not set(groups[train]) & set(groups[test])
        assert len(train) + len(test) == len(data.y)
