"""Shares: no fen is lost, invented, or drifts."""

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.domain.shares import (
    BadShares,
    Party,
    Shares,
    split,
    split_change,
)
from credit.enums import Component

FEN = st.integers(-(10**13), 10**13)


def fractions_of(weights: list[int]) -> list[Decimal]:
    """Eight-decimal fractions in proportion to weights; the last takes what rounding leaves."""
    whole = sum(weights) or 1
    parts = [(Decimal(w) / whole).quantize(Decimal("1e-8"), "ROUND_DOWN") for w in weights[:-1]]
    return [*parts, 1 - sum(parts, Decimal(0))]


def joint(rows: Mapping[Component, list[Decimal]], parties: int, residual: int) -> Shares:
    return Shares(
        tuple(
            Party(f"fnd_{n}", {component: parts[n] for component, parts in rows.items()})
            for n in range(parties)
        ),
        f"fnd_{residual}",
    )


@st.composite
def some_shares(draw: st.DrawFn) -> Shares:
    count = draw(st.integers(1, 5))
    weights = st.lists(st.integers(0, 100), min_size=count, max_size=count)
    rows = {component: fractions_of(draw(weights)) for component in Component}
    return joint(rows, count, draw(st.integers(0, count - 1)))


def two_thirds() -> Shares:
    rows = {key: [Decimal("0.70"), Decimal("0.30")] for key in Component}
    return joint(rows, 2, 0)


@given(some_shares(), FEN, st.sampled_from(list(Component)))
def test_the_parts_sum_to_the_amount(shares: Shares, amount: int, component: Component) -> None:
    assert sum(split(amount, component, shares).values()) == amount


@given(some_shares(), FEN, st.sampled_from(list(Component)))
def test_only_the_residual_party_is_off_by_more_than_a_fen(
    shares: Shares, amount: int, component: Component
) -> None:
    parts = split(amount, component, shares)
    others = len(shares.parties) - 1
    for party in shares.parties:
        off = abs(parts[party.funding_source_id] - amount * party.fractions[component])
        bound = others if party.funding_source_id == shares.residual_id else 1
        assert off < max(bound, 1)
    assert split(0, component, shares) == dict.fromkeys(parts, 0)
    assert split(-amount, component, shares) == {key: -part for key, part in parts.items()}


@given(some_shares(), st.lists(FEN, max_size=12), st.sampled_from(list(Component)))
def test_the_parts_of_any_changes_are_the_parts_of_their_sum(
    shares: Shares, changes: list[int], component: Component
) -> None:
    totals = dict.fromkeys((party.funding_source_id for party in shares.parties), 0)
    balance = 0
    for change in changes:
        for key, part in split_change(balance, change, component, shares).items():
            totals[key] += part
        balance += change
    assert totals == split(balance, component, shares)


def test_the_residual_fen_of_an_odd_amount() -> None:
    assert split(101, Component.PRINCIPAL, two_thirds()) == {"fnd_0": 71, "fnd_1": 30}
    assert split(-101, Component.PRINCIPAL, two_thirds()) == {"fnd_0": -71, "fnd_1": -30}


@pytest.mark.parametrize(
    ("parts", "residual", "message"),
    [
        (["0.7", "0.2"], 0, "do not sum to one"),
        (["1.2", "-0.2"], 0, "negative"),
        (["0.999999999", "0.000000001"], 0, "too fine"),
        (["0.7", "0.3"], 2, "residual"),
    ],
)
def test_shares_that_make_no_whole(parts: list[str], residual: int, message: str) -> None:
    rows = {key: [Decimal(part) for part in parts] for key in Component}
    with pytest.raises(BadShares, match=message):
        joint(rows, 2, residual)


def test_a_party_twice_and_a_component_missing() -> None:
    whole = dict.fromkeys(Component.values, Decimal("0.5"))
    with pytest.raises(BadShares, match="twice"):
        Shares((Party("fnd_0", whole), Party("fnd_0", whole)), "fnd_0")
    with pytest.raises(BadShares, match="missing"):
        Shares((Party("fnd_0", {"principal": Decimal(1)}),), "fnd_0")


def test_one_lender_has_it_all() -> None:
    sole = Shares.sole("fnd_0")
    assert split(12_345, Component.FEE, sole) == {"fnd_0": 12_345}
    assert not sole.is_joint
