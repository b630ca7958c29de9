"""Balances: snapshots plus what came since, by both dates; closed days never change."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from credit.enums import AccountCode, EntryKind
from credit.errors import AccountNotFound, DayNotOver
from credit.models import Account, AccountSnapshot, BusinessDay, FundingSource
from credit.operations import ledger
from credit.operations.snapshots import snapshot_balances
from credit.queries.account_statement import Cursor, account_statement
from credit.queries.business_day import open_day
from credit.queries.ledger import TrialBalance, account_balance, balance_at, trial_balance
from credit.queries.snapshot_proofs import SNAPSHOTS_AGREE
from credit.values import NewEntry
from platform_app.kernel import ids
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.platform_app.kernel import sql

FIRST = date(2026, 3, 2)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def only_source() -> str:
    return str(FundingSource.objects.get().id)


def booked(at: datetime, key: str, amount: int, *, on: date, value_on: date | None = None) -> str:
    """Lent and paid out: loans up, bank down."""
    entry = NewEntry(
        kind=EntryKind.CAPTURE, key=key,
        sides={only_source(): {AccountCode.LOANS: amount, AccountCode.FUNDING_BANK: -amount}},
        value_on=value_on or on, booked_on=on, at=at,
    )  # fmt: skip
    return str(ledger.post_all([entry])[0].id)


def over(on: date) -> int:
    """The day ends: the next one opens, balances are taken, the day closes."""
    BusinessDay.objects.filter(on=on).update(status="closing")
    BusinessDay.objects.create(on=on + timedelta(days=1))
    taken = snapshot_balances(on=on)
    BusinessDay.objects.filter(on=on).update(status="closed")
    return taken


def loans() -> str:
    return str(Account.objects.get(code=AccountCode.LOANS).id)


def broken_snapshots() -> int:
    tenant = sql.one("SELECT tenant_id::text FROM credit_fundingsource")
    return int(sql.one(SNAPSHOTS_AGREE.replace("%(tenant)s", f"'{tenant}'::uuid")))


def figures(balance: TrialBalance) -> dict[str, int]:
    return {row.code.value: row.balance_minor for row in balance.rows}


def test_only_accounts_that_moved_are_remembered(inside: Tenant, at: datetime) -> None:
    booked(at, "a", 100, on=day(0))
    assert over(day(0)) == 2
    assert over(day(1)) == 0
    booked(at, "b", 30, on=day(2))
    booked(at, "c", -30, on=day(2))
    assert over(day(2)) == 2

    rows = AccountSnapshot.objects.filter(account_id=loans()).order_by("on")
    assert list(rows.values_list("on", "balance_minor", "posting_count")) == [
        (day(0), 100, 1), (day(2), 100, 3),
    ]  # fmt: skip
    assert snapshot_balances(on=day(2)) == 0
    assert broken_snapshots() == 0


def test_days_that_were_not_remembered_are_in_the_next(inside: Tenant, at: datetime) -> None:
    booked(at, "a", 100, on=day(0))
    BusinessDay.objects.filter(on=day(0)).update(status="closed")
    BusinessDay.objects.create(on=day(1))
    booked(at, "b", 5, on=day(1))

    assert over(day(1)) == 2

    assert [balance_at(loans(), day(n)) for n in (-1, 0, 1, 2)] == [0, 100, 105, 105]
    assert broken_snapshots() == 0


def test_an_open_day_has_nothing_to_remember(inside: Tenant, at: datetime) -> None:
    booked(at, "a", 100, on=day(0))
    for wrong in (day(0), day(1), day(-1)):
        with pytest.raises(DayNotOver):
            snapshot_balances(on=wrong)
    assert AccountSnapshot.objects.count() == 0


def test_the_database_refuses_a_snapshot_of_an_open_day(inside: Tenant, at: datetime) -> None:
    with pytest.raises(IntegrityError, match="not over"), transaction.atomic():
        AccountSnapshot.objects.create(
            account_id=loans(), on=day(0), balance_minor=0, posting_count=1
        )
    booked(at, "a", 100, on=day(0))
    over(day(0))
    with pytest.raises(IntegrityError, match="accountsnapshot_once"), transaction.atomic():
        AccountSnapshot.objects.create(
            account_id=loans(), on=day(0), balance_minor=0, posting_count=1
        )
    with pytest.raises(IntegrityError, match="accountsnapshot_moved"), transaction.atomic():
        AccountSnapshot.objects.create(
            account_id=loans(), on=day(0), balance_minor=0, posting_count=0
        )
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        AccountSnapshot.objects.update(balance_minor=1)


def test_nothing_is_booked_into_a_day_whose_balances_were_taken(
    inside: Tenant, at: datetime
) -> None:
    booked(at, "a", 100, on=day(0))
    BusinessDay.objects.filter(on=day(0)).update(status="closing")
    BusinessDay.objects.create(on=day(1))
    entry = NewEntry(
        kind=EntryKind.ACCRUAL, key="late",
        sides={only_source(): {
            AccountCode.INTEREST_RECEIVABLE: 5, AccountCode.INTEREST_INCOME: -5,
        }},
        value_on=day(0), booked_on=day(0), at=at,
    )  # fmt: skip
    snapshot_balances(on=day(0))

    with pytest.raises(IntegrityError, match="not open"), transaction.atomic():
        ledger.post_all([entry])

    assert figures(trial_balance(on=day(1))) == {"1001": -100, "1101": 100}


def test_a_closed_days_trial_balance_never_changes(inside: Tenant, at: datetime) -> None:
    booked(at, "a", 100, on=day(0))
    over(day(0))
    before = trial_balance(on=day(0))

    booked(at, "late", 40, on=day(1), value_on=day(0))
    booked(at, "early", 7, on=day(1), value_on=day(5))

    assert trial_balance(on=day(0)) == before
    assert figures(before) == {"1001": -100, "1101": 100}
    assert figures(trial_balance(on=day(1))) == {"1001": -147, "1101": 147}
    by_value = {n: balance_at(loans(), day(n), by="value") for n in (-1, 0, 1, 4, 5)}
    assert by_value == {-1: 0, 0: 140, 1: 140, 4: 140, 5: 147}
    over(day(1))
    assert {n: balance_at(loans(), day(n), by="value") for n in by_value} == by_value
    assert trial_balance(on=day(0)) == before


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    lived=st.lists(
        st.lists(st.tuples(st.integers(-500, 500).filter(bool), st.integers(-3, 3)), max_size=3),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_balances_are_the_sums_of_what_was_booked(
    inside: Tenant, at: datetime, lived: list[list[tuple[int, int]]]
) -> None:
    """Any history, closed day by day: every day's balance by either date is the plain sum."""
    everything = []
    with transaction.atomic():
        for number, entries in enumerate(lived):
            for place, (amount, shift) in enumerate(entries):
                everything.append((amount, number, number + shift))
                booked(
                    at, f"{number}-{place}", amount, on=day(number), value_on=day(number + shift)
                )  # fmt: skip
            if number < len(lived) - 1:
                over(day(number))
        days = range(-4, len(lived) + 4)
        by_booked = [balance_at(loans(), day(n)) for n in days]
        by_value = [balance_at(loans(), day(n), by="value") for n in days]
        pages = statement_in_pages("booked"), statement_in_pages("value")
        broken = broken_snapshots()
        transaction.set_rollback(True)

    assert by_booked == [sum(a for a, b, _ in everything if b <= n) for n in days]
    assert by_value == [sum(a for a, _, v in everything if v <= n) for n in days]
    running = 0
    for place, (amount, _, _) in enumerate(sorted(everything, key=lambda one: one[1])):
        running += amount
        assert pages[0][place] == (amount, running)
    assert [amount for amount, _ in pages[1]] == [
        amount for amount, _, _ in sorted(everything, key=lambda one: one[2])
    ]
    assert broken == 0


def statement_in_pages(by: str) -> list[tuple[int, int]]:
    """Every row of the loans account, two at a time."""
    found: list[tuple[int, int]] = []
    after: Cursor | None = None
    while True:
        shown = account_statement(
            loans(), day(-9), day(20), by="value" if by == "value" else "booked", after=after,
            size=2,
        )  # fmt: skip
        assert shown.opening_minor == (found[-1][1] if found else 0)
        found += [(row.amount_minor, row.balance_minor) for row in shown.rows]
        after = shown.next_after
        if after is None:
            assert shown.account.balance_minor == (found[-1][1] if found else 0)
            return found


def test_a_wrong_or_missing_snapshot_is_found(inside: Tenant, at: datetime) -> None:
    booked(at, "a", 100, on=day(0))
    over(day(0))
    booked(at, "b", 5, on=day(1))
    BusinessDay.objects.filter(on=day(1)).update(status="closing")
    BusinessDay.objects.create(on=day(2))
    AccountSnapshot.objects.create(
        account_id=loans(), on=day(1), balance_minor=104, posting_count=2
    )
    assert broken_snapshots() == 2  # loans differs, the bank's is missing


@pytest.mark.parametrize("count", [1, 40])
def test_a_trial_balance_is_one_statement(
    inside: Tenant, at: datetime, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        booked(at, str(number), 10, on=day(0))
    with django_assert_num_queries(1):
        balance = trial_balance(on=day(0))
    assert (balance.debit_minor, balance.credit_minor) == (10 * count, 10 * count)
    assert [row.posting_count for row in balance.rows] == [count, count]
    assert trial_balance(on=day(0), funding_source_id=ids.new_id("fnd")).rows == []
    own = FundingSource.objects.get().id
    assert trial_balance(on=day(0), funding_source_id=own) == balance


def test_another_platform_and_nobody_see_nothing(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        booked(at, "a", 100, on=open_day())
        account = loans()
        over(day(0))
    with tenant_scope(other_tenant.id):
        assert trial_balance(on=day(0)).rows == []
        assert AccountSnapshot.objects.count() == 0
        with pytest.raises(AccountNotFound):
            balance_at(account, day(0))
        with pytest.raises(AccountNotFound):
            account_statement(account, day(0), day(1))
        over(day(0))
        assert AccountSnapshot.objects.count() == 0
    with pytest.raises(NoScope):
        trial_balance(on=day(0))
    with pytest.raises(NoScope):
        snapshot_balances(on=day(0))


@pytest.mark.usefixtures("inside")
def test_what_cannot_be_read_is_not_there() -> None:
    for wrong in ("acc_x", "", ids.new_id("drw")):
        with pytest.raises(AccountNotFound):
            account_balance(wrong, day(0))
    for text in ("", "2026-03-02", "2026-03-02.jen_x", f"2026-13-02.{ids.new_id('jen')}"):
        assert Cursor.read(text) is None
    cursor = Cursor(on=day(0), entry_id=ids.new_id("jen"))
    assert Cursor.read(str(cursor)) == cursor
