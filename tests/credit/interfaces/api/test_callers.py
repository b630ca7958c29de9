"""Every operation of the document, tried by everybody who must not get through."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from credit.models import (
    Application,
    CreditLine,
    JournalEntry,
    Offer,
    ReconciliationFile,
    Repayment,
    SettlementBatch,
)
from credit.operations.deductions import agree_deduction
from credit.operations.documents import issue_statement
from platform_app.kernel import clock, ids
from platform_app.kernel.models import AuditRecord, Event, IdempotencyRecord
from platform_app.kernel.tenancy import tenant_scope
from tenants.interfaces.api.docs import openapi
from tenants.models import (
    Attachment,
    ConsentRecord,
    EmbedSession,
    Merchant,
    Tenant,
    TestClock,
    WebhookDelivery,
    WebhookReplay,
)
from tenants.operations.feeds import take_feed
from tenants.operations.sandbox import fake_photo
from tenants.operations.webhooks import create_endpoint
from tests.campaigns import coupons, desk, pools
from tests.campaigns.sellers import seller
from tests.credit import lives, settling
from tests.tenants.interfaces.api.client import Partner

Call = tuple[str, str, str, str, Any]  # operation id, scope, method, path, body
_PART = re.compile(r"\{(\w+)\}")


@pytest.fixture
def things(tenant: Tenant, line: CreditLine, at: datetime) -> dict[str, str]:
    """One of everything that belongs to the owner, by the name of its path parameter."""
    with tenant_scope(tenant.id):
        drawdown = lives.drawn(line, 1_000_000, "SO-1", at)
        desk.asked(line.merchant, at)
        lives.authorized(line, 300_000, "SO-2", at)
        repayment: Repayment = lives.repaid(drawdown, 400_000, "PAY-1", at)
        endpoint, _ = create_endpoint(
            url="https://93.184.216.34/hook", event_names=[], actor="usr_test", at=at
        )
        delivery = WebhookDelivery.objects.create(
            endpoint=endpoint, event_id=ids.new_id("evt"), event_name="credit.line.activated",
            body="{}", next_attempt_at=at,
        )  # fmt: skip
        agree_deduction(
            merchant_id=line.merchant_id, fraction=settling.TENTH, actor=lives.ACTOR, at=at
        )
        moment = lives.close_until(date(2026, 3, 4))
        statement = issue_statement(
            merchant_id=line.merchant_id, from_on=date(2026, 3, 2), to_on=date(2026, 3, 3),
            actor=lives.ACTOR, at=moment,
        )  # fmt: skip
        return {
            "merchant_id": line.merchant_id,
            "batch_id": coupons.batch("B-1", at).id,
            "application_id": Application.objects.get().id,
            "offer_id": Offer.objects.get().id,
            "line_id": line.id,
            "drawdown_id": drawdown.id,
            "quote_id": drawdown.quote_id,
            "repayment_id": repayment.id,
            "endpoint_id": endpoint.id,
            "delivery_id": delivery.id,
            "event_id": Event.objects.filter(name="credit.drawdown.captured").get().id,
            "replay_id": WebhookReplay.objects.create(
                endpoint=endpoint,
                since=at,
                until=moment,
                status="done",
                actor="usr_test",
                asked_at=at,
                finished_at=at,
            ).id,
            "external_id": "M-1",
            "code": seller("S-017", at).code,
            **of_the_pool(at),
            "settlement_id": SettlementBatch.objects.get().id,
            "file_id": ReconciliationFile.objects.order_by("id")[0].id,
            "lender_id": settling.source_id(),
            "statement_id": statement.id,
            # No live platform has one: its refusals are told apart by a row that cannot be.
            "clock_id": TestClock.objects.create(name="x", started_at=at).id,
        }


def of_the_pool(at: datetime) -> dict[str, str]:
    """A file of the pool, a member of it, and the report of a batch of orders."""
    file = pools.pooled(at, "M-1,店,,A,,")
    feed = take_feed(rows=[], errors=[], sha256="0" * 64, actor="usr_test", at=at).feed
    member = pools.member("M-1")
    return {"pool_import_id": file.id, "pool_member_id": member.id, "feed_id": feed.id}


def bodies(things: dict[str, str]) -> dict[str, Any]:
    """A good body for every operation that takes one."""
    amount = {"amount": 20_000, "external_id": "X-1"}
    return {
        "merchant-put": {"name": "示例宠物店"},
        "pool_import-start": {
            "file_name": "pool.csv",
            "consent_basis": "platform_agreement",
            "content": "external_id\nM-2\n",
        },
        "order-batch": {
            "orders": [
                {
                    "order_no": "O-1",
                    "merchant_external_id": "M-1",
                    "ordered_on": "2026-03-01",
                    "amount": 5,
                }
            ]
        },
        "consent-give": {"codes": ["bureau_query"], "locale": "en", "evidence": {}},
        "application-submit": {"merchant": things["merchant_id"]},
        "application-withdraw": {"reason": "暂时不需要"},
        "application-resubmit": {"answers": []},
        "application_document-add": {
            "kind": "other",
            "external_id": "F-1",
            "content": b64encode(fake_photo(1)).decode(),
        },
        "offer-accept": {"cost_sheet_sha256": "0" * 64},
        "limit_request-make": {"amount": 100_000_000},
        "quote-make": {"line": things["line_id"], "amount": 20_000, "order_no": "SO-9"},
        "coupon-grant": {"merchant": things["merchant_id"]},
        "drawdown-request": {
            "line": things["line_id"],
            "quote": things["quote_id"],
            "external_id": "SO-9",
        },
        "drawdown-capture": amount,
        "drawdown-adjust": {"amount": 20_000},
        "refund-record": amount,
        "repayment-record": {
            **amount,
            "drawdown": things["drawdown_id"],
            "channel": "partner",
        },
        "deduction-record": {
            "merchant": things["merchant_id"],
            "external_id": "S-1",
            "sale_amount": 100_000,
        },
        "virtual_account-open": {
            "merchant": things["merchant_id"],
            "lender": things["lender_id"],
        },
        "statement-issue": {
            "merchant": things["merchant_id"],
            "from_on": "2026-03-02",
            "to_on": "2026-03-02",
        },
        "repayment-preview": {"drawdown": things["drawdown_id"]},
        "embed_session-open": {"merchant": things["merchant_id"], "component": "line"},
        "salesperson-save": {"code": "S-018", "name": "王示例", "phone": "13800000001"},
        "salesperson-bind": {"merchant": things["merchant_id"]},
        "salesperson-issue-qr": {},
        "webhook_endpoint-create": {"url": "https://93.184.216.34/other"},
        "webhook_endpoint-replay": {
            "from": "2026-03-02T00:00:00+08:00",
            "to": "2026-03-03T00:00:00+08:00",
        },
        "webhook_endpoint-change": {"status": "active"},
        "test_clock-create": {"name": "x"},
        "test_clock-advance": {"to": "2026-03-05T10:00:00+08:00"},
        "simulation-run": {"scenario": "ship"},
    }


def calls(things: dict[str, str], wrong: Callable[[str], str] = str) -> Iterator[Call]:
    """Every operation of the document; `wrong` spoils the ids in the addresses."""
    by_name = {**things, "drawdown_number": "SO-1"}
    for address, methods in openapi()["paths"].items():
        for method, one in methods.items():
            name = "drawdown_number" if address.endswith("drawdowns/ext:{external_id}") else ""
            path = _PART.sub(lambda part: wrong(by_name[name or part[1]]), address)  # noqa: B023 -- used at once
            operation_id = one["operationId"]
            body = bodies(things).get(operation_id)
            assert (body is not None) == ("requestBody" in one), operation_id
            yield (
                operation_id,
                one["x-scope"],
                method.upper(),
                path.removeprefix("/api/v1/"),
                body,
            )


def moved(tenant: Tenant) -> list[Any]:
    """Everything that would tell if something had happened."""
    tables = (
        Event, JournalEntry, IdempotencyRecord, AuditRecord, ConsentRecord, EmbedSession, Merchant,
        Attachment,
    )  # fmt: skip
    with tenant_scope(tenant.id):
        lines = list(CreditLine.objects.values())
        return [lines, *(table.objects.count() for table in tables)]


def answer(caller: Partner, call: Call) -> Any:
    return caller.call(call[2], call[3], call[4], key=f"test-key-{call[0]}")


def problem(response: Any) -> dict[str, Any]:
    assert response.headers["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert found["status"] == response.status_code
    assert found["request_id"] == response.headers["BT-Request-Id"]
    return found


def test_unsigned_calls_are_401(tenant: Tenant, stranger: Partner, things: dict[str, str]) -> None:
    before = moved(tenant)
    for call in calls(things):
        response = answer(stranger, call)
        assert (response.status_code, problem(response)["code"]) == (401, "signature_missing"), call
        assert response.headers["WWW-Authenticate"] == "BT-HMAC-SHA256"
    assert moved(tenant) == before


def test_keys_without_the_scope_are_403(
    tenant: Tenant, reader: Partner, administrator: Partner, things: dict[str, str]
) -> None:
    before = moved(tenant)
    for call in calls(things):
        response = answer(administrator if call[1] == "read" else reader, call)
        assert (response.status_code, problem(response)["code"]) == (403, "scope_missing"), call
    assert moved(tenant) == before


ABOUT_ONESELF = {
    "capability-list", "entry-show", "hello-show", "merchant-put", "order-batch",
    "pool_import-start", "response_key-list", "salesperson-save", "signature_debug-show",
    "test_clock-create", "webhook_endpoint-create",
}  # fmt: skip


def test_another_platform_gets_404_or_an_empty_list(
    tenant: Tenant, neighbor: Partner, things: dict[str, str]
) -> None:
    before = moved(tenant)
    for call in calls(things):
        if call[0] in ABOUT_ONESELF:
            continue
        response = answer(neighbor, call)
        if "{" not in call[3] and call[2] == "GET" and response.status_code == 200:
            rows = response.json()["data"]
            if call[0] == "event-list":  # its own launch is in its own log
                assert not {row["subject"] for row in rows} & set(things.values())
            else:
                assert rows == [], call
        else:
            assert response.status_code == 404, (call, response.content)
            assert problem(response)["code"] == "not_found"
    assert moved(tenant) == before


def test_lists_asked_for_somebody_elses_merchant_are_404(
    neighbor: Partner, things: dict[str, str]
) -> None:
    for path in (
        "applications",
        "coupons",
        "credit_lines",
        "drawdowns",
        "statements",
        "tickets",
        "referrals",
    ):
        assert neighbor.get(f"{path}?merchant={things['merchant_id']}").status_code == 404
    endpoint = things["endpoint_id"]
    assert neighbor.get(f"webhook_deliveries?endpoint={endpoint}").status_code == 404
    assert neighbor.get(f"drawdowns?line={things['line_id']}").json()["data"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        lambda _: "nonsense",
        lambda text: text[:4] + "z" * 26,
        lambda text: "mch_" + "0" * 26 if not text.startswith("mch_") else "lin_" + "0" * 26,
        lambda text: text[:4] + "0" * 26,
    ],
    ids=["no id", "out of range", "another kind", "never given"],
)
def test_ids_that_never_were_are_404(
    tenant: Tenant, owner: Partner, things: dict[str, str], wrong: Callable[[str], str]
) -> None:
    before = moved(tenant)
    for call in calls(things, wrong):
        if call in list(calls(things)) or call[0] == "merchant-put":
            continue
        response = answer(owner, call)
        assert (response.status_code, problem(response)["code"]) == (404, "not_found"), call
    assert moved(tenant) == before


def test_the_owner_gets_through(owner: Partner, things: dict[str, str], at: datetime) -> None:
    """The same calls, so that the refusals above are not refusals of something else."""
    refused = {  # said well, and refused by the business
        "application-submit": "line_exists",
        "application-resubmit": "not_waiting_for_merchant",
        "application-withdraw": "withdrawal_too_late",
        "drawdown-adjust": "drawdown_not_authorized",
        "drawdown-capture": "drawdown_not_authorized",
        "drawdown-cancel": "drawdown_not_authorized",
        "drawdown-request": "quote_expired",
        "salesperson-issue-qr": "entry_url_missing",  # the platform has no page of its own yet
        "test_clock-create": "test_only",
        "test_clock-advance": "test_only",
        "simulation-run": "test_only",
    }
    with clock.travel(at + timedelta(days=2)):
        for call in calls(things):
            response = answer(owner, call)
            if call[0] in refused:
                assert problem(response)["code"] == refused[call[0]], call
            else:
                assert response.status_code in {200, 201, 202}, (call, response.content)
