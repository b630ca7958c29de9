"""What a tenant's books add up to."""

from datetime import date
from typing import Any

from django.db.models import Sum

from credit.models import (
    Application,
    BusinessDay,
    CreditLine,
    Drawdown,
    JournalEntry,
    Repayment,
)
from credit.queries.business_day import open_day
from credit.queries.drawdowns import overdue
from credit.queries.proofs import full_checks
from tenants.models import Merchant, TradeOrder


def life_totals() -> dict[str, Any]:
    """Counts and fen of everything lived so far, and whether every invariant holds."""
    today = open_day()
    decided = Application.objects.filter(decided_at__isnull=False)
    return {
        "merchants": Merchant.objects.count(),
        "orders": TradeOrder.objects.filter(revision=1).count(),
        "applications": Application.objects.count(),
        "approved": decided.filter(status__in=["approved", "activated"]).count(),
        "lines": CreditLine.objects.count(),
        "drawdowns": Drawdown.objects.filter(captured_minor__gt=0).count(),
        "drawn_fen": _sum(Drawdown.objects.all(), "captured_minor"),
        "repaid_fen": _sum(Repayment.objects.all(), "allocated_minor"),
        "overdue_fen": _sum(overdue(today), "outstanding_principal_minor"),
        "days_closed": BusinessDay.objects.filter(status="closed").count(),
        "ledger_entries": JournalEntry.objects.count(),
        "books_balanced": not failed_checks(today),
    }


def failed_checks(accrued_through: date) -> list[str]:
    """Names of the invariants that do not hold, of all that can be asked in SQL."""
    return [name for name, broken in full_checks(accrued_through=accrued_through).items() if broken]


def _sum(rows: Any, column: str) -> int:
    return int(rows.aggregate(total=Sum(column))["total"] or 0)
