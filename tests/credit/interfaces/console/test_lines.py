"""A line at the desk: what it shows, what staff do with it, and that partners only look."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from credit.models import CreditLine, MerchantCap, TemporaryLimit
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.analytics import desk
from tests.credit import lives
from tests.tenants.interfaces.merchant.visits import words

pytestmark = pytest.mark.django_db
WHY = "旺季备货申请"
SEASON = {"amount": "1,000.00", "from_on": "2026-03-02", "until_on": "2026-04-01", "reason": WHY}


@pytest.fixture
def line(tenant: Tenant, at: datetime) -> CreditLine:
    with tenant_scope(tenant.id):
        return lives.line_of(lives.merchant_with_trade("M-1", at), at)


@pytest.fixture
def ours(tenant: Tenant, at: datetime) -> Client:
    """Baitiao's staff, reading English."""
    client = desk.sign_in(Client(), desk.member("staff", None, at), works_for=tenant)
    client.cookies["django_language"] = "en"
    return client


def footprint(tenant: Tenant) -> tuple[Any, ...]:
    with tenant_scope(tenant.id):
        return (
            list(CreditLine.objects.values()),
            list(TemporaryLimit.objects.values()),
            list(MerchantCap.objects.values()),
            AuditRecord.objects.filter(action__startswith="credit.").count(),
        )


def test_a_season_on_top_of_the_limit(tenant: Tenant, line: CreditLine, ours: Client) -> None:
    page = f"/console/lines/{line.id}"
    shown = ours.get(page)
    assert "None was granted." in words(shown)
    key = shown.context["key"]
    for _ in range(2):
        done = ours.post(f"{page}/temporary", {**SEASON, "key": key})
        assert (done.status_code, done.headers["Location"]) == (302, page)
    shown = ours.get(page)
    [limit] = shown.context["limits"]
    assert (limit.status, limit.amount_minor) == ("active", 100_000)
    assert shown.context["line"].available_minor == line.limit_minor + 100_000
    assert "¥1,000.00 of it is temporary, the first part until 2026-04-01 Wed." in words(shown)
    assert ours.post(f"{page}/end", {"limit": limit.id, "reason": WHY}).status_code == 302
    assert ours.get(page).context["line"].available_minor == line.limit_minor


def test_suspend_resume_cap_limit_close(tenant: Tenant, line: CreditLine, ours: Client) -> None:
    page = f"/console/lines/{line.id}"

    def act(kind: str, **fields: str) -> Any:
        assert ours.post(f"{page}/{kind}", {**fields, "reason": WHY}).status_code == 302
        return ours.get(page)

    shown = act("suspend", because="risk")
    assert "Suspended (Risk review)" in words(shown)
    assert {"resume", "suspend"} & set(shown.context["forms"]) == {"resume"}
    assert "suspend" in act("resume").context["forms"]
    assert act("cap", cap="2,000").context["cap"].cap_minor == 200_000
    assert act("cap", cap="").context["cap"].cap_minor is None
    assert act("limit", limit="3,000").context["line"].limit_minor == 300_000
    closed = act("close")
    assert "Closed." in words(closed)
    assert list(closed.context["forms"]) == ["cap"]
    with tenant_scope(tenant.id):
        assert set(AuditRecord.objects.values_list("reason", flat=True)) >= {WHY}
        assert AuditRecord.objects.filter(reason=WHY).count() == 6


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        ("limit", {"limit": "much"}, "Enter an amount in yuan"),
        ("limit", {"limit": "1", "reason": "no"}, "at least 4 characters"),
        ("temporary", {**SEASON, "amount": "0"}, "Enter an amount above zero."),
        ("temporary", {**SEASON, "from_on": "2026-03-01"}, "2026-03-01 is closed."),
        ("temporary", {**SEASON, "until_on": "2026-03-02"}, "Choose between 1 and 366 days."),
        ("suspend", {"because": "mood"}, "Select a valid choice."),
        ("close", {}, "A line closes when both are zero."),
        ("end", {"limit": "tml_x"}, "There is no temporary limit with this id."),
    ],
)
def test_what_is_wrong_is_said_in_place(
    tenant: Tenant, line: CreditLine, ours: Client, at: datetime, kind: str,
    fields: dict[str, str], says: str,
) -> None:  # fmt: skip
    with tenant_scope(tenant.id):
        lives.authorized(line, 50_000, "SO-1", at)
    before = footprint(tenant)
    answer = ours.post(f"/console/lines/{line.id}/{kind}", {"reason": WHY, **fields})
    assert answer.status_code == 422
    assert says in words(answer)
    assert footprint(tenant) == before


def test_partners_look_and_do_not_touch(
    tenant: Tenant, other_tenant: Tenant, line: CreditLine, ours: Client, at: datetime
) -> None:
    page = f"/console/lines/{line.id}"
    before = footprint(tenant)
    for role in ("owner", "operator", "finance", "viewer"):
        client = desk.at_the_desk(role, tenant, at)
        shown = client.get(page)
        assert shown.status_code == 200
        assert not re.search(r'action="/console/lines/', shown.content.decode())
        assert client.post(f"{page}/close", {"reason": WHY}).status_code == 403
    neighbor = desk.at_the_desk("owner", other_tenant, at)
    assert neighbor.get(page).status_code == 404
    assert Client().get(page).status_code == 302
    assert ours.get("/console/lines/lin_x").status_code == 404
    assert ours.post(f"{page}/nonsense", {"reason": WHY}).status_code == 404
    assert ours.get(f"{page}/close").status_code == 405
    assert footprint(tenant) == before


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_limits(
    tenant: Tenant,
    line: CreditLine,
    ours: Client,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    page = f"/console/lines/{line.id}"
    for _ in range(item_count):
        ours.post(f"{page}/temporary", {**SEASON, "key": ours.get(page).context["key"]})
    ours.get(page)
    with django_assert_num_queries(9):
        shown = ours.get(page)
    assert len(shown.context["limits"]) == item_count
