"""Servicing at the desk: preview first, one act per click, two people for what costs most."""

import re
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from credit.models import Approval, CreditLine, Drawdown, JournalEntry, LoanEvent
from credit.operations import servicing
from credit.operations.servicing import Act
from platform_app.kernel import clock
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.analytics import desk
from tests.credit import lives
from tests.tenants.interfaces.merchant.visits import words

pytestmark = pytest.mark.django_db
WHY = {"confirm": "yes", "reason": "客户来电说明"}
FORMS: dict[str, dict[str, str]] = {
    "refund": {"amount": "3,000.00"},
    "payout_refund": {"amount": "100", "value_on": "2026-03-20"},
    "waiver": {"component": "penalty", "amount": "1"},
    "goodwill": {"amount": "12.50"},
    "pause": {"until_on": "2026-05-20"},
    "extension": {"row_seq": "1", "days": "30"},
    "restructure": {
        "method": "equal_installment", "installments": "4", "every": "1", "unit": "month",
    },
    "rate_change": {"percent": "5"},
}  # fmt: skip


@pytest.fixture
def line(tenant: Tenant, at: datetime) -> CreditLine:
    with tenant_scope(tenant.id):
        return lives.line_of(lives.merchant_with_trade("M-1", at, order_minor=20_000_000), at)


@pytest.fixture
def drawdown(line: CreditLine, at: datetime) -> Drawdown:
    with tenant_scope(line.tenant_id):
        return lives.drawn(line, 900_000, "SO-1", at, term="equal_3")


def staff(tenant: Tenant, at: datetime) -> Client:
    return desk.sign_in(Client(), desk.member("staff", None, at), works_for=tenant)


def english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


def moved(tenant: Tenant) -> list[int]:
    with tenant_scope(tenant.id):
        audited = AuditRecord.objects.filter(action__startswith="credit.").count()
        return [*(table.objects.count() for table in (LoanEvent, JournalEntry, Approval)), audited]


def key_on(page: Any) -> str:
    found = re.search(r'name="key" value="(act_\w+)"', page.content.decode())
    assert found is not None
    return found[1]


def late(tenant: Tenant, on: date = date(2026, 4, 20)) -> datetime:
    with tenant_scope(tenant.id):
        return lives.close_until(on)


@pytest.mark.parametrize("kind", list(FORMS))
def test_each_act_is_previewed_and_then_done_once(april: Tenant, at: datetime, kind: str) -> None:
    tenant, now = april, late(april)
    with tenant_scope(tenant.id):
        drawdown = Drawdown.objects.get()
    path = f"/console/drawdowns/{drawdown.id}/acts/{kind}"
    with clock.travel(now):
        client = english(staff(tenant, now))
        fields = {**FORMS[kind], "key": key_on(client.get(path))}
        before = moved(tenant)

        shown = client.post(path, fields)
        assert (shown.status_code, moved(tenant)) == (200, before)
        preview = shown.context["preview"]
        assert any(side.is_changed for side in shown.context["sides"])

        done = client.post(path, {**fields, **WHY})
        again = client.post(path, {**fields, **WHY})
        page = client.get(f"/console/drawdowns/{drawdown.id}")
    for answer in (done, again):
        assert (answer.status_code, answer.headers["Location"]) == (
            302, f"/console/drawdowns/{drawdown.id}",
        )  # fmt: skip
    # A backdated payment corrects the interest accrued since in an entry of its own.
    entries = bool(preview.postings) + ("value_on" in FORMS[kind])
    assert moved(tenant) == [before[0] + 1, before[1] + entries, before[2], before[3] + 1]
    assert page.context["answer"].payoff_minor == preview.after.payoff_minor
    newest = page.context["history"][0]
    assert (newest["event"].kind, newest["reason"]) == (kind, "客户来电说明")
    assert newest["by"] == "staff"
    assert sum(amount for _, amount in page.context["parts"]) == preview.after.payoff_minor


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        ("refund", {"amount": "a lot"}, "Enter an amount in yuan"),
        ("refund", {"amount": "0"}, "Enter an amount above zero."),
        ("refund", {"amount": "9000.01"}, "¥9,000.00 of this drawdown can still be refunded."),
        ("refund", {"amount": "1", "value_on": "2026-04-21"}, "2026-04-21 is closed."),
        ("waiver", {"component": "penalty", "amount": "900"}, "of this is owed."),
        ("waiver", {"component": "fee", "amount": "1"}, "Select a valid choice."),
        ("pause", {"until_on": "2026-04-20"}, "Choose between 1 and 180 days."),
        ("extension", {"row_seq": "7", "days": "10"}, "Select a valid choice."),
        ("extension", {"row_seq": "1", "days": "181"}, "less than or equal to 180"),
        ("rate_change", {"percent": "90"}, "between zero and the rate signed"),
        ("restructure", {"method": "bullet", "installments": "61"}, "less than or equal to 60"),
        ("overpayment_refund", {"amount": "1"}, "Only ¥0.00 is waiting"),
        ("fee", {"code": "x", "amount": "1"}, "Select a valid choice."),
        ("reversal", {"event": "lev_1"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_in_place(
    april: Tenant, at: datetime, kind: str, fields: dict[str, str], says: str
) -> None:
    tenant, now = april, late(april)
    with tenant_scope(tenant.id):
        drawdown = Drawdown.objects.get()
    path = f"/console/drawdowns/{drawdown.id}/acts/{kind}"
    before = moved(tenant)
    with clock.travel(now):
        answer = english(staff(tenant, now)).post(path, {**fields, **WHY})
    assert answer.status_code == 422
    assert says in words(answer)
    assert moved(tenant) == before


def test_nothing_is_done_without_a_reason(tenant: Tenant, drawdown: Drawdown, at: datetime) -> None:
    path = f"/console/drawdowns/{drawdown.id}/acts/refund"
    client, before = staff(tenant, at), moved(tenant)
    for reason in ("", "abc"):
        answer = client.post(path, {"amount": "1", "confirm": "yes", "reason": reason})
        assert answer.status_code == 422
        assert answer.context["why"].errors["reason"]
    assert moved(tenant) == before


def test_an_event_is_reversed_from_its_row(
    tenant: Tenant, drawdown: Drawdown, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        lives.repaid(drawdown, 100_000, "pay-1", at)
    client = english(staff(tenant, at))
    page = client.get(f"/console/drawdowns/{drawdown.id}")
    [link] = re.findall(r'href="([^"]+/acts/reversal\?event=lev_\w+)"', page.content.decode())
    form = client.get(link)
    event = form.context["form"]["event"].value()
    done = client.post(link, {"event": event, "key": key_on(form), **WHY})
    assert done.status_code == 302
    page = client.get(f"/console/drawdowns/{drawdown.id}")
    assert [(one["event"].kind, one["undone_by"]) for one in page.context["history"]] == [
        ("reversal", None), ("repayment", 3), ("capture", None),
    ]  # fmt: skip
    assert "undone by #3" in words(page)


def test_each_role_is_offered_what_it_may_do(
    tenant: Tenant, drawdown: Drawdown, at: datetime
) -> None:
    everything = [
        "refund", "payout_refund", "waiver", "goodwill", "pause", "extension", "restructure",
        "rate_change", "write_off",
    ]  # fmt: skip
    offered = {
        "viewer": [],
        "operator": ["refund"],
        "finance": ["refund", "payout_refund"],
        "owner": ["refund", "payout_refund"],
        "staff": everything,
    }
    for role, kinds in offered.items():
        client = staff(tenant, at) if role == "staff" else desk.at_the_desk(role, tenant, at)
        page = client.get(f"/console/drawdowns/{drawdown.id}")
        assert [kind for kind, _ in page.context["acts"]] == kinds, role
        for kind in [*everything, "overpayment_refund", "fee", "reversal"]:
            status = client.get(f"/console/drawdowns/{drawdown.id}/acts/{kind}").status_code
            may = role == "staff" or kind in kinds
            assert status == (200 if may else 403), (role, kind)
    developer = desk.at_the_desk("developer", tenant, at)
    assert developer.get(f"/console/drawdowns/{drawdown.id}/acts/refund").status_code == 403


def test_another_platform_finds_nothing_to_act_on(
    tenant: Tenant, other_tenant: Tenant, drawdown: Drawdown, line: CreditLine, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        waiting = lives.authorized(line, 50_000, "SO-2", at)
    neighbor = desk.at_the_desk("owner", other_tenant, at)
    path = f"/console/drawdowns/{drawdown.id}/acts/refund"
    before = moved(tenant)
    assert neighbor.get(path).status_code == 404
    assert neighbor.post(path, {"amount": "1", **WHY}).status_code == 404
    assert Client().post(path, {"amount": "1", **WHY}).status_code == 302
    assert moved(tenant) == before
    ours = staff(tenant, at)
    assert ours.get(f"/console/drawdowns/{drawdown.id}/acts/nonsense").status_code == 404
    assert ours.get("/console/drawdowns/drw_malformed/acts/refund").status_code == 404
    assert ours.get(f"/console/drawdowns/{waiting.id}/acts/refund").status_code == 404


def test_a_write_off_needs_a_second_person(
    tenant: Tenant, drawdown: Drawdown, at: datetime
) -> None:
    ours = english(staff(tenant, at))
    path = f"/console/drawdowns/{drawdown.id}/acts/write_off"
    asked = ours.post(path, {"key": key_on(ours.get(path)), **WHY})
    assert asked.status_code == 302
    with tenant_scope(tenant.id):
        approval = Approval.objects.get()
        drawdown.refresh_from_db()
    assert (approval.status, drawdown.status) == ("pending", "repaying")
    page = ours.get(f"/console/drawdowns/{drawdown.id}")
    assert "Waits for a second person" in words(page)
    listed = ours.get("/console/approvals")
    assert [row["may_decide"] for row in listed.context["rows"]] == [False]
    assert "somebody else has to decide" in words(listed)
    before = moved(tenant)
    own = ours.post(f"/console/approvals/{approval.id}/approve", {"reason": "自己批准"})
    assert (own.status_code, moved(tenant)) == (302, before)
    for role, status in (("viewer", 403), ("operator", 403), ("owner", 403)):
        client = desk.at_the_desk(role, tenant, at)
        address = f"/console/approvals/{approval.id}/approve"
        assert client.post(address, {"reason": "请批准吧"}).status_code == status, role
    assert moved(tenant) == before


def test_a_large_refund_is_approved_by_the_owner(
    tenant: Tenant, other_tenant: Tenant, line: CreditLine, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        drawdown = lives.drawn(line, 6_000_000, "SO-9", at)
    operator = desk.at_the_desk("operator", tenant, at)
    path = f"/console/drawdowns/{drawdown.id}/acts/refund"
    operator.post(path, {"amount": "50000.01", "key": key_on(operator.get(path)), **WHY})
    with tenant_scope(tenant.id):
        approval = Approval.objects.get()
    owner = desk.at_the_desk("owner", tenant, at)
    address = f"/console/approvals/{approval.id}"
    [row] = owner.get("/console/approvals").context["rows"]
    assert (row["may_decide"], row["asked_by"], row["approval"].amount_minor) == (
        True, "operator", 5_000_001,
    )  # fmt: skip
    before = moved(tenant)
    short = owner.post(f"{address}/approve", {"reason": "ok"})
    assert (short.status_code, moved(tenant)) == (422, before)
    neighbor = desk.at_the_desk("owner", other_tenant, at)
    assert neighbor.post(f"{address}/approve", {"reason": "not mine"}).status_code == 404
    assert neighbor.get("/console/approvals").context["rows"] == []
    assert owner.post("/console/approvals/apv_x/reject", {"reason": "what?"}).status_code == 404
    for _ in range(2):
        assert owner.post(f"{address}/approve", {"reason": "核对无误"}).status_code == 302
    with tenant_scope(tenant.id):
        assert LoanEvent.objects.filter(kind="refund", amount_minor=5_000_001).count() == 1
        drawdown.refresh_from_db()
    assert drawdown.outstanding_principal_minor == 999_999
    assert owner.get("/console/approvals").context["rows"] == []
    [row] = owner.get("/console/approvals?status=approved").context["rows"]
    assert (row["decided_by"], row["approval"].decision_reason) == ("owner", "核对无误")
    late_no = owner.post(f"{address}/reject", {"reason": "改主意了"}, follow=True)
    assert [message.level_tag for message in late_no.context["messages"]] == ["error"]


@pytest.mark.parametrize("item_count", [1, 3])
def test_pages_cost_the_same_for_any_number_of_rows(
    tenant: Tenant,
    line: CreditLine,
    at: datetime,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ours = staff(tenant, at)
    with tenant_scope(tenant.id):
        found = [
            lives.drawn(line, 100_000, f"SO-{number}", at, term="equal_3")
            for number in range(item_count)
        ]
        for number in range(item_count):
            lives.repaid(found[0], 1_000, f"pay-{number}", at)
    for one in found:
        path = f"/console/drawdowns/{one.id}/acts/write_off"
        ours.post(path, {"key": key_on(ours.get(path)), **WHY})
    with django_assert_num_queries(11):
        page = ours.get(f"/console/drawdowns/{found[0].id}")
    with django_assert_num_queries(6):
        listed = ours.get("/console/approvals")
    assert len(page.context["history"]) == 1 + item_count
    assert len(listed.context["rows"]) == item_count


def test_the_history_names_who_did_what(tenant: Tenant, drawdown: Drawdown, at: datetime) -> None:
    actors = ["merchant:mch_1", "key_1", "system:close", "usr_nobody"]
    with tenant_scope(tenant.id):
        for number, actor in enumerate(actors):
            one = Act(drawdown_id=drawdown.id, external_id=f"g-{number}", actor=actor, at=at)
            servicing.credit_goodwill(one, amount_minor=100)
    page = english(desk.at_the_desk("viewer", tenant, at)).get(f"/console/drawdowns/{drawdown.id}")
    assert [one["by"] for one in reversed(page.context["history"])][1:] == [
        "The merchant", "The platform's server", "The system", "usr_nobody",
    ]  # fmt: skip
