"""Posting balanced entries.

Entries and their postings are one statement, however many: the rows travel as arrays and are
inserted as sets. What may be posted at all is the database's to say (migrations 0003 and 0009).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction

from credit.enums import AccountCode, EntryKind
from credit.models import Account, JournalEntry
from credit.values import NewEntry
from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id

CHUNK: Final = 1_000  # entries a statement
_COLUMNS: Final = (
    "tenant_id", "id", "kind", "key", "drawdown_id", "value_on", "booked_on", "facts", "at",
    "reverses_id",
)  # fmt: skip
_INSERT: Final = """
WITH entries AS (
    INSERT INTO credit_journalentry (tenant_id, id, kind, key, drawdown_id, value_on, booked_on,
        facts, at, reverses_id)
    SELECT %(tenant)s::uuid, e.* FROM unnest(%(entry)s::uuid[], %(kind)s::text[], %(key)s::text[],
        %(drawdown)s::uuid[], %(value_on)s::date[], %(booked_on)s::date[], %(facts)s::jsonb[],
        %(at)s::timestamptz[], %(reverses)s::uuid[]) AS e
)
INSERT INTO credit_posting (tenant_id, id, entry_id, account_id, amount_minor)
SELECT %(tenant)s::uuid, p.* FROM unnest(%(posting)s::uuid[], %(of_entry)s::uuid[],
    %(account)s::uuid[], %(amount)s::bigint[]) AS p
"""
_accounts: dict[tuple[str, str], dict[str, str]] = {}
_opening: set[tuple[str, str]] = set()


def open_accounts(*, funding_source_id: str) -> None:
    """Create the chart of accounts of one funding source's books."""
    Account.objects.bulk_create(
        [Account(funding_source_id=funding_source_id, code=code) for code in AccountCode],
        ignore_conflicts=True,
    )


def post(  # noqa: PLR0913 -- an entry has this many parts, each by its name
    *,
    kind: EntryKind,
    key: str,
    funding_source_id: str,
    amounts: Mapping[AccountCode, int],
    value_on: date,
    booked_on: date,
    at: datetime,
    drawdown_id: str | None = None,
    facts: Mapping[str, Any] | None = None,
    reverses: str | None = None,
) -> JournalEntry:
    """Post one entry: debits positive, credits negative, in fen; zero amounts are left out.

    `reverses` is the id of the entry this one takes back. The database refuses an entry that does
    not balance (at commit), a second one with the same `(kind, key)`, a second reversal of one
    entry, and one booked into a day that is not open.
    """
    entry = NewEntry(
        kind=kind, key=key, sides={funding_source_id: amounts}, value_on=value_on,
        booked_on=booked_on, at=at, drawdown_id=drawdown_id, facts=facts or {}, reverses=reverses,
    )  # fmt: skip
    return _insert([entry])[0]


def post_all(entries: Sequence[NewEntry]) -> list[JournalEntry]:
    """Post many entries as `post` posts one, all or none, and return them in the same order."""
    chunks = [entries[start : start + CHUNK] for start in range(0, len(entries), CHUNK)]
    if len(chunks) == 1:
        return _insert(entries)
    with transaction.atomic():
        return [entry for chunk in chunks for entry in _insert(chunk)]


def account_ids(tenant_id: str, funding_source_id: str) -> dict[str, str]:
    """Account ids by code, as the database writes them.

    Accounts never change, so a process reads them once. Books opened before a code existed get its
    account here; those are remembered only when they are sure to stay.
    """
    books = (tenant_id, funding_source_id)
    found = _accounts.get(books)
    return _read_accounts(books) if found is None else found


def forget_accounts() -> None:
    """Read accounts anew from here on."""
    _accounts.clear()
    _opening.clear()


def _read_accounts(books: tuple[str, str]) -> dict[str, str]:
    tenant_id, funding_source_id = books
    rows = Account.objects.filter(tenant_id=tenant_id, funding_source_id=funding_source_id)
    found = {row.code: _plain("acc", row.id) for row in rows}
    if not found:
        msg = f"the books of {funding_source_id} are not open"
        raise LookupError(msg)
    if len(found) < len(AccountCode):
        _opening.add(books)
        transaction.on_commit(lambda: _opening.discard(books))
        open_accounts(funding_source_id=funding_source_id)
        found = {row.code: _plain("acc", row.id) for row in rows.all()}
    if books not in _opening:
        _accounts[books] = found
    return found


def _insert(entries: Sequence[NewEntry]) -> list[JournalEntry]:
    """One statement for all of them: ids made here, arrays there."""
    tenant_id = current_tenant_id()
    rows, own, postings = [], [], []
    for entry in entries:
        entry_id = ids.new_uuid()
        plain = str(entry_id)
        own.append(plain)
        for source_id, amounts in entry.sides.items():
            accounts = account_ids(tenant_id, source_id)
            postings += [
                (ids.new_uuid_text(), plain, accounts[code], str(amount))
                for code, amount in amounts.items()
                if amount
            ]
        row = (
            tenant_id, ids.from_uuid("jen", entry_id), entry.kind, entry.key, entry.drawdown_id,
            entry.value_on, entry.booked_on, dict(entry.facts), entry.at, entry.reverses,
        )  # fmt: skip
        rows.append(JournalEntry.from_db(connection.alias, _COLUMNS, row))
    arrays = {
        "tenant": _plain("tnt", tenant_id),
        "entry": _array(own),
        **_entry_arrays(entries),
        **_posting_arrays(postings),
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, arrays)
    return rows


def _entry_arrays(entries: Sequence[NewEntry]) -> dict[str, Any]:
    """Column by column. What cannot hold a comma is written as an array here, which is faster."""
    return {
        "kind": _array([entry.kind.value for entry in entries]),
        "key": [entry.key for entry in entries],
        "drawdown": _array([_plain("drw", entry.drawdown_id) for entry in entries]),
        "value_on": _array([entry.value_on.isoformat() for entry in entries]),
        "booked_on": _array([entry.booked_on.isoformat() for entry in entries]),
        "facts": [json.dumps(dict(entry.facts)) for entry in entries],
        "at": _array([entry.at.isoformat() for entry in entries]),
        "reverses": _array([_plain("jen", entry.reverses) for entry in entries]),
    }


def _posting_arrays(postings: Sequence[tuple[str, ...]]) -> dict[str, str]:
    columns: Sequence[Sequence[str]] = list(zip(*postings, strict=True)) or [()] * 4
    names = ("posting", "of_entry", "account", "amount")
    return {name: _array(column) for name, column in zip(names, columns, strict=True)}


def _plain(prefix: str, public_id: str | None) -> str:
    return "NULL" if public_id is None else str(ids.to_uuid(prefix, public_id))


def _array(values: Sequence[str]) -> str:
    return "{" + ",".join(values) + "}"
