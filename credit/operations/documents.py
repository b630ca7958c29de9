"""Issuing papers: gather the facts, set them in type, keep the bytes. Each is issued once."""

from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from credit.domain.documents import PREFIXES, TITLES, paper_of
from credit.domain.terms import canonical_sha256
from credit.enums import DocumentKind
from credit.errors import DrawdownNotFound, LineNotFound
from credit.gateways import pdf
from credit.models import Document, Drawdown
from credit.queries.agreements import contract_facts, latest_contract
from credit.queries.documents import (
    notice_facts,
    payoff_facts,
    receipt_facts,
    statement_facts,
)
from platform_app.kernel import audit, clock, events
from platform_app.kernel.errors import NotFound
from tenants.models import Merchant

NUMBER_DIGITS: Final = 12


@transaction.atomic
def issue_statement(
    *, merchant_id: str, from_on: date, to_on: date, actor: str, at: datetime
) -> Document:
    """The statement of a merchant for closed business days `from_on … to_on`, both included.

    The same merchant and period return the first one. Raises NotFound, PeriodInvalid,
    PeriodNotClosed.
    """
    merchant = _merchant(merchant_id)
    key = f"{merchant.id}:{from_on}:{to_on}"
    return _issued(DocumentKind.STATEMENT, key) or _issue(
        DocumentKind.STATEMENT, key, statement_facts(merchant, from_on=from_on, to_on=to_on),
        merchant_id=merchant.id, drawdown_id=None, actor=actor, at=at,
    )  # fmt: skip


@transaction.atomic
def issue_receipt(*, drawdown_id: str, actor: str, at: datetime) -> Document:
    """The note of a captured drawdown, with its plan. A plan that changed gets a new one.

    Raises DrawdownNotFound, DrawdownNotCaptured.
    """
    drawdown = _drawdown(drawdown_id)
    facts = receipt_facts(drawdown)
    key = f"{drawdown.id}:{canonical_sha256(facts)}"
    return _of(drawdown, DocumentKind.RECEIPT, key, facts, actor=actor, at=at)


@transaction.atomic
def issue_payoff_certificate(*, drawdown_id: str, actor: str, at: datetime) -> Document:
    """That a drawdown is paid off, and what it came to.

    Raises DrawdownNotFound, DrawdownNotPaidOff.
    """
    drawdown = _drawdown(drawdown_id)
    facts = payoff_facts(drawdown)
    key = f"{drawdown.id}:{facts['paid_off_on']}"
    return _of(drawdown, DocumentKind.PAYOFF_CERTIFICATE, key, facts, actor=actor, at=at)


@transaction.atomic
def issue_notice(*, drawdown_id: str, actor: str, at: datetime) -> Document:
    """The overdue notice of a drawdown, once per open business day. It only sets paper: sending
    it goes through the guard of collections.

    Raises DrawdownNotFound, DrawdownNotOverdue.
    """
    drawdown = _drawdown(drawdown_id)
    facts = notice_facts(drawdown)
    key = f"{drawdown.id}:{facts['on']}"
    return _of(drawdown, DocumentKind.OVERDUE_NOTICE, key, facts, actor=actor, at=at)


@transaction.atomic
def issue_contract(*, line_id: str, actor: str, at: datetime) -> Document:
    """The agreement of a credit line as PDF. Raises LineNotFound."""
    contract = latest_contract(line_id)
    if contract is None:
        raise LineNotFound
    return _issued(DocumentKind.CONTRACT, contract.id) or _issue(
        DocumentKind.CONTRACT, contract.id, contract_facts(contract),
        merchant_id=contract.merchant_id, drawdown_id=None, actor=actor, at=at,
    )  # fmt: skip


@transaction.atomic
def record_download(*, document: Document, actor: str, at: datetime) -> None:
    """One line in the audit chain: who took which paper away."""
    audit.record(
        actor=actor, action="document.download", subject=document.id, at=at,
        after={"number": document.number, "sha256": document.sha256},
    )  # fmt: skip


def _of(
    drawdown: Drawdown, kind: DocumentKind, key: str, facts: dict[str, Any], *, actor: str,
    at: datetime,
) -> Document:  # fmt: skip
    return _issued(kind, key) or _issue(
        kind, key, facts, merchant_id=drawdown.merchant_id, drawdown_id=drawdown.id, actor=actor,
        at=at,
    )  # fmt: skip


def _issued(kind: DocumentKind, key: str) -> Document | None:
    return Document.objects.filter(kind=kind, key=key).first()


def _issue(
    kind: DocumentKind, key: str, facts: dict[str, Any], *, merchant_id: str,
    drawdown_id: str | None, actor: str, at: datetime,
) -> Document:  # fmt: skip
    """Set and keep; of two at the same moment the first one stays."""
    made, content = set_paper(kind, key, facts, at=at)
    return keep_paper(
        kind, key, made, content, merchant_id=merchant_id, drawdown_id=drawdown_id, actor=actor,
        at=at,
    )  # fmt: skip


def set_paper(
    kind: DocumentKind, key: str, facts: dict[str, Any], *, at: datetime
) -> tuple[dict[str, Any], bytes]:
    """The facts with the paper's number and day, and its bytes; nothing is kept yet."""
    number = f"{PREFIXES[kind]}-{canonical_sha256([kind, key])[:NUMBER_DIGITS].upper()}"
    made = {**facts, "number": number, "made_on": clock.day_of(at).isoformat()}
    return made, pdf.render(paper_of(kind, made))


def keep_paper(
    kind: DocumentKind, key: str, made: dict[str, Any], content: bytes, *, merchant_id: str,
    drawdown_id: str | None, actor: str, at: datetime,
) -> Document:  # fmt: skip
    """Keep a paper that was set; of two at the same moment the first one stays."""
    number = made["number"]
    ours = Document(
        kind=kind, key=key, merchant_id=merchant_id, drawdown_id=drawdown_id, number=number,
        file_name=f"{TITLES[kind]}-{number}.pdf", facts=made, content=content,
        sha256=pdf.sha256(content), byte_count=len(content), made_by=actor, made_at=at,
    )  # fmt: skip
    Document.objects.bulk_create([ours], ignore_conflicts=True)
    kept = Document.objects.get(kind=kind, key=key)
    if kept.id == ours.id:
        events.record(
            "credit.document.issued", subject=kept.id, merchant_id=merchant_id, actor=actor, at=at,
            props={"kind": kind, "number": number, "sha256": kept.sha256,
                   "drawdown": drawdown_id or ""},
        )  # fmt: skip
    return kept


def _merchant(merchant_id: str) -> Merchant:
    try:
        found = Merchant.objects.filter(pk=merchant_id).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun="merchant")
    return found


def _drawdown(drawdown_id: str) -> Drawdown:
    rows = Drawdown.objects.select_related("merchant", "funding_source")
    try:
        found: Drawdown | None = rows.filter(pk=drawdown_id).first()
    except ValueError:
        found = None
    if found is None:
        raise DrawdownNotFound
    return found
