"""What an order says beside its total: taken, checked, kept, shown, searched; the total counts."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from credit.models import CreditLine, Quote
from platform_app.kernel.tenancy import tenant_scope
from tenants.interfaces.api.docs import openapi
from tenants.interfaces.api.examples import sample
from tenants.models import EmbedSession, Merchant, Tenant
from tenants.operations.sandbox import fake_registration_no
from tests.analytics import desk
from tests.tenants.interfaces.api.client import Partner
from tests.tenants.interfaces.merchant.visits import Visit, words

ORDER: dict[str, Any] = {
    "purchase_order_no": "PO-2026-0077",
    "cost_center": "华东一部",
    "buyer_tax_no": fake_registration_no(11),
    "invoice_kind": "special",
    "invoice_no": "26312000000012345678",
    "tax_amount": 115_000,
    "ships_on": "2026-03-09",
    "delivery_region": "浙江省杭州市余杭区",
    "lines": [
        {"name": "猫粮 10kg", "sku": "CF-10", "quantity": 12, "amount": 990_000},
        {"name": "试用装", "quantity": 3, "amount": 0},
        {"name": "运费", "amount": 20_000},
        {"name": "满减", "amount": -10_000},
    ],
}


@pytest.fixture
def asked(line: CreditLine) -> Callable[..., dict[str, Any]]:
    def body(order: Any, amount: int = 1_000_000) -> dict[str, Any]:
        facts = {"line": line.id, "amount": amount, "order_no": "SO-1", "terms": ["bullet_30"]}
        return {**facts, "order": order}

    return body


def kept(tenant: Tenant) -> list[Any]:
    with tenant_scope(tenant.id):
        return list(Quote.objects.order_by("id").values_list("order", flat=True))


def test_it_is_kept_shown_and_found(
    tenant: Tenant, owner: Partner, line: CreditLine, asked: Callable[..., Any], at: datetime
) -> None:
    answer = owner.post("quotes", asked(ORDER)).json()
    assert answer["warnings"] == []
    [quote] = answer["data"]
    assert quote["amount"] == 1_000_000
    assert sum(row["principal"] for row in quote["schedule"]) == 1_000_000
    lines = [{"quantity": 1, **one} for one in ORDER["lines"]]
    assert kept(tenant) == [{**ORDER, "lines": lines}]
    body = {"line": line.id, "quote": quote["id"], "external_id": "SO-1"}
    drawdown = owner.post("drawdowns", body).json()
    client = desk.at_the_desk("viewer", tenant, at)
    client.cookies["django_language"] = "en"
    shown = client.get(f"/console/drawdowns/{drawdown['id']}")
    assert [text for _, text in shown.context["order"]] == [
        "PO-2026-0077", "华东一部", ORDER["buyer_tax_no"], "Special VAT invoice",
        "26312000000012345678", "1,150.00", "2026-03-09", "浙江省杭州市余杭区",
    ]  # fmt: skip
    assert "满减" in words(shown)
    assert shown.context["lines"].diff_minor == 0
    for search, count in (("PO-2026-0077", 1), ("26312000000012345678", 1), ("PO-2026", 0)):
        found = client.get("/console/drawdowns", {"search": search})
        assert len(found.context["rows"]) == count


def test_lines_that_differ_are_told_and_never_refused(
    tenant: Tenant, owner: Partner, asked: Callable[..., Any]
) -> None:
    order = {"lines": [{"name": "猫粮", "amount": 990_000}, {"name": "罐头", "amount": 20_000}]}
    answer = owner.post("quotes", asked(order), **{"Accept-Language": "en"})
    assert answer.status_code == 201
    said = "The lines come to ¥10,100.00, the order to ¥10,000.00. The order's total counts."
    assert answer.json()["warnings"] == [
        {"code": "lines_diff", "message": said, "message_en": said, "lines_diff": 10_000}
    ]
    assert answer.json()["data"][0]["amount"] == 1_000_000
    for lines in ([], [{"name": "猫粮", "amount": 999_999}]):
        assert owner.post("quotes", asked({"lines": lines})).json()["warnings"] == []
    gifts = [{"name": "赠品", "amount": 0}]
    assert owner.post("quotes", asked({"lines": gifts})).json()["warnings"][0]["lines_diff"] == (
        -1_000_000
    )
    assert len(kept(tenant)) == 4
    assert kept(tenant)[1] is None


@pytest.mark.parametrize(
    ("wrong", "path", "code"),
    [
        ({"po_number": "1"}, "/order/po_number", "unknown_field"),
        ({"buyer_tax_no": "91000000MA0000001X"}, "/order/buyer_tax_no", "registration_no_invalid"),
        ({"invoice_kind": "green"}, "/order/invoice_kind", "invalid_choice"),
        ({"invoice_no": "12345"}, "/order/invoice_no", "invalid"),
        ({"tax_amount": -1}, "/order/tax_amount", "min_value"),
        ({"tax_amount": "11.5"}, "/order/tax_amount", "invalid"),
        ({"ships_on": "9.3.2026"}, "/order/ships_on", "invalid"),
        ({"cost_center": "一\n二"}, "/order/cost_center", "invalid"),
        ({"lines": [{"name": "x", "amount": 1.5}]}, "/order/lines/0/amount", "invalid"),
        ({"lines": [{"name": "x", "amount": 1, "vat": 3}]}, "/order/lines/0/vat", "unknown_field"),
    ],
)
def test_what_is_wrongly_said_is_refused_at_its_place(
    tenant: Tenant, owner: Partner, asked: Callable[..., Any], wrong: Any, path: str, code: str
) -> None:
    answer = owner.post("quotes", asked(wrong))
    assert answer.status_code == 422
    assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [(path, code)]
    assert kept(tenant) == []


def test_a_visit_carries_it_to_its_quotes(
    tenant: Tenant, owner: Partner, merchant: Merchant
) -> None:
    body = {"merchant": merchant.id, "component": "checkout", "order_no": "SO-1"}
    order = {"purchase_order_no": "PO-1", "lines": [{"name": "猫粮", "amount": 1_000}]}
    answer = owner.post("embed_sessions", {**body, "amount": 5_000, "order": order}).json()
    assert [one["code"] for one in answer["warnings"]] == ["lines_diff"]
    assert owner.post("embed_sessions", body).json()["warnings"] == []
    with tenant_scope(tenant.id):
        told = EmbedSession.objects.order_by("id").values_list("order", flat=True)
        assert list(told) == [
            {**order, "lines": [{"name": "猫粮", "quantity": 1, "amount": 1_000}]}, None,
        ]  # fmt: skip


def test_the_checkout_quotes_with_what_the_visit_was_told(
    tenant: Tenant, owner: Partner, line: CreditLine
) -> None:
    order = {"purchase_order_no": "PO-1"}
    body = {"merchant": line.merchant_id, "component": "checkout", "order_no": "SO-1"}
    for told in ({}, {"order": order}, {"order": order}):
        opened = owner.post("embed_sessions", {**body, **told, "amount": 500_000}).json()
        secret = opened["url"].partition("#s=")[2]
        exchanged = Visit().client.post(
            "/m/exchange", {"secret": secret}, content_type="application/json"
        )
        assert Visit(token=exchanged.json()["token"]).get("/m/checkout/").status_code == 200
    orders = kept(tenant)
    assert orders.count(None) == orders.count(order) == len(orders) // 2 > 0


def test_the_example_of_the_reference_is_taken_as_it_stands(
    tenant: Tenant, owner: Partner, line: CreditLine
) -> None:
    body = openapi()["paths"]["/api/v1/quotes"]["post"]["requestBody"]["content"]
    example = sample(body["application/json"]["schema"], openapi())
    answer = owner.post("quotes", {**example, "line": line.id, "amount": 1_280_000})
    assert (answer.status_code, answer.json()["warnings"]) == (201, [])
    assert {**ORDER, **kept(tenant)[0]}.keys() == ORDER.keys()
