"""The guide of gates and amounts says what the code does; each of its rows that can be wrong."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from credit.domain.terms import ProductTerms
from credit.interfaces.api.entry import SECONDS
from credit.models import CreditLine, Drawdown, Quote
from platform_app.kernel.models import IdempotencyRecord
from platform_app.kernel.rates import WINDOW_SECONDS
from platform_app.kernel.tenancy import tenant_scope
from tenants.domain.standard_webhooks import LADDER
from tenants.interfaces.api.docs import openapi
from tenants.interfaces.api.error_list import error_entries
from tenants.models import Merchant, Tenant
from tests.tenants.interfaces.api.client import Partner

GUIDE = (Path(__file__).resolve().parents[4] / "docs/partners/policies.md").read_text("utf-8")
CODE = re.compile(r"`([a-z_]+(?:-[a-z]+)*)`")
MONEY_WORDS = {"amount", "sale_amount"}
# The minimum of the platform's product, in fen, and what is one fen below it.
MINIMUM = 10_000


def gates() -> list[list[str]]:
    rows = [line.strip("|").split("|") for line in GUIDE.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows[1:]]


def described() -> dict[str, dict[str, Any]]:
    return {
        one["operationId"]: one
        for methods in openapi()["paths"].values()
        for one in methods.values()
    }


def schema(part: dict[str, Any]) -> dict[str, Any]:
    name = part["$ref"].rsplit("/", 1)[1] if "$ref" in part else ""
    return openapi()["components"]["schemas"][name] if name else part


def bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """Operation id and properties of every body, rows of a batch included."""
    for name, one in described().items():
        for content in one.get("requestBody", {}).get("content", {}).values():
            whole = schema(content["schema"]).get("properties", {})
            yield name, whole
            for part in whole.values():
                if part.get("type") == "array" and name == "order-batch":
                    yield name, schema(part["items"]).get("properties", {})


def test_the_guide_names_what_the_code_refuses() -> None:
    known, operations = {one.code for one in error_entries()}, described()
    rows = gates()
    assert len(rows) == 12
    for gate, named, _looks, refusals, no_answer in rows:
        codes = [code for code in CODE.findall(refusals) if code not in {"visible", "errors"}]
        for name in CODE.findall(named):
            assert set(codes) <= set(operations[name]["x-refusals"]), gate
        assert set(codes) <= known, gate
        assert no_answer.split(":")[0].split(" ")[0].rstrip(",") in {
            "closed", "unknown", "open", "later",
        }  # fmt: skip
    keyed = {
        name
        for name, one in operations.items()
        if any(part["name"] == "Idempotency-Key" for part in one.get("parameters", []))
    }
    unknown = {name for row in rows for name in CODE.findall(row[1]) if row[4][:7] == "unknown"}
    assert unknown <= keyed


def test_the_guide_has_the_figures_of_the_code() -> None:
    terms = ProductTerms.__dataclass_fields__
    assert f"for {SECONDS} seconds" in GUIDE
    assert f"hold for {terms['quote_minutes'].default} minutes" in GUIDE
    assert f"for {terms['hold_days'].default} days" in GUIDE
    assert f"later: {len(LADDER)} tries" in GUIDE
    assert (WINDOW_SECONDS, "in ten seconds" in GUIDE) == (10, True)


def test_wherever_an_amount_is_said_a_currency_may_be_and_only_one() -> None:
    money = [(name, fields) for name, fields in bodies() if MONEY_WORDS & fields.keys()]
    assert len(money) == 11
    for name, fields in money:
        assert "currency" in fields, name
        said = fields["currency"]
        kind = schema(said.get("allOf", said.get("oneOf", [said]))[0])
        assert kind["enum"] == ["CNY"], name


@pytest.fixture
def asked(line: CreditLine) -> dict[str, Any]:
    return {"line": line.id, "amount": 1_000_000, "order_no": "SO-1", "terms": ["bullet_30"]}


def nothing_moved(tenant: Tenant) -> bool:
    with tenant_scope(tenant.id):
        tables = (Quote, Drawdown, IdempotencyRecord)
        return not any(table.objects.exists() for table in tables)


@pytest.mark.parametrize("currency", ["USD", "cny", "RMB", "", None, 156])
def test_no_other_currency_is_taken_and_none_is_guessed(
    tenant: Tenant, owner: Partner, asked: dict[str, Any], currency: Any
) -> None:
    answer = owner.post("quotes", {**asked, "currency": currency})
    assert answer.status_code == 422
    assert [one["path"] for one in answer.json()["errors"]] == ["/currency"]
    assert nothing_moved(tenant)


def test_left_out_it_is_said_in_the_answer(
    owner: Partner, asked: dict[str, Any], merchant: Merchant
) -> None:
    for said in ({}, {"currency": "CNY"}):
        [quote] = owner.post("quotes", {**asked, **said}).json()["data"]
        assert (quote["currency"], quote["amount"]) == ("CNY", 1_000_000)
        visit = {"merchant": merchant.id, "component": "line", "amount": 5, **said}
        assert owner.post("embed_sessions", visit).status_code == 201


@pytest.mark.parametrize("amount", [12.8, "12.80", "12,80", "1280", True, None, 0, -1, 10**16])
def test_amounts_are_whole_fen(
    tenant: Tenant, owner: Partner, asked: dict[str, Any], amount: Any
) -> None:
    answer = owner.post("quotes", {**asked, "amount": amount})
    assert answer.status_code == 422
    assert [one["path"] for one in answer.json()["errors"]] == ["/amount"]
    assert nothing_moved(tenant)


def test_the_minimum_looks_at_the_total_and_at_nothing_else(
    owner: Partner, asked: dict[str, Any]
) -> None:
    def quoted(amount: int, order: Any) -> Any:
        return owner.post("quotes", {**asked, "amount": amount, "order": order})

    rich = {"lines": [{"name": "猫粮", "amount": 10 * MINIMUM}], "tax_amount": MINIMUM}
    assert quoted(MINIMUM - 1, rich).json()["code"] == "amount_too_small"
    poor = {"lines": [{"name": "猫粮", "amount": 1}], "tax_amount": MINIMUM - 1}
    answer = quoted(MINIMUM, poor)
    assert answer.status_code == 201
    [quote] = answer.json()["data"]
    assert sum(row["principal"] for row in quote["schedule"]) == MINIMUM


def test_available_is_asked_for_the_total_without_tax_on_top(
    owner: Partner, line: CreditLine, asked: dict[str, Any]
) -> None:
    whole = {**asked, "amount": line.limit_minor, "order": {"tax_amount": line.limit_minor}}
    [quote] = owner.post("quotes", whole).json()["data"]
    body = {"line": line.id, "quote": quote["id"], "external_id": "SO-1"}
    drawdown = owner.post("drawdowns", body)
    assert (drawdown.status_code, drawdown.json()["amount"]) == (201, line.limit_minor)


def test_only_a_good_answer_of_the_entry_may_be_kept(
    owner: Partner, administrator: Partner, stranger: Partner, merchant: Merchant
) -> None:
    path = f"entry?external_id={merchant.external_id}"
    good = owner.get(path)
    assert (good.status_code, good.headers["Cache-Control"]) == (200, "private, max-age=60")
    hidden = owner.get("entry?external_id=nobody")
    assert (hidden.status_code, hidden.json()["visible"]) == (200, False)
    for caller, status in ((administrator, 403), (stranger, 401)):
        refused = caller.get(path)
        assert refused.status_code == status
        assert "ETag" not in refused.headers
        assert "max-age" not in refused.headers.get("Cache-Control", "")
