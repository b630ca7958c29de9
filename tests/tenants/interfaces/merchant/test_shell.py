"""The shell, the exchange, the theme: before anybody is known."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from platform_app.kernel.tenancy import tenant_scope
from tenants.interfaces.merchant.theme import contrast, readable, stylesheet
from tenants.models import Tenant
from tenants.operations.embed_sessions import open_session
from tenants.operations.merchants import upsert_merchant
from tenants.operations.tenants import set_embed_origins
from tests.tenants.interfaces.merchant.visits import Visit


@pytest.fixture
def secret(tenant: Tenant, at: datetime) -> str:
    with tenant_scope(tenant.id):
        set_embed_origins(origins=["https://shop.example"], actor="system:test", at=at)
        merchant, _ = upsert_merchant(external_id="M-1", name="示例宠物店", actor="x", at=at)
        _, secret = open_session(
            merchant_id=merchant.id, component="apply", origin="https://shop.example",
            return_url="https://shop.example/done", locale="zh-hans", order_no="", amount_minor=0,
            actor="system:test", at=at,
        )  # fmt: skip
    return secret


def exchange(secret: object) -> Any:
    return Client(enforce_csrf_checks=True).post(
        "/m/exchange", {"secret": secret}, content_type="application/json"
    )


def ancestors(response: Any) -> str:
    policy = str(response.headers["Content-Security-Policy"])
    return next(part for part in policy.split("; ") if part.startswith("frame-ancestors"))


@pytest.mark.usefixtures("at", "secret")
def test_only_the_named_platforms_origins_may_frame_the_shell(tenant: Tenant) -> None:
    response = Visit().get(f"/m/e/?t={tenant.id}")
    assert response.status_code == 200
    assert ancestors(response) == "frame-ancestors https://shop.example"
    assert "X-Frame-Options" not in response.headers


@pytest.mark.parametrize("named", ["", "tnt_nonsense", "ems_x", "tnt_01jd0000000000000000000000"])
@pytest.mark.usefixtures("db")
def test_nobody_may_frame_the_shell_of_an_unknown_platform(named: str) -> None:
    assert ancestors(Visit().get(f"/m/e/?t={named}")) == "frame-ancestors 'none'"


def test_the_shell_holds_no_inline_script_or_style(tenant: Tenant) -> None:
    html = Visit().get(f"/m/e/?t={tenant.id}").content.decode()
    assert "<style" not in html
    assert " style=" not in html
    assert html.count("<script") == html.count("<script src=") + html.count(
        'type="application/json"'
    )


@pytest.mark.usefixtures("tenant", "at")
def test_the_secret_is_swapped_once(secret: str) -> None:
    first = exchange(secret)
    assert first.status_code == 200
    body = first.json()
    assert {key: body[key] for key in ("origin", "component", "locale", "platform")} == {
        "origin": "https://shop.example",
        "component": "apply",
        "locale": "zh-hans",
        "platform": "萌宠采购网",
    }
    assert first.headers["Cache-Control"] == "no-store"
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert not first.cookies
    again = exchange(secret)
    assert (again.status_code, again.json()["code"]) == (410, "session_used")


@pytest.mark.parametrize("said", ["ems_secret_of_somebody_else", 5, None, ["a"]])
@pytest.mark.usefixtures("db")
def test_another_secret_opens_nothing(said: object) -> None:
    refused = exchange(said)
    assert (refused.status_code, refused.json()["code"]) == (401, "session_unknown")
    assert refused.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.usefixtures("db")
def test_no_body_opens_nothing() -> None:
    assert Client().post("/m/exchange").status_code == 401


def test_the_theme_carries_the_platforms_accent(tenant: Tenant) -> None:
    response = Visit().get(f"/m/theme/{tenant.id}.css")
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert response.content.decode() == stylesheet("#EA580C")
    assert "--accent: #EA580C;" in response.content.decode()


def test_words_in_the_accent_can_be_read() -> None:
    for accent in [(255, 255, 0), (234, 88, 12), (15, 118, 110), (0, 0, 0), (255, 255, 255)]:
        ground = (251, 251, 249)
        assert contrast(readable(accent, ground), ground) >= 4.5


def test_contrast_runs_from_one_to_twenty_one() -> None:
    assert contrast((255, 255, 255), (255, 255, 255)) == 1
    assert round(contrast((0, 0, 0), (255, 255, 255)), 6) == 21
