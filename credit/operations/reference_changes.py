"""Caps and LPR change by two people: one proposes, another approves, and only then it stands.

These tables belong to the whole platform, so no tenant's scope is asked for and no tenant's audit
chain is written: the change itself, final in the database, is the record of who and why.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Model

from credit.domain import reference
from credit.domain.options import BadTerms
from credit.enums import ChangeStatus, ReferenceKind
from credit.errors import (
    BadReferenceData,
    ReferenceChangeDecided,
    ReferenceChangeNotFound,
)
from credit.models import CapRule, LprRate, ReferenceChange
from platform_app.kernel.errors import ReasonNeeded, SecondPersonNeeded, gettext_noop

_PARSE: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    ReferenceKind.LPR_RATE: reference.lpr_rate,
    ReferenceKind.CAP_RULE: reference.cap_rule,
}


@transaction.atomic
def propose_reference_change(
    *, kind: str, payload: dict[str, Any], reason: str, actor: str, at: datetime
) -> ReferenceChange:
    """Propose what a row is to say; nothing changes yet.

    `lpr_rate` sets the rate of a term and day. `cap_rule` adds a rule or, with `id`, rewrites one.
    Rates are annual fractions as text. Raises BadReferenceData, ReasonNeeded.
    """
    if kind not in _PARSE:
        raise BadReferenceData(field="kind", problem=gettext_noop("there is no such table"))
    _columns(kind, payload)
    why = " ".join(reason.split())
    if not why:
        raise ReasonNeeded(field="reason")
    row = _row(kind, payload)
    return ReferenceChange.objects.create(
        kind=kind,
        payload=payload,
        before=_facts(kind, row) if row else {},
        reason=why,
        proposed_by=actor,
        proposed_at=at,
    )


@transaction.atomic
def approve_reference_change(*, change_id: str, actor: str, at: datetime) -> ReferenceChange:
    """Let a proposed change stand, with what stood there at this moment kept in `before`.

    Raises ReferenceChangeNotFound, ReferenceChangeDecided, SecondPersonNeeded, BadReferenceData.
    """
    change = _locked(change_id)
    if actor == change.proposed_by:
        raise SecondPersonNeeded
    columns = _columns(change.kind, change.payload)
    row = _row(change.kind, change.payload)
    change.before = _facts(change.kind, row) if row else {}
    change.status, change.approved_by, change.applied_at = ChangeStatus.APPROVED, actor, at
    change.save(update_fields=["before", "status", "approved_by", "applied_at"])
    table = LprRate if change.kind == ReferenceKind.LPR_RATE else CapRule
    if row is None:
        table.objects.create(**columns, change=change)
    else:
        table.objects.filter(pk=row.pk).update(**columns, change=change)
    return change


@transaction.atomic
def reject_reference_change(
    *, change_id: str, reason: str, actor: str, at: datetime
) -> ReferenceChange:
    """Turn a proposed change down; whoever proposed it may take it back this way.

    Raises ReferenceChangeNotFound, ReferenceChangeDecided, ReasonNeeded.
    """
    change = _locked(change_id)
    why = " ".join(reason.split())
    if not why:
        raise ReasonNeeded(field="reason")
    change.status, change.rejected_by, change.rejected_at = ChangeStatus.REJECTED, actor, at
    change.rejected_reason = why
    change.save(update_fields=["status", "rejected_by", "rejected_at", "rejected_reason"])
    return change


def _locked(change_id: str) -> ReferenceChange:
    change = ReferenceChange.objects.select_for_update().filter(pk=change_id).first()
    if change is None:
        raise ReferenceChangeNotFound
    if change.status != ChangeStatus.PROPOSED:
        raise ReferenceChangeDecided
    return change


def _columns(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    try:
        return _PARSE[kind](payload)
    except BadTerms as problem:
        raise BadReferenceData(problem=str(problem)) from None


def _row(kind: str, payload: dict[str, Any]) -> LprRate | CapRule | None:
    """The row a change is about, if it stands already."""
    if kind == ReferenceKind.LPR_RATE:
        rates = LprRate.objects.filter(term=payload["term"], on=payload["on"])
        return rates.select_for_update().first()
    if not payload.get("id"):
        return None
    try:
        rule = CapRule.objects.select_for_update().filter(pk=payload["id"]).first()
    except ValueError:
        rule = None
    if rule is None:
        raise BadReferenceData(field="id", problem=gettext_noop("there is no such rule"))
    return rule


def _facts(kind: str, row: Model) -> dict[str, str]:
    """A row's columns as text, to be read beside the payload."""
    return {name: _text(getattr(row, name)) for name in _NAMES[kind]}


_NAMES: dict[str, tuple[str, ...]] = {
    ReferenceKind.LPR_RATE: ("term", "on", "value", "source_url", "notice"),
    ReferenceKind.CAP_RULE: (
        "licence_type", "product_kind", "from_on", "to_on", "kind", "value", "severity", "basis",
        "source",
    ),
}  # fmt: skip


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else str(value)
