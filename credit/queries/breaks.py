"""What does not agree between the partner's orders, our drawdowns and the bank, as SQL.

Each statement answers one kind: what it is about (`key` and the references), what was expected and
what was found, in fen. A side is judged only as far as it has reported: orders up to the last order
day, bank statements up to their last day.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from credit.enums import BreakKind, BreakStatus
from credit.models import ReconciliationBreak
from platform_app.kernel import ids
from platform_app.kernel.errors import NotFound
from platform_app.kernel.scope import current_tenant_id

OPEN = (BreakStatus.OPEN, BreakStatus.EXPLAINED)
AGES: Final = ((0, 1), (2, 7), (8, 30), (31, None))

SQL: Final = {
    BreakKind.ORDER_MISSING: """
        SELECT 'drw', d.id, d.captured_minor, 0 FROM credit_drawdown d
        WHERE d.tenant_id = %(tenant)s AND d.captured_minor > 0
          AND d.value_on <= (SELECT max(ordered_on) FROM tenants_tradeorder
                             WHERE tenant_id = %(tenant)s)
          AND NOT EXISTS (SELECT 1 FROM tenants_tradeorder o
                          WHERE o.tenant_id = d.tenant_id AND o.order_no = d.order_no)""",
    BreakKind.ORDER_AMOUNT: """
        SELECT 'drw', d.id, o.amount_minor, d.captured_minor FROM credit_drawdown d
        JOIN LATERAL (
            SELECT o.amount_minor, o.status FROM tenants_tradeorder o
            WHERE o.tenant_id = d.tenant_id AND o.order_no = d.order_no
            ORDER BY o.revision DESC LIMIT 1) o ON true
        WHERE d.tenant_id = %(tenant)s AND d.captured_minor > o.amount_minor""",
    BreakKind.ORDER_RETURNED: """
        SELECT 'drw', d.id, 0, d.outstanding_principal_minor FROM credit_drawdown d
        JOIN LATERAL (
            SELECT o.amount_minor, o.status FROM tenants_tradeorder o
            WHERE o.tenant_id = d.tenant_id AND o.order_no = d.order_no
            ORDER BY o.revision DESC LIMIT 1) o ON true
        WHERE d.tenant_id = %(tenant)s AND d.outstanding_principal_minor > 0
          AND o.status IN ('returned', 'canceled')""",
    BreakKind.PAYOUT_MISSING: """
        SELECT 'stl', b.id, b.net_minor, 0 FROM credit_settlementbatch b
        JOIN LATERAL (
            SELECT max(f."on") AS until FROM credit_bankflow f
            WHERE f.tenant_id = b.tenant_id AND f.funding_source_id = b.funding_source_id) s ON true
        WHERE b.tenant_id = %(tenant)s AND b.status = 'paid' AND b.net_minor > 0
          AND b.paid_on < s.until
          AND NOT EXISTS (SELECT 1 FROM credit_bankflow f
                          WHERE f.tenant_id = b.tenant_id AND f.memo = b.payout_reference)""",
    BreakKind.PAYOUT_AMOUNT: """
        SELECT 'bkf', f.id, b.net_minor, -f.amount_minor FROM credit_bankflow f
        JOIN credit_settlementbatch b
            ON b.tenant_id = f.tenant_id AND b.payout_reference = f.memo
        WHERE f.tenant_id = %(tenant)s AND f.status = 'new'""",
    BreakKind.REPAYMENT_MISSING: """
        SELECT 'rpy', r.id, r.amount_minor, 0 FROM credit_repayment r
        JOIN credit_drawdown d ON d.tenant_id = r.tenant_id AND d.id = r.drawdown_id
        JOIN LATERAL (
            SELECT max(f."on") AS until FROM credit_bankflow f
            WHERE f.tenant_id = r.tenant_id AND f.funding_source_id = d.funding_source_id) s ON true
        WHERE r.tenant_id = %(tenant)s AND r.channel IN ('bank_transfer', 'direct_debit')
          AND r.external_id !~ '^(bkf|ssp)_' AND r.value_on < s.until
          AND NOT EXISTS (SELECT 1 FROM credit_bankflow f
                          WHERE f.tenant_id = r.tenant_id AND f.memo = r.external_id)""",
    BreakKind.REPAYMENT_AMOUNT: """
        SELECT 'bkf', f.id, r.amount_minor, f.amount_minor FROM credit_bankflow f
        JOIN credit_repayment r ON r.tenant_id = f.tenant_id AND r.external_id = f.memo
        WHERE f.tenant_id = %(tenant)s AND f.status = 'new'""",
    BreakKind.FLOW_UNKNOWN: """
        SELECT 'bkf', f.id, 0, f.amount_minor FROM credit_bankflow f
        WHERE f.tenant_id = %(tenant)s AND f.status = 'new' AND f.amount_minor < 0
          AND NOT EXISTS (SELECT 1 FROM credit_settlementbatch b
                          WHERE b.tenant_id = f.tenant_id AND b.payout_reference = f.memo)""",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing (its public id) of which two sides say different amounts, in fen."""

    kind: BreakKind
    about: str
    expected_minor: int
    found_minor: int


def differences(kind: BreakKind) -> list[Difference]:
    """Everything of one kind that does not agree now."""
    with connection.cursor() as cursor:
        cursor.execute(SQL[kind], {"tenant": str(ids.to_uuid("tnt", current_tenant_id()))})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [
        Difference(kind, ids.from_uuid(prefix, about), int(expected), int(found))
        for prefix, about, expected, found in rows
    ]


def list_breaks(*, status: str = "", kind: str = "") -> QuerySet[Any]:
    """Breaks with what they are about, newest first; without a status those still open."""
    rows = _with_sides().order_by("-id")
    rows = rows.filter(status=status) if status else rows.filter(status__in=OPEN)
    return rows.filter(kind=kind) if kind else rows


def reconciliation_break(break_id: str) -> ReconciliationBreak:
    """One break with what it is about. Raises NotFound."""
    return _one(_with_sides(), break_id)


def _with_sides() -> QuerySet[Any]:
    return ReconciliationBreak.objects.select_related(
        "drawdown", "drawdown__merchant", "batch", "repayment", "flow"
    )


def ages(on: date) -> list[tuple[int, int | None, int, int]]:
    """Open breaks by age in days: from, to (None: and older), count, fen that do not agree."""
    rows = ReconciliationBreak.objects.filter(status__in=OPEN).values_list(
        "opened_on", "expected_minor", "found_minor"
    )
    old = [((on - opened).days, abs(expected - found)) for opened, expected, found in rows]
    found = []
    for first, last in AGES:
        mine = [amount for days, amount in old if days >= first and (last is None or days <= last)]
        found.append((first, last, len(mine), sum(mine)))
    return found  # fmt: skip


def locked_break(break_id: str) -> ReconciliationBreak:
    """One break, locked. Raises NotFound."""
    return _one(ReconciliationBreak.objects.select_for_update(of=("self",)), break_id)


def _one(rows: QuerySet[Any], break_id: str) -> ReconciliationBreak:
    try:
        found: ReconciliationBreak | None = rows.filter(pk=break_id).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun="break")
    return found
