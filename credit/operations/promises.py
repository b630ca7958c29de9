"""Promises to pay: made by the merchant or noted by a collector, decided by the money."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from credit.domain.promises import Payment, outcome, paid_within
from credit.enums import PromiseStatus, RepaymentStatus
from credit.errors import (
    NothingToCollect,
    PromiseAmountInvalid,
    PromiseDateInvalid,
    PromiseNotFound,
    PromiseNotOpen,
    PromiseOpen,
)
from credit.models import CollectionCase, PromiseToPay, Repayment
from credit.queries.business_day import open_day
from credit.queries.delinquency import collection_rules, past_due
from platform_app.kernel import clock, events
from platform_app.kernel.events import NewEvent

LOOK_BACK: Final = timedelta(days=30)


@transaction.atomic
def make_promise(
    *, merchant_id: str, amount_minor: int, by_on: date, note: str, actor: str, at: datetime
) -> PromiseToPay:
    """The merchant will pay `amount_minor` fen by the end of `by_on`; until then the case rests.

    Raises NothingToCollect, PromiseAmountInvalid, PromiseDateInvalid, PromiseOpen.
    """
    day = open_day()
    owed = sum(row.owed_minor for row in past_due(on=day, merchant_ids=[merchant_id]))
    if not owed:
        raise NothingToCollect
    if not 0 < amount_minor <= owed:
        raise PromiseAmountInvalid(field="amount", owed_minor=owed)
    first = max(day, clock.day_of(at))
    last = first + timedelta(days=collection_rules().promise_days)
    if not first <= by_on <= last:
        raise PromiseDateInvalid(field="by_on", first=first.isoformat(), last=last.isoformat())
    settle_promises(on=day, at=at, merchant_ids=[merchant_id])
    promise = PromiseToPay(
        merchant_id=merchant_id,
        amount_minor=amount_minor,
        by_on=by_on,
        note=note.strip(),
        made_by=actor,
        made_at=at,
    )
    try:
        with transaction.atomic():
            promise.save(force_insert=True)
    except IntegrityError as error:
        raise PromiseOpen from error
    CollectionCase.objects.filter(merchant_id=merchant_id, status="open").update(
        next_contact_on=by_on + timedelta(days=1)
    )
    events.record(
        "credit.promise.made", subject=promise.id, merchant_id=merchant_id, actor=actor, at=at,
        props={"amount_minor": amount_minor, "by_on": by_on.isoformat()},
    )  # fmt: skip
    return promise


@transaction.atomic
def withdraw_promise(*, promise_id: str, actor: str, at: datetime) -> PromiseToPay:
    """It was a mistake, or is replaced by another. Raises PromiseNotFound, PromiseNotOpen."""
    try:
        promise = PromiseToPay.objects.select_for_update().filter(pk=promise_id).first()
    except ValueError:
        promise = None
    if promise is None:
        raise PromiseNotFound
    if promise.status != PromiseStatus.OPEN:
        raise PromiseNotOpen
    day = open_day()
    promise.status = PromiseStatus.WITHDRAWN
    promise.decided_on = day
    promise.save(update_fields=["status", "decided_on"])
    CollectionCase.objects.filter(merchant_id=promise.merchant_id, status="open").update(
        next_contact_on=day
    )
    events.record(
        "credit.promise.withdrawn", subject=promise.id, merchant_id=promise.merchant_id,
        actor=actor, at=at,
        props={"amount_minor": promise.amount_minor, "by_on": promise.by_on.isoformat()},
    )  # fmt: skip
    return promise


@transaction.atomic
def settle_promises(
    *, on: date, at: datetime, merchant_ids: Sequence[str] | None = None
) -> list[PromiseToPay]:
    """Decide promises by what was paid in their window; return those that were decided otherwise.

    Looks back thirty days, since money may be booked late with an earlier value date, or be
    reversed. Two statements however many, and two more when something changed.
    """
    rows = PromiseToPay.objects.select_for_update().filter(by_on__gte=on - LOOK_BACK)
    rows = rows.exclude(status=PromiseStatus.WITHDRAWN)
    if merchant_ids is not None:
        rows = rows.filter(merchant_id__in=merchant_ids)
    found = list(rows.order_by("id"))
    if not found:
        return []
    payments = _payments(found)
    changed = [one for one in found if _decide(one, payments.get(one.merchant_id, []), on)]
    if changed:
        PromiseToPay.objects.bulk_update(changed, ["status", "decided_on", "paid_minor"])
        events.record_all([_told(one, at) for one in changed if one.status != PromiseStatus.OPEN])
    return changed


def _payments(found: Iterable[PromiseToPay]) -> dict[str, list[Payment]]:
    rows = Repayment.objects.filter(
        merchant_id__in={one.merchant_id for one in found},
        status=RepaymentStatus.SUCCEEDED,
        value_on__gte=min(clock.day_of(one.made_at) for one in found),
    )
    payments: dict[str, list[Payment]] = {}
    for merchant_id, value_on, received_at, amount_minor in rows.values_list(
        "merchant_id", "value_on", "received_at", "amount_minor"
    ):
        payment = Payment(value_on, received_at, amount_minor)
        payments.setdefault(merchant_id, []).append(payment)
    return payments


def _decide(promise: PromiseToPay, payments: list[Payment], on: date) -> bool:
    """Bring a promise up to what the payments say; whether its status changed."""
    paid = paid_within(payments, made_at=promise.made_at, by_on=promise.by_on)
    status = outcome(paid, amount_minor=promise.amount_minor, by_on=promise.by_on, on=on)
    if status == promise.status:
        return False
    promise.status = status
    promise.paid_minor = paid
    promise.decided_on = None if status == "open" else on
    return True


def _told(promise: PromiseToPay, at: datetime) -> NewEvent:
    return NewEvent(
        name=f"credit.promise.{promise.status}",
        subject=promise.id,
        merchant_id=promise.merchant_id,
        actor="system:collections",
        at=at,
        props={
            "amount_minor": promise.amount_minor,
            "paid_minor": promise.paid_minor,
            "by_on": promise.by_on.isoformat(),
        },
    )
