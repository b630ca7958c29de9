"""The worklist and the case page: who sees what, what it costs, what each form does."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from credit.models import (
    CollectionCase,
    CollectionContact,
    ContactBlock,
    Dispute,
    Drawdown,
    ExtensionRequest,
    PromiseToPay,
)
from credit.operations.extensions import ask_extension
from credit.operations.promises import make_promise
from credit.queries.payoff import payoff
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.analytics import desk
from tests.credit import late, lives

pytestmark = pytest.mark.django_db
LIST = "/console/collections"
TEN = clock.moment_on(late.FIRST_OVERDUE, 10)


@pytest.fixture
def tenant(one_late: Tenant, at: datetime) -> Tenant:
    """One merchant is overdue for a day."""
    return one_late


@pytest.fixture
def case(tenant: Tenant) -> CollectionCase:
    with tenant_scope(tenant.id):
        return CollectionCase.objects.get()


@pytest.fixture
def fresh(pets: Tenant, db: None, at: datetime) -> Tenant:
    """Nobody ever drew."""
    return pets


@pytest.fixture
def worker(tenant: Tenant, case: CollectionCase) -> Client:
    return desk.at_the_desk("operator", tenant, TEN)


def seen(client: Client, path: str, moment: datetime = TEN) -> Any:
    with clock.travel(moment):
        return client.get(path)


def done(
    client: Client, case: CollectionCase, act: str, moment: datetime = TEN, **data: Any
) -> Any:
    with clock.travel(moment):
        return client.post(f"{LIST}/{case.id}/{act}", data)


# --- Looking -------------------------------------------------------------------------------------


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_worklist_costs_the_same_for_any_number(
    one_late: Tenant,
    three_late: Tenant,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    tenant = {1: one_late, 3: three_late}[item_count]
    client = desk.at_the_desk("viewer", tenant, TEN)
    with django_assert_num_queries(9):
        page = seen(client, LIST)
    assert len(page.context["rows"]) == item_count
    assert page.context["work"].count == item_count


@pytest.mark.parametrize("item_count", [1, 3])
def test_a_case_costs_the_same_for_any_number_of_orders(
    fresh: Tenant,
    at: datetime,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with tenant_scope(fresh.id):
        line = lives.line_of(late.with_phone("P1", at), at)
        for number in range(item_count):
            drawdown = lives.drawn(line, 100_000, f"SO-{number}", at)
            ask_extension(drawdown_id=drawdown.id, days=7, words="货款下周到账", actor="m", at=at)
        late.live_until(late.FIRST_OVERDUE)
        case = late.case_of(drawdown)
    client = desk.at_the_desk("operator", fresh, TEN)
    with django_assert_num_queries(24):
        page = seen(client, f"{LIST}/{case.id}")
    assert len(page.context["past_due"]) == item_count
    assert len(page.context["extensions"]) == item_count


def test_nobody_is_overdue(fresh: Tenant, at: datetime) -> None:
    page = desk.at_the_desk("viewer", fresh, at).get(LIST, headers={"Accept-Language": "en"})
    assert page.context["rows"] == []
    assert 'class="empty"' in page.content.decode()


def test_another_platform_finds_nothing(
    case: CollectionCase, other_tenant: Tenant, at: datetime
) -> None:
    client = desk.at_the_desk("owner", other_tenant, at)
    assert seen(client, LIST).context["rows"] == []
    assert seen(client, f"{LIST}/{case.id}").status_code == 404
    assert done(client, case, "contact", channel="call").status_code == 404
    assert seen(client, f"{LIST}/cas_malformed").status_code == 404
    stranger = Client()
    assert seen(stranger, LIST).status_code == 302
    assert done(stranger, case, "contact", channel="call").status_code == 302


def test_who_only_looks_has_no_forms_and_may_do_nothing(
    case: CollectionCase, tenant: Tenant
) -> None:
    viewer = desk.at_the_desk("viewer", tenant, TEN)
    page = seen(viewer, f"{LIST}/{case.id}")
    assert page.status_code == 200
    assert f"/console/collections/{case.id}/" not in page.content.decode()
    finance = desk.at_the_desk("finance", tenant, TEN)
    with tenant_scope(tenant.id):
        before = late.everything()
    for act in ("contact", "promise", "approve", "block"):
        assert done(viewer, case, act, channel="call").status_code == 403
    assert done(finance, case, "contact", channel="call").status_code == 403
    assert done(finance, case, "nonsense").status_code == 404
    assert seen(finance, f"{LIST}/{case.id}/contact").status_code == 405
    with tenant_scope(tenant.id):
        assert late.everything() == before


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=P1", 1),
        ("search=宠物店P2", 1),
        ("bucket=1-7", 3),
        ("bucket=8-30", 0),
        ("bucket=nonsense", 3),
        ("owner=none", 3),
        ("owner=agency", 0),
        ("promise=due", 1),
        ("promise=open", 2),
        ("promise=broken", 0),
    ],
)
def test_cases_are_found_by_what_the_filter_says(
    three_late: Tenant, query: str, found: int
) -> None:
    with tenant_scope(three_late.id):
        cases = CollectionCase.objects.order_by("merchant__external_id")
        for days, one in zip((1, 9), cases, strict=False):
            make_promise(
                merchant_id=one.merchant_id, amount_minor=1_000, note="", actor="x", at=TEN,
                by_on=late.FIRST_OVERDUE + timedelta(days=days),
            )  # fmt: skip
    page = seen(desk.at_the_desk("viewer", three_late, TEN), f"{LIST}?{query}")
    assert len(page.context["rows"]) == found


def test_the_list_begins_with_what_is_late(three_late: Tenant) -> None:
    with tenant_scope(three_late.id):
        first, second, third = CollectionCase.objects.order_by("merchant__external_id")
        CollectionCase.objects.filter(pk=second.pk).update(
            next_contact_on=late.FIRST_OVERDUE - timedelta(days=1)
        )
    page = seen(desk.at_the_desk("viewer", three_late, TEN), LIST)
    rows = [(row.case.id, row.tone) for row, _bucket in page.context["rows"]]
    assert rows[0] == (second.id, "bad")
    assert set(rows[1:]) == {(first.id, "warn"), (third.id, "warn")}
    assert page.context["work"].late_count == 1


def test_the_page_says_from_when_they_may_be_contacted(
    case: CollectionCase, worker: Client
) -> None:
    night = clock.moment_on(late.FIRST_OVERDUE, 23)
    worker.cookies["django_language"] = "en"
    said = seen(worker, f"{LIST}/{case.id}", night).content.decode()
    assert "Possible again from 2026-04-06 08:00." in said


# --- Doing ---------------------------------------------------------------------------------------


def test_a_call_from_asking_to_result(case: CollectionCase, worker: Client, tenant: Tenant) -> None:
    assert done(worker, case, "contact", channel="call", person_role="").status_code == 302
    with tenant_scope(tenant.id):
        contact = CollectionContact.objects.get()
    page = seen(worker, f"{LIST}/{case.id}")
    assert contact.id in page.content.decode()
    answer = done(worker, case, "result", contact=contact.id, result="connected", note="下周付")
    assert answer.status_code == 302
    again = done(worker, case, "result", contact=contact.id, result="connected", note="")
    assert again.status_code == 422
    assert done(worker, case, "incoming", channel="call", note="问账户").status_code == 302


def test_what_the_guard_refuses_is_said_at_the_form(
    case: CollectionCase, worker: Client, tenant: Tenant
) -> None:
    worker.cookies["django_language"] = "en"
    with tenant_scope(tenant.id):
        before = late.everything()
    night = clock.moment_on(late.FIRST_OVERDUE, 22, 30)
    answer = done(worker, case, "contact", night, channel="call", person_role="")
    assert answer.status_code == 422
    assert answer.context["forms"]["contact"].non_field_errors() == [
        "Nobody is contacted at this hour. Possible again from 2026-04-06 08:00."
    ]
    with tenant_scope(tenant.id):
        assert late.everything() == before


def test_promises_by_form(case: CollectionCase, worker: Client, tenant: Tenant) -> None:
    worker.cookies["django_language"] = "en"
    bad = done(worker, case, "promise", amount="1,5", by_on="2026-04-09", note="")
    assert bad.context["forms"]["promise"].errors == {
        "amount": ["Enter an amount in yuan, such as 1,280.00."]
    }
    bad = done(worker, case, "promise", amount="1,500.00", by_on="2026-06-09", note="")
    assert bad.context["forms"]["promise"].errors == {
        "by_on": ["The day must lie between 2026-04-05 and 2026-04-19."]
    }
    good = done(worker, case, "promise", amount="1,500.00", by_on="2026-04-09", note="")
    assert good.status_code == 302
    with tenant_scope(tenant.id):
        made = PromiseToPay.objects.get()
    assert (made.amount_minor, str(made.by_on)) == (150_000, "2026-04-09")
    assert done(worker, case, "withdraw", id=made.id).status_code == 302
    assert done(worker, case, "withdraw", id=made.id).status_code == 422
    assert done(worker, case, "withdraw", id="ptp_malformed").status_code == 404


def test_disputes_by_form(case: CollectionCase, worker: Client, tenant: Tenant) -> None:
    with tenant_scope(tenant.id):
        drawdown = Drawdown.objects.get()
    fields: dict[str, Any] = {"drawdown": drawdown.id, "reason": "goods", "words": "少发两箱"}
    assert done(worker, case, "dispute", **fields | {"drawdown": "drw_x"}).status_code == 422
    assert done(worker, case, "dispute", **fields).status_code == 302
    assert done(worker, case, "contact", channel="call").status_code == 422
    with tenant_scope(tenant.id):
        dispute = Dispute.objects.get()
    refused = done(worker, case, "reject", id=dispute.id, answer="")
    assert refused.status_code == 422
    assert "answer_dispute" in refused.context["forms"]
    assert done(worker, case, "reject", id=dispute.id, answer="签收单一致").status_code == 302
    assert done(worker, case, "uphold", id=dispute.id, answer="签收单一致").status_code == 422
    with tenant_scope(tenant.id):
        dispute.refresh_from_db()
    assert (dispute.status, dispute.answer) == ("rejected", "签收单一致")


def test_extensions_are_decided_by_the_owner_or_finance(
    case: CollectionCase, worker: Client, tenant: Tenant
) -> None:
    with tenant_scope(tenant.id):
        drawdown = Drawdown.objects.get()
        asked = ask_extension(
            drawdown_id=drawdown.id, days=7, words="货款下周到账", actor="m", at=TEN
        )
    assert done(worker, case, "decline", id=asked.id, answer="请先还一部分").status_code == 403
    finance = desk.at_the_desk("finance", tenant, TEN)
    assert done(finance, case, "approve", id=asked.id, answer="").status_code == 302
    assert done(finance, case, "decline", id=asked.id, answer="请先还一部分").status_code == 422
    with tenant_scope(tenant.id):
        assert ExtensionRequest.objects.get().status == "approved"


def test_blocks_by_form(case: CollectionCase, worker: Client, tenant: Tenant) -> None:
    fields: dict[str, Any] = {"channel": "call", "person_role": "", "reason": "请勿来电"}
    assert done(worker, case, "block", **fields).status_code == 302
    assert done(worker, case, "block", **fields).status_code == 422
    assert done(worker, case, "contact", channel="call", person_role="").status_code == 422
    with tenant_scope(tenant.id):
        block = ContactBlock.objects.get()
    assert done(worker, case, "lift", id=block.id).status_code == 302
    assert done(worker, case, "contact", channel="call", person_role="").status_code == 302


def test_hands_by_form(case: CollectionCase, worker: Client, tenant: Tenant) -> None:
    viewer, owner = desk.member("viewer", tenant, TEN), desk.member("owner", tenant, TEN)
    worker.cookies["django_language"] = "en"
    refused = done(worker, case, "assign", member=viewer.id, reason="")
    assert refused.context["forms"]["assign"].non_field_errors() == [
        "This role may not collect overdue debts. Ask an operator to do it."
    ]
    assert done(worker, case, "assign", member=owner.id, reason="").status_code == 302
    assert done(worker, case, "place", agency="示例律所", reason="").status_code == 422
    assert done(worker, case, "place", agency="示例律所", reason="超过九十天").status_code == 302
    page = seen(worker, f"{LIST}/{case.id}")
    assert page.context["case"].agency == "示例律所"
    assert len(page.context["handovers"]) == 2


def test_a_closed_case_is_shown_without_forms(
    case: CollectionCase, worker: Client, tenant: Tenant
) -> None:
    with tenant_scope(tenant.id):
        drawdown = Drawdown.objects.get()
        lives.repaid(drawdown, payoff(drawdown).payoff_minor, "PAY-1", TEN)
        moment = late.live_until(late.FIRST_OVERDUE + timedelta(days=1))
    page = seen(worker, f"{LIST}/{case.id}", moment)
    assert page.context["may_work"] is False
    assert seen(worker, LIST, moment).context["rows"] == []
    assert done(worker, case, "contact", moment, channel="call", person_role="").status_code == 422
