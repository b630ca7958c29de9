"""Posting balanced entries."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from credit.enums import AccountCode, EntryKind
from credit.models import Account, JournalEntry, Posting
from platform_app.kernel.scope import current_tenant_id


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
) -> JournalEntry:
    """Post one entry: debits positive, credits negative, in fen; zero amounts are left out.

    The database refuses an entry that does not balance (at commit), a second one with the same
    `(kind, key)`, and one booked into a day that is not open.
    """
    accounts = account_ids(current_tenant_id(), funding_source_id)
    entry = JournalEntry.objects.create(
        kind=kind,
        key=key,
        drawdown_id=drawdown_id,
        value_on=value_on,
        booked_on=booked_on,
        facts=dict(facts or {}),
        at=at,
    )
    Posting.objects.bulk_create(
        [
            Posting(entry=entry, account_id=accounts[code], amount_minor=amount)
            for code, amount in amounts.items()
            if amount
        ]
    )
    return entry


@lru_cache(maxsize=50_000)
def account_ids(tenant_id: str, funding_source_id: str) -> dict[str, str]:
    """Account ids by code. Accounts never change, so a process reads them once.

    Books opened before a code existed get its account here.
    """
    rows = Account.objects.filter(tenant_id=tenant_id, funding_source_id=funding_source_id)
    found = {row.code: row.id for row in rows}
    if found and len(found) < len(AccountCode):
        open_accounts(funding_source_id=funding_source_id)
        found = {row.code: row.id for row in rows.all()}
    if not found:
        msg = f"the books of {funding_source_id} are not open"
        raise LookupError(msg)
    return found
