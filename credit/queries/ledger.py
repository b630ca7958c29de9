"""The general ledger: what accounts stand at on a day, and what moved them.

*Booked* asks what the books said at the end of a day; a closed day's answer never changes. *Value*
asks what counts up to a day by all that is known now. Both start from the snapshots of balances and
add what was booked since; by value, the few entries that count on another day than they were
booked on are moved over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from django.db import connection

from credit.enums import AccountCode
from credit.errors import AccountNotFound, EntryNotFound
from credit.models import Drawdown, FundingSource, JournalEntry, Posting
from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id

Basis = Literal["booked", "value"]

_BALANCES: Final = """
WITH remembered AS (
    SELECT coalesce(max("on"), '-infinity'::date) AS until FROM credit_accountsnapshot
    WHERE tenant_id = %(tenant)s AND "on" <= %(day)s
), since AS (
    SELECT p.account_id, sum(p.amount_minor) AS amount, count(*) AS postings
    FROM credit_journalentry e
    JOIN credit_posting p ON p.tenant_id = e.tenant_id AND p.entry_id = e.id
    WHERE e.tenant_id = %(tenant)s AND e.booked_on <= %(day)s
      AND e.booked_on > (SELECT until FROM remembered)
      AND (%(account)s::uuid IS NULL OR p.account_id = %(account)s::uuid)
    GROUP BY p.account_id
), moved AS (
    SELECT p.account_id,
           sum(CASE WHEN e.booked_on > %(day)s THEN p.amount_minor ELSE -p.amount_minor END)
               AS amount,
           sum(CASE WHEN e.booked_on > %(day)s THEN 1 ELSE -1 END) AS postings
    FROM credit_journalentry e
    JOIN credit_posting p ON p.tenant_id = e.tenant_id AND p.entry_id = e.id
    WHERE %(by_value)s AND e.tenant_id = %(tenant)s AND NOT (e.value_on = e.booked_on)
      AND (e.value_on <= %(day)s AND e.booked_on > %(day)s
           OR e.value_on > %(day)s AND e.booked_on <= %(day)s)
      AND (%(account)s::uuid IS NULL OR p.account_id = %(account)s::uuid)
    GROUP BY p.account_id
)
SELECT a.id, a.code, a.funding_source_id, f.name,
       coalesce(s.balance_minor, 0) + coalesce(t.amount, 0) + coalesce(m.amount, 0),
       coalesce(s.posting_count, 0) + coalesce(t.postings, 0) + coalesce(m.postings, 0)
FROM credit_account a
JOIN credit_fundingsource f ON f.tenant_id = a.tenant_id AND f.id = a.funding_source_id
LEFT JOIN LATERAL (
    SELECT balance_minor, posting_count FROM credit_accountsnapshot s
    WHERE s.tenant_id = a.tenant_id AND s.account_id = a.id AND s."on" <= %(day)s
    ORDER BY s."on" DESC LIMIT 1
) s ON true
LEFT JOIN since t ON t.account_id = a.id
LEFT JOIN moved m ON m.account_id = a.id
WHERE a.tenant_id = %(tenant)s AND (%(account)s::uuid IS NULL OR a.id = %(account)s::uuid)
  AND (%(source)s::uuid IS NULL OR a.funding_source_id = %(source)s::uuid)
ORDER BY f.name, f.id, a.code
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBalance:
    """One account at the end of a day: debit positive, in fen."""

    account_id: str
    code: AccountCode
    funding_source_id: str
    funding_source_name: str
    balance_minor: int
    posting_count: int

    @property
    def debit_minor(self) -> int:
        return max(self.balance_minor, 0)

    @property
    def credit_minor(self) -> int:
        return max(-self.balance_minor, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBalance:
    """Every account that ever moved; the two totals are equal or the books are broken."""

    on: date
    by: Basis
    rows: Sequence[AccountBalance]
    debit_minor: int
    credit_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedEntry:
    """An entry with both its sides, what it is about, and what took it back."""

    entry: JournalEntry
    postings: Sequence[Posting]
    drawdown: Drawdown | None
    reversed_by: JournalEntry | None


def balance_at(account_id: str, on: date, *, by: Basis = "booked") -> int:
    """What one account stood at when `on` was over, in fen, debit positive.

    Raises AccountNotFound.
    """
    return account_balance(account_id, on, by=by).balance_minor


def trial_balance(
    *, on: date, by: Basis = "booked", funding_source_id: str | None = None
) -> TrialBalance:
    """All accounts that had moved by the end of `on`, of one funding source's books or of all."""
    rows = [row for row in _balances(on, by, source_id=funding_source_id) if row.posting_count]
    return TrialBalance(
        on=on,
        by=by,
        rows=rows,
        debit_minor=sum(row.debit_minor for row in rows),
        credit_minor=sum(row.credit_minor for row in rows),
    )


def booked_entry(entry_id: str) -> BookedEntry:
    """One entry, debits first. Raises EntryNotFound."""
    try:
        entry = JournalEntry.objects.select_related("reverses").filter(pk=entry_id).first()
    except ValueError:
        entry = None
    if entry is None:
        raise EntryNotFound
    rows = Posting.objects.select_related("account__funding_source").filter(entry=entry)
    about = entry.drawdown_id and Drawdown.objects.filter(pk=entry.drawdown_id).first()
    return BookedEntry(
        entry=entry,
        postings=list(rows.order_by("-amount_minor", "id")),
        drawdown=about or None,
        reversed_by=JournalEntry.objects.filter(reverses=entry).first(),
    )


def funding_sources() -> list[FundingSource]:
    """Whose books there are, by name."""
    return list(FundingSource.objects.order_by("name", "id"))


def account_balance(account_id: str, on: date, *, by: Basis = "booked") -> AccountBalance:
    """One account with its names at the end of `on`. Raises AccountNotFound."""
    try:
        rows = _balances(on, by, account_id=account_id)
    except ValueError:
        rows = []
    if not rows:
        raise AccountNotFound
    return rows[0]


def _balances(
    on: date, by: Basis, *, account_id: str | None = None, source_id: str | None = None
) -> list[AccountBalance]:
    params: dict[str, Any] = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "account": str(ids.to_uuid("acc", account_id)) if account_id is not None else None,
        "source": str(ids.to_uuid("fnd", source_id)) if source_id is not None else None,
        "day": on,
        "by_value": by == "value",
    }
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, params)
        found = cursor.fetchall()
    return [
        AccountBalance(
            account_id=ids.from_uuid("acc", account),
            code=AccountCode(code),
            funding_source_id=ids.from_uuid("fnd", source),
            funding_source_name=name,
            balance_minor=int(balance),
            posting_count=int(postings),
        )
        for account, code, source, name, balance, postings in found
    ]
