"""Direct debit: a mandate once, then debits whose end may stay unknown for a while.

A debit becomes *unknown* before it leaves us. Whatever happens then (an answer, a time-out, a crash
of this process) only the bank can say how it ended; the janitor asks until it does. A debit is sent
again only when the bank says that it never had it, and then under the same key.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Sum

from credit.enums import DebitStatus, DrawdownStatus, MandateStatus, RepaymentChannel
from credit.errors import (
    DebitAboveDebt,
    DrawdownNotRepaying,
    DrawdownPaidOff,
    ExternalIdConflict,
    MandateExists,
    MandateMissing,
)
from credit.gateways.bank import Bank, DebitAnswer
from credit.models import DebitMandate, DirectDebit
from credit.operations.repayments import record_repayment
from credit.operations.suspense import receive_into_suspense
from credit.queries.claims import REPAYABLE
from credit.queries.drawdowns import locked_drawdown
from credit.queries.payoff import payoff
from platform_app.kernel import audit, events, jobs
from platform_app.kernel.errors import NotFound
from platform_app.kernel.scope import current_tenant_id
from risk.enums import TraitKind
from risk.operations.traits import see_trait
from tenants.queries.merchants import merchant as merchant_by_id

LEFT_ALONE: Final = timedelta(minutes=2)


@transaction.atomic
def sign_mandate(
    *, merchant_id: str, account_no: str, bank: Bank, actor: str, at: datetime
) -> DebitMandate:
    """Register the leave to debit an account; its last four digits and a blind index stay with us.

    Raises NotFound, MandateExists (end the one there is first).
    """
    merchant = merchant_by_id(merchant_id)
    if DebitMandate.objects.filter(merchant=merchant, status=MandateStatus.ACTIVE).exists():
        raise MandateExists
    number = DebitMandate.objects.filter(merchant=merchant).count() + 1
    key = f"{merchant.id[4:]}-{number}"
    mandate = DebitMandate(merchant=merchant, signed_at=at)
    mandate.account_masked = f"****{account_no[-4:]}"
    mandate.reference = bank.sign_mandate(key=key, account_no=account_no)
    try:
        with transaction.atomic():
            mandate.save(force_insert=True)
    except IntegrityError:
        raise MandateExists from None
    see_trait(
        merchant_id=merchant.id, kind=TraitKind.BANK_ACCOUNT, value=account_no,
        masked=mandate.account_masked, at=at,
    )  # fmt: skip
    audit.record(
        actor=actor, action="mandate.sign", subject=mandate.id, at=at,
        after={"merchant": merchant.id, "account": mandate.account_masked},
    )  # fmt: skip
    return mandate


@transaction.atomic
def end_mandate(*, merchant_id: str, actor: str, at: datetime) -> DebitMandate:
    """No further debits; those on their way end as they end. Raises MandateMissing."""
    mandate = _mandate(merchant_id)
    mandate.status, mandate.ended_at = MandateStatus.ENDED, at
    mandate.save(update_fields=["status", "ended_at"])
    audit.record(actor=actor, action="mandate.end", subject=mandate.id, at=at)
    return mandate


@transaction.atomic
def request_debit(
    *, drawdown_id: str, amount_minor: int, external_id: str, actor: str, at: datetime
) -> DirectDebit:
    """Ask for `amount_minor` fen from the merchant's account for one drawdown.

    Sent in the background. The same external_id with the same drawdown and amount returns the
    debit already asked for. Debits on their way and this one together never exceed what paying the
    drawdown off today takes.
    Raises DrawdownNotFound, DrawdownPaidOff, DrawdownNotRepaying, MandateMissing, DebitAboveDebt,
    ExternalIdConflict.
    """
    drawdown, _ = locked_drawdown(drawdown_id)
    before = DirectDebit.objects.filter(external_id=external_id).first()
    if before is not None:
        if (before.drawdown_id, before.amount_minor) != (drawdown_id, amount_minor):
            raise ExternalIdConflict(field="external_id", fields="drawdown, amount")
        return before
    if drawdown.status == DrawdownStatus.PAID_OFF:
        raise DrawdownPaidOff
    if drawdown.status not in REPAYABLE:
        raise DrawdownNotRepaying
    mandate = _mandate(drawdown.merchant_id)
    left = payoff(drawdown).payoff_minor - _on_their_way(drawdown_id)
    if amount_minor > left:
        raise DebitAboveDebt(field="amount", open_minor=max(0, left), needed_minor=amount_minor)
    debit = DirectDebit.objects.create(
        mandate=mandate, drawdown=drawdown, external_id=external_id,
        amount_minor=amount_minor, requested_at=at,
    )  # fmt: skip
    audit.record(
        actor=actor, action="debit.request", subject=debit.id, at=at,
        after={"amount_minor": amount_minor, "drawdown": drawdown_id},
    )  # fmt: skip
    events.record(
        "credit.debit.requested", subject=debit.id, merchant_id=drawdown.merchant_id, actor=actor,
        at=at, props={"amount_minor": amount_minor, "drawdown": drawdown_id},
    )  # fmt: skip
    jobs.enqueue("credit.send_debit", tenant_id=current_tenant_id(), debit_id=debit.id)
    return debit


def _on_their_way(drawdown_id: str) -> int:
    """Fen of this drawdown that the bank was asked for and has not answered about."""
    rows = DirectDebit.objects.filter(
        drawdown_id=drawdown_id, status__in=(DebitStatus.REQUESTED, DebitStatus.UNKNOWN)
    )
    return int(rows.aggregate(total=Sum("amount_minor"))["total"] or 0)


def send_debit(*, debit_id: str, bank: Bank, at: datetime) -> DirectDebit:
    """Send a requested debit, once; any other is left to the janitor. Raises NotFound.

    Runs outside a transaction: first it is written down that the outcome is unknown, then the bank
    is asked to debit, then the answer is stored.
    """
    claimed = DirectDebit.objects.filter(pk=debit_id, status=DebitStatus.REQUESTED).update(
        status=DebitStatus.UNKNOWN, asked_at=at
    )
    debit = _debit(debit_id)
    if not claimed:
        return debit
    try:
        answer = bank.debit(
            key=debit.external_id, mandate=debit.mandate.reference, amount_minor=debit.amount_minor
        )
    except TimeoutError:
        answer = DebitAnswer("running", "timeout")
    return _store(debit_id, answer, at)


def ask_debits(*, bank: Bank, at: datetime) -> int:
    """The janitor: ask for the end of every debit that has been unknown for two minutes.

    Requested ones whose job was lost are sent. Returns how many have ended.
    """
    late = at - LEFT_ALONE
    lost = DirectDebit.objects.filter(status=DebitStatus.REQUESTED, requested_at__lte=late)
    for debit_id in list(lost.order_by("id").values_list("id", flat=True)):
        send_debit(debit_id=debit_id, bank=bank, at=at)
    waiting = DirectDebit.objects.filter(status=DebitStatus.UNKNOWN, asked_at__lte=late)
    ended = 0
    for debit_id, key, amount in list(
        waiting.order_by("id").values_list("id", "external_id", "amount_minor")
    ):
        try:
            answer = bank.ask(key=key, amount_minor=amount)
        except TimeoutError:
            continue
        ended += _store(debit_id, answer, at).ended_at is not None
    return ended


@transaction.atomic
def _store(debit_id: str, answer: DebitAnswer, at: datetime) -> DirectDebit:
    """Write the bank's answer down; money that moved is a repayment in the same transaction."""
    debit = DirectDebit.objects.select_for_update(of=("self",)).get(pk=debit_id)
    if debit.status != DebitStatus.UNKNOWN:
        return debit
    debit.reason, debit.attempt_count = answer.reason, debit.attempt_count + 1
    if answer.ended == "not_received":
        debit.status = DebitStatus.REQUESTED
        debit.requested_at = at
    elif answer.ended in {"succeeded", "failed"}:
        debit.status, debit.ended_at = DebitStatus(answer.ended), at
    debit.save()
    if debit.status == DebitStatus.SUCCEEDED:
        _book(debit, at)
    if debit.ended_at is not None:
        _tell(debit, at)
    return debit


def _book(debit: DirectDebit, at: datetime) -> None:
    """A drawdown that was paid meanwhile cannot take it: then the money waits in suspense."""
    try:
        with transaction.atomic():
            record_repayment(
                drawdown_id=debit.drawdown_id, amount_minor=debit.amount_minor,
                external_id=debit.external_id, channel=RepaymentChannel.DIRECT_DEBIT,
                value_on=None, actor="system:debit", at=at,
            )  # fmt: skip
    except (DrawdownPaidOff, DrawdownNotRepaying):
        receive_into_suspense(
            funding_source_id=debit.drawdown.funding_source_id, external_id=debit.external_id,
            amount_minor=debit.amount_minor, payer=debit.mandate.account_masked,
            memo=debit.external_id, flow=None, actor="system:debit", at=at,
        )  # fmt: skip


def _tell(debit: DirectDebit, at: datetime) -> None:
    events.record(
        f"credit.debit.{debit.status}", subject=debit.id, merchant_id=debit.drawdown.merchant_id,
        actor="system:debit", at=at,
        props={"amount_minor": debit.amount_minor, "drawdown": debit.drawdown_id,
               "reason": debit.reason},
    )  # fmt: skip


def _mandate(merchant_id: str) -> DebitMandate:
    mandate = DebitMandate.objects.filter(
        merchant_id=merchant_id, status=MandateStatus.ACTIVE
    ).first()
    if mandate is None:
        raise MandateMissing
    return mandate


def _debit(debit_id: str) -> DirectDebit:
    found = DirectDebit.objects.select_related("mandate").filter(pk=debit_id).first()
    if found is None:
        raise NotFound(noun="direct debit")
    return found
