"""The partner's colour stays readable whatever it is."""

from datetime import datetime

import pytest

from tenants.interfaces.console.theme import INK, PAPER, WHITE, contrast, shades
from tenants.models import Tenant
from tests.analytics import desk


def rgb(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def test_white_on_black_is_twenty_one() -> None:
    assert round(contrast((0, 0, 0), WHITE), 6) == 21


@pytest.mark.parametrize(
    "accent", ["#0F766E", "#7C3AED", "#EA580C", "#FFE45C", "#FFFFFF", "#000000", "#22D3EE"]
)
def test_every_shade_can_be_read(accent: str) -> None:
    found = shades(accent)

    assert contrast(rgb(found["accent"]), rgb(found["accent-on"])) >= 4.5
    assert contrast(rgb(found["accent-strong"]), PAPER) >= 4.5
    assert contrast(INK, rgb(found["accent-pale"])) >= 12


@pytest.mark.django_db
def test_the_stylesheet_is_the_members_own_platforms(tenant: Tenant, at: datetime) -> None:
    answer = desk.at_the_desk("viewer", tenant, at).get("/console/theme.css")

    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.content.decode() == (
        ":root{--accent:#EA580C;--accent-on:#1C2024;--accent-strong:#C24D10;"
        "--accent-pale:#FAEEE6;}\n"
    )
