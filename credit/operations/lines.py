"""Changing a credit line: its limit, whether it may be drawn on, and its end.

Each act is told to the partner and kept in the audit chain with its reason. Doing it twice changes
nothing the second time.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from credit.enums import LineStatus, SuspensionReason, TemporaryLimitStatus
from credit.errors import ConsentMissing, LineClosed, LineInUse
from credit.models import CreditLine, TemporaryLimit
from credit.queries.drawdowns import locked_line
from credit.queries.onboarding import NEEDED_CONSENTS
from platform_app.kernel import audit, events
from platform_app.kernel.errors import Invalid
from tenants.queries.consents import ended_consents


@transaction.atomic
def change_limit(
    *, line_id: str, limit_minor: int, reason: str, actor: str, at: datetime
) -> CreditLine:
    """Set the limit to `limit_minor` fen. Below what is used, nothing can be drawn: no debt moves.

    Raises LineNotFound, LineClosed, Invalid.
    """
    line = open_line(line_id)
    if limit_minor < 0:
        raise Invalid(field="limit")
    if line.limit_minor != limit_minor:
        change(line, "changed", {"limit_minor": limit_minor}, reason=reason, actor=actor, at=at)
    return line


@transaction.atomic
def suspend_line(
    *, line_id: str, because: SuspensionReason, reason: str, actor: str, at: datetime
) -> CreditLine:
    """Block drawing, nothing else: captures of what is held, and repayments, go on.

    Raises LineNotFound, LineClosed.
    """
    line = open_line(line_id)
    new = {"status": LineStatus.SUSPENDED.value, "status_reason": because.value}
    if (line.status, line.status_reason) != (new["status"], new["status_reason"]):
        change(line, "suspended", new, reason=reason, actor=actor, at=at)
    return line


@transaction.atomic
def resume_line(*, line_id: str, reason: str, actor: str, at: datetime) -> CreditLine:
    """Let the line be drawn on again.

    Raises LineNotFound, LineClosed, ConsentMissing (one that every line needs was taken back).
    """
    line = open_line(line_id)
    if line.status == LineStatus.SUSPENDED:
        ended = ended_consents(line.merchant_id, NEEDED_CONSENTS)
        if ended:
            raise ConsentMissing(consents=", ".join(ended))
        new = {"status": LineStatus.ACTIVE.value, "status_reason": ""}
        change(line, "resumed", new, reason=reason, actor=actor, at=at)
    return line


@transaction.atomic
def close_line(*, line_id: str, reason: str, actor: str, at: datetime) -> CreditLine:
    """End the line for good, with its temporary limits; the merchant may apply anew.

    Raises LineNotFound, LineInUse while anything is used or held.
    """
    line = locked_line(line_id)
    if line.status == LineStatus.CLOSED:
        return line
    if line.used_minor or line.held_minor:
        raise LineInUse(used_minor=line.used_minor, held_minor=line.held_minor)
    TemporaryLimit.objects.filter(line=line).update(status=TemporaryLimitStatus.ENDED)
    new = {"status": LineStatus.CLOSED.value, "temporary_minor": 0, "limit_changes_on": None}
    change(line, "closed", new, reason=reason, actor=actor, at=at)
    return line


def open_line(line_id: str) -> CreditLine:
    """The line, locked. Raises LineNotFound, LineClosed."""
    line = locked_line(line_id)
    if line.status == LineStatus.CLOSED:
        raise LineClosed
    return line


def change(
    line: CreditLine, done: str, new: dict[str, Any], *, reason: str, actor: str, at: datetime
) -> None:
    """Write new values on a locked line; tell `credit.line.<done>` and the audit chain."""
    before = {name: getattr(line, name) for name in new}
    for name, value in new.items():
        setattr(line, name, value)
    line.version += 1
    line.save(update_fields=[*new, "version"])
    name = f"credit.line.{done}"
    props = {
        **{key: value for key, value in new.items() if isinstance(value, int | str)},
        "available_minor": line.available_minor,
        "version": line.version,
    }
    events.record(
        name, subject=line.id, merchant_id=line.merchant_id, actor=actor, at=at, props=props
    )
    audit.record(
        actor=actor, action=name, subject=line.id, at=at, reason=reason,
        before=_plain(before), after=_plain(new),
    )  # fmt: skip


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """As JSON keeps it: days become text."""
    return {
        key: value if isinstance(value, int | str | None) else str(value)
        for key, value in values.items()
    }
