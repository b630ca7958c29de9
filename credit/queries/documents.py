"""The facts of each paper, and finding papers again."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db.models import Q, QuerySet

from credit.domain.allocation import Component
from credit.domain.derived import Derived, Row
from credit.domain.terms import DrawdownTerms
from credit.enums import DrawdownStatus
from credit.errors import (
    DocumentNotFound,
    DrawdownNotCaptured,
    DrawdownNotOverdue,
    DrawdownNotPaidOff,
    PeriodInvalid,
    PeriodNotClosed,
)
from credit.models import Contract, Document, Drawdown, PlanRow
from credit.queries.business_day import open_day
from credit.queries.movements import movements, total
from credit.queries.parties import NONE, parties
from credit.queries.plans import derived, happenings
from credit.queries.status import days_past_due, is_overdue
from tenants.models import Merchant

Facts = dict[str, Any]
LONGEST_PERIOD: Final = 366


def statement_facts(merchant: Merchant, *, from_on: date, to_on: date) -> Facts:
    """Every drawdown of the merchant that stood or moved in a period of closed business days.

    Raises PeriodInvalid, PeriodNotClosed.
    """
    if not 0 <= (to_on - from_on).days < LONGEST_PERIOD:
        raise PeriodInvalid(field="to_on")
    today = open_day()
    if to_on >= today:
        raise PeriodNotClosed(field="to_on", to=to_on.isoformat(), open_on=today.isoformat())
    drawdowns = list(
        Drawdown.objects.filter(merchant=merchant, captured_minor__gt=0, value_on__lte=to_on)
        .select_related("funding_source")
        .order_by("id")
    )
    rows = [
        {"drawdown": one.id, "order_no": one.order_no, **figures}
        for one, figures in zip(
            drawdowns, movements(drawdowns, from_on=from_on, to_on=to_on), strict=True
        )
        if any(figures.values())
    ]
    sources = dict.fromkeys(one.funding_source for one in drawdowns)
    return {
        **parties(merchant, tuple(sources)),
        "from_on": from_on.isoformat(),
        "to_on": to_on.isoformat(),
        "rows": rows,
        "totals": total(rows),
    }


def receipt_facts(drawdown: Drawdown) -> Facts:
    """A captured drawdown as it was agreed, with its plan. Raises DrawdownNotCaptured."""
    if drawdown.value_on is None or drawdown.maturity_on is None:
        raise DrawdownNotCaptured
    terms = DrawdownTerms.from_json(drawdown.terms)
    contract = Contract.objects.filter(line_id=drawdown.line_id).order_by("-id").first()
    rows = PlanRow.objects.filter(drawdown=drawdown).order_by("seq")
    return {
        **_drawdown(drawdown),
        "maturity_on": drawdown.maturity_on.isoformat(),
        "method": terms.option.method.value,
        "annual_rate": str(terms.annual_rate),
        "penalty_rate": str(terms.penalty_rate),
        "year_days": terms.year_days,
        "interest_free_days": terms.interest_free_days,
        "grace_days": terms.grace_days,
        "contract_no": contract.line_id if contract else NONE,
        "cost_sheet_sha256": contract.cost_sheet_sha256 if contract else NONE,
        "rows": [
            {
                "seq": row.seq,
                "due_on": row.due_on.isoformat(),
                "principal_minor": row.principal_minor,
                "interest_minor": row.interest_minor,
            }
            for row in rows
        ],
    }


def payoff_facts(drawdown: Drawdown) -> Facts:
    """What a paid-off drawdown came to, from the ledger. Raises DrawdownNotPaidOff."""
    if drawdown.status != DrawdownStatus.PAID_OFF or drawdown.paid_off_on is None:
        raise DrawdownNotPaidOff
    (figures,) = movements([drawdown], from_on=date.min, to_on=date.max)
    return {
        **_drawdown(drawdown),
        **figures,
        "paid_off_on": drawdown.paid_off_on.isoformat(),
    }


def notice_facts(drawdown: Drawdown) -> Facts:
    """What is past due on the open business day, to the fen. Raises DrawdownNotOverdue."""
    on = open_day()
    if not is_overdue(drawdown, on):
        raise DrawdownNotOverdue
    answer = derived(drawdown, happenings(drawdown.id), as_of=on)
    terms = DrawdownTerms.from_json(drawdown.terms)
    rows = [
        _late(row, answer) for row in answer.rows if row.paid_off_on is None and row.due_on < on
    ]
    parts = ("principal_minor", "interest_minor", "penalty_minor")
    return {
        **_drawdown(drawdown),
        "on": on.isoformat(),
        "days_past_due": days_past_due(drawdown, on),
        "penalty_rate": str(terms.penalty_rate),
        "rows": rows,
        "due_minor": sum(row[part] for row in rows for part in parts),
    }


def _late(row: Row, answer: Derived) -> Mapping[str, Any]:
    return {
        "seq": row.seq,
        "due_on": row.due_on.isoformat(),
        "principal_minor": row.unpaid_principal_minor,
        "interest_minor": row.unpaid_interest_minor + answer.running_minor(row, Component.INTEREST),
        "penalty_minor": row.unpaid_penalty_minor + answer.running_minor(row, Component.PENALTY),
    }


def _drawdown(drawdown: Drawdown) -> Facts:
    """Raises DrawdownNotCaptured."""
    if drawdown.value_on is None:
        raise DrawdownNotCaptured
    return {
        **parties(drawdown.merchant, (drawdown.funding_source,)),
        "drawdown": drawdown.id,
        "order_no": drawdown.order_no,
        "captured_minor": drawdown.captured_minor,
        "value_on": drawdown.value_on.isoformat(),
    }


def document(document_id: str) -> Document:
    """One paper with its bytes. Raises DocumentNotFound."""
    try:
        found = Document.objects.select_related("merchant").filter(pk=document_id).first()
    except ValueError:
        found = None
    if found is None:
        raise DocumentNotFound
    return found


def list_documents(
    *, merchant_id: str = "", drawdown_id: str = "", kind: str = "", search: str = ""
) -> QuerySet[Document]:
    """Papers without their bytes, newest first; `search` is a number, an order or a merchant."""
    rows = Document.objects.defer("content", "facts").select_related("merchant", "drawdown")
    if merchant_id:
        rows = rows.filter(merchant_id=merchant_id)
    if drawdown_id:
        rows = rows.filter(drawdown_id=drawdown_id)
    if kind:
        rows = rows.filter(kind=kind)
    if search:
        rows = rows.filter(
            Q(number__iexact=search)
            | Q(drawdown__order_no__icontains=search)
            | Q(merchant__name__icontains=search)
        )
    return rows.order_by("-id")
