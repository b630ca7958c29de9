"""Business refusals over HTTP: the right code, the right words, and nothing moved."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from credit.models import (
    Application,
    CreditLine,
    Drawdown,
    FundingDecision,
    FundingSource,
    Hold,
    JournalEntry,
    LoanEvent,
    Quote,
)
from credit.operations.funding_sources import activate_source, suspend_source
from platform_app.kernel import clock
from platform_app.kernel.models import Event, IdempotencyRecord
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tests.credit import lives
from tests.tenants.interfaces.api.client import Partner

Draw = Callable[..., dict[str, Any]]


def books(tenant: Tenant) -> list[Any]:
    tables = (Event, JournalEntry, LoanEvent, Drawdown, Hold, Quote, IdempotencyRecord, Application)
    with tenant_scope(tenant.id):
        return [list(CreditLine.objects.values()), *(table.objects.count() for table in tables)]


def refused(tenant: Tenant, act: Callable[[], Any], status: int, code: str) -> dict[str, Any]:
    """Do it, be refused, and find everything as it was."""
    before = books(tenant)
    response = act()
    body: dict[str, Any] = response.json()
    assert (response.status_code, body["code"]) == (status, code), body
    assert response.headers["Content-Type"] == "application/problem+json"
    assert books(tenant) == before
    return body


def test_more_than_is_available(
    tenant: Tenant, owner: Partner, line: CreditLine, quoted: Draw
) -> None:
    quote = quoted("SO-1", line.limit_minor + 1)
    body = {"line": line.id, "quote": quote["id"], "external_id": "SO-1"}
    english = {"Accept-Language": "en"}
    said = refused(
        tenant, lambda: owner.post("drawdowns", body, **english), 422, "line_insufficient"
    )
    assert said["errors"] == [{"path": "/amount", "code": "line_insufficient"}]
    assert said["title"] == said["message_en"]
    assert f"{line.limit_minor / 100:,.2f} is available" in said["message_en"]


def test_an_expired_quote(tenant: Tenant, owner: Partner, quoted: Draw, at: datetime) -> None:
    quote = quoted("SO-1", 50_000)
    body = {"line": quote["line"], "quote": quote["id"], "external_id": "SO-1"}
    with clock.travel(at + timedelta(minutes=30)):
        refused(tenant, lambda: owner.post("drawdowns", body), 422, "quote_expired")


def test_drawing_while_overdue(tenant: Tenant, owner: Partner, drawn: Draw) -> None:
    drawdown = drawn("SO-1", 100_000)
    path = f"drawdowns/{drawdown['id']}/captures"
    assert owner.post(path, {"amount": 100_000, "external_id": "S"}).status_code == 201
    with tenant_scope(tenant.id):
        late = lives.close_until(date(2026, 4, 6))
    with clock.travel(late):
        asked = {"line": drawdown["line"], "amount": 20_000, "order_no": "SO-2"}
        quote = owner.post("quotes", asked).json()["data"][0]
        body = {"line": drawdown["line"], "quote": quote["id"], "external_id": "SO-2"}
        refused(tenant, lambda: owner.post("drawdowns", body), 422, "merchant_overdue")


def test_capturing_more_than_is_held(tenant: Tenant, owner: Partner, drawn: Draw) -> None:
    path = f"drawdowns/{drawn('SO-1', 100_000)['id']}/captures"
    body = {"amount": 100_001, "external_id": "SHIP-1"}
    refused(tenant, lambda: owner.post(path, body), 422, "capture_too_large")


def test_repaying_what_was_never_captured(tenant: Tenant, owner: Partner, drawn: Draw) -> None:
    drawdown = drawn("SO-1", 100_000)["id"]
    body = {"drawdown": drawdown, "amount": 1, "external_id": "PAY-1", "channel": "partner"}
    refused(tenant, lambda: owner.post("repayments", body), 409, "drawdown_not_repaying")
    asked = {"drawdown": drawdown}
    refused(
        tenant,
        lambda: owner.call("POST", "repayments/preview", asked),
        409,
        "drawdown_not_repaying",
    )


def test_a_number_used_before_for_something_else(
    tenant: Tenant, owner: Partner, drawn: Draw, quoted: Draw
) -> None:
    drawdown, other = drawn("SO-1", 100_000), quoted("SO-1", 90_000)
    body = {"line": drawdown["line"], "quote": other["id"], "external_id": "SO-1"}
    said = refused(tenant, lambda: owner.post("drawdowns", body), 409, "external_id_conflict")
    assert "quote" in said["message_en"]
    same = {"line": drawdown["line"], "quote": drawdown["quote"], "external_id": "SO-1"}
    assert owner.post("drawdowns", same).json()["id"] == drawdown["id"]


def test_a_cost_sheet_unread_or_another(
    tenant: Tenant, owner: Partner, merchant: Merchant, at: datetime
) -> None:
    asked = {"merchant": merchant.id}
    found = owner.post("applications", asked, Prefer="wait=8").json()
    offer = owner.get(f"offers/{found['offer']}").json()
    assert (offer["status"], offer["version"]) == ("open", 1)
    path = f"offers/{offer['id']}/accept"
    good = {"cost_sheet_sha256": offer["cost_sheet_sha256"]}
    refused(tenant, lambda: owner.post(path, good), 422, "cost_sheet_unread")
    assert owner.post(f"offers/{offer['id']}/read").json()["version"] == 2
    refused(tenant, lambda: owner.post(path, good), 422, "cost_sheet_unread")
    with clock.travel(at + timedelta(minutes=1)):
        bad = {"cost_sheet_sha256": "0" * 64}
        refused(tenant, lambda: owner.post(path, bad), 409, "cost_sheet_changed")
    with clock.travel(at + timedelta(days=14)):
        refused(tenant, lambda: owner.post(path, good), 409, "offer_closed")
        assert owner.get(f"offers/{offer['id']}").json()["status"] == "expired"


def test_applying_before_verification_and_without_consents(tenant: Tenant, owner: Partner) -> None:
    merchant = owner.put("merchants/ext:M-9", {"name": "示例店"}).json()
    body = {"merchant": merchant["id"]}
    refused(tenant, lambda: owner.post("applications", body), 422, "merchant_not_verified")
    known = {"name": "示例店", "registration_no": "91000000MA0000001R", "verified": True}
    assert owner.put("merchants/ext:M-9", known).json()["status"] == "verified"
    said = refused(tenant, lambda: owner.post("applications", body), 422, "consent_missing")
    assert "bureau_query" in said["message_en"]


def test_a_decline_is_an_answer(tenant: Tenant, owner: Partner, at: datetime) -> None:
    with tenant_scope(tenant.id):
        merchant = lives.merchant_with_trade("M-2", at - timedelta(hours=1), order_minor=100)
    answer = owner.post("applications", {"merchant": merchant.id}, Prefer="respond-async, wait=8")
    found = answer.json()
    assert (answer.status_code, found["status"]) == (201, "declined")
    assert answer.headers["Preference-Applied"] == "wait"
    assert (found["offer"], found["limit"], found["annual_rate"]) == (None, None, None)
    assert found["decline"]["reapply_on"] == "2026-05-31"
    assert found["decline"]["reasons"][0]["message_en"]
    refused(
        tenant,
        lambda: owner.post("applications", {"merchant": merchant.id}),
        422,
        "reapply_too_early",
    )


def test_without_waiting_a_task_decides(
    owner: Partner, merchant: Merchant, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        found = owner.post("applications", {"merchant": merchant.id}).json()
    assert found["status"] == "submitted"
    assert found["next_action"]["actor"] == "us"
    decided = owner.get(f"applications/{found['id']}").json()
    assert (decided["status"], decided["version"]) == ("approved", found["version"] + 1)


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"sum": 5}, "/sum", "unknown_field"),
        ({"amount": 0}, "/amount", "min_value"),
        ({"amount": -1}, "/amount", "min_value"),
        ({"amount": 12.5}, "/amount", "invalid"),
        ({"amount": "12000"}, "/amount", "invalid"),
        ({"amount": True}, "/amount", "invalid"),
        ({"amount": 10**30}, "/amount", "max_value"),
        ({"order_no": 20_261_122}, "/order_no", "invalid"),
        ({"currency": "USD"}, "/currency", "invalid_choice"),
        ({"order_no": "x" * 65}, "/order_no", "max_length"),
        ({"order_no": "a\x00b"}, "/order_no", "null_characters_not_allowed"),
        ({"terms": ["bullet_30", 5, []]}, "/terms/2", "invalid"),
        ({"terms": []}, "/terms", "min_length"),
    ],
)
def test_a_field_that_is_wrong(
    tenant: Tenant,
    owner: Partner,
    line: CreditLine,
    change: dict[str, Any],
    path: str,
    code: str,
) -> None:
    body = {"line": line.id, "amount": 20_000, "order_no": "SO-1", **change}
    said = refused(tenant, lambda: owner.post("quotes", body), 422, "invalid")
    assert [(one["path"], one["code"]) for one in said["errors"]] == [(path, code)]


@pytest.mark.parametrize("body", [[], "text", 5, [{"line": "x"}]])
def test_a_body_that_is_no_object(tenant: Tenant, owner: Partner, body: Any) -> None:
    said = refused(tenant, lambda: owner.post("quotes", body), 422, "invalid")
    assert [one["path"] for one in said["errors"]] == ["/"]


def test_a_term_not_offered_and_an_amount_too_small(
    tenant: Tenant, owner: Partner, line: CreditLine
) -> None:
    body = {"line": line.id, "amount": 20_000, "order_no": "SO-1", "terms": ["bullet_9"]}
    refused(tenant, lambda: owner.post("quotes", body), 422, "term_not_offered")
    small = {"line": line.id, "amount": 9_999, "order_no": "SO-1"}
    said = refused(tenant, lambda: owner.post("quotes", small), 422, "amount_too_small")
    assert said["message_en"] == "The amount must be at least ¥100.00."


def test_cancel_gives_back_what_is_held(
    tenant: Tenant, owner: Partner, line: CreditLine, drawn: Draw
) -> None:
    drawdown = drawn("SO-1", 100_000)
    path = f"drawdowns/{drawdown['id']}/cancel"
    first = owner.post(path).json()
    assert (first["status"], first["next_action"]) == ("canceled", None)
    assert owner.post(path).json() == first
    assert owner.get(f"credit_lines/{line.id}").json()["held"] == 0
    body = {"amount": 1, "external_id": "SHIP-1"}
    refused(
        tenant,
        lambda: owner.post(f"drawdowns/{drawdown['id']}/captures", body),
        409,
        "drawdown_not_authorized",
    )


def test_an_order_nobody_may_fund_is_refused_and_written_down(
    tenant: Tenant, owner: Partner, line: CreditLine, at: datetime
) -> None:
    """What the lenders' reasons are stays with us; the partner is told that nobody can."""
    quotes = owner.post("quotes", {"line": line.id, "amount": 50_000, "order_no": "SO-1"}).json()
    body = {"line": line.id, "quote": quotes["data"][0]["id"], "external_id": "SO-1"}
    with tenant_scope(tenant.id):
        lender = FundingSource.objects.get()
        suspend_source(source_id=lender.id, reason="复核", actor="x", at=at)
    answer = owner.post("drawdowns", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "no_funding_source")
    assert lender.name not in answer.content.decode()
    with tenant_scope(tenant.id):
        kept = FundingDecision.objects.get()
        assert (kept.outcome, kept.drawdown_id, kept.amount_minor) == ("refused", None, 50_000)
        assert [one["code"] for one in kept.refusals[0]["reasons"]] == ["source_inactive"]
        assert Drawdown.objects.count() == 0
        activate_source(source_id=lender.id, actor="y", at=at)
    assert owner.post("drawdowns", body).status_code == 201
