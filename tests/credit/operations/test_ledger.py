"""Posting: what arrives is what was sent, balanced, once, in the open day; reversals are linked."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from credit.enums import AccountCode, EntryKind
from credit.models import Account, FundingSource, JournalEntry, Posting
from credit.operations import ledger
from credit.queries.business_day import open_day
from credit.queries.ledger import balance_at, trial_balance
from credit.values import NewEntry
from platform_app.kernel import ids
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives
from tests.platform_app.kernel import sql

DAY = date(2026, 3, 2)
DRAWDOWN = ids.new_id("drw")


def source_id() -> str:
    return str(FundingSource.objects.get().id)


def new(key: str, at: datetime, **changes: Any) -> NewEntry:
    amounts = changes.pop("amounts", {AccountCode.FUNDING_BANK: 100, AccountCode.LOANS: -100})
    whose = changes.pop("funding_source_id", None) or source_id()
    parts: dict[str, Any] = {
        "kind": EntryKind.REPAYMENT, "key": key, "sides": {whose: amounts}, "value_on": DAY,
        "booked_on": DAY, "at": at,
    }  # fmt: skip
    return NewEntry(**{**parts, **changes})


def sides(entry: JournalEntry) -> dict[str, int]:
    rows = Posting.objects.filter(entry=entry).values_list("account__code", "amount_minor")
    return dict(rows)


def committed(act: Callable[[], object]) -> None:
    """With what the database leaves for the commit."""
    act()
    sql.rows("SET CONSTRAINTS ALL IMMEDIATE")


def refused(constraint: str, act: Callable[[], object]) -> None:
    """Refused by name, and nothing moved."""
    before = (JournalEntry.objects.count(), Posting.objects.count())
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        committed(act)
    cause: Any = caught.value.__cause__
    assert cause.diag.constraint_name == constraint
    assert (JournalEntry.objects.count(), Posting.objects.count()) == before


def test_an_entry_is_stored_as_it_is_returned(inside: Tenant, at: datetime) -> None:
    posted = ledger.post(
        kind=EntryKind.REPAYMENT, key="it's {1,2} \\ \"x\"", funding_source_id=source_id(),
        amounts={AccountCode.FUNDING_BANK: 100, AccountCode.LOANS: -90,
                 AccountCode.INTEREST_RECEIVABLE: -10, AccountCode.OVERPAYMENT: 0},
        value_on=date(2026, 3, 1), booked_on=DAY, at=at, drawdown_id=DRAWDOWN,
        facts={"why": "{\"a\", 'b'}", "count": 3},
    )  # fmt: skip

    stored = JournalEntry.objects.get()

    for column in JournalEntry._meta.concrete_fields:
        assert getattr(stored, column.attname) == getattr(posted, column.attname), column
    assert stored.tenant_id == inside.id
    assert (stored.drawdown_id, stored.value_on, stored.at) == (DRAWDOWN, date(2026, 3, 1), at)
    assert stored.facts == {"why": "{\"a\", 'b'}", "count": 3}
    assert not posted._state.adding
    assert sides(stored) == {"1001": 100, "1101": -90, "1102": -10}


@pytest.mark.parametrize("count", [1, 300])
def test_any_number_of_entries_is_one_statement(
    inside: Tenant, at: datetime, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    entries = [new(f"n-{number}", at) for number in range(count)]
    ledger.post_all([new("warm", at)])

    with django_assert_num_queries(1):
        posted = ledger.post_all(entries)

    assert [entry.key for entry in posted] == [entry.key for entry in entries]
    assert JournalEntry.objects.count() == count + 1
    assert balance_at(account("1001"), DAY) == 100 * (count + 1)


def account(code: str) -> str:
    return str(Account.objects.get(code=code).id)


def test_more_than_a_chunk_is_posted_whole_or_not_at_all(
    inside: Tenant, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "CHUNK", 2)
    entries = [new(f"n-{number}", at) for number in range(5)]

    refused("credit_journalentry_once", lambda: ledger.post_all([*entries, entries[0]]))

    assert len(ledger.post_all(entries)) == JournalEntry.objects.count() == 5
    assert ledger.post_all([]) == []


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    amounts=st.lists(
        st.dictionaries(
            st.sampled_from(list(AccountCode)[:-1]),
            st.integers(-(10**12), 10**12).filter(bool),
            min_size=1, max_size=6,
        ),
        max_size=8,
    )
)  # fmt: skip
def test_whatever_is_posted_adds_up(
    inside: Tenant, at: datetime, amounts: list[dict[AccountCode, int]]
) -> None:
    last = list(AccountCode)[-1]
    balanced = [one | {last: -sum(one.values())} for one in amounts if sum(one.values())]

    with transaction.atomic():
        ledger.post_all([new(str(number), at, amounts=one) for number, one in enumerate(balanced)])
        sql.rows("SET CONSTRAINTS ALL IMMEDIATE")
        found = {row.code: row.balance_minor for row in trial_balance(on=DAY).rows}
        transaction.set_rollback(True)

    wanted: dict[str, int] = {}
    for one in balanced:
        for code, amount in one.items():
            wanted[code] = wanted.get(code, 0) + amount
    assert found == wanted
    assert sum(found.values()) == 0


def test_what_the_database_refuses(inside: Tenant, at: datetime) -> None:
    good = ledger.post_all([new("good", at)])[0]
    one_sided = {AccountCode.LOANS: 5}
    off_by_one = {AccountCode.LOANS: 5, AccountCode.FUNDING_BANK: -4}

    for wrong in (one_sided, off_by_one, {}, {AccountCode.LOANS: 0}):
        batch = [new("fine", at), new("wrong", at, amounts=wrong)]
        refused("credit_journalentry_balanced", partial(ledger.post_all, batch))
    refused("credit_journalentry_once", lambda: ledger.post_all([new("good", at)]))
    for day in (date(2026, 3, 1), date(2026, 3, 3)):
        entry = new("late", at, booked_on=day)
        refused("credit_booked_into_open_day", partial(ledger.post_all, [entry]))
    with pytest.raises(LookupError, match="are not open"):
        ledger.post_all([new("x", at, funding_source_id=ids.new_id("fnd"))])
    assert list(JournalEntry.objects.all()) == [good]


def test_an_entry_is_reversed_at_most_once(inside: Tenant, at: datetime) -> None:
    first = ledger.post_all([new("first", at)])[0]
    back = {AccountCode.FUNDING_BANK: -100, AccountCode.LOANS: 100}

    taken_back = ledger.post(
        kind=EntryKind.ADJUSTMENT, key="back", funding_source_id=source_id(), amounts=back,
        value_on=DAY, booked_on=DAY, at=at, reverses=first.id,
    )  # fmt: skip

    assert JournalEntry.objects.get(pk=taken_back.id).reverses == first
    again = new("again", at, amounts=back, reverses=first.id)
    refused("credit_journalentry_reversed_once", lambda: ledger.post_all([again]))
    nothing = new("ghost", at, amounts=back, reverses=ids.new_id("jen"))
    refused("credit_journalentry_reverses_id_tenant_fk", lambda: ledger.post_all([nothing]))
    assert balance_at(account("1001"), DAY) == 0


def test_an_entry_does_not_reverse_itself(inside: Tenant, at: datetime) -> None:
    def itself() -> None:
        entry_id = ids.new_id("jen")
        JournalEntry.objects.create(
            id=entry_id, kind="adjustment", key="x", value_on=DAY, booked_on=DAY, at=at,
            reverses_id=entry_id,
        )  # fmt: skip

    refused("credit_journalentry_reverses_another", itself)


def test_another_platforms_entry_cannot_be_reversed_nor_its_books_used(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(other_tenant.id):
        theirs = ledger.post_all([new("theirs", at)])[0]
        their_source = source_id()
    with tenant_scope(tenant.id):
        entry = new("mine", at, reverses=theirs.id)
        refused("credit_journalentry_reverses_id_tenant_fk", lambda: ledger.post_all([entry]))
        with pytest.raises(LookupError, match="are not open"):
            ledger.post_all([new("mine", at, funding_source_id=their_source)])
        assert JournalEntry.objects.count() == 0


def test_nothing_is_posted_without_a_tenant(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        entry = new("x", at)
    with pytest.raises(NoScope):
        ledger.post_all([entry])


def test_a_posting_joins_an_entry_of_its_own_transaction_only(inside: Tenant) -> None:
    """In SQL: the entry of an earlier transaction is played by one with an older number."""
    accounts = list(Account.objects.order_by("code").values_list("id", flat=True)[:2])
    tenant, entry = sql.tenant_uuid(inside.id), ids.new_uuid_text()

    def write(*, age: int) -> None:
        sql.rows(
            "INSERT INTO credit_journalentry (id, tenant_id, kind, key, value_on, booked_on, facts,"
            " at, booked_xid) VALUES (%s, %s, 'repayment', 'x', %s, %s, '{}', now(),"
            " (pg_current_xact_id()::text::bigint - %s)::text::xid8)",
            entry, tenant, DAY, DAY, age,
        )  # fmt: skip
        sql.rows(
            "INSERT INTO credit_posting (id, tenant_id, entry_id, account_id, amount_minor)"
            " SELECT uuidv7(), %s, %s, unnest(%s::uuid[]), unnest(ARRAY[5, -5])",
            tenant, entry, [str(ids.to_uuid("acc", one)) for one in accounts],
        )  # fmt: skip

    refused("credit_posting_joins_new_entry", lambda: write(age=1))
    write(age=0)
    sql.rows("SET CONSTRAINTS ALL IMMEDIATE")
    assert Posting.objects.count() == 2


def test_the_balance_is_checked_in_the_entrys_own_tenant(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    """At commit the session may be in another scope: the check finds its rows and puts it back."""
    with tenant_scope(tenant.id):
        ledger.post_all([new("x", at)])
    with tenant_scope(other_tenant.id):
        sql.rows("SET CONSTRAINTS ALL IMMEDIATE")
        assert sql.one("SELECT current_setting('app.tenant_id')") == sql.tenant_uuid(
            other_tenant.id
        )
        sql.rows("SET CONSTRAINTS ALL DEFERRED")
    with tenant_scope(tenant.id):
        wrong = new("wrong", at, amounts={AccountCode.LOANS: 5, AccountCode.FUNDING_BANK: -4})

        def elsewhere() -> None:
            ledger.post_all([wrong])
            with tenant_scope(other_tenant.id):
                sql.rows("SET CONSTRAINTS ALL IMMEDIATE")

        refused("credit_journalentry_balanced", elsewhere)


def test_books_older_than_an_account_get_it(inside: Tenant, at: datetime) -> None:
    missing = sql.one("SELECT id FROM credit_account WHERE code = '5103'")
    sql.rows("DELETE FROM credit_account WHERE id = %s", missing)
    amounts = {AccountCode.REVENUE_SHARE: 7, AccountCode.PARTNER_PAYABLE: -7}
    ledger.forget_accounts()

    with transaction.atomic():
        ledger.post_all([new("lost", at, amounts=amounts)])
        transaction.set_rollback(True)
    ledger.post_all([new("kept", at, amounts=amounts)])

    assert sides(JournalEntry.objects.get()) == {"5103": 7, "2101": -7}


def test_what_life_books_is_what_it_was(inside: Tenant, at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    drawdown = lives.drawn(line, 500_000, "SO-1", at)
    lives.repaid(drawdown, 200_000, "PAY-1", at)

    booked = {row.code: row.balance_minor for row in trial_balance(on=open_day()).rows}

    assert booked == {"1001": 200_000, "1101": 300_000, "2101": -500_000}
