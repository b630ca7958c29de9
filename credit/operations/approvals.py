"""Two people for what costs most: one asks, another approves or rejects.

What is approved is the act as it was asked for, done on the day of the approval by the operation of
its kind, with all its checks. Request, approval and rejection are links of the audit chain.
"""

from datetime import datetime

from django.db import transaction

from credit.domain.second_person import needs_second_person
from credit.enums import ApprovalStatus
from credit.errors import (
    ApprovalDecided,
    ApprovalNotFound,
    ApprovalWaiting,
    ExternalIdConflict,
)
from credit.models import Approval, LoanEvent
from credit.operations.servicing import Act
from credit.operations.servicing_acts import Asked, do_act, try_act
from credit.queries.drawdowns import locked_drawdown
from platform_app.kernel import audit, events
from platform_app.kernel.errors import SecondPersonNeeded


@transaction.atomic
def do_or_ask(act: Act, asked: Asked, *, reason: str) -> LoanEvent | Approval:
    """Do the act with its reason in the audit chain, or ask for a second person if it needs one.

    By the key of `act` both happen once. Raises what the act raises, ApprovalWaiting.
    """
    locked_drawdown(act.drawdown_id)
    if (done := LoanEvent.objects.filter(kind=asked.kind, key=act.external_id).first()) is None:
        at_stake = _at_stake(act.drawdown_id, asked)
        if needs_second_person(asked.kind, at_stake):
            return request_approval(act, asked, reason=reason)
    event = do_act(act, asked)
    if done is None:
        _audit(act, event, reason)
    return event


@transaction.atomic
def request_approval(act: Act, asked: Asked, *, reason: str) -> Approval:
    """Ask for a second person; nothing moves yet. The same key returns the same request.

    Raises what the act would raise if it were done now, ApprovalWaiting, ExternalIdConflict.
    """
    drawdown, _ = locked_drawdown(act.drawdown_id)
    before = Approval.objects.filter(key=act.external_id).first()
    if before is not None:
        if (before.drawdown_id, before.payload) != (drawdown.id, asked.to_json()):
            raise ExternalIdConflict(field="external_id", fields="payload")
        return before
    at_stake = _at_stake(act.drawdown_id, asked)
    waiting = Approval.objects.filter(
        drawdown=drawdown, kind=asked.kind, status=ApprovalStatus.PENDING
    )
    if waiting.exists():
        raise ApprovalWaiting
    approval = Approval.objects.create(
        drawdown=drawdown, kind=asked.kind, amount_minor=at_stake, payload=asked.to_json(),
        key=act.external_id, reason=reason, requested_by=act.actor, requested_at=act.at,
    )  # fmt: skip
    _tell(approval, "requested", reason=reason, actor=act.actor, at=act.at)
    return approval


@transaction.atomic
def approve(*, approval_id: str, reason: str, actor: str, at: datetime) -> LoanEvent:
    """Agree, and do what was asked for. Approving twice returns what the first time did.

    Raises ApprovalNotFound, ApprovalDecided, SecondPersonNeeded for the person who asked, and what
    the act raises: nothing is decided then.
    """
    approval = _locked(approval_id)
    asked = Asked.from_json(approval.payload)
    act = Act(
        drawdown_id=approval.drawdown_id, external_id=approval.key, actor=actor, at=at,
        value_on=asked.value_on,
    )  # fmt: skip
    if approval.status == ApprovalStatus.APPROVED:
        return do_act(act, asked)
    _check_decider(approval, actor)
    event = do_act(act, asked)
    _decide(approval, ApprovalStatus.APPROVED, reason=reason, actor=actor, at=at)
    _audit(act, event, approval.reason)
    return event


@transaction.atomic
def reject(*, approval_id: str, reason: str, actor: str, at: datetime) -> Approval:
    """Say no; nothing moves. Rejecting twice changes nothing.

    Raises ApprovalNotFound, ApprovalDecided, SecondPersonNeeded.
    """
    approval = _locked(approval_id)
    if approval.status != ApprovalStatus.REJECTED:
        _check_decider(approval, actor)
        _decide(approval, ApprovalStatus.REJECTED, reason=reason, actor=actor, at=at)
    return approval


def _at_stake(drawdown_id: str, asked: Asked) -> int:
    """The amount of the act in fen; for a write-off what would leave the books."""
    shown = try_act(drawdown_id, asked)
    if asked.kind == "write_off":
        return shown.after.written_off_minor - shown.before.written_off_minor
    return asked.amount_minor


def _locked(approval_id: str) -> Approval:
    """The request, its line and drawdown locked before it. Raises ApprovalNotFound."""
    drawdown_id = (
        Approval.objects.filter(pk=approval_id).values_list("drawdown_id", flat=True).first()
    )
    if drawdown_id is None:
        raise ApprovalNotFound
    locked_drawdown(drawdown_id)
    return Approval.objects.select_for_update(of=("self",)).get(pk=approval_id)


def _check_decider(approval: Approval, actor: str) -> None:
    if approval.status != ApprovalStatus.PENDING:
        raise ApprovalDecided
    if approval.requested_by == actor:
        raise SecondPersonNeeded


def _decide(
    approval: Approval, status: ApprovalStatus, *, reason: str, actor: str, at: datetime
) -> None:
    approval.status = status
    approval.decided_by, approval.decided_at = actor, at
    approval.decision_reason = reason
    approval.version += 1
    approval.save(
        update_fields=["status", "decided_by", "decided_at", "decision_reason", "version"]
    )
    _tell(approval, status.value, reason=reason, actor=actor, at=at)


def _tell(approval: Approval, done: str, *, reason: str, actor: str, at: datetime) -> None:
    name = f"credit.approval.{done}"
    facts = {
        "approval": approval.id, "kind": approval.kind, "amount_minor": approval.amount_minor,
        "drawdown": approval.drawdown_id,
    }  # fmt: skip
    events.record(
        name, subject=approval.drawdown_id, merchant_id=approval.drawdown.merchant_id,
        actor=actor, at=at, props=facts,
    )  # fmt: skip
    audit.record(
        actor=actor, action=name, subject=approval.drawdown_id, at=at, reason=reason, after=facts
    )


def _audit(act: Act, event: LoanEvent, reason: str) -> None:
    audit.record(
        actor=act.actor, action=f"credit.drawdown.{event.kind}", subject=event.drawdown_id,
        at=act.at, reason=reason, after={"event": event.id, "amount_minor": event.amount_minor},
    )  # fmt: skip
