"""Suspense: money that arrived, is in the books, and waits for its owner.

The account `SUSPENSE` of a funding source always equals what its items have open. An item is locked
before any line, so that two people cannot spend it twice.
"""

from datetime import date, datetime

from django.db import transaction

from credit.enums import AccountCode, EntryKind, RepaymentChannel, SuspenseStatus
from credit.errors import (
    NothingToRepay,
    ReturnNotAsked,
    SuspenseItemNotOpen,
)
from credit.models import BankFlow, Repayment, SuspenseItem
from credit.operations import ledger
from credit.operations.spreading import spread_payment
from credit.queries.business_day import open_day_for_booking
from credit.queries.suspense import locked_item
from platform_app.kernel import audit, events
from platform_app.kernel.errors import ReasonNeeded, SecondPersonNeeded
from tenants.queries.merchants import merchant as merchant_by_id


@transaction.atomic
def receive_into_suspense(
    *,
    funding_source_id: str,
    external_id: str,
    amount_minor: int,
    payer: str,
    memo: str,
    flow: BankFlow | None,
    actor: str,
    at: datetime,
) -> SuspenseItem:
    """Book a receipt of `amount_minor` fen that belongs to nobody yet.

    The same external_id of the same funding source returns the item already there.
    """
    before = SuspenseItem.objects.filter(
        funding_source_id=funding_source_id, external_id=external_id
    ).first()
    if before is not None:
        return before
    day = open_day_for_booking()
    item = SuspenseItem.objects.create(
        funding_source_id=funding_source_id, external_id=external_id, payer=payer, memo=memo,
        flow=flow, amount_minor=amount_minor, open_minor=amount_minor, received_on=day,
    )  # fmt: skip
    _book(item, f"in:{item.id}", amount_minor, day, at)
    _tell(item, "received", amount_minor, actor, at)
    return item


@transaction.atomic
def match_suspense_item(
    *, item_id: str, merchant_id: str, actor: str, at: datetime
) -> list[Repayment]:
    """The money is this merchant's: repay what it owes, oldest due first.

    What it does not owe stays open in suspense. Raises NotFound, SuspenseItemNotOpen,
    NothingToRepay.
    """
    item = locked_item(item_id)
    if item.status != SuspenseStatus.OPEN:
        raise SuspenseItemNotOpen
    merchant = merchant_by_id(merchant_id)
    number = item.match_count + 1
    repayments = spread_payment(
        merchant_id=merchant.id, funding_source_id=item.funding_source_id,
        amount_minor=item.open_minor, key=f"{item.id}:{number}",
        channel=RepaymentChannel.BANK_TRANSFER, actor=actor, at=at,
    )  # fmt: skip
    if not repayments:
        raise NothingToRepay(field="merchant")
    used = sum(repayment.amount_minor for repayment in repayments)
    day = open_day_for_booking()
    _book(item, f"match:{item.id}:{number}", -used, day, at)
    item.match_count = number
    _use(item, used, SuspenseStatus.MATCHED, day)
    audit.record(
        actor=actor, action="suspense.match", subject=item.id, at=at,
        after={"merchant": merchant.id, "amount_minor": used},
    )  # fmt: skip
    _tell(item, "matched", used, actor, at, merchant.id)
    return repayments


@transaction.atomic
def ask_suspense_return(*, item_id: str, reason: str, actor: str, at: datetime) -> SuspenseItem:
    """Ask for what is open to be sent back where it came from; somebody else approves.

    Raises NotFound, SuspenseItemNotOpen, ReasonNeeded.
    """
    item = locked_item(item_id)
    if item.status != SuspenseStatus.OPEN:
        raise SuspenseItemNotOpen
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    item.status = SuspenseStatus.RETURNING
    item.return_reason, item.return_asked_by = reason.strip(), actor
    item.save(update_fields=["status", "return_reason", "return_asked_by"])
    audit.record(
        actor=actor, action="suspense.ask_return", subject=item.id, at=at, reason=item.return_reason
    )
    return item


@transaction.atomic
def return_suspense_item(*, item_id: str, actor: str, at: datetime) -> SuspenseItem:
    """Approve the return and book it as paid back by the funding source.

    Raises NotFound, ReturnNotAsked, SecondPersonNeeded.
    """
    item = _asked(item_id)
    if item.return_asked_by == actor:
        raise SecondPersonNeeded
    day, amount = open_day_for_booking(), item.open_minor
    _book(item, f"return:{item.id}", -amount, day, at)
    item.return_approved_by = actor
    _use(item, amount, SuspenseStatus.RETURNED, day)
    audit.record(
        actor=actor, action="suspense.return", subject=item.id, at=at,
        reason=item.return_reason, after={"amount_minor": amount},
    )  # fmt: skip
    _tell(item, "returned", amount, actor, at)
    return item


@transaction.atomic
def keep_suspense_item(*, item_id: str, actor: str, at: datetime) -> SuspenseItem:
    """Do not return it after all: it waits for its owner again. Raises NotFound, ReturnNotAsked."""
    item = _asked(item_id)
    item.status = SuspenseStatus.OPEN
    item.return_reason = item.return_asked_by = ""
    item.save(update_fields=["status", "return_reason", "return_asked_by"])
    audit.record(actor=actor, action="suspense.keep", subject=item.id, at=at)
    return item


def _asked(item_id: str) -> SuspenseItem:
    item = locked_item(item_id)
    if item.status != SuspenseStatus.RETURNING:
        raise ReturnNotAsked
    return item


def _use(item: SuspenseItem, amount_minor: int, ended: SuspenseStatus, day: date) -> None:
    """Lower what is open; an item with nothing open has ended."""
    item.open_minor -= amount_minor
    if item.open_minor == 0:
        item.status, item.closed_on = ended, day
    item.save(
        update_fields=["open_minor", "status", "closed_on", "match_count", "return_approved_by"]
    )


def _book(item: SuspenseItem, key: str, amount_minor: int, day: date, at: datetime) -> None:
    """Into suspense (positive) or out of it (negative), against the bank account.

    A repayment out of suspense debits the bank once more; this entry takes that back.
    """
    ledger.post(
        kind=EntryKind.SUSPENSE, key=key, funding_source_id=item.funding_source_id,
        amounts={AccountCode.FUNDING_BANK: amount_minor, AccountCode.SUSPENSE: -amount_minor},
        value_on=day, booked_on=day, at=at,
    )  # fmt: skip


def _tell(  # who, what, when
    item: SuspenseItem, what: str, amount_minor: int, actor: str, at: datetime,
    merchant_id: str | None = None,
) -> None:  # fmt: skip
    events.record(
        f"credit.suspense.{what}", subject=item.id, merchant_id=merchant_id, actor=actor, at=at,
        props={"amount_minor": amount_minor, "open_minor": item.open_minor},
    )  # fmt: skip
