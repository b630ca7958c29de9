"""Repayment channels: who sees them, what they cost, what each form does."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from credit.gateways.bank import connected_bank
from credit.models import (
    DebitMandate,
    DeductionAgreement,
    DirectDebit,
    Drawdown,
    FundingSource,
    GuarantorClaim,
    GuarantorRecovery,
    JournalEntry,
    Repayment,
    VirtualAccount,
)
from credit.operations.direct_debits import send_debit
from credit.queries.payoff import payoff
from platform_app.kernel import ids
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tests.analytics import desk
from tests.callers import callers
from tests.credit import lives, settling

pytestmark = pytest.mark.django_db
LISTS = ("channels", "channels/debits", "channels/deductions", "channels/guarantors",
         "channels/accounts")  # fmt: skip
COSTS = dict(zip(LISTS, (5, 5, 5, 6, 5), strict=True))
ROWS = (DebitMandate, DirectDebit, DeductionAgreement, VirtualAccount, GuarantorClaim,
        GuarantorRecovery, Repayment, JournalEntry, Event, AuditRecord)  # fmt: skip


def some_channels(tenant: Tenant, at: datetime, count: int) -> list[Merchant]:
    """Merchants with one of everything."""
    with tenant_scope(tenant.id):
        found = []
        for number in range(count):
            merchant = lives.merchant_with_trade(f"M-{number}", at)
            drawdown = lives.drawn(lives.line_of(merchant, at), 100_000, f"PO-{number}", at)
            settling.account_of(merchant.id, at)
            settling.leave_one_of_everything(merchant.id, drawdown.id, str(number), at)
            found.append(merchant)
        return found


@pytest.fixture
def drawdown(tenant: Tenant, at: datetime) -> Drawdown:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
        return lives.drawn(line, 500_000, "PO-1", at)


def everything(tenant: Tenant) -> list[Any]:
    with tenant_scope(tenant.id):
        return [list(model.objects.order_by("pk").values()) for model in ROWS]


def sent(client: Client, drawdown: Drawdown, name: str, /, **data: Any) -> Any:
    client.cookies["django_language"] = "en"
    return client.post(f"/console/merchants/{drawdown.merchant_id}/channels/{name}", data)


# --- Looking -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("item_count", [1, 3])
def test_a_list_costs_the_same_for_any_length(
    tenant: Tenant, at: datetime, name: str, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    some_channels(tenant, at, item_count)
    client = desk.at_the_desk("finance", tenant, at)
    with django_assert_num_queries(COSTS[name]):
        page = client.get(f"/console/{name}")
    assert len(page.context["rows"]) == item_count
    found = client.get(f"/console/{name}?search=M-0&status=")
    assert len(found.context["rows"]) == 1
    assert client.get(f"/console/{name}?search=nobody").context["rows"] == []


@pytest.mark.parametrize("item_count", [1, 3])
def test_a_merchants_page_costs_the_same_for_any_number(
    tenant: Tenant, drawdown: Drawdown, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    with tenant_scope(tenant.id):
        settling.account_of(drawdown.merchant_id, at)
        settling.leave_one_of_everything(drawdown.merchant_id, drawdown.id, "0", at)
        for number in range(1, item_count):
            order = lives.drawn(drawdown.line, 10_000, f"PO-1{number}", at)
            settling.debited(order.id, 100, f"DD-{number}", at)
            settling.sold(drawdown.merchant_id, f"S-{number}", at)
            settling.guaranteed(order.id, f"G-{number}", at)
    client = desk.at_the_desk("staff", None, at, works_for=tenant)
    with django_assert_num_queries(12):
        page = client.get(f"/console/merchants/{drawdown.merchant_id}/channels")
    found = page.context["found"]
    assert (len(found.debits), len(found.deductions), len(found.claims)) == (item_count,) * 3
    assert set(page.context["forms"]) == {"end", "collect", "agree", "stop", "payout"}


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_says_what_to_do(tenant: Tenant, at: datetime, name: str) -> None:
    client = desk.at_the_desk("owner", tenant, at)
    assert b'class="empty"' in client.get(f"/console/{name}").content
    assert b'class="empty"' in client.get(f"/console/{name}?search=x").content


def test_who_may_look(tenant: Tenant, drawdown: Drawdown, at: datetime) -> None:
    pages = [f"/console/{name}" for name in LISTS]
    pages.append(f"/console/merchants/{drawdown.merchant_id}/channels")
    for role in ("owner", "finance", "operator", "viewer", "developer"):
        client = desk.at_the_desk(role, tenant, at)
        is_reader = role in {"owner", "finance"}
        assert {client.get(page).status_code for page in pages} == {200 if is_reader else 403}
        menu = client.get("/console/").content.decode()
        assert ('href="/console/channels"' in menu) == is_reader


def test_strangers_neighbors_and_ids_that_cannot_be(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    (merchant,) = some_channels(tenant, at, 1)
    with tenant_scope(tenant.id):
        things = {
            "channels/debits/{}": DirectDebit.objects.get().id,
            "channels/guarantors/{}": GuarantorClaim.objects.get().id,
            "merchants/{}/channels": merchant.id,
        }
    three = callers(tenant, other_tenant, at)
    for path, its_id in things.items():
        assert three.statuses(f"/console/{path.format(its_id)}") == (302, 404, 200)
        assert three.statuses(f"/console/{path.format('malformed')}") == (302, 404, 404)
    for name in LISTS:
        assert three.statuses(f"/console/{name}") == (302, 200, 200)
        assert three.neighbor.get(f"/console/{name}").context["rows"] == []
    assert three.neighbor.get("/console/channels/guarantors").context["guarantors"] == []


def test_guarantors_by_what_is_still_open(tenant: Tenant, at: datetime) -> None:
    some_channels(tenant, at, 2)
    client = desk.at_the_desk("owner", tenant, at)
    (guarantor,) = client.get("/console/channels/guarantors").context["guarantors"]
    assert (guarantor.claim_count, guarantor.paid_minor, guarantor.open_minor) == (2, 200, 100)
    path = f"/console/channels/guarantors?guarantor={guarantor.name}"
    assert len(client.get(path).context["rows"]) == 2


# --- Arranging -----------------------------------------------------------------------------------


def test_others_arrange_nothing(
    tenant: Tenant, other_tenant: Tenant, drawdown: Drawdown, at: datetime
) -> None:
    others = [desk.at_the_desk(role, tenant, at) for role in ("operator", "viewer", "developer")]
    neighbor = desk.at_the_desk("owner", other_tenant, at)
    finance = desk.at_the_desk("finance", tenant, at)
    before = everything(tenant)
    said = {"account_no": "6222000000001234"}
    assert sent(Client(), drawdown, "sign", **said).status_code == 302
    for client in others:
        assert sent(client, drawdown, "sign", **said).status_code == 403
    assert sent(neighbor, drawdown, "sign", **said).status_code == 404
    payout = {"drawdown": drawdown.id, "guarantor": "示例担保", "amount": "1", "external_id": "G"}
    assert sent(finance, drawdown, "payout", **payout).status_code == 403
    assert sent(finance, drawdown, "nonsense").status_code == 404
    path = f"/console/merchants/{drawdown.merchant_id}/channels/sign"
    assert finance.get(path).status_code == 405
    assert everything(tenant) == before


def test_a_mandate_is_signed_used_and_ended(
    tenant: Tenant, drawdown: Drawdown, at: datetime
) -> None:
    client = desk.at_the_desk("finance", tenant, at)
    assert sent(client, drawdown, "sign", account_no="12").status_code == 422
    refused = sent(client, drawdown, "end")
    assert refused.context["forms"]["end"].non_field_errors() == [
        "The merchant has no direct debit mandate."
    ]
    assert sent(client, drawdown, "sign", account_no="6222000000001234").status_code == 302
    assert sent(client, drawdown, "sign", account_no="6222000000005678").status_code == 422
    said = {"drawdown": drawdown.id, "amount": "", "key": ids.new_id("act")}
    assert sent(client, drawdown, "collect", **said).status_code == 302
    assert sent(client, drawdown, "collect", **said).status_code == 302
    with tenant_scope(tenant.id):
        debit = DirectDebit.objects.get()
        assert debit.amount_minor == payoff(drawdown).due_minor
        assert DebitMandate.objects.get().account_masked == "****1234"
        trail = [row.action for row in AuditRecord.objects.order_by("position")]
    assert [one for one in trail if one.startswith(("mandate.", "debit."))] == [
        "mandate.sign", "debit.request",
    ]  # fmt: skip
    page = client.get(f"/console/channels/debits/{debit.id}")
    assert [one.name for one in page.context["moments"]] == ["credit.debit.requested"]
    assert sent(client, drawdown, "end").status_code == 302
    assert sent(client, drawdown, "collect", drawdown=drawdown.id).status_code == 422


def test_no_more_is_collected_than_is_owed(
    tenant: Tenant, drawdown: Drawdown, at: datetime
) -> None:
    client = desk.at_the_desk("owner", tenant, at)
    sent(client, drawdown, "sign", account_no="6222000000001234")
    assert sent(client, drawdown, "collect", drawdown=drawdown.id, amount="4000").status_code == 302
    before = everything(tenant)
    with tenant_scope(tenant.id):
        left = payoff(drawdown).payoff_minor - 400_000
    refused = sent(client, drawdown, "collect", drawdown=drawdown.id, amount="5,000.00")
    assert refused.context["forms"]["collect"].errors == {
        "amount": [
            f"¥{left / 100:,.2f} of this drawdown can still be collected; ¥5,000.00 was asked for."
        ]
    }
    for wrong in ({"drawdown": ids.new_id("drw")}, {"amount": "1,5"}, {"amount": "0"}):
        said = {"drawdown": drawdown.id, "amount": "10", **wrong}
        assert sent(client, drawdown, "collect", **said).status_code == 422
    assert everything(tenant) == before


def test_a_failed_debit_says_why_and_is_collected_again(
    tenant: Tenant, drawdown: Drawdown, at: datetime
) -> None:
    client = desk.at_the_desk("owner", tenant, at)
    sent(client, drawdown, "sign", account_no="6222000000001234")
    sent(client, drawdown, "collect", drawdown=drawdown.id, amount="100.01")
    with tenant_scope(tenant.id):
        debit = send_debit(debit_id=DirectDebit.objects.get().id, bank=connected_bank(), at=at)
    assert debit.status == "failed"
    page = client.get(f"/console/channels/debits/{debit.id}")
    assert page.context["reason"] == "Not enough money in the account"
    query = f"?drawdown={drawdown.id}&amp;amount=100.01"
    again = f"/console/merchants/{drawdown.merchant_id}/channels{query}"
    assert f"{again}#collect" in page.content.decode()
    prefilled = client.get(again.replace("&amp;", "&")).context["forms"]["collect"].initial
    assert prefilled == {"drawdown": drawdown.id, "amount": "100.01"}
    assert [
        row.id for row, _ in client.get("/console/channels/debits?status=failed").context["rows"]
    ] == [debit.id]
    assert client.get("/console/channels/debits?status=open").context["rows"] == []


def test_a_deduction_is_agreed_changed_and_ended(
    tenant: Tenant, drawdown: Drawdown, at: datetime
) -> None:
    client = desk.at_the_desk("finance", tenant, at)
    for wrong in ("0", "101", "x", ""):
        assert sent(client, drawdown, "agree", percent=wrong).status_code == 422
    assert sent(client, drawdown, "agree", percent="10").status_code == 302
    assert sent(client, drawdown, "agree", percent="12.5").status_code == 302
    with tenant_scope(tenant.id):
        found = list(DeductionAgreement.objects.order_by("id").values_list("fraction", "status"))
    assert found == [(Decimal("0.1"), "ended"), (Decimal("0.125"), "active")]
    assert sent(client, drawdown, "stop").status_code == 302
    refused = sent(client, drawdown, "stop")
    assert (refused.status_code, refused.context["forms"]["stop"].non_field_errors()) == (
        422, ["The merchant has not agreed to deductions from its sales."],
    )  # fmt: skip


def test_an_account_number_is_opened(tenant: Tenant, drawdown: Drawdown, at: datetime) -> None:
    client = desk.at_the_desk("owner", tenant, at)
    with tenant_scope(tenant.id):
        lender = FundingSource.objects.get()
    assert sent(client, drawdown, "account", lender=ids.new_id("fnd")).status_code == 422
    assert sent(client, drawdown, "account", lender=lender.id).status_code == 302
    page = client.get(f"/console/merchants/{drawdown.merchant_id}/channels")
    assert len(page.context["found"].accounts) == 1
    assert "account" not in page.context["forms"]


def test_staff_book_a_payout_and_the_recourse_comes_back(
    tenant: Tenant, drawdown: Drawdown, at: datetime
) -> None:
    staff = desk.at_the_desk("staff", None, at, works_for=tenant)
    said = {
        "drawdown": drawdown.id,
        "guarantor": "示例担保",
        "amount": "1,000",
        "external_id": "G-1",
    }
    assert sent(staff, drawdown, "payout", **said).status_code == 302
    clash = sent(staff, drawdown, "payout", **said | {"amount": "900"})
    assert "external_id" in clash.context["forms"]["payout"].errors
    with tenant_scope(tenant.id):
        claim = GuarantorClaim.objects.get()
        entries = JournalEntry.objects.count()
        assert Repayment.objects.get().channel == "guarantor"
    finance = desk.at_the_desk("finance", tenant, at)
    path = f"/console/channels/guarantors/{claim.id}"
    too_much = finance.post(path, {"amount": "1,000.01", "external_id": "R-1"})
    assert (too_much.status_code, set(too_much.context["form"].errors)) == (422, {"amount"})
    assert finance.post(path, {"amount": "", "external_id": ""}).status_code == 422
    for _ in range(2):
        assert finance.post(path, {"amount": "400", "external_id": "R-1"}).status_code == 302
    page = finance.get(path)
    assert (page.context["open_minor"], len(page.context["recoveries"])) == (60_000, 1)
    viewer = desk.at_the_desk("viewer", tenant, at)
    assert viewer.post(path, {"amount": "400", "external_id": "R-2"}).status_code == 403
    with tenant_scope(tenant.id):
        claim.refresh_from_db()
        assert (claim.recovered_minor, JournalEntry.objects.count()) == (40_000, entries)
        assert AuditRecord.objects.filter(action="guarantor.recover").count() == 1
