"""Settlement, reconciliation and unclaimed money at the finance desk."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from credit.models import (
    BankFlow,
    Drawdown,
    Holdback,
    ReconciliationBreak,
    ReconciliationFile,
    Repayment,
    SettlementBatch,
    SettlementTerms,
    SuspenseItem,
)
from credit.operations import breaks
from platform_app.kernel import clock
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.analytics import desk
from tests.callers import Callers, callers
from tests.credit import lives, settling

pytestmark = pytest.mark.django_db
BOOKS = "/console/books"
PAGES = ("settlements", "reconciliation", "reconciliation/files", "reconciliation/bank", "suspense")
COSTS = {
    "settlements": 9,
    "reconciliation": 8,
    "reconciliation/files": 5,
    "reconciliation/bank": 7,
    "suspense": 7,
}


def live(tenant: Tenant, at: datetime, count: int = 1) -> datetime:
    """Batches, files, flows, items and breaks: `count` of each that a list shows."""
    with tenant_scope(tenant.id):
        line = lives.line_of(
            lives.merchant_with_trade("M-1", at - timedelta(hours=1), order_minor=20_000_000), at
        )
        settling.agreed(at, holdback_fraction=settling.TENTH, holdback_days=30)
        moment = at
        for number in range(count):
            lives.drawn(line, 100_000, f"SO-{number}", moment)
            settling.banked(moment, f"B-{number},{clock.day_of(moment)},70.00,宠物店,,货款")
            lives.merchant_with_trade(f"N-{number}", moment)
            moment = lives.close_until(clock.day_of(at) + timedelta(days=number + 1))
        lives.merchant_with_trade("N-last", moment)  # orders are known up to the last drawdown
        breaks.reconcile(actor=lives.ACTOR, at=moment)
        return moment


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("item_count", [1, 3])
def test_a_list_costs_the_same_for_any_length(
    tenant: Tenant,
    at: datetime,
    name: str,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with clock.travel(live(tenant, at, item_count)):
        client = desk.at_the_desk("finance", tenant, at)
        with django_assert_num_queries(COSTS[name]):
            page = client.get(f"{BOOKS}/{name}")
    count = 2 * item_count if name.endswith("files") else item_count
    assert len(page.context["page"].rows) == count


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_list_says_what_to_do(tenant: Tenant, at: datetime, name: str) -> None:
    client = desk.at_the_desk("owner", tenant, at)
    assert b'class="empty"' in client.get(f"{BOOKS}/{name}").content
    assert b'class="empty"' in client.get(f"{BOOKS}/{name}?status=paid&kind=day").content


def things(tenant: Tenant) -> dict[str, str]:
    with tenant_scope(tenant.id):
        return {
            "settlements": SettlementBatch.objects.get().id,
            "reconciliation/breaks": ReconciliationBreak.objects.order_by("id")[0].id,
            "reconciliation/files": ReconciliationFile.objects.order_by("id")[0].id,
            "suspense": SuspenseItem.objects.get().id,
        }


def test_strangers_neighbors_and_ids_that_cannot_be(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    with clock.travel(live(tenant, at)):
        three: Callers = callers(tenant, other_tenant, at)
        for folder, its_id in things(tenant).items():
            assert three.statuses(f"{BOOKS}/{folder}/{its_id}") == (302, 404, 200)
            assert three.statuses(f"{BOOKS}/{folder}/malformed") == (302, 404, 404)
        for name in PAGES:
            assert three.neighbor.get(f"{BOOKS}/{name}").context["page"].rows == []
            for role in ("operator", "developer", "viewer"):
                client = Client()
                client = desk.at_the_desk(role, other_tenant, at) if name == PAGES[0] else client
                assert client.get(f"{BOOKS}/{name}").status_code in {302, 403}


@pytest.mark.parametrize("line_count", [1, 3])
def test_a_batch_in_its_parts(
    tenant: Tenant,
    at: datetime,
    line_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
        settling.agreed(at, holdback_fraction=settling.TENTH, holdback_days=30)
        for number in range(line_count):
            lives.drawn(line, 100_000, f"SO-{number}", at)
        lives.close_until(date(2026, 3, 3))
        batch = SettlementBatch.objects.get()
        held = Holdback.objects.get()
    client = desk.at_the_desk("finance", tenant, at)
    with django_assert_num_queries(8):
        page = client.get(f"{BOOKS}/settlements/{batch.id}")
    assert page.context["sums"] == [
        ("发货确认", line_count, 100_000 * line_count),
        (page.context["sums"][1][0], 1, -10_000 * line_count),
    ]
    assert page.context["page"].rows[0].amount_minor == -held.amount_minor
    assert page.context["holdback"] == held
    [file] = page.context["files"]
    answer = client.get(f"{BOOKS}/reconciliation/files/{file.id}")
    assert answer.headers["BT-Content-SHA256"] == file.sha256
    assert answer.content.startswith(b"\xef\xbb\xbf")
    with tenant_scope(tenant.id):
        assert AuditRecord.objects.filter(action="file.download").count() == 1


def test_staff_set_the_terms_and_nobody_else(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        path = f"{BOOKS}/settlement_terms/{settling.source_id()}"
    staff = desk.sign_in(Client(), desk.member("staff", None, at), works_for=tenant)
    said = {
        "payout_days": "3", "pays_on_workdays_only": "on", "fee": "0.6", "holdback": "10",
        "holdback_days": "30", "revenue_share": "25.5",
    }  # fmt: skip
    assert desk.at_the_desk("owner", tenant, at).get(path).status_code == 403
    assert staff.get(path).status_code == 200
    assert staff.get(f"{BOOKS}/settlement_terms/fnd_malformed").status_code == 404
    assert staff.post(path, {**said, "fee": "100"}).status_code == 422
    with tenant_scope(tenant.id):
        assert SettlementTerms.objects.count() == 0
    assert staff.post(path, said).status_code == 302
    assert staff.post(path, {**said, "fee": "0.7"}).status_code == 422
    with tenant_scope(tenant.id):
        terms = SettlementTerms.objects.get()
    assert (str(terms.fee_fraction), str(terms.revenue_share_fraction)) == (
        "0.00600000", "0.25500000",
    )  # fmt: skip
    assert (terms.payout_days, terms.pays_on_workdays_only) == (3, True)
    assert staff.get(path).context["form"].initial["payout_days"] == 3


def upload(client: Client, source_id: str, act: str, *rows: str) -> Any:
    file = SimpleUploadedFile("bank.csv", settling.statement(*rows))
    body = {"funding_source": source_id, "file": file, "act": act}
    return client.post(f"{BOOKS}/reconciliation/bank", body)


def test_a_statement_is_checked_and_then_read_in(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        source = settling.source_id()
    client = desk.at_the_desk("finance", tenant, at)
    rows = ("B-1,2026-03-02,70.00,宠物店,,", "B-2,heute,1.00,,,")

    checked = upload(client, source, "check", *rows)
    assert checked.status_code == 200
    assert (checked.context["report"].created_count, checked.context["is_imported"]) == (1, False)
    assert [line_no for line_no, _reason in checked.context["bad_rows"]] == [3]
    with tenant_scope(tenant.id):
        assert BankFlow.objects.count() == 0

    done = upload(client, source, "import", *rows)
    assert (done.context["report"].created_count, done.context["is_imported"]) == (1, True)
    with tenant_scope(tenant.id):
        assert BankFlow.objects.get().bank_reference == "B-1"
    again = upload(client, source, "import", *rows)
    assert again.context["report"].repeated_count == 1

    nonsense = client.post(
        f"{BOOKS}/reconciliation/bank",
        {
            "funding_source": source,
            "file": SimpleUploadedFile("x.csv", b"nonsense"),
            "act": "import",
        },
    )
    assert nonsense.status_code == 422
    assert len(nonsense.context["form"].errors["file"]) == 1


def test_a_break_is_explained_and_written_off_by_two(tenant: Tenant, at: datetime) -> None:
    with clock.travel(live(tenant, at)):
        first, second = (desk.at_the_desk(role, tenant, at) for role in ("finance", "owner"))
        its_id = things(tenant)["reconciliation/breaks"]
        path = f"{BOOKS}/reconciliation/breaks/{its_id}"

        def press(client: Client, act: str, reason: str = "") -> int:
            return int(client.post(path, {"act": act, "reason": reason}).status_code)

        assert press(first, "take") == 302
        assert press(first, "explain") == 422
        assert press(first, "explain", "平台补单") == 302
        assert press(second, "write_off") == 422
        assert press(first, "ask_write_off", "已核实") == 302
        assert first.get(path).context["may_approve"] is False
        assert press(first, "write_off") == 422
        assert second.get(path).context["may_approve"] is True
        assert press(second, "nonsense") == 404
        assert press(second, "write_off") == 302
        with tenant_scope(tenant.id):
            row = ReconciliationBreak.objects.get(pk=its_id)
        assert (row.status, row.explanation) == ("written_off", "已核实")
        page = first.get(path)
        assert (page.context["is_open"], page.context["names"]["owner"]) == (False, "finance")
        assert press(first, "take") == 422


def test_comparing_now(tenant: Tenant, at: datetime) -> None:
    with clock.travel(live(tenant, at)):
        client = desk.at_the_desk("finance", tenant, at)
        with tenant_scope(tenant.id):
            ReconciliationBreak.objects.update(kind="flow_unknown")
        answer = client.post(f"{BOOKS}/reconciliation/compare", follow=True)
        assert answer.status_code == 200
        assert [str(one) for one in answer.context["messages"]] != []
        assert client.get(f"{BOOKS}/reconciliation/compare").status_code == 405
        assert answer.context["open_count"] == 1


def test_unclaimed_money_is_matched(tenant: Tenant, at: datetime) -> None:
    with clock.travel(live(tenant, at)):
        client = desk.at_the_desk("finance", tenant, at)
        path = f"{BOOKS}/suspense/{things(tenant)['suspense']}"
        with tenant_scope(tenant.id):
            drawdown = Drawdown.objects.get()
        page = client.get(path)
        # the payer's name is the first guess; who owes is told from who does not
        assert {one.merchant.external_id: one.outstanding_minor for one in page.context["debtors"]}[
            "M-1"
        ] == 100_000
        assert client.get(f"{path}?search=N-0").context["debtors"][0].outstanding_minor == 0
        assert list(client.get(f"{path}?search=none").context["debtors"]) == []
        refused = client.post(path, {"act": "match", "merchant": "mch_malformed"})
        assert refused.status_code == 422
        assert client.post(path, {"act": "nonsense"}).status_code == 404
        done = client.post(path, {"act": "match", "merchant": drawdown.merchant_id}, follow=True)
        assert done.context["item"].status == "matched"
        with tenant_scope(tenant.id):
            assert Repayment.objects.get().amount_minor == 7_000
        assert client.get(f"{BOOKS}/suspense").context["waiting_minor"] == 0


def test_unclaimed_money_is_sent_back_by_two(tenant: Tenant, at: datetime) -> None:
    with clock.travel(live(tenant, at)):
        first, second = (desk.at_the_desk(role, tenant, at) for role in ("finance", "owner"))
        path = f"{BOOKS}/suspense/{things(tenant)['suspense']}"
        assert first.post(path, {"act": "ask_return", "reason": ""}).status_code == 422
        assert first.post(path, {"act": "ask_return", "reason": "打错账户"}).status_code == 302
        assert first.get(path).context["may_approve"] is False
        assert first.post(path, {"act": "return"}).status_code == 422
        assert second.post(path, {"act": "keep"}).status_code == 302
        assert first.post(path, {"act": "ask_return", "reason": "打错账户"}).status_code == 302
        assert second.post(path, {"act": "return"}).status_code == 302
        with tenant_scope(tenant.id):
            assert SuspenseItem.objects.get().status == "returned"
            assert settling.proven()
