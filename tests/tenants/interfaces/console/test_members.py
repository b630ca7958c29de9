"""Logging in, in two steps."""

from datetime import datetime
from typing import Any

import pyotp
import pytest
from django.test import Client

from platform_app.kernel import clock
from tenants.models import Tenant
from tests.analytics import desk

pytestmark = pytest.mark.django_db


def first_step(client: Client, email: str, password: str = desk.PASSWORD) -> Any:
    return client.post("/console/login", {"email": email, "password": password})


def test_the_first_login_enrolls_a_device_and_lands_on_the_overview(
    client: Client, tenant: Tenant, at: datetime
) -> None:
    who = desk.member("operator", tenant, at)

    assert first_step(client, who.email).headers["Location"] == "/console/login/code"
    page = client.get("/console/login/code")
    assert page.context["qr"].startswith("data:image/svg+xml")
    assert page.content.count(b"<img") == 1
    secret = page.context["secret"].replace(" ", "")
    answer = client.post("/console/login/code", {"code": pyotp.TOTP(secret).at(at)})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/console/")
    assert client.get("/console/").status_code == 200


def test_the_second_login_shows_no_secret_again(
    client: Client, tenant: Tenant, at: datetime
) -> None:
    who = desk.member("operator", tenant, at)
    first_step(client, who.email)
    secret = client.get("/console/login/code").context["secret"].replace(" ", "")
    client.post("/console/login/code", {"code": pyotp.TOTP(secret).at(at)})
    client.post("/console/logout")

    first_step(client, who.email)
    page = client.get("/console/login/code")

    assert "qr" not in page.context
    assert secret.encode() not in page.content


def test_failures_of_an_address_hold_off_even_the_right_password(
    client: Client, tenant: Tenant, at: datetime, settings: Any
) -> None:
    settings.FAILURES_PER_MINUTE = 2
    who = desk.member("operator", tenant, at)
    said = [first_step(client, f"nobody{n}@example.com") for n in range(3)]
    assert [one.status_code for one in said] == [422, 422, 429]
    held = first_step(client, who.email)
    assert held.status_code == 429
    assert 1 <= int(held.headers["Retry-After"]) <= 60
    assert "sessionid" not in client.cookies
    settings.FAILURES_PER_MINUTE = 0
    assert first_step(client, who.email).status_code == 302


def test_a_password_alone_opens_no_page(client: Client, tenant: Tenant, at: datetime) -> None:
    first_step(client, desk.member("operator", tenant, at).email)

    answer = client.get("/console/")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/console/login/code?next=%2Fconsole%2F"


def test_a_wrong_password_is_told_at_the_form(client: Client, tenant: Tenant, at: datetime) -> None:
    answer = first_step(client, desk.member("operator", tenant, at).email, "wrong")

    assert answer.status_code == 422
    assert len(answer.context["form"].non_field_errors()) == 1


def test_a_wrong_code_is_told_at_the_field(client: Client, tenant: Tenant, at: datetime) -> None:
    first_step(client, desk.member("operator", tenant, at).email)
    client.get("/console/login/code")

    answer = client.post("/console/login/code", {"code": "000000"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["code"]


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example"])
def test_the_way_back_never_leaves_our_pages(
    client: Client, tenant: Tenant, at: datetime, wanted: str
) -> None:
    who = desk.member("operator", tenant, at)

    given = {"email": who.email, "password": desk.PASSWORD, "next": wanted}
    answer = client.post("/console/login", given)

    assert answer.headers["Location"] == "/console/login/code"


def test_the_login_speaks_the_members_language(
    client: Client, tenant: Tenant, at: datetime
) -> None:
    answer = first_step(client, desk.member("operator", tenant, at).email)

    assert answer.cookies["django_language"].value == "zh-hans"


def test_staff_choose_a_platform_and_nobody_else_may(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    staff = desk.sign_in(Client(), desk.member("staff", None, at))

    assert staff.get("/console/").headers["Location"] == "/console/tenants?next=%2Fconsole%2F"
    assert staff.get("/console/tenants").context["tenants"].count() == 2
    assert staff.post("/console/tenants", {"tenant": "tnt_nobody"}).status_code == 200
    staff.post("/console/tenants", {"tenant": other_tenant.id})
    assert other_tenant.name in staff.get("/console/").content.decode()
    assert desk.at_the_desk("owner", tenant, at).get("/console/tenants").status_code == 403


def test_logging_out_needs_a_post_and_ends_the_session(tenant: Tenant, at: datetime) -> None:
    client = desk.at_the_desk("operator", tenant, at)

    assert client.get("/console/logout").status_code == 405
    client.post("/console/logout")

    assert client.get("/console/").headers["Location"] == "/console/login?next=%2Fconsole%2F"
    assert clock.now() == at
