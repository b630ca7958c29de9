"""The general ledger's pages: who sees them, what they cost, that each figure leads to its rows."""

import csv
from datetime import date, datetime
from io import StringIO
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from credit.enums import AccountCode, EntryKind
from credit.models import Account, FundingSource, JournalEntry
from credit.operations import ledger
from credit.queries.ledger import trial_balance
from platform_app.kernel import ids
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.analytics import desk
from tests.callers import callers
from tests.credit import lives

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


def some_drawdowns(tenant: Tenant, at: datetime, count: int) -> str:
    """Shipped orders; the id of the loans account."""
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
        for number in range(count):
            lives.drawn(line, 100_000, f"PO-{number}", at)
        return str(Account.objects.get(code=AccountCode.LOANS).id)


def entry_id(tenant: Tenant) -> str:
    with tenant_scope(tenant.id):
        return str(JournalEntry.objects.order_by("id")[0].id)


def test_nobody_and_no_neighbor_gets_in(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    account = some_drawdowns(tenant, at, 1)
    asked = callers(tenant, other_tenant, at)

    assert asked.statuses("/console/books/ledger") == (302, 200, 200)
    assert asked.statuses("/console/books/ledger.csv") == (302, 200, 200)
    assert asked.statuses(f"/console/books/ledger/{account}") == (302, 404, 200)
    assert asked.statuses(f"/console/books/entries/{entry_id(tenant)}") == (302, 404, 200)
    assert asked.neighbor.get("/console/books/ledger").context["balance"].rows == []
    assert "PO-" not in asked.neighbor.get("/console/books/ledger.csv").content.decode()
    for page in ("ledger/acc_x", "entries/jen_x", f"entries/{ids.new_id('jen')}"):
        assert asked.owner.get(f"/console/books/{page}").status_code == 404


def test_finance_and_owner_read_it_others_do_not(tenant: Tenant, at: datetime) -> None:
    account = some_drawdowns(tenant, at, 1)
    pages = ("ledger", "ledger.csv", f"ledger/{account}", f"entries/{entry_id(tenant)}")
    for role in ("owner", "operator", "finance", "developer", "viewer"):
        client = desk.at_the_desk(role, tenant, at)
        wanted = 200 if role in {"owner", "finance"} else 403
        assert [client.get(f"/console/books/{page}").status_code for page in pages] == [wanted] * 4
        menu = client.get("/console/").content.decode()
        assert ('href="/console/books/ledger"' in menu) == (wanted == 200)


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_pages_cost_the_same_for_any_length(
    tenant: Tenant,
    at: datetime,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    account = some_drawdowns(tenant, at, item_count)
    entry = entry_id(tenant)
    client = desk.at_the_desk("finance", tenant, at)

    with django_assert_num_queries(6):
        balance = client.get("/console/books/ledger").context["balance"]
    with django_assert_num_queries(7):
        statement = client.get(f"/console/books/ledger/{account}").context["statement"]
    with django_assert_num_queries(7):
        client.get(f"/console/books/entries/{entry}")

    assert (balance.debit_minor, balance.credit_minor) == (100_000 * item_count,) * 2
    assert [row.posting_count for row in balance.rows] == [item_count] * 2
    assert len(statement.rows) == item_count


def test_a_figure_leads_to_its_rows_and_they_agree(tenant: Tenant, at: datetime) -> None:
    account = some_drawdowns(tenant, at, 2)
    client = desk.at_the_desk("finance", tenant, at)

    for by in ("booked", "value"):
        page = client.get(f"/console/books/ledger?{urlencode({'on': DAY, 'by': by})}")
        link = f"/console/books/ledger/{account}?since=2026-03-01&amp;until=2026-03-02&amp;by={by}"
        assert f'href="{link}"' in page.content.decode()
        shown = client.get(link.replace("&amp;", "&")).context["statement"]
        [row] = [row for row in page.context["balance"].rows if row.account_id == account]
        assert (shown.by, shown.opening_minor) == (by, 0)
        assert shown.rows[-1].balance_minor == row.balance_minor == 200_000
        assert [one.order_no for one in shown.rows] == ["PO-0", "PO-1"]
    text = client.get(link.replace("&amp;", "&")).content.decode()
    assert f'href="/console/books/entries/{shown.rows[0].entry_id}"' in text
    assert f'href="/console/drawdowns/{shown.rows[0].drawdown_id}"' in text


def test_the_file_has_totals_and_opens_in_a_spreadsheet(tenant: Tenant, at: datetime) -> None:
    some_drawdowns(tenant, at, 2)
    with tenant_scope(tenant.id):
        FundingSource.objects.update(name="=SUM(A1) 示例")
    client = desk.at_the_desk("finance", tenant, at)

    answer = client.get(
        "/console/books/ledger.csv?on=2026-03-02", headers={"accept-language": "en"}
    )

    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="trial-balance-2026-03-02-booked.csv"'
    )
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[2:4] + row[5:] for row in rows[1:]] == [
        ["'=SUM(A1) 示例", "1101", "2000.00", "0.00"],
        ["'=SUM(A1) 示例", "2101", "0.00", "2000.00"],
        ["", "", "2000.00", "2000.00"],
    ]


def test_a_statement_goes_on_where_the_last_page_ended(tenant: Tenant, at: datetime) -> None:
    some_drawdowns(tenant, at, 0)
    with tenant_scope(tenant.id):
        source = FundingSource.objects.get().id
        for number in range(52):
            ledger.post(
                kind=EntryKind.CAPTURE, key=str(number), funding_source_id=source,
                amounts={AccountCode.LOANS: 1, AccountCode.FUNDING_BANK: -1},
                value_on=DAY, booked_on=DAY, at=at,
            )  # fmt: skip
        account = trial_balance(on=DAY).rows[1].account_id
    client = desk.at_the_desk("finance", tenant, at)
    page = f"/console/books/ledger/{account}"

    first = client.get(page).context
    second = client.get(f"{page}?after={first['next_after']}").context

    assert (len(first["statement"].rows), len(second["statement"].rows)) == (50, 2)
    assert [row.balance_minor for row in second["statement"].rows] == [51, 52]
    assert (first["is_first"], second["is_first"], second["next_after"]) == (True, False, "")
    assert len(client.get(f"{page}?after=nonsense").context["statement"].rows) == 50


def test_an_entry_shows_both_sides_and_what_took_it_back(tenant: Tenant, at: datetime) -> None:
    some_drawdowns(tenant, at, 1)
    first = entry_id(tenant)
    with tenant_scope(tenant.id):
        back = ledger.post(
            kind=EntryKind.ADJUSTMENT, key="back", funding_source_id=FundingSource.objects.get().id,
            amounts={AccountCode.LOANS: -100_000, AccountCode.PARTNER_PAYABLE: 100_000},
            value_on=DAY, booked_on=DAY, at=at, reverses=first, facts={"reason": "<b>typo</b>"},
        )  # fmt: skip
    client = desk.at_the_desk("finance", tenant, at)

    shown = client.get(f"/console/books/entries/{first}")
    other = client.get(f"/console/books/entries/{back.id}")

    booked = shown.context["booked"]
    assert [row.amount_minor for row in booked.postings] == [100_000, -100_000]
    assert booked.drawdown.order_no == "PO-0"
    assert f'href="/console/books/entries/{back.id}"' in shown.content.decode()
    assert f'href="/console/books/entries/{first}"' in other.content.decode()
    assert "&lt;b&gt;typo&lt;/b&gt;" in other.content.decode()


@pytest.mark.parametrize("asked", ["", "?on=2020-01-01", "?on=nonsense&by=nonsense&source=x"])
def test_before_anything_is_booked_the_page_says_so(
    tenant: Tenant, at: datetime, asked: str
) -> None:
    client: Client = desk.at_the_desk("owner", tenant, at)

    page = client.get(f"/console/books/ledger{asked}")

    assert page.context["balance"].rows == []
    assert 'class="empty"' in page.content.decode()
    with tenant_scope(tenant.id):
        account = Account.objects.order_by("code")[0].id
    empty = client.get(f"/console/books/ledger/{account}?since=2026-03-09&until=2026-03-01")
    assert (empty.context["statement"].rows, empty.context["statement"].until) == (
        [], date(2026, 3, 1),
    )  # fmt: skip
