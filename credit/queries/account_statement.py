"""The postings of one account in order, with what the account stood at after each.

Pages go forwards by `(day, entry)`; each starts from the balance of the day before, so a page costs
the same wherever it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection

from credit.enums import EntryKind
from credit.queries.ledger import AccountBalance, Basis, account_balance, balance_at
from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id

PAGE_SIZE: Final = 50
# By value, entries that count on the day they were booked on are found by that day's index.
_WITHIN: Final = {
    "booked": "e.booked_on BETWEEN %(since)s AND %(until)s",
    "value": """e.value_on BETWEEN %(since)s AND %(until)s AND (NOT (e.value_on = e.booked_on)
        OR e.value_on = e.booked_on AND e.booked_on BETWEEN %(since)s AND %(until)s)""",
}
_ROWS: Final = {
    by: f"""
SELECT e.id, e.kind, e.key, e.drawdown_id, d.order_no, e.value_on, e.booked_on, e.at,
       e.reverses_id, p.amount_minor
FROM credit_posting p
JOIN credit_journalentry e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id
LEFT JOIN credit_drawdown d ON d.tenant_id = e.tenant_id AND d.id = e.drawdown_id
WHERE p.tenant_id = %(tenant)s AND p.account_id = %(account)s AND {within}
  AND (%(after)s::uuid IS NULL OR (e.{by}_on, e.id) > (%(after_on)s, %(after)s::uuid))
ORDER BY e.{by}_on, e.id LIMIT %(limit)s
"""  # noqa: S608 -- our own column names
    for by, within in _WITHIN.items()
}
_EARLIER_THAT_DAY: Final = {
    by: f"""
SELECT coalesce(sum(p.amount_minor), 0) FROM credit_posting p
JOIN credit_journalentry e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id
WHERE p.tenant_id = %(tenant)s AND p.account_id = %(account)s AND {within}
  AND e.id <= %(after)s::uuid
"""  # noqa: S608 -- our own column names
    for by, within in _WITHIN.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a page goes on: after this entry of this day."""

    on: date
    entry_id: str

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """`2026-03-02.jen_…`, or None for what cannot be read."""
        day, _, entry_id = text.partition(".")
        try:
            ids.to_uuid("jen", entry_id)
            return cls(on=date.fromisoformat(day), entry_id=entry_id)
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.on.isoformat()}.{self.entry_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """One posting: debit positive, in fen, and the balance after it."""

    entry_id: str
    kind: EntryKind
    key: str
    drawdown_id: str | None
    order_no: str | None
    value_on: date
    booked_on: date
    is_reversal: bool
    amount_minor: int
    balance_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStatement:
    """One page. `account` stands at the end of `until`; `opening_minor` before the page's rows."""

    account: AccountBalance
    since: date
    until: date
    by: Basis
    opening_minor: int
    rows: Sequence[StatementRow]
    next_after: Cursor | None


def account_statement(
    account_id: str,
    since: date,
    until: date,
    *,
    by: Basis = "booked",
    after: Cursor | None = None,
    size: int = PAGE_SIZE,
) -> AccountStatement:
    """What moved an account from `since` to `until`, both included, oldest first.

    Raises AccountNotFound.
    """
    account = account_balance(account_id, until, by=by)
    params = _params(account_id, since, until, after, size)
    opening = _opening(account_id, since, after, by, params)
    with connection.cursor() as cursor:
        cursor.execute(_ROWS[by], params)
        found = cursor.fetchall()
    rows, balance = [], opening
    for row in found[:size]:
        balance += int(row[-1])
        rows.append(_row(row, balance))
    last = rows[-1] if len(found) > size else None
    return AccountStatement(
        account=account,
        since=since,
        until=until,
        by=by,
        opening_minor=opening,
        rows=rows,
        next_after=Cursor(
            on=last.booked_on if by == "booked" else last.value_on, entry_id=last.entry_id
        )
        if last
        else None,
    )


def _opening(
    account_id: str, since: date, after: Cursor | None, by: Basis, params: dict[str, Any]
) -> int:
    if after is None:
        return balance_at(account_id, since - timedelta(days=1), by=by)
    with connection.cursor() as cursor:
        cursor.execute(_EARLIER_THAT_DAY[by], {**params, "since": after.on, "until": after.on})
        ((earlier,),) = cursor.fetchall()
    return balance_at(account_id, after.on - timedelta(days=1), by=by) + int(earlier)


def _params(
    account_id: str, since: date, until: date, after: Cursor | None, size: int
) -> dict[str, Any]:
    return {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "account": str(ids.to_uuid("acc", account_id)),
        "since": since,
        "until": until,
        "after": str(ids.to_uuid("jen", after.entry_id)) if after else None,
        "after_on": after.on if after else None,
        "limit": size + 1,
    }


def _row(row: tuple[Any, ...], balance: int) -> StatementRow:
    entry, kind, key, drawdown, order_no, value_on, booked_on, _at, reverses, amount = row
    return StatementRow(
        entry_id=ids.from_uuid("jen", entry),
        kind=EntryKind(kind),
        key=key,
        drawdown_id=ids.from_uuid("drw", drawdown) if drawdown else None,
        order_no=order_no,
        value_on=value_on,
        booked_on=booked_on,
        is_reversal=reverses is not None,
        amount_minor=int(amount),
        balance_minor=balance,
    )
