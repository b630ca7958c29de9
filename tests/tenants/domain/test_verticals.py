"""The ten presets are whole and consistent."""

from decimal import Decimal

import pytest

from tenants.domain.verticals import VERTICALS, vertical
from tenants.errors import UnknownVertical
from tenants.values import Vertical

TERMS = {"bullet_30", "bullet_60", "bullet_90", "equal_3", "equal_6", "equal_12"}


def test_there_are_ten() -> None:
    assert list(VERTICALS) == [
        "textile", "pet", "hardware", "agri", "catering", "auto_parts", "maternity", "pharmacy",
        "building", "electronics",
    ]  # fmt: skip


@pytest.mark.parametrize("preset", VERTICALS.values(), ids=lambda preset: preset.key)
def test_a_preset_is_consistent(preset: Vertical) -> None:
    assert len(preset.season) == 12
    assert sum(preset.season) == Decimal(12)
    assert set(preset.term_options) <= TERMS
    assert 0 < preset.margin_rate < preset.financed_share < 1
    assert preset.max_limit_minor % 100 == 0
    assert vertical(preset.key) is preset


def test_textile_waits_long_for_its_money_and_pet_does_not() -> None:
    textile, pet = vertical("textile"), vertical("pet")
    assert (textile.cash_gap_days, pet.cash_gap_days) == (95, 32)
    assert (textile.interest_free_days, pet.interest_free_days) == (0, 15)
    assert max(pet.season) == min(pet.season) == Decimal("1.00")


def test_an_unknown_trade_is_refused() -> None:
    with pytest.raises(UnknownVertical) as caught:
        vertical("yachts")
    assert caught.value.facts == {"key": "yachts"}
