"""Funding instructions: one, locked; those whose time has come; lists for the desk."""

from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from credit.enums import InstructionStatus
from credit.errors import InstructionNotFound
from credit.models import Drawdown, FundingAttempt, FundingInstruction

OPEN: Final = (InstructionStatus.NONE, InstructionStatus.REQUESTED, InstructionStatus.UNKNOWN)
# Of several parts the one that needs most attention speaks for the drawdown.
_URGENCY: Final = (
    InstructionStatus.FAILED,
    InstructionStatus.UNKNOWN,
    InstructionStatus.REQUESTED,
    InstructionStatus.NONE,
    InstructionStatus.FUNDED,
)


def instruction(instruction_id: str) -> FundingInstruction:
    """One instruction with its drawdown and source. Raises InstructionNotFound."""
    rows = FundingInstruction.objects.select_related("drawdown__merchant", "funding_source")
    try:
        row: FundingInstruction | None = rows.filter(pk=instruction_id).first()
    except ValueError:
        row = None
    if row is None:
        raise InstructionNotFound
    return row


def locked_instruction(instruction_id: str) -> FundingInstruction:
    """The instruction, locked with all of its capture: the last to end tells the drawdown.

    Raises InstructionNotFound.
    """
    found = instruction(instruction_id)
    rows = (
        FundingInstruction.objects.select_for_update(of=("self",))
        .select_related("drawdown", "funding_source", "loan_event")
        .filter(loan_event_id=found.loan_event_id)
    )
    return next(row for row in rows.order_by("id") if row.id == instruction_id)


def due_instructions(at: datetime, *, limit: int = 500) -> list[tuple[str, str]]:
    """(tenant, id) of instructions to be looked at, the longest waiting first; any scope."""
    due = FundingInstruction.objects.filter(status__in=OPEN, next_look_at__lte=at)
    return list(due.order_by("next_look_at", "id").values_list("tenant_id", "id")[:limit])


def instructions(*, status: str = "", source_id: str = "") -> QuerySet[Any]:
    """Instructions with drawdown, merchant and source; `status` open is every one not ended."""
    rows = FundingInstruction.objects.select_related("drawdown__merchant", "funding_source")
    if status == "open":
        rows = rows.filter(status__in=OPEN)
    elif status:
        rows = rows.filter(status=status)
    return rows.filter(funding_source_id=source_id) if source_id else rows


def attempts(instruction_id: str) -> QuerySet[FundingAttempt]:
    """The conversation about one instruction, in order."""
    return FundingAttempt.objects.filter(instruction_id=instruction_id).order_by("attempt_no", "id")


def funding_status(drawdown: Drawdown) -> InstructionStatus:
    """What is known of a drawdown's money: none, requested, unknown, funded or failed.

    A part that failed and was sent anew counts by its last round.
    """
    rows = FundingInstruction.objects.filter(drawdown=drawdown).order_by("round_no")
    latest = {
        (event_id, source_id): InstructionStatus(status)
        for event_id, source_id, status in rows.values_list(
            "loan_event_id", "funding_source_id", "status"
        )
    }
    found = set(latest.values())
    return next((status for status in _URGENCY if status in found), InstructionStatus.NONE)
