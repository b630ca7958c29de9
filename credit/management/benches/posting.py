"""Posting through the ledger against the same rows inserted by hand."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Sum
from psycopg2.extras import execute_values

from credit.enums import AccountCode, EntryKind
from credit.management.benches.measure import Bench, Measured, check, prove, runs, timed
from credit.models import FundingSource, JournalEntry, Posting
from credit.operations import ledger
from credit.values import NewEntry
from platform_app.kernel import clock, ids
from platform_app.kernel.postgres.role import as_owner
from tenants.models import Tenant

BATCH = 500
# A repayment: money in, and what it pays.
AMOUNTS = {
    AccountCode.FUNDING_BANK: 100_000,
    AccountCode.LOANS: -90_000,
    AccountCode.INTEREST_RECEIVABLE: -8_000,
    AccountCode.PENALTY_RECEIVABLE: -2_000,
}
_RAW_ENTRIES = (
    "INSERT INTO credit_journalentry"
    " (id, tenant_id, kind, key, value_on, booked_on, facts, at) VALUES %s"
)
_RAW_POSTINGS = (
    "INSERT INTO credit_posting (id, tenant_id, entry_id, account_id, amount_minor) VALUES %s"
)
Rows = list[tuple[Any, ...]]


def posting(tenant: Tenant, size: int, run: int) -> Measured:
    """`ledger.post_all`, a batch at a time, against multi-row INSERTs of the same batches."""
    warm_up(run)
    mine = new_entries(size, f"ours-{run}")
    raw = [_raw_rows(tenant, new_entries(count, f"raw-{run}-{n}")) for n, count in _sizes(size)]

    def by_hand() -> None:
        for entries, postings in raw:
            _insert(entries, postings)
            prove()

    return _both(lambda: post_in_batches(mine), by_hand, size)


def posting_one(tenant: Tenant, size: int, run: int) -> Measured:
    """`ledger.post` one entry at a time, against two INSERTs for each."""
    warm_up(run)
    mine = new_entries(size, f"ours-{run}")
    raw = [_raw_rows(tenant, [entry]) for entry in new_entries(size, f"raw-{run}")]

    def by_hand() -> None:
        for entries, postings in raw:
            _insert(entries, postings)
            prove()

    return _both(lambda: post_one_by_one(mine), by_hand, size)


def warm_up(run: int) -> None:
    """Before the first run: books that are not empty, and a planner that knows it.

    All happens in one transaction, which the server's own statistics do not see: it would plan for
    empty tables, or for what an earlier bench left behind.
    """
    if run == 0:
        post_in_batches(new_entries(BATCH, "warm"))
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("ANALYZE credit_journalentry, credit_posting")


def post_in_batches(entries: list[NewEntry]) -> None:
    """By `ledger.post_all`, each batch proven at once as if committed."""
    for start in range(0, len(entries), BATCH):
        ledger.post_all(entries[start : start + BATCH])
        prove()


def post_one_by_one(entries: list[NewEntry]) -> None:
    """Each by `ledger.post`, proven at once as if committed."""
    for one in entries:
        ((source_id, amounts),) = one.sides.items()
        ledger.post(
            kind=one.kind, key=one.key, funding_source_id=source_id, amounts=amounts,
            value_on=one.value_on, booked_on=one.booked_on, at=one.at,
        )  # fmt: skip
        prove()


def new_entries(count: int, name: str) -> list[NewEntry]:
    """Entries of four postings in the tenant's only books, not posted yet."""
    source_id, day, at = FundingSource.objects.get().id, clock.today(), clock.now()
    return [_entry(source_id, f"{name}-{n}", day, at) for n in range(count)]


def _entry(source_id: str, key: str, day: date, at: datetime) -> NewEntry:
    return NewEntry(
        kind=EntryKind.REPAYMENT, key=key, sides={source_id: AMOUNTS}, value_on=day,
        booked_on=day, at=at,
    )  # fmt: skip


def _sizes(size: int) -> Iterator[tuple[int, int]]:
    for number, start in enumerate(range(0, size, BATCH)):
        yield number, min(BATCH, size - start)


def _raw_rows(tenant: Tenant, entries: list[NewEntry]) -> tuple[Rows, Rows]:
    owner, journal, postings = str(ids.to_uuid("tnt", tenant.id)), [], []
    for one in entries:
        entry = str(ids.new_uuid())
        journal.append(
            (entry, owner, "repayment", one.key, one.value_on, one.booked_on, "{}", one.at)
        )
        postings += [
            (str(ids.new_uuid()), owner, entry, accounts[code], amount)
            for source_id, amounts in one.sides.items()
            for accounts in [ledger.account_ids(tenant.id, source_id)]
            for code, amount in amounts.items()
        ]
    return journal, postings


def _insert(entries: Rows, postings: Rows) -> None:
    with connection.cursor() as cursor:
        execute_values(cursor.cursor, _RAW_ENTRIES, entries, page_size=len(entries))
        execute_values(cursor.cursor, _RAW_POSTINGS, postings, page_size=len(postings))


def _both(ours: Callable[[], None], by_hand: Callable[[], None], size: int) -> Measured:
    before = JournalEntry.objects.count()
    measured = timed(ours), timed(by_hand)
    entries = JournalEntry.objects.count() - before
    balance = Posting.objects.aggregate(sum=Sum("amount_minor"))["sum"]
    postings = Posting.objects.count() - len(AMOUNTS) * before
    check(
        entries == 2 * size and postings == len(AMOUNTS) * entries and balance == 0,
        f"{entries} entries, {postings} postings, balance {balance}",
    )
    return measured


BENCHES = {
    "posting": Bench(runs(posting), "entries", "multi-row INSERTs of the same batches"),
    "posting_one": Bench(runs(posting_one), "entries", "two INSERTs an entry"),
}
