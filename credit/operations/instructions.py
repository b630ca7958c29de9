"""Having a capture paid: one row per party of the loan, in the transaction of the capture.

`funding_pursuit.py` takes it from there.
"""

from datetime import datetime

from django.db import transaction

from credit.domain.shares import split_change
from credit.enums import Component, InstructionStatus
from credit.errors import InstructionEnded, InstructionNotFailed
from credit.models import Drawdown, FundingInstruction, LoanEvent
from credit.queries.funding import shares_of
from credit.queries.instructions import OPEN, locked_instruction
from platform_app.kernel import audit, jobs
from platform_app.kernel.scope import current_tenant_id


@transaction.atomic
def instruct_funding(
    *, drawdown: Drawdown, loan_event: LoanEvent, captured_before_minor: int, at: datetime
) -> list[FundingInstruction]:
    """Have every party pay its part of a new capture, in the capture's own transaction.

    `captured_before_minor` is the drawdown's principal before this capture, in fen: parts are
    shared as the difference of shared totals. A part of nothing is not instructed.
    """
    parts = split_change(
        captured_before_minor, loan_event.amount_minor, Component.PRINCIPAL, shares_of(drawdown)
    )
    rows = FundingInstruction.objects.bulk_create(
        [
            FundingInstruction(
                drawdown=drawdown, loan_event=loan_event, funding_source_id=source_id,
                key=_key(loan_event.id, source_id, 1), round_no=1, amount_minor=part,
                instructed_at=at, next_look_at=at,
            )
            for source_id, part in parts.items()
            if part > 0
        ]
    )  # fmt: skip
    for row in rows:
        _enqueue(row)
    return rows


def _key(loan_event_id: str, source_id: str, round_no: int) -> str:
    return f"{loan_event_id}:{source_id}:{round_no}"


def _enqueue(row: FundingInstruction) -> None:
    jobs.enqueue("credit.pursue_funding", tenant_id=current_tenant_id(), instruction_id=row.id)


@transaction.atomic
def ask_again(*, instruction_id: str, actor: str, at: datetime) -> FundingInstruction:
    """Have it looked at now instead of when its time comes. Audited.

    Raises InstructionNotFound, InstructionEnded.
    """
    row = locked_instruction(instruction_id)
    if row.status not in OPEN:
        raise InstructionEnded
    row.next_look_at = at
    row.save(update_fields=["next_look_at"])
    audit.record(actor=actor, action="fundinginstruction.ask_again", subject=row.id, at=at)
    _enqueue(row)
    return row


@transaction.atomic
def send_anew(*, instruction_id: str, actor: str, at: datetime) -> FundingInstruction:
    """After a failure whose cause is gone: instruct the same part under a new key. Audited, once.

    Raises InstructionNotFound, InstructionNotFailed.
    """
    row = locked_instruction(instruction_id)
    if row.status != InstructionStatus.FAILED:
        raise InstructionNotFailed
    round_no = row.round_no + 1
    again, is_new = FundingInstruction.objects.get_or_create(
        key=_key(row.loan_event_id, row.funding_source_id, round_no),
        defaults={
            "drawdown": row.drawdown, "loan_event": row.loan_event,
            "funding_source_id": row.funding_source_id, "round_no": round_no,
            "amount_minor": row.amount_minor, "instructed_at": at, "next_look_at": at,
        },
    )  # fmt: skip
    if is_new:
        _enqueue(again)
    audit.record(
        actor=actor, action="fundinginstruction.send_anew", subject=row.id, at=at,
        after={"instruction": again.id},
    )  # fmt: skip
    return again
