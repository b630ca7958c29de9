"""Merchants, orders and consents over HTTP."""

import json
from typing import Any

import pytest

from platform_app.kernel.models import Event
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import ConsentRecord, Merchant, Tenant, TradeOrder
from tenants.operations.sandbox import fake_registration_no
from tests.tenants.interfaces.api.client import Partner

CODE = fake_registration_no(7)


def facts(tenant: Tenant) -> list[int]:
    with tenant_scope(tenant.id):
        return [t.objects.count() for t in (Merchant, TradeOrder, ConsentRecord, Event)]


def test_put_creates_updates_and_repeats(tenant: Tenant, owner: Partner) -> None:
    body = {"name": "示例宠物店", "category": "cats", "joined_on": "2025-01-31"}
    made = owner.put("merchants/ext:M/1%20a", body)
    found = made.json()
    assert made.status_code == 201
    assert {key: found[key] for key in ("object", "external_id", "status", "version")} == {
        "object": "merchant",
        "external_id": "M/1 a",
        "status": "pooled",
        "version": 1,
    }
    assert found["next_action"]["code"] == "verify_merchant"
    before = facts(tenant)
    again = owner.put("merchants/ext:M/1%20a", body)
    assert (again.status_code, again.json()) == (200, found)
    assert facts(tenant) == before
    assert owner.get("merchants/ext:M/1%20a").json() == found
    assert owner.get(f"merchants/{found['id']}").json() == found
    registered = owner.put("merchants/ext:M/1%20a", {"name": "示例宠物店", "registered": True})
    assert (registered.json()["status"], registered.json()["version"]) == ("registered", 2)
    verified = owner.put(
        "merchants/ext:M/1%20a",
        {"name": "示例宠物店", "verified": True, "registration_no": CODE},
    ).json()
    assert (verified["status"], verified["registration_no"]) == ("verified", CODE)
    assert verified["next_action"] is None


@pytest.mark.parametrize(
    ("body", "status", "code", "path"),
    [
        ({"name": "新店", "verified": True}, 422, "registration_no_missing", "/registration_no"),
        (
            {"name": "新店", "registration_no": "91000000MA0000001X"},
            422,
            "registration_no_invalid",
            "/registration_no",
        ),
        ({"name": "新店", "phone": "x"}, 422, "invalid", "/phone"),
        ({"name": "a\nb"}, 422, "invalid", "/name"),
        ({"kind": "company"}, 422, "invalid", "/name"),
    ],
)
def test_one_call_counts_whole_or_not_at_all(
    tenant: Tenant, owner: Partner, body: Any, status: int, code: str, path: str
) -> None:
    owner.put("merchants/ext:M-1", {"name": "老店"})
    before = facts(tenant)
    answer = owner.put("merchants/ext:M-1", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert answer.json()["errors"][0]["path"] == path
    assert facts(tenant) == before
    assert owner.get("merchants/ext:M-1").json()["name"] == "老店"


def test_a_natural_persons_name_is_masked(owner: Partner) -> None:
    body = {"name": "欧阳示例", "kind": "natural_person"}
    assert owner.put("merchants/ext:P-1", body).json()["name"] == "欧阳*"


def test_merchants_are_searched(owner: Partner) -> None:
    for number, name in (("A-1", "甲店"), ("A-2", "乙店"), ("B-1", "甲乙店")):
        owner.put(f"merchants/ext:{number}", {"name": name, "category": number[0]})
    asked = {"search=A-": ["A-1", "A-2"], "search=%E7%94%B2": ["A-1", "B-1"], "category=B": ["B-1"]}
    for query, numbers in {**asked, "status=verified": []}.items():
        rows = owner.get(f"merchants?{query}").json()["data"]
        assert [row["external_id"] for row in rows] == numbers


def row(order_no: str, **changes: Any) -> dict[str, Any]:
    return {
        "order_no": order_no,
        "merchant_external_id": "M-1",
        "ordered_on": "2026-03-01",
        "amount": 12_800,
        **changes,
    }


def test_good_rows_go_in_and_bad_ones_are_reported(tenant: Tenant, owner: Partner) -> None:
    rows = [
        row("O-1"),
        row("O-2", amount=-5),
        row("O-3", ordered_on="2026-03-03"),
        row("O-4", colour="red"),
        row("O-1", status="returned"),
        "no row",
        row("O\n5"),
        row("O-1", status="returned"),
        row("O-6", ordered_on="01/03/2026", quantity=-1),
    ]
    answer = owner.post("orders:batch", {"orders": rows}, **{"Accept-Language": "en"})
    found = answer.json()
    assert answer.status_code == 200, found
    assert [found[key] for key in ("created", "revised", "repeated")] == [1, 1, 1]
    assert [(one["index"], one["path"], one["code"]) for one in found["errors"]] == [
        (1, "/amount", "min_value"),
        (2, "/ordered_on", "future_date"),
        (3, "/colour", "unknown_field"),
        (5, "/", "invalid"),
        (6, "/order_no", "invalid"),
        (8, "/ordered_on", "invalid"),
        (8, "/quantity", "min_value"),
    ]
    assert found["errors"][1]["message"] == "Order O-3 is dated after today."
    with tenant_scope(tenant.id):
        orders = TradeOrder.objects.order_by("revision").values_list("order_no", "status")
        assert list(orders) == [("O-1", "placed"), ("O-1", "returned")]


def test_rows_of_noise_are_reported_like_others(owner: Partner) -> None:
    rows = [row("O-1", **{"\ud800\x00": 1}), row("\ud800"), row("O-2", status="\x00\ud800")]
    raw = json.dumps({"orders": rows}).encode()  # escapes, as a careless client sends them
    target = "/api/v1/orders:batch"
    headers = {
        "Authorization": owner.authorization("POST", target, raw),
        "Idempotency-Key": "noise-0001",
    }
    answer = owner.http.generic("POST", target, raw, "application/json", headers=headers)
    found = [(one["index"], one["path"], one["code"]) for one in answer.json()["errors"]]
    assert found == [
        (0, "/??", "unknown_field"),
        (1, "/order_no", "invalid"),
        (2, "/status", "invalid_choice"),
    ]


def test_at_most_five_hundred_rows(tenant: Tenant, owner: Partner) -> None:
    before = facts(tenant)
    for rows, code in (([], "min_length"), ([row(f"O-{n}") for n in range(501)], "max_length")):
        answer = owner.post("orders:batch", {"orders": rows})
        assert answer.status_code == 422
        assert [one["code"] for one in answer.json()["errors"]] == [code]
    assert facts(tenant) == before
    full = owner.post("orders:batch", {"orders": [row(f"O-{n}") for n in range(500)]})
    assert full.json()["created"] == 500


def test_consents_are_shown_given_and_kept(tenant: Tenant, owner: Partner) -> None:
    merchant = owner.put("merchants/ext:M-1", {"name": "示例店"}).json()["id"]
    texts = owner.get(f"merchants/{merchant}/consents?locale=zh-hans").json()["data"]
    assert [text["is_given"] for text in texts] == [False] * 4
    body = {
        "codes": ["bureau_query", "sensitive_data"],
        "locale": "zh-hans",
        "evidence": {"ip": "203.0.113.7", "read_ms": 9000},
    }
    given = owner.post(f"merchants/{merchant}/consents", body)
    assert given.status_code == 201
    by_code = {text["code"]: text["sha256"] for text in texts}
    assert [(one["code"], one["text_sha256"], one["given_at"]) for one in given.json()["data"]] == [
        (code, by_code[code], "2026-03-02T10:00:00+08:00") for code in body["codes"]
    ]
    texts = owner.get(f"merchants/{merchant}/consents").json()["data"]
    assert [text["code"] for text in texts if text["is_given"]] == [
        "sensitive_data",
        "bureau_query",
    ]
    before = facts(tenant)
    for change, path in (
        ({"codes": ["everything"]}, "/codes/0"),
        ({"codes": []}, "/codes"),
        ({"locale": "fr"}, "/locale"),
        ({"evidence": {"mood": "good"}}, "/evidence/mood"),
    ):
        answer = owner.post(f"merchants/{merchant}/consents", {**body, **change})
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, path)
    assert owner.get(f"merchants/{merchant}/consents?locale=fr").status_code == 422
    assert facts(tenant) == before
