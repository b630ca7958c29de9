"""A sandbox beside its live platform: what it copies, what it refuses, what its values do."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from credit.models import (
    BankFlow,
    CloseException,
    Drawdown,
    FundingInstruction,
    Hold,
    LoanEvent,
    ProductVersion,
    Repayment,
    Review,
)
from credit.operations.funding_pursuit import pursue
from credit.operations.sandboxes import open_sandbox, reset_sandbox
from platform_app.celery import app
from platform_app.kernel import clock, scope
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.tenancy import tenant_scope
from risk.models import Decision, Policy, Scorecard
from risk.operations.decisions import replay
from tenants.errors import LiveOnly
from tenants.models import Tenant, TestClock, WebhookDelivery
from tenants.operations.credentials import create_hmac_key
from tenants.operations.webhooks import create_endpoint, make_deliveries
from tenants.queries.sandboxes import sandbox_of, working_for
from tests.credit import sandboxes
from tests.credit.interfaces.api.test_life import CONSENTS, ok
from tests.credit.lives import ACTOR
from tests.credit.test_sandbox_life import line_of, shipped
from tests.tenants.interfaces.api.client import Partner
from tests.tenants.interfaces.api.conftest import partner_of


@pytest.fixture
def sandbox(tenant: Tenant, at: datetime) -> Tenant:
    return sandboxes.opened(tenant, at)


@pytest.fixture
def partner(sandbox: Tenant, at: datetime) -> Partner:
    return sandboxes.partner_in(sandbox, at)


@pytest.fixture
def live(tenant: Tenant, at: datetime) -> Partner:
    return partner_of(tenant, at)


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def in_force(tenant: Tenant) -> tuple[Any, ...]:
    with tenant_scope(tenant.id):
        versions = ProductVersion.objects.filter(status="published").order_by("product__code")
        return (
            list(versions.values_list("product__code", "sha256", "lowest_rate", "highest_rate")),
            Policy.objects.get(status="champion").sha256,
            Scorecard.objects.get(status="champion").sha256,
        )


def test_it_starts_as_the_live_platform_stands(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        sandbox = open_sandbox(actor=ACTOR, at=at)
        again = open_sandbox(actor=ACTOR, at=at)
        told = AuditRecord.objects.filter(action="tenants.sandbox.open")
        assert [one.after for one in told] == [{"sandbox": sandbox.id}]
    assert again.id == sandbox.id
    assert (sandbox.mode, sandbox.live_tenant_id, sandbox.is_virtual) == ("test", tenant.id, False)
    assert (sandbox.name, sandbox.vertical) == (tenant.name, tenant.vertical)
    assert in_force(sandbox) == in_force(tenant)
    with tenant_scope(sandbox.id), pytest.raises(LiveOnly):
        open_sandbox(actor=ACTOR, at=at)


def test_a_fresh_one_retires_the_old_with_its_keys(
    tenant: Tenant, sandbox: Tenant, partner: Partner, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        fresh = reset_sandbox(actor=ACTOR, at=at)
    assert sandbox_of(tenant.id) == fresh != sandbox
    assert refused(partner.get("hello")) == (403, "tenant_suspended")
    assert ok(sandboxes.partner_in(fresh, at).get("hello"), 200)["tenant"]["mode"] == "test"


def test_the_key_decides_the_mode(live: Partner, partner: Partner) -> None:
    answers = [one.get("hello") for one in (live, partner)]
    assert [one.headers["BT-Mode"] for one in answers] == ["live", "test"]
    assert [one.json()["tenant"]["mode"] for one in answers] == ["live", "test"]
    told = [one.put("merchants/ext:M-9", {"name": "示例店"}).json() for one in (live, partner)]
    assert [one["mode"] for one in told] == ["live", "test"]
    for tenant_id, mode in zip(
        [one.json()["tenant"]["id"] for one in answers], ["live", "test"], strict=True
    ):
        with tenant_scope(tenant_id):
            create_endpoint(url="http://127.0.0.1:9/x", event_names=[], actor="usr", at=clock.now())
            event = Event.objects.filter(name="tenants.merchant.pooled").latest("id")
            make_deliveries(event.id)
            body = WebhookDelivery.objects.get(event_id=event.id).body
            assert json.loads(body)["mode"] == mode
    assert live.get("test_clocks").json()["data"] == []


def test_the_mode_costs_no_statement(tenant: Tenant, live: Partner, partner: Partner) -> None:
    counts = []
    for one in (live, partner):
        one.get("hello")  # the first use of a key on a day is written down
        with CaptureQueriesContext(connection) as counted:
            one.get("hello")
        counts.append(len(counted))
    ok(partner.post("test_clocks", {"name": "x"}))
    with CaptureQueriesContext(connection) as counted:
        partner.get("hello")
    assert counts == [len(counted)] * 2


@pytest.mark.parametrize(
    "change",
    [
        {"mode": "test"},
        {"clock_at": "2026-03-02T00:00:00Z", "clock_set_at": "2026-03-02T00:00:00Z"},
    ],
)
def test_the_database_keeps_the_modes_apart(tenant: Tenant, change: dict[str, str]) -> None:
    with pytest.raises(IntegrityError, match="tenants_tenant_"):
        Tenant.objects.filter(pk=tenant.id).update(**change)


def test_a_second_sandbox_cannot_be_stored(tenant: Tenant, sandbox: Tenant) -> None:
    with pytest.raises(IntegrityError, match="tenants_tenant_one_sandbox"):
        Tenant.objects.create(slug="x", name="x", vertical="pet", mode="test", live_tenant=tenant)


# --- the clock -----------------------------------------------------------------------------------


def moved(*tenants: Tenant) -> list[int]:
    found = []
    for one in tenants:
        with tenant_scope(one.id):
            found += [Event.objects.count(), TestClock.objects.count(), Hold.objects.count()]
    return found


def test_a_clock_is_for_sandboxes_and_there_is_one(
    tenant: Tenant, sandbox: Tenant, live: Partner, partner: Partner
) -> None:
    before = moved(tenant)
    assert refused(live.post("test_clocks", {"name": "x"})) == (403, "test_only")
    assert moved(tenant) == before
    assert ok(partner.post("test_clocks", {"name": "x"}))["status"] == "ready"
    before = moved(sandbox)
    assert refused(partner.post("test_clocks", {"name": "y"})) == (409, "clock_exists")
    assert moved(sandbox) == before


def test_what_a_clock_does_not_do(
    sandbox: Tenant, partner: Partner, other_tenant: Tenant, at: datetime
) -> None:
    ticking = ok(partner.post("test_clocks", {"name": "x"}))
    path = f"test_clocks/{ticking['id']}"
    asked = {name: {"to": (at + way).isoformat()} for name, way in WAYS.items()}
    assert refused(partner.post(f"{path}/advance", asked["back"])) == (422, "clock_backwards")
    assert refused(partner.post(f"{path}/advance", asked["far"])) == (422, "clock_too_far")
    neighbor = sandboxes.partner_in(sandboxes.opened(other_tenant, at), at)
    assert refused(neighbor.get(path)) == (404, "not_found")
    assert refused(neighbor.post(f"{path}/advance", asked["day"])) == (404, "not_found")
    reader = partner_of(sandbox, at, ["read"])
    assert refused(reader.post(f"{path}/advance", asked["day"])) == (403, "scope_missing")
    assert ok(partner.get(path), 200) == ticking
    assert ok(partner.post(f"{path}/advance", asked["day"]), 202)["status"] == "advancing"
    assert ok(partner.post(f"{path}/advance", asked["day"]), 202)["version"] == 2
    assert refused(partner.post(f"{path}/advance", asked["week"])) == (409, "clock_advancing")


WAYS = {
    "back": timedelta(seconds=-1),
    "far": timedelta(days=62, seconds=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
}


def test_it_goes_on_within_its_day_and_never_past_it(partner: Partner, at: datetime) -> None:
    ticking = ok(partner.post("test_clocks", {"name": "x"}))
    seen = []
    for later in (timedelta(minutes=5), timedelta(days=3)):
        with clock.travel(at + later):
            seen.append(ok(partner.get(f"test_clocks/{ticking['id']}"), 200)["frozen_time"])
    assert seen == ["2026-03-02T10:05:00+08:00", "2026-03-02T23:59:59.999000+08:00"]


def test_a_walk_that_was_killed_is_taken_up_and_one_that_fails_says_why(
    sandbox: Tenant, partner: Partner, at: datetime
) -> None:
    drawdown = shipped(partner, line_of(partner, "示例#APPROVE", "M-1", at), "SO-1", 1_000_000)
    ticking = ok(partner.post("test_clocks", {"name": "x"}))
    path = f"test_clocks/{ticking['id']}"
    to = clock.moment_on(clock.day_of(at) + timedelta(days=1), 12)
    ok(partner.post(f"{path}/advance", {"to": to.isoformat()}), 202)  # and nobody comes
    resume = app.tasks["analytics.resume_test_clocks"]
    work = app.tasks["analytics.advance_test_clock"]
    who = {"tenant_id": sandbox.id, "clock_id": ticking["id"]}
    assert resume.apply_async().get() == 0
    with tenant_scope(sandbox.id):
        left = CloseException.objects.create(
            drawdown_id=drawdown["id"], on=clock.day_of(at), problem="x", opened_at=at,
            status="open",
        )  # fmt: skip
    with clock.travel(at + timedelta(minutes=6)):
        assert resume.apply_async().get() == 1
        work.apply_async(kwargs=who)
        shown = ok(partner.get(path), 200)
        assert (shown["status"], shown["advance_to"]) == ("failed", to.isoformat())
        assert shown["error"].startswith("ExceptionsOpen (close_exceptions_open): ")
        with tenant_scope(sandbox.id):
            CloseException.objects.filter(pk=left.pk).update(status="repaired")
        ok(partner.post(f"{path}/advance", {"to": to.isoformat()}), 202)
        work.apply_async(kwargs=who)
        shown = ok(partner.get(path), 200)
    assert (shown["status"], shown["error"], shown["frozen_time"]) == (
        "ready",
        None,
        to.isoformat(),
    )
    assert work.apply_async(kwargs=who).get() == 0


# --- magic values --------------------------------------------------------------------------------


def applied(partner: Partner, name: str, at: datetime) -> Any:
    facts = {"registration_no": "91000000MA0000001R", "verified": True}
    merchant = ok(partner.put("merchants/ext:M-1", {"name": name, **facts}))
    consents = {"codes": CONSENTS, "locale": "zh-hans", "evidence": {"ip": "203.0.113.7"}}
    ok(partner.post(f"merchants/{merchant['id']}/consents", consents))
    with clock.travel(at + timedelta(seconds=5)):
        return partner.post("applications", {"merchant": merchant["id"]}, Prefer="wait=8")


@pytest.mark.parametrize(
    ("word", "status", "reasons"),
    [
        ("#APPROVE", "approved", []),
        ("#review", "in_review", ["overall_assessment"]),
        ("#DECLINE_LIMIT", "declined", ["limit_too_small"]),
    ],
)
def test_a_name_decides_and_the_decision_replays(
    sandbox: Tenant, partner: Partner, at: datetime, word: str, status: str, reasons: list[str]
) -> None:
    shown = ok(applied(partner, f"示例宠物店{word}", at))
    assert shown["status"] == status
    with tenant_scope(sandbox.id):
        decision = Decision.objects.get()
        assert (decision.reasons, decision.facts["magic"]["word"]) == (reasons, word.upper())
        assert replay(decision.id)
    assert scope.in_test_mode() is False


def test_a_firm_that_cannot_be_verified(sandbox: Tenant, partner: Partner, at: datetime) -> None:
    answer = applied(partner, "示例宠物店#DECLINE_ID", at)
    assert refused(answer) == (422, "merchant_not_verified")


def test_a_live_merchant_of_that_name_gets_nothing(
    tenant: Tenant, live: Partner, at: datetime
) -> None:
    shown = ok(applied(live, "示例宠物店#APPROVE", at))
    assert shown["status"] == "declined"
    with tenant_scope(tenant.id):
        assert "magic" not in Decision.objects.get().facts


def test_an_amount_that_no_lender_takes(sandbox: Tenant, partner: Partner, at: datetime) -> None:
    line = line_of(partner, "示例宠物店#APPROVE", "M-1", at)
    asked = {"line": line["id"], "amount": 1_000_001, "order_no": "SO-1", "terms": ["bullet_30"]}
    quote = ok(partner.post("quotes", asked))["data"][0]
    body = {"line": line["id"], "quote": quote["id"], "external_id": "SO-1"}
    before = moved(sandbox)
    assert refused(partner.post("drawdowns", body)) == (422, "no_funding_source")
    assert moved(sandbox) == before


@pytest.mark.parametrize(
    ("name", "amount", "first", "then"),
    [
        ("示例#APPROVE", 1_000_000, "funded", "funded"),
        ("示例#APPROVE", 1_000_002, "unknown", "funded"),
        ("示例#FUNDER_TIMEOUT", 1_000_000, "unknown", "funded"),
        ("示例#FUNDER_FAIL", 1_000_000, "failed", "failed"),
    ],
)
def test_lenders(
    sandbox: Tenant, partner: Partner, at: datetime, name: str, amount: int, first: str, then: str
) -> None:  # fmt: skip
    shipped(partner, line_of(partner, name, "M-1", at), "SO-1", amount)
    found = []
    for later in (timedelta(minutes=1), timedelta(minutes=20)):
        with clock.travel(at + later), working_for(sandbox.id):
            found.append(str(pursue(instruction_id=FundingInstruction.objects.get().id)))
    assert found == [first, then]


def test_what_is_rehearsed_takes_no_room_of_a_real_firm(
    tenant: Tenant, sandbox: Tenant, partner: Partner, live: Partner, at: datetime
) -> None:
    shipped(partner, line_of(partner, "示例#APPROVE", "M-1", at), "SO-1", 1_000_000)
    with tenant_scope(sandbox.id):
        (own,) = Hold.objects.values_list("entity_key", flat=True)
    from risk.queries.entities import entity_key  # noqa: PLC0415 -- only here

    with tenant_scope(tenant.id):
        with tenant_scope(sandbox.id):
            number = Drawdown.objects.select_related("merchant").get().merchant.registration_no
        assert entity_key(number) not in {"", own}


# --- scenarios -----------------------------------------------------------------------------------


def happen(partner: Partner, merchant: str, scenario: str, **more: Any) -> Any:
    return partner.post(f"test/merchants/{merchant}/simulate", {"scenario": scenario, **more})


def test_each_scenario_goes_through_the_operation_of_real_life(
    sandbox: Tenant, partner: Partner, at: datetime
) -> None:
    line = line_of(partner, "示例#APPROVE", "M-1", at)
    who = line["merchant"]
    before = moved(sandbox)
    for scenario in ("ship", "refund", "repay", "bank_flow", "overdue", "review_answer"):
        assert refused(happen(partner, who, scenario)) == (409, "nothing_to_simulate")
    assert moved(sandbox) == before
    asked = {"line": line["id"], "amount": 1_000_000, "order_no": "SO-1", "terms": ["bullet_30"]}
    quote = ok(partner.post("quotes", asked))["data"][0]
    body = {"line": line["id"], "quote": quote["id"], "external_id": "SO-1"}
    drawdown = ok(partner.post("drawdowns", body))["id"]
    assert ok(happen(partner, who, "ship")) == {
        "object": "simulation", "scenario": "ship", "merchant": who, "happened_to": drawdown,
    }  # fmt: skip
    ok(happen(partner, who, "refund", amount=100_000))
    ok(happen(partner, who, "repay", amount=200_000, drawdown=drawdown))
    ok(happen(partner, who, "bank_flow", amount=300_000))
    with working_for(sandbox.id):
        kinds = LoanEvent.objects.order_by("seq").values_list("kind", "amount_minor")
        assert list(kinds) == [
            ("capture", 1_000_000), ("refund", 100_000), ("repayment", 200_000),
        ]  # fmt: skip
        assert BankFlow.objects.get().amount_minor == 300_000
        app.tasks["credit.match_flows"].apply_async(kwargs={"tenant_id": sandbox.id})
        assert sorted(Repayment.objects.values_list("amount_minor", flat=True)) == [
            200_000,
            300_000,
        ]
    assert refused(happen(partner, who, "overdue")) == (409, "clock_missing")
    ok(partner.post("test_clocks", {"name": "x"}))
    assert ok(happen(partner, who, "overdue"))["happened_to"] == drawdown
    (ticking,) = partner.get("test_clocks").json()["data"]
    assert ticking["advance_to"] == "2026-04-05T10:00:00+08:00"


@pytest.mark.parametrize(("approve", "status"), [(True, "approved"), (False, "declined")])
def test_a_reviewer_answers(
    sandbox: Tenant, partner: Partner, at: datetime, approve: Any, status: str
) -> None:
    shown = ok(applied(partner, "示例#REVIEW", at))
    with clock.travel(at + timedelta(minutes=1)):
        ok(happen(partner, shown["merchant"], "review_answer", approve=approve))
        again = ok(partner.get(f"applications/{shown['id']}"), 200)
    assert again["status"] == status
    assert again["limit"] == (5_000_000 if approve else None)
    assert (again["annual_rate"] is not None) == approve
    assert again["annual_rate"] != "0.0000"
    with tenant_scope(sandbox.id):
        assert Review.objects.get().status == "closed"


def test_scenarios_are_for_sandboxes(
    tenant: Tenant, live: Partner, partner: Partner, at: datetime
) -> None:
    merchant = ok(live.put("merchants/ext:M-1", {"name": "示例"}))["id"]
    before = moved(tenant)
    assert refused(happen(live, merchant, "ship")) == (403, "test_only")
    assert refused(happen(partner, merchant, "ship")) == (404, "not_found")
    with tenant_scope(tenant.id):
        key, secret = create_hmac_key(label="x", scopes=["read"], actor="usr", at=at)
    reader = Partner(key.id, secret)
    assert refused(happen(reader, merchant, "ship")) == (403, "scope_missing")
    assert moved(tenant) == before
