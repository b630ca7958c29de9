"""What is enabled is read from what is set: each need, met and unmet, through the public doors."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from credit.domain.capabilities import CAPABILITIES
from credit.models import FundingSource, ProductVersion, SigningAuthority
from platform_app.kernel.tenancy import tenant_scope
from tenants.domain.go_live import CHECKS
from tenants.enums import KeyScope
from tenants.interfaces.api.docs import openapi
from tenants.models import Credential, Tenant, TradeOrder, WebhookEndpoint
from tenants.operations.credentials import create_hmac_key
from tenants.operations.webhooks import create_endpoint
from tests.analytics import desk
from tests.credit import lives
from tests.tenants.interfaces.api.client import Partner
from tests.tenants.interfaces.merchant.visits import words


def missing(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200, answer.content
    return {one["code"]: [need["code"] for need in one["missing"]] for one in answer.json()["data"]}


def test_each_operation_named_is_there_and_asks_for_that_scope() -> None:
    scopes = {
        one["operationId"]: one["x-scope"]
        for methods in openapi()["paths"].values()
        for one in methods.values()
    }
    needed = {
        (name, need.code.removeprefix("scope_"))
        for one in CAPABILITIES
        for need in one.needs
        for name in one.operations
        if need.code.startswith("scope_")
    }
    assert {(name, scope) for name, scope in needed if scopes.get(name) != scope} == set()
    assert {name for one in CAPABILITIES for name in one.operations} == {name for name, _ in needed}
    assert {scope for _, scope in needed} == set(KeyScope.values)
    codes = [one.code for one in CAPABILITIES]
    assert len(codes) == len(set(codes))


def test_a_fresh_platform_is_told_what_is_missing_and_how(owner: Partner) -> None:
    answer = owner.get("capabilities", **{"Accept-Language": "en"})
    assert missing(answer) == {
        "look_up": [],
        "push_data": [],
        "entry": ["orders_known"],
        "framed_pages": ["origins_named"],
        "draw": [],
        "refund": [],
        "repay": [],
        "webhooks": ["endpoint_active"],
        "manage_endpoints": [],
        "key_pairs": ["rsa_key_in_force"],
        "sm2": ["sm2_offered"],
        "binding_agreements": ["bureau_connected"],
        "face_check": ["face_check_set"],
        "sandbox": ["sandbox_open"],
        "test_clock": ["sandbox_key"],
        "live_business": ["checks_seen"],
    }
    body = answer.json()
    assert (body["object"], body["mode"], body["key"]) == ("capabilities", "live", owner.key_id)
    frames = next(one for one in body["data"] if one["code"] == "framed_pages")
    how = "Tell us the origins, such as https://shop.example; others cannot frame us."
    assert frames == {
        "code": "framed_pages", "name": "Our pages inside yours",
        "name_en": "Our pages inside yours", "enabled": False, "operations": ["embed_session-open"],
        "missing": [{"code": "origins_named", "actor": "us", "how": how, "how_en": how}],
    }  # fmt: skip


def test_it_is_the_key_that_asks(tenant: Tenant, reader: Partner, administrator: Partner) -> None:
    found = missing(reader.get("capabilities"))
    assert found["look_up"] == []
    assert found["draw"] == ["scope_draw"]
    assert found["manage_endpoints"] == ["scope_admin"]
    assert administrator.get("capabilities").status_code == 403


def _set(tenant: Tenant, **values: Any) -> None:
    Tenant.objects.filter(pk=tenant.id).update(**values)


CHANGES: dict[str, tuple[str, Callable[[Tenant, datetime], Any], bool]] = {
    "product": (
        "draw", lambda _t, _at: ProductVersion.objects.update(status="retired"), False,
    ),
    "lender": ("draw", lambda _t, _at: FundingSource.objects.update(status="suspended"), False),
    "orders": ("entry", lambda _t, at: lives.merchant_with_trade("M-1", at, weeks=1), True),
    "origins": (
        "framed_pages", lambda t, _at: _set(t, embed_origins=["https://shop.example"]), True,
    ),
    "endpoint": (
        "webhooks",
        lambda _t, at: create_endpoint(
            url="https://93.184.216.34/hook", event_names=[], actor="usr", at=at
        ),
        True,
    ),
    "disabled endpoint": (
        "webhooks",
        lambda _t, at: (
            create_endpoint(
                url="https://93.184.216.34/hook", event_names=[], actor="usr", at=at
            ),
            WebhookEndpoint.objects.update(status="disabled"),
        ),
        False,
    ),
    "face check": ("face_check", lambda t, _at: _set(t, face_check_from_minor=1), True),
    "rsa key": (
        "key_pairs",
        lambda _t, _at: Credential.objects.update(algorithm="BT-SHA256-RSA2048"),
        True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_each_is_computed_from_what_is_set(
    tenant: Tenant, other_tenant: Tenant, at: datetime, change: str
) -> None:
    code, act, is_on = CHANGES[change]
    client = desk.at_the_desk("developer", tenant, at)

    def stands() -> bool:
        rows = client.get("/console/developer/capabilities").context["rows"]
        [found] = [one.is_on for one in rows if one.capability.code == code]
        return bool(found)

    with tenant_scope(tenant.id):
        create_hmac_key(label="k", scopes=KeyScope.values, actor="usr", at=at)
    before = stands()
    with tenant_scope(other_tenant.id):
        act(other_tenant, at)
    assert stands() is before
    with tenant_scope(tenant.id):
        act(tenant, at)
    assert stands() is is_on


def test_the_page_costs_the_same_and_is_for_developers(
    tenant: Tenant, at: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = desk.at_the_desk("developer", tenant, at)
    client.cookies["django_language"] = "en"
    with django_assert_num_queries(6):
        page = client.get("/console/developer/capabilities")
    rows = page.context["rows"]
    draw = next(one for one in rows if one.capability.code == "draw")
    assert [need.code for need in draw.missing] == ["scope_draw"]  # there is no key at all
    assert "What is enabled: 0 of 16" in words(page)
    assert (
        'hx-get="/console/developer/capabilities"'
        in client.get("/console/developer").content.decode()
    )
    viewer = desk.at_the_desk("viewer", tenant, at)
    assert viewer.get("/console/developer/capabilities").status_code == 403
    assert len(CHECKS) == 13
    with tenant_scope(tenant.id):
        assert SigningAuthority.objects.filter(channel="bureau").count() == 0
        assert TradeOrder.objects.count() == 0
