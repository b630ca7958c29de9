"""The back office: who gets in, what is shown, what can be done and is written down."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db import connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.operations.expected_loss import book_platform
from credit.gateways.funding import Script
from credit.models import (
    ApplicationAsk,
    BusinessDay,
    CloseException,
    CreditLine,
    Drawdown,
    ProductVersion,
    ReferenceChange,
    SettlementBatch,
)
from credit.operations.approvals import request_approval
from credit.operations.calendar import propose_calendar
from credit.operations.documents import issue_receipt
from credit.operations.merchant_caps import set_merchant_cap
from credit.operations.partnerships import name_lenders
from credit.operations.reference_changes import propose_reference_change
from credit.operations.score_runs import run_here
from credit.operations.servicing import Act
from credit.operations.servicing_acts import Asked
from credit.operations.simulated_onboarding import hand_in
from credit.operations.snapshots import snapshot_balances
from credit.operations.temporary_limits import grant_temporary_limit
from credit.queries.business_day import open_day
from platform_app.kernel import audit, clock, events, idempotency
from platform_app.kernel.back_office import RowsAdmin
from platform_app.kernel.models import AuditRecord, Dispatch
from platform_app.kernel.tenancy import platform_scope, tenant_scope
from risk.models import Scorecard
from risk.operations.entity_caps import propose_entity_cap
from risk.operations.scorecards import register_scorecard, validate_scorecard
from tenants.enums import ApplicationNeed
from tenants.models import (
    ApiRequest,
    Credential,
    EmbedSession,
    Member,
    Merchant,
    MerchantPerson,
    Tenant,
    TestClock,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookReplay,
)
from tenants.operations.account_changes import enter_account_change
from tenants.operations.credentials import create_hmac_key
from tenants.operations.drafts import save_draft
from tenants.operations.embed_sessions import open_session
from tenants.operations.face_checks import start_face_check
from tenants.operations.feeds import take_feed
from tenants.operations.identity_reviews import ask_identity_review
from tenants.operations.imports import import_file, start_import
from tenants.operations.members import enroll_totp
from tenants.operations.merchant_users import invite_user
from tenants.operations.people import set_person
from tenants.operations.sandbox import fake_registration_no
from tenants.operations.step_up import send_code
from tenants.operations.tenants import set_application_needs
from tenants.operations.webhooks import create_endpoint, make_deliveries
from tests.callers import browser, member
from tests.campaigns import coupons, desk, invited, pools, sellers
from tests.conftest import frame, lived, platform
from tests.credit import late, lenders, lives, referrals, settling, signing
from tests.risk import matured, policies, trials, watch
from tests.tenants.faces import agreed

pytestmark = pytest.mark.django_db

OURS = ("kernel", "tenants", "risk", "credit", "campaigns", "analytics")
MODELS = [model for model in apps.get_models() if model._meta.app_label in OURS]
LIST_QUERIES = 9
PHONE = "13800001234"
SECRETS = ("张示例", PHONE, "王示例", "11010119900101123X", "赵示例", "owner@pets.example")


def connected(no: str, at: datetime) -> None:
    """A key with a request of it, an endpoint with what it was told."""
    key, _ = create_hmac_key(label=no, scopes=["read"], actor="usr", at=at)
    ApiRequest.objects.create(
        at=at, key_id=key.id, is_verified=True, method="GET", route="/x", path="/x",
        status=200, duration_ms=1,
    )  # fmt: skip
    endpoint, _ = create_endpoint(url="http://127.0.0.1:1/hook", event_names=[], actor="usr", at=at)
    WebhookReplay.objects.create(
        endpoint=endpoint, since=at, until=at + timedelta(days=1), actor="usr", asked_at=at
    )
    event_id = events.record("credit.day.closed", subject=no, actor="usr", at=at)
    make_deliveries(event_id)
    for delivery in WebhookDelivery.objects.filter(endpoint=endpoint):
        WebhookAttempt.objects.create(delivery=delivery, attempt_no=1, at=at)
    if not Dispatch.objects.exists():
        Dispatch.objects.create(consumer="c", event_id=event_id, occurred_at=at)


def live(tenant: Tenant, number: int, at: datetime) -> None:
    """Leave at least one row in every table of this tenant: its merchant number `number`."""
    no = f"{tenant.slug}-{number}"
    with tenant_scope(tenant.id):
        if not CreditLine.objects.exists():
            name_lenders(
                product_version_id=ProductVersion.objects.get().id, actor="usr", at=at,
                funding_source_ids=[lenders.source("示例第二银行", at).id],
            )  # fmt: skip
        policies.leave_one_of_everything(number, at)
        merchant = lives.merchant_with_trade(no, at)
        handed_in(merchant, at)
        set_person(
            merchant_id=merchant.id, role="legal_representative", name="张示例", phone=PHONE,
            actor="usr", at=at,
        )  # fmt: skip
        line = signing.signed_line(merchant, at)
        drawdown, _ = lenders.routed(line, 1_000_000, f"SO-{no}", at)
        (paid,) = lenders.captured(drawdown, 1_000_000, "ship-1", at)
        lenders.look(paid, lenders.scripted(Script.PAY), at)
        lives.repaid(drawdown, 100_000, f"PAY-{no}", at)
        issue_receipt(drawdown_id=drawdown.id, actor="usr", at=at)
        calendar = f"date,is_workday,kind,notice_no\n2026-10-10,1,{no},A\n".encode()
        propose_calendar(data=calendar, file_name=f"{no}.csv", actor="usr", at=at)
        settling.leave_one_of_everything(merchant.id, drawdown.id, no, at)
        serviced(line, drawdown, no, at)
        risk_rows(number, no, line.merchant, at)
        customers(line, number, no, at)
        CloseException.objects.create(
            drawdown=drawdown, on=clock.day_of(at), problem="x", opened_at=at, status="repaired"
        )
        visit, _ = open_session(
            merchant_id=merchant.id, component="line", origin="", return_url="", locale="zh-hans",
            order_no="", amount_minor=0, actor="usr", at=at,
        )  # fmt: skip
        send_code(session=visit, purpose="sign", subject=no, actor="usr", at=at)
        users_and_account(merchant, visit, at)
        upload = BytesIO("订单号\n坏".encode())
        import_file(
            import_id=start_import(file_name=f"{no}.csv", content=upload, actor="usr", at=at).id
        )
        take_feed(rows=[], errors=[], sha256=no, actor="usr", at=at)
        connected(no, at)
        idempotency.once(
            caller="key", operation="POST /x", key=f"order-{no}", payload={},
            act=lambda: idempotency.Answer(201, {}),
        )  # fmt: skip
        if not ReferenceChange.objects.exists():
            propose_reference_change(
                kind="lpr_rate", reason="示例", actor="usr", at=at,
                payload={"term": "1Y", "on": "2026-03-20", "value": "0.03", "source_url": "http://x"},
            )  # fmt: skip
        if not TestClock.objects.exists():
            TestClock.objects.create(name=no, started_at=at)


def customers(line: CreditLine, number: int, no: str, at: datetime) -> None:
    """A coupon, a question and a call, a salesperson, a file of the pool, an invitation."""
    coupons.one_of_each(line, no, at)
    invited.one_of_each(line, no, at)
    desk.leave_one_of_everything(line.merchant, at)
    sellers.one_of_each(line.merchant, number, at)
    pools.pooled(at, f"{no},示例店,,A,,", "坏,,,E,,")


def handed_in(merchant: Merchant, at: datetime) -> None:
    """What pages before an application leave: code, account, file, draft."""
    set_application_needs(needs=list(ApplicationNeed.values), actor="usr", at=at)
    hand_in(merchant, number=1, actor="usr", at=at)
    set_application_needs(needs=[], actor="usr", at=at)
    save_draft(merchant_id=merchant.id, step="legal", fields={"name": "张示例"}, at=at)


def users_and_account(merchant: Merchant, visit: EmbedSession, at: datetime) -> None:
    """An invited user, a face check, and another account that is not confirmed yet."""
    agreed(MerchantPerson.objects.get(merchant=merchant, role="legal_representative"), at)
    start_face_check(session=visit, subject="ofr_1", step="merchant:face-show", actor="usr", at=at)
    ask_identity_review(merchant_id=merchant.id, subject="ofr_1", due_at=at, actor="usr", at=at)
    invite_user(
        merchant_id=merchant.id, name="李示例", phone=PHONE, role="viewer", invited_by="",
        drawdown_cap_minor=None, month_cap_minor=None, actor="usr", at=at,
    )  # fmt: skip
    enter_account_change(
        merchant_id=merchant.id, kind="corporate", bank_name="示例银行二", actor="usr", at=at,
        holder_name=merchant.name, number="22001234567890",
    )  # fmt: skip


def risk_rows(number: int, no: str, merchant: Merchant, at: datetime) -> None:
    """A card, an experiment, what was found of a merchant, a night's figures, a score run."""
    trials.leave_one_of_everything(merchant, number, at)
    validated_scorecard(number, at)
    watch.one_of_each(number, at)
    propose_entity_cap(
        registration_no=fake_registration_no(number), cap_minor=1, reason=no, actor="usr", at=at
    )
    run_here(key=no, actor="usr", at=at)


def validated_scorecard(number: int, at: datetime) -> None:
    base = {"handling": "separate", "points": 500 + number}
    body = Scorecard.objects.get(version=1).body | {"base": base}
    card = register_scorecard(body=body, metrics={}, actor="usr_one", at=at)
    validate_scorecard(scorecard_id=card.id, comment="示例", actor="usr_two", at=at)
    matured.one_of_each()


def serviced(line: CreditLine, drawdown: Drawdown, no: str, at: datetime) -> None:
    """Late, a temporary limit, a cap, a write-off that waits, an answer, expected loss."""
    late.one_of_each(drawdown, at)
    referrals.one_of_each(line, at)
    ApplicationAsk.objects.create(
        application_id=line.offer.application_id, kind="answer", message="?", status="dropped",
        due_on=clock.day_of(at), asked_by="usr", asked_at=at,
    )  # fmt: skip
    by: dict[str, Any] = {"reason": "样例", "actor": "usr", "at": at}
    day = clock.day_of(at)
    grant_temporary_limit(
        line_id=line.id, amount_minor=1_000, from_on=day, until_on=day + timedelta(days=9), key=no,
        **by,
    )  # fmt: skip
    set_merchant_cap(merchant_id=line.merchant_id, cap_minor=10**9, **by)
    act = Act(drawdown_id=drawdown.id, external_id=no, actor="usr", at=at)
    request_approval(act, Asked(kind="write_off"), reason="样例")
    book_platform(on=day, actor="usr", at=at)


def _world(at: datetime, merchants: int) -> Tenant:
    """A platform with something in every table, its first day closed."""
    found = platform(f"world-{merchants}", at, "萌宠采购网")
    for number in range(1, merchants + 1):
        live(found, number, at)
    with tenant_scope(found.id):
        lives.close_until(open_day() + timedelta(days=1))
        snapshot_balances(on=open_day() - timedelta(days=1))
    return found


@pytest.fixture(scope="class")
def world(request: pytest.FixtureRequest, lasting: transaction.Atomic) -> Iterator[Tenant]:
    """Of one merchant or, by parameter, of three; gone when the next is made."""
    with frame():
        yield lived(partial(_world, merchants=getattr(request, "param", 1)))


@pytest.fixture
def staff(at: datetime) -> Member:
    return member(None, "staff", at)


@pytest.fixture
def client(staff: Member) -> Iterator[Client]:
    return browser(staff)  # type: ignore[return-value]


def listing(model: type[models.Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def detail(row: models.Model) -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return reverse(name, args=[quote(row.pk)])


def press(client: Client, name: str, *rows: models.Model) -> list[str]:
    """Choose these rows, run the action, return what the page says."""
    data = {"action": name, "_selected_action": [row.pk for row in rows]}
    answer = client.post(listing(type(rows[0])), data, follow=True)
    assert answer.status_code == 200
    return [str(message) for message in answer.context["messages"]]


class TestTheDoor:
    def test_nobody_is_sent_to_the_consoles_login_and_back(self) -> None:
        first = browser(None).get("/admin/credit/drawdown/")
        assert first["Location"] == "/admin/login/?next=/admin/credit/drawdown/"
        second = browser(None).get(first["Location"])
        assert second["Location"] == "/console/login?next=%2Fadmin%2Fcredit%2Fdrawdown%2F"

    @pytest.mark.parametrize("role", ["owner", "operator", "finance", "developer", "viewer"])
    def test_a_partners_member_is_turned_away(
        self, tenant: Tenant, at: datetime, role: str
    ) -> None:
        answer = browser(member(tenant, role, at)).get("/admin/", follow=True)
        assert answer.status_code == 403

    @pytest.mark.parametrize("totp_ok", [False, None, 1, "yes"])
    def test_staff_without_the_second_step_are_sent_to_it(
        self, staff: Member, totp_ok: Any
    ) -> None:
        waiting = browser(staff, totp_ok=totp_ok)
        for path in ("/admin/", "/admin/credit/drawdown/", "/admin/tenants/member/"):
            answer = waiting.get(path, follow=False)
            assert answer.status_code == 302
            assert waiting.get(answer["Location"])["Location"].startswith("/console/login/code?")

    def test_staff_by_role_but_not_by_flag(self, staff: Member) -> None:
        Member.objects.filter(pk=staff.pk).update(is_staff=False)
        assert browser(staff).get("/admin/", follow=True).status_code == 403

    def test_a_member_switched_off_is_nobody(self, staff: Member) -> None:
        here = browser(staff)
        assert here.get("/admin/").status_code == 200
        Member.objects.filter(pk=staff.pk).update(is_active=False)
        assert here.get("/admin/")["Location"] == "/admin/login/?next=/admin/"

    def test_there_is_no_other_way_in(self, client: Client, staff: Member) -> None:
        assert client.get("/admin/login/")["Location"] == "/admin/"
        for path in ("password_change/", "password_change/done/"):
            assert client.get(f"/admin/{path}").status_code == 404
        login = {"username": staff.email, "password": "a-long-sample-phrase"}
        assert browser(None).post("/admin/login/", login)["Location"].startswith("/console/login")

    def test_leaving(self, client: Client) -> None:
        assert client.get("/admin/logout/")["Location"] == "/console/login"
        assert client.get("/admin/").status_code == 200
        assert client.post("/admin/logout/")["Location"] == "/console/login"
        assert client.get("/admin/").status_code == 302


class TestTheTables:
    def test_every_table_of_ours_is_there_and_nothing_else(self) -> None:
        assert set(admin.site._registry) == set(MODELS)
        assert all(isinstance(one, RowsAdmin) for one in admin.site._registry.values())

    def test_the_index_shows_each_app(self, client: Client) -> None:
        answer = client.get("/admin/")
        assert answer.status_code == 200
        assert {app["app_label"] for app in answer.context["app_list"]} == {
            model._meta.app_label for model in MODELS
        }
        assert b"password_change" not in answer.content

    def test_one_tenants_rows_by_the_filter(
        self, tenant: Tenant, other_tenant: Tenant, at: datetime, client: Client
    ) -> None:
        for one in (tenant, other_tenant):
            with tenant_scope(one.id):
                lives.merchant_with_trade("M-1", at)

        def seen(query: str) -> list[str]:
            answer = client.get(f"{listing(Merchant)}?{query}")
            assert answer.status_code == 200
            return sorted(row.tenant_name for row in answer.context["cl"].result_list)

        assert seen("") == sorted(["萌宠采购网", "锦绣纺织城"])
        assert seen(f"tenant={tenant.id}") == ["萌宠采购网"]
        assert seen("tenant=nonsense") == sorted(["萌宠采购网", "锦绣纺织城"])

    def test_a_whole_id_is_found_wherever_it_stands(
        self, tenant: Tenant, at: datetime, client: Client
    ) -> None:
        with tenant_scope(tenant.id):
            for number in (1, 2):
                lives.line_of(lives.merchant_with_trade(f"pets-{number}", at), at)
            shop = Merchant.objects.order_by("id")[0]
            line = CreditLine.objects.get(merchant=shop)

        def found(model: type[models.Model], text: str) -> list[str]:
            answer = client.get(listing(model), {"q": text})
            assert answer.status_code == 200
            return [row.pk for row in answer.context["cl"].result_list]

        assert found(Merchant, shop.id) == [shop.id]
        assert found(Merchant, "pets-1") == [shop.id]
        assert found(CreditLine, f" {line.id} ") == found(CreditLine, shop.id) == [line.id]
        for text in ("mch_nonsense", "tnt_x", "lin_01h2xcejqtf2nbrexx3vqjhp41", "hello", "%"):
            assert found(CreditLine, text) == []


@pytest.mark.usefixtures("world")
class TestEveryRow:
    @pytest.mark.parametrize(("world", "item_count"), [(1, 1), (3, 3)], indirect=["world"])
    def test_every_list_opens_with_the_same_few_queries(
        self, at: datetime, client: Client, item_count: int
    ) -> None:
        with platform_scope():
            counts = {model: model._default_manager.count() for model in MODELS}
        assert [model for model, count in counts.items() if not count] == []
        assert counts[CreditLine] == item_count
        assert counts[Merchant] == 2 * item_count  # each invited another one
        with clock.travel(at + timedelta(days=1)):
            for model in MODELS:
                with CaptureQueriesContext(connection) as queries:
                    answer = client.get(listing(model))
                assert answer.status_code == 200, model
                assert len(answer.context["cl"].result_list) == min(counts[model], 50)
                assert len(queries) <= LIST_QUERIES, (model, [q["sql"] for q in queries])

    def test_every_row_can_be_opened_and_none_changed(self, client: Client) -> None:
        for model in MODELS:
            with platform_scope():
                row = model._default_manager.order_by("pk")[0]
            page = client.get(detail(row))
            assert page.status_code == 200, model
            text = page.content.decode()
            for control in ('name="_save"', 'name="_continue"', 'name="_addanother"', "deletelink"):
                assert control not in text, (model, control)
            assert client.post(detail(row), {"status": "x"}).status_code == 403
            assert client.get(f"{listing(model)}add/").status_code == 403
            assert client.post(f"{listing(model)}{quote(row.pk)}/delete/").status_code == 403
            assert client.get(f"{listing(model)}{quote(row.pk)}/history/").status_code == 302
            actions = admin.site._registry[model].get_actions(page.wsgi_request)
            assert "delete_selected" not in actions

    def test_people_are_masked_everywhere(
        self, world: Tenant, at: datetime, client: Client
    ) -> None:
        Member.objects.filter(pk=member(world, "owner", at).pk).update(name="赵示例")
        with tenant_scope(world.id):
            shop = Merchant.objects.order_by("id")[0]
            Merchant.objects.filter(pk=shop.pk).update(
                kind="natural_person", name="王示例", registration_no="11010119900101123X"
            )
            shop.refresh_from_db()
        with platform_scope():
            rows = [row for model in MODELS for row in model._default_manager.order_by("pk")[:3]]
        pages = [listing(model) for model in MODELS] + [detail(row) for row in rows]
        for page in pages:
            text = client.get(page).content.decode()
            for secret in SECRETS:
                assert secret not in text, page
        shown = client.get(detail(shop)).content.decode()
        assert "王*" in shown
        assert "**************123X" in shown


class TestTheActs:
    def audited(self, tenant: Tenant) -> list[tuple[str, str, str]]:
        with tenant_scope(tenant.id):
            assert audit.first_broken_link() is None
            rows = AuditRecord.objects.filter(action__startswith="admin.").order_by("position")
            return list(rows.values_list("action", "subject", "actor"))

    def test_a_key_is_revoked_in_its_own_tenant(
        self, tenant: Tenant, other_tenant: Tenant, at: datetime, client: Client, staff: Member
    ) -> None:
        keys = []
        for one in (tenant, other_tenant):
            with tenant_scope(one.id):
                keys.append(create_hmac_key(label="k", scopes=["read"], actor="usr", at=at)[0])
        assert len(press(client, "revoke", *keys)) == 1
        assert set(Credential.doors.values_list("revoked_at", flat=True)) == {at}
        for one, key in zip((tenant, other_tenant), keys, strict=True):
            assert self.audited(one) == [("admin.credential.revoke", key.id, staff.id)]

    def test_an_endpoint_off_and_on_and_a_delivery_sent_again(
        self, tenant: Tenant, at: datetime, client: Client, staff: Member
    ) -> None:
        live(tenant, 1, at)
        with tenant_scope(tenant.id):
            endpoint = WebhookEndpoint.objects.get()
            delivery = WebhookDelivery.objects.order_by("id")[0]
        press(client, "disable", endpoint)
        (refusal,) = press(client, "resend", delivery)
        assert refusal.startswith(delivery.id)
        press(client, "enable", endpoint)
        press(client, "resend", delivery)
        with tenant_scope(tenant.id):
            endpoint.refresh_from_db()
            delivery.refresh_from_db()
        assert (endpoint.status, delivery.status) == ("active", "pending")
        assert self.audited(tenant) == [
            ("admin.webhook_endpoint.disable", endpoint.id, staff.id),
            ("admin.webhook_endpoint.enable", endpoint.id, staff.id),
            ("admin.webhook_delivery.resend", delivery.id, staff.id),
        ]

    def test_a_business_day_is_closed_and_settlements_are_paid(
        self, tenant: Tenant, other_tenant: Tenant, at: datetime, client: Client, staff: Member
    ) -> None:
        live(tenant, 1, at)
        with tenant_scope(tenant.id):
            day = BusinessDay.objects.get()
        with tenant_scope(other_tenant.id):
            theirs = BusinessDay.objects.get()
        (too_early,) = press(client, "close", day)
        assert too_early.startswith(day.id)
        assert self.audited(tenant) == []
        with clock.travel(clock.end_of(day.on)):
            press(client, "close", day)
            (twice,) = press(client, "close", day)
            assert twice.startswith(day.id)
            with tenant_scope(tenant.id):
                batch = SettlementBatch.objects.get()
            press(client, "pay", batch)
            (again,) = press(client, "pay", batch)
            assert again.startswith(batch.id)
        with tenant_scope(tenant.id):
            day.refresh_from_db()
            batch.refresh_from_db()
        assert (day.status, batch.status) == ("closed", "paid")
        with tenant_scope(other_tenant.id):
            theirs.refresh_from_db()
        assert theirs.status == "open"
        assert self.audited(tenant) == [
            ("admin.business_day.close", day.id, staff.id),
            ("admin.settlement.pay", batch.id, staff.id),
        ]

    def test_what_applications_ask_for(self, client: Client, tenant: Tenant) -> None:
        press(client, "ask_for_everything_and_face", tenant)
        tenant.refresh_from_db()
        assert tenant.application_needs == list(ApplicationNeed.values)
        press(client, "ask_for_everything", tenant)
        tenant.refresh_from_db()
        without = [need for need in ApplicationNeed.values if need != "face"]
        assert tenant.application_needs == without
        press(client, "ask_for_firm_only", tenant)
        tenant.refresh_from_db()
        assert tenant.application_needs == []
        with tenant_scope(tenant.id):
            rows = AuditRecord.objects.filter(action="tenants.tenant.set_application_needs")
            assert rows.count() == 3

    def test_a_lost_phone(
        self, tenant: Tenant, at: datetime, client: Client, staff: Member
    ) -> None:
        owner = member(tenant, "owner", at)
        for one in (owner, staff):
            enroll_totp(member_id=one.id)
        said = press(client, "reset_second_step", owner, staff)
        assert len(said) == 2
        owner.refresh_from_db()
        staff.refresh_from_db()
        assert bytes(owner.totp_sealed) == b""
        assert bytes(staff.totp_sealed) != b""
        assert self.audited(tenant) == [("admin.member.reset_second_step", owner.id, staff.id)]

    @pytest.mark.parametrize("who", ["nobody", "owner", "waiting"])
    def test_nobody_else_can_press(
        self, tenant: Tenant, at: datetime, staff: Member, who: str
    ) -> None:
        with tenant_scope(tenant.id):
            key, _ = create_hmac_key(label="k", scopes=["read"], actor="usr", at=at)
        caller = {
            "nobody": lambda: browser(None),
            "owner": lambda: browser(member(tenant, "owner", at)),
            "waiting": lambda: browser(staff, totp_ok=False),
        }[who]()
        data = {"action": "revoke", "_selected_action": [key.id]}
        assert caller.post(listing(Credential), data).status_code == 302
        assert Credential.doors.get(pk=key.pk).revoked_at is None


def test_the_site_is_ours() -> None:
    assert "platform_app.admin_config.StaffAdminConfig" in settings.INSTALLED_APPS
    assert admin.site.site_url == "/console/"
