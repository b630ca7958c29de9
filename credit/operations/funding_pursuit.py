"""Talking to a funding source outside any transaction, and storing what was heard.

1. Set out: the row becomes *requested* and is committed before a byte leaves. Whoever dies now
   leaves a row that is asked about, not one that is sent again.
2. Talk: no lock, no transaction.
3. Store: what came back. A time-out is *unknown*; a janitor asks. Only a source that says it never
   received the key, long enough after it was sent, is sent the same key again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from credit.enums import (
    AttemptKind,
    FundingChannel,
    FundingOutcome,
    InstructionStatus,
)
from credit.gateways.funding import SIMULATED, FundingAnswer, FundingGateway, FundingOrder
from credit.gateways.http_funding import HttpFunding
from credit.gateways.sandbox_funding import SandboxFunding
from credit.models import FundingAttempt, FundingInstruction, FundingSource
from credit.operations.funding_sources import SECRET
from credit.queries.instructions import OPEN, instruction, locked_instruction
from platform_app.kernel import clock, crypto, events, jobs
from platform_app.kernel.scope import in_test_mode
from tenants.queries.sandboxes import magic_word
from tenants.queries.tenants import current_tenant

# After each look without an outcome, when to look again; the last one repeats.
LADDER: Final = (
    timedelta(seconds=60),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
)
# A request takes at most twenty seconds; after this long it can no longer be on its way.
SEND_AGAIN_AFTER: Final = timedelta(minutes=10)
NO_CHANNEL_WAIT: Final = timedelta(hours=1)
_ENDS: Final = {
    FundingOutcome.FUNDED: InstructionStatus.FUNDED,
    FundingOutcome.FAILED: InstructionStatus.FAILED,
}

Gateways = Callable[[FundingSource], FundingGateway | None]


@dataclass(frozen=True, slots=True)
class _Errand:
    """What to do outside the transaction, and with whom."""

    kind: AttemptKind
    order: FundingOrder
    gateway: FundingGateway


def gateway_of(source: FundingSource) -> FundingGateway | None:
    """How this source is talked to; None while it has no channel.

    A sandbox or a virtual platform (demo, replay) never talks to anybody outside.
    """
    if in_test_mode():
        return SandboxFunding()
    if current_tenant().is_virtual or source.channel == FundingChannel.SIMULATED:
        return SIMULATED
    if source.channel != FundingChannel.HTTP:
        return None
    return HttpFunding(
        url=source.channel_url,
        key_id=source.channel_key_id,
        secret=crypto.unseal(bytes(source.channel_secret_sealed or b""), purpose=SECRET),
    )


def pursue(
    *,
    instruction_id: str,
    gateways: Gateways = gateway_of,
    now: Callable[[], datetime] = clock.now,
) -> InstructionStatus:
    """Do the next thing an instruction needs: send it, or ask what became of it; once.

    One whose time has not come, or that somebody else is busy with, is left alone. Must run outside
    a transaction. Raises InstructionNotFound.
    """
    errand = _set_out(instruction_id, gateways, now())
    if errand is None:
        return InstructionStatus(instruction(instruction_id).status)
    started = time.monotonic()
    if errand.kind == AttemptKind.REQUEST:
        answer = errand.gateway.request(errand.order)
    else:
        answer = errand.gateway.ask(errand.order.key)
    took = round((time.monotonic() - started) * 1000)
    return store_answer(
        instruction_id=instruction_id, kind=errand.kind, answer=answer, duration_ms=took, at=now()
    )


@transaction.atomic(durable=True)
def _set_out(instruction_id: str, gateways: Gateways, at: datetime) -> _Errand | None:
    """Claim the row: it says what is about to be done before it is done."""
    row = locked_instruction(instruction_id)
    if row.status not in OPEN or row.next_look_at is None or row.next_look_at > at:
        return None
    gateway = gateways(row.funding_source)
    if gateway is None:
        row.next_look_at = at + NO_CHANNEL_WAIT
        row.save(update_fields=["next_look_at"])
        return None
    is_request = row.status == InstructionStatus.NONE
    if is_request:
        row.status, row.requested_at = InstructionStatus.REQUESTED, at
    row.next_look_at = at + LADDER[0]
    kind = AttemptKind.REQUEST if is_request else AttemptKind.ASK
    _log(row, kind, FundingAnswer(FundingOutcome.SENT), 0, at)
    row.save(update_fields=["status", "requested_at", "next_look_at", "attempt_count"])
    order = FundingOrder(
        key=row.key, amount_minor=row.amount_minor, drawdown_id=row.drawdown_id,
        order_no=row.drawdown.order_no, word=magic_word(row.drawdown.merchant_id),
    )  # fmt: skip
    return _Errand(kind, order, gateway)


@transaction.atomic(durable=True)
def store_answer(
    *, instruction_id: str, kind: AttemptKind, answer: FundingAnswer, duration_ms: int,
    at: datetime,
) -> InstructionStatus:  # fmt: skip
    """Write down what a source said and what follows. Said twice, it counts once.

    An outcome never changes: a later answer that contradicts it is logged and raises an event.
    Raises InstructionNotFound.
    """
    row = locked_instruction(instruction_id)
    _log(row, kind, answer, duration_ms, at)
    said = _ENDS.get(answer.outcome)
    if row.status not in OPEN:
        if said is not None and said != row.status:
            _tell(row, "credit.funding.contradicted", at)
        row.save(update_fields=["attempt_count"])
        return InstructionStatus(row.status)
    if said is not None:
        _end(row, said, answer, at)
    else:
        _look_again(row, kind, answer.outcome, at)
    row.save()
    if said is not None:
        _tell_drawdown(row, at)
    return InstructionStatus(row.status)


def _end(
    row: FundingInstruction, said: InstructionStatus, answer: FundingAnswer, at: datetime
) -> None:
    row.status, row.ended_at, row.next_look_at = said, at, None
    row.reference = answer.reference
    row.failure_code = answer.detail if said == InstructionStatus.FAILED else ""
    row.requested_at = row.requested_at or at


def _look_again(
    row: FundingInstruction, kind: AttemptKind, outcome: FundingOutcome, at: datetime
) -> None:
    sent_at = row.requested_at or at
    if row.status == InstructionStatus.NONE:
        return  # a late answer of an errand that somebody has given up: it goes out again as it is
    if kind == AttemptKind.ASK and outcome == FundingOutcome.NOT_FOUND:
        if at - sent_at >= SEND_AGAIN_AFTER:
            row.status, row.next_look_at = InstructionStatus.NONE, at
            jobs.enqueue("credit.pursue_funding", tenant_id=row.tenant_id, instruction_id=row.id)
            return
        row.status = InstructionStatus.UNKNOWN
    elif outcome == FundingOutcome.PENDING:
        row.status = InstructionStatus.REQUESTED
    else:
        row.status = InstructionStatus.UNKNOWN
    answered = row.attempt_count // 2
    row.next_look_at = at + LADDER[min(max(answered, 1), len(LADDER)) - 1]


def _log(
    row: FundingInstruction, kind: AttemptKind, answer: FundingAnswer, took: int, at: datetime
) -> None:
    row.attempt_count += 1
    FundingAttempt.objects.create(
        instruction=row, attempt_no=row.attempt_count, kind=kind, outcome=answer.outcome,
        reference=answer.reference, detail=answer.detail, duration_ms=took, at=at,
    )  # fmt: skip


def _tell_drawdown(row: FundingInstruction, at: datetime) -> None:
    """One failed part fails the capture at once; it is funded when the last part is."""
    if row.status == InstructionStatus.FAILED:
        _tell(row, "credit.drawdown.funding_failed", at)
        return
    parts = FundingInstruction.objects.filter(loan_event_id=row.loan_event_id)
    latest = dict(parts.order_by("round_no").values_list("funding_source_id", "status"))
    if set(latest.values()) == {InstructionStatus.FUNDED}:
        _tell(row, "credit.drawdown.funded", at)


def _tell(row: FundingInstruction, name: str, at: datetime) -> None:
    events.record(
        name, subject=row.drawdown_id, merchant_id=row.drawdown.merchant_id,
        actor="system:funding", at=at,
        props={"order_no": row.drawdown.order_no, "amount_minor": row.loan_event.amount_minor,
               "instruction": row.id, "capture": row.loan_event_id,
               "version": row.drawdown.version},
    )  # fmt: skip
