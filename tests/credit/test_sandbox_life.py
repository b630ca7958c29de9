"""A whole credit life in a sandbox through the public API, its days advanced by its clock."""

import json
import zlib
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from campaigns.operations.coupons import grant_coupon
from credit.models import (
    BusinessDay,
    CollectionCase,
    Discount,
    FundingInstruction,
    JournalEntry,
    Reminder,
)
from credit.queries.business_day import open_day
from credit.queries.proofs import full_checks
from platform_app.celery import app
from platform_app.kernel import clock, ids
from platform_app.kernel.models import Event
from platform_app.kernel.tasks import relay_dispatches
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant, TestClock, WebhookDelivery
from tenants.operations.merchants import upsert_merchant
from tenants.operations.sandbox import fake_registration_no
from tests.campaigns import coupons
from tests.credit import sandboxes
from tests.credit.interfaces.api.test_life import CONSENTS, ok
from tests.tenants.interfaces.api.client import Partner

FIRST = date(2026, 3, 2)
DUE = date(2026, 4, 1)


@pytest.fixture
def sandbox(tenant: Tenant, at: datetime) -> Tenant:
    return sandboxes.opened(tenant, at)


@pytest.fixture
def partner(sandbox: Tenant, at: datetime) -> Partner:
    return sandboxes.partner_in(sandbox, at)


def line_of(partner: Partner, name: str, no: str, at: datetime) -> dict[str, Any]:
    """Onboard a merchant of this name and have it accept; no orders: its name decides."""
    facts = {"registration_no": fake_registration_no(zlib.crc32(no.encode())), "verified": True}
    merchant = ok(partner.put(f"merchants/ext:{no}", {"name": name, **facts}))
    consents = {"codes": CONSENTS, "locale": "zh-hans", "evidence": {"ip": "203.0.113.7"}}
    ok(partner.post(f"merchants/{merchant['id']}/consents", consents))
    asked = {"merchant": merchant["id"], "external_id": f"APL-{no}"}
    with clock.travel(at + timedelta(seconds=5)):
        decided = ok(partner.post("applications", asked, Prefer="wait=8"))
        assert decided["status"] == "approved", decided
        offer = ok(partner.post(f"offers/{decided['offer']}/read"), 200)
    with clock.travel(at + timedelta(seconds=30)):
        read = {"cost_sheet_sha256": offer["cost_sheet_sha256"]}
        return ok(partner.post(f"offers/{offer['id']}/accept", read))


def shipped(partner: Partner, line: dict[str, Any], order_no: str, amount: int) -> dict[str, Any]:
    asked = {"line": line["id"], "amount": amount, "order_no": order_no, "terms": ["bullet_30"]}
    quote = ok(partner.post("quotes", asked))["data"][0]
    body = {"line": line["id"], "quote": quote["id"], "external_id": order_no}
    drawdown = ok(partner.post("drawdowns", body))
    captured = {"amount": amount, "external_id": f"SHIP-{order_no}"}
    return ok(partner.post(f"drawdowns/{drawdown['id']}/captures", captured))


def walk(
    partner: Partner, sandbox: Tenant, ticking: dict[str, Any], to: datetime
) -> dict[str, Any]:
    """Advance, and be the worker that does it."""
    asked = {"to": to.isoformat()}
    answer = ok(partner.post(f"test_clocks/{ticking['id']}/advance", asked), 202)
    assert (answer["status"], answer["advance_to"]) == ("advancing", to.isoformat())
    work = app.tasks["analytics.advance_test_clock"]
    work.apply_async(kwargs={"tenant_id": sandbox.id, "clock_id": ticking["id"]})
    arrived = ok(partner.get(f"test_clocks/{ticking['id']}"), 200)
    assert (arrived["status"], arrived["error"]) == ("ready", None), arrived
    assert (arrived["frozen_time"], arrived["advance_to"]) == (to.isoformat(), None)
    return arrived


def books(sandbox: Tenant) -> list[tuple[Any, ...]]:
    """Every posting by day and account, without ids."""
    with tenant_scope(sandbox.id), connection.cursor() as cursor:
        cursor.execute(
            """SELECT e.booked_on, e.kind, a.code, sum(p.amount_minor)
               FROM credit_posting p JOIN credit_journalentry e ON e.id = p.entry_id
               JOIN credit_account a ON a.id = p.account_id
               WHERE e.tenant_id = %s GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
            [str(ids.to_uuid("tnt", sandbox.id))],
        )
        return list(cursor.fetchall())


def told(sandbox: Tenant, subject: str) -> list[tuple[str, int | None]]:
    """What a receiver was sent of one object, in the order of sending: (name, version)."""
    relay_dispatches()
    with tenant_scope(sandbox.id):
        rows = WebhookDelivery.objects.order_by("next_attempt_at", "id")
        bodies = [json.loads(body) for body in rows.values_list("body", flat=True)]
    mine = [one for one in bodies if one["data"]["id"] == subject]
    return [(one["type"], one.get("version")) for one in mine]


def test_from_the_application_past_grace_to_the_last_fen(
    tenant: Tenant, other_tenant: Tenant, sandbox: Tenant, partner: Partner, at: datetime
) -> None:
    quiet = [(one, events_of(one)) for one in (tenant, other_tenant)]
    ok(partner.post("webhook_endpoints", {"url": "https://93.184.216.34/hook"}))
    ticking = ok(partner.post("test_clocks", {"name": "life"}))
    assert (ticking["status"], ticking["frozen_time"]) == ("ready", at.isoformat())
    line = line_of(partner, "示例宠物店#APPROVE", "M-1", at)
    assert line["limit"] == 5_000_000
    drawdown = shipped(partner, line, "SO-1", 1_000_000)
    assert drawdown["maturity_on"] == DUE.isoformat()
    walk(partner, sandbox, ticking, clock.moment_on(DUE + timedelta(days=5), 10))
    late = ok(partner.get(f"drawdowns/{drawdown['id']}"), 200)
    assert (late["is_overdue"], late["days_past_due"], late["status"]) == (True, 5, "repaying")
    with tenant_scope(sandbox.id):
        assert open_day() == DUE + timedelta(days=5)
        assert BusinessDay.objects.filter(status="closed").count() == 35
        assert CollectionCase.objects.filter(status="open").count() == 1
        assert Reminder.objects.exists()
        assert FundingInstruction.objects.get().status == "funded"
        assert set(full_checks(accrued_through=open_day()).values()) == {0}
    asked = {"drawdown": drawdown["id"]}
    preview = ok(partner.call("POST", "repayments/preview", asked), 200)
    assert preview["payoff"] > 1_000_000
    paid = {"amount": preview["payoff"], "external_id": "PAY-1", "channel": "bank_transfer"}
    ok(partner.post("repayments", {**asked, **paid}))
    ended = ok(partner.get(f"drawdowns/{drawdown['id']}"), 200)
    assert (ended["status"], ended["next_action"]) == ("paid_off", None)
    heard = told(sandbox, drawdown["id"])
    names = {name for name, _ in LIFE}
    assert [one for one in heard if one[0] in names] == list(LIFE), heard
    versions = [version for _, version in heard if version is not None]
    assert versions == sorted(versions)
    assert [(one, events_of(one)) for one in (tenant, other_tenant)] == quiet


LIFE = (
    ("credit.drawdown.authorized", 1),
    ("credit.drawdown.captured", 2),
    ("credit.drawdown.funded", 2),
    ("credit.installment.grace_started", None),
    ("credit.installment.overdue", None),
    ("credit.drawdown.paid_off", 3),
)


def events_of(tenant: Tenant) -> int:
    with tenant_scope(tenant.id):
        return Event.objects.count() + JournalEntry.objects.count() + BusinessDay.objects.count()


def test_one_long_way_and_many_short_ones_end_with_equal_books(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    to = clock.moment_on(date(2026, 3, 18), 15)
    found = []
    ways = ([to], [clock.moment_on(FIRST, 18) + timedelta(hours=n * 31) for n in range(13)])
    for live, way in zip((tenant, other_tenant), ways, strict=True):
        sandbox = sandboxes.opened(live, at)
        partner = sandboxes.partner_in(sandbox, at)
        ticking = ok(partner.post("test_clocks", {"name": "life"}))
        line = line_of(partner, "示例宠物店#APPROVE", "M-1", at)
        shipped(partner, line, "SO-1", 1_000_002)  # the lender pays and does not answer
        for stop in [*[one for one in way if one < to], to]:
            walk(partner, sandbox, ticking, stop)
        found.append((books(sandbox), sandbox))
        with tenant_scope(sandbox.id):
            assert FundingInstruction.objects.get().status == "funded"
            assert set(full_checks(accrued_through=open_day()).values()) == {0}
    assert {row[1] for row in found[0][0]} >= {"capture", "accrual", "settlement"}, found[0][0]
    assert found[0][0] == found[1][0]
    with tenant_scope(found[0][1].id):
        assert TestClock.objects.count() == 1


def test_a_coupon_ends_as_the_clock_walks(sandbox: Tenant, partner: Partner, at: datetime) -> None:
    ticking = ok(partner.post("test_clocks", {"name": "coupon"}))
    with tenant_scope(sandbox.id):
        merchant, _ = upsert_merchant(external_id="M-1", name="示例店", actor="x", at=at)
        batch = coupons.batch("B-1", at, last_on=clock.day_of(at) + timedelta(days=1))
        grant_coupon(batch_id=batch.id, merchant_id=merchant.id, actor="x", at=at)
    walk(partner, sandbox, ticking, at + timedelta(days=4))
    with tenant_scope(sandbox.id):
        assert Discount.objects.get().status == "expired"
        assert Event.objects.filter(name="credit.discount.expired").count() == 1
