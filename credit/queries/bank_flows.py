"""Bank flows and what is still to be matched."""

from datetime import date
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet

from credit.enums import DebitStatus, FlowStatus
from credit.models import BankFlow, DirectDebit, Repayment


def list_flows(*, status: str = "") -> QuerySet[Any]:
    """Flows with their lender, newest first."""
    rows = BankFlow.objects.select_related("funding_source").order_by("-id")
    return rows.filter(status=status) if status else rows


def claimable_flows() -> QuerySet[Any]:
    """Receipts that name neither a repayment nor a debit whose end we do not know yet."""
    named = Repayment.objects.filter(external_id=OuterRef("memo"))
    pending = DirectDebit.objects.filter(
        external_id=OuterRef("memo"), status__in=[DebitStatus.REQUESTED, DebitStatus.UNKNOWN]
    )
    rows = BankFlow.objects.filter(status=FlowStatus.NEW, amount_minor__gt=0)
    return rows.filter(~Exists(named), ~Exists(pending))


def returned_flows() -> QuerySet[Any]:
    """Payments out whose memo is the id of a suspense item."""
    rows = BankFlow.objects.filter(status=FlowStatus.NEW, amount_minor__lt=0)
    return rows.filter(memo__regex=r"^ssp_[0-7][0-9a-hjkmnp-tv-z]{25}$").order_by("id")


def statement_until() -> date | None:
    """The last day any imported statement speaks of."""
    found: date | None = BankFlow.objects.aggregate(last=Max("on"))["last"]
    return found
