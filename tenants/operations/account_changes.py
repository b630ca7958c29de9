"""Another settlement account: entered, confirmed by a code, in force a day later."""

from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import transaction

from platform_app.kernel import audit, crypto, events, jobs
from tenants.domain.identifiers import mobile
from tenants.enums import AccountChangeStatus, StepUpPurpose
from tenants.errors import (
    AccountChangeNotFound,
    AccountChangeWaiting,
    AccountOfAnotherFirm,
    AccountUnchanged,
    MessageNotTaken,
)
from tenants.gateways.messages import Notice, gateway
from tenants.models import AccountChange, EmbedSession, Merchant, SettlementAccount
from tenants.operations.accounts import checked_details, is_same_account
from tenants.operations.identities import check_sensitive
from tenants.operations.merchants import lock_merchant
from tenants.operations.people import PHONE
from tenants.operations.step_up import check_code, use_step_up
from tenants.queries.account_changes import OPEN
from tenants.queries.onboarding import codes_are_known
from tenants.queries.step_up import confirming_person
from tenants.queries.tenants import current_tenant
from tenants.values import LOCALES

WAIT: Final = timedelta(hours=24)
TEMPLATE: Final = "account_change"
logger = structlog.get_logger(__name__)
COLUMNS: Final = (
    "kind", "bank_name", "holder_masked", "holder_sealed", "number_masked", "number_sealed",
    "number_index",
)  # fmt: skip


@transaction.atomic
def enter_account_change(
    *,
    merchant_id: str,
    kind: str,
    bank_name: str,
    holder_name: str,
    number: str,
    actor: str,
    at: datetime,
) -> AccountChange:
    """Keep another account until a code confirms it; one entered before is replaced.

    Nothing is used yet: the account on record stays. Raises NotFound, SensitiveConsentMissing,
    Invalid, BadAccountNumber, LegalRepresentativeMissing, AccountHolderMismatch,
    AccountOfAnotherFirm (another firm of the platform uses it), AccountUnchanged,
    AccountChangeWaiting.
    """
    check_sensitive(merchant_id)
    merchant = lock_merchant(merchant_id)
    details = checked_details(merchant, kind, bank_name, holder_name, number)
    known: SettlementAccount | None = SettlementAccount.objects.filter(merchant=merchant).first()
    if known is not None and is_same_account(known, details):
        raise AccountUnchanged(field="number")
    if _is_elsewhere(merchant, details.index):
        raise AccountOfAnotherFirm(field="number")
    rows = AccountChange.objects.filter(merchant=merchant)
    if rows.filter(status=AccountChangeStatus.WAITING).exists():
        raise AccountChangeWaiting
    rows.filter(status=AccountChangeStatus.ENTERED).update(
        status=AccountChangeStatus.STOPPED, ended_at=at
    )
    row: AccountChange = AccountChange.objects.create(
        merchant=merchant, status=AccountChangeStatus.ENTERED, entered_at=at, **details.columns()
    )
    events.record(
        "tenants.merchant.account_change_entered",
        subject=merchant.id, merchant_id=merchant.id, actor=actor, at=at,
        props={"change_id": row.id, "kind": kind},
    )  # fmt: skip
    return row


def confirm_account_change(
    *, session: EmbedSession, code: str, actor: str, at: datetime
) -> AccountChange:
    """Confirm what was entered with the code of this visit: it is in force in 24 hours. Audited.

    The firm's phone is told at once, so that whoever did not ask for it can stop it. What is under
    way to the account on record is not redirected. Raises AccountChangeNotFound, and what
    `check_code` raises.
    """
    entered = _open_change(session.merchant_id, AccountChangeStatus.ENTERED)
    bound: dict[str, Any] = {
        "session": session, "purpose": StepUpPurpose.ACCOUNT, "subject": entered.id, "at": at,
    }  # fmt: skip
    check_code(**bound, code=code)
    with transaction.atomic():
        lock_merchant(session.merchant_id)
        row = _open_change(session.merchant_id, AccountChangeStatus.ENTERED)
        use_step_up(**bound | {"subject": row.id})
        row.status, row.confirmed_at = AccountChangeStatus.WAITING, at
        row.effective_at = at + WAIT
        row.save(update_fields=["status", "confirmed_at", "effective_at"])
        _note(row, "account_change_confirmed", actor=actor, at=at)
        jobs.enqueue("tenants.work_account_changes")
    return row


@transaction.atomic
def stop_account_change(*, merchant_id: str, actor: str, at: datetime) -> AccountChange:
    """Drop what was entered or waits; the account on record stays. Audited.

    Raises NotFound, AccountChangeNotFound (none is under way, or it is in force already).
    """
    lock_merchant(merchant_id)
    row = _open_change(merchant_id, *OPEN)
    _stop(row, actor=actor, at=at)
    return row


def work_account_changes(*, actor: str, at: datetime) -> int:
    """Tell of changes not told yet, and put in force what was told a day ago; how many.

    A message nobody takes is tried again the next time, and the day's wait begins with the one that
    was taken. An account that another firm uses by then is not taken over: the change is stopped.
    """
    count = 0
    for row in AccountChange.objects.filter(status=AccountChangeStatus.WAITING).order_by("id"):
        if row.told_at is None:
            _say(row, at)
        count += _put_in_force(row, actor=actor, at=at)
    return count


def platforms_with_waiting() -> list[str]:
    """The platforms at which a change waits. Needs the platform's scope."""
    rows = AccountChange.objects.filter(status=AccountChangeStatus.WAITING)
    return sorted(set(rows.values_list("tenant_id", flat=True)))


@transaction.atomic
def _put_in_force(waiting: AccountChange, *, actor: str, at: datetime) -> bool:
    merchant = lock_merchant(waiting.merchant_id)
    row = AccountChange.objects.get(pk=waiting.pk)
    if row.status != AccountChangeStatus.WAITING or row.told_at is None:
        return False
    if row.effective_at is None or at < row.effective_at:
        return False
    if _is_elsewhere(merchant, row.number_index):
        _stop(row, actor=actor, at=at)
        return False
    columns = {name: getattr(row, name) for name in COLUMNS}
    SettlementAccount.objects.update_or_create(
        merchant=merchant, defaults={**columns, "set_at": at}
    )
    row.status, row.ended_at = AccountChangeStatus.IN_FORCE, at
    row.save(update_fields=["status", "ended_at"])
    _note(row, "account_changed", actor=actor, at=at)
    return True


def _stop(row: AccountChange, *, actor: str, at: datetime) -> None:
    row.status, row.ended_at = AccountChangeStatus.STOPPED, at
    row.save(update_fields=["status", "ended_at"])
    _note(row, "account_change_stopped", actor=actor, at=at)


def _say(row: AccountChange, at: datetime) -> None:
    person = confirming_person(row.merchant_id)
    if person is None:
        return
    effective_at = at + WAIT
    notice = Notice(
        key=row.id, phone=mobile(crypto.unseal(bytes(person.phone_sealed), purpose=PHONE)),
        template=TEMPLATE, locale=LOCALES[0],
        facts={"account": row.number_masked, "effective_at": effective_at.isoformat()},
    )  # fmt: skip
    try:
        gateway(is_simulated=codes_are_known(current_tenant())).tell(notice)
    except MessageNotTaken:
        logger.warning("tenants.account_change.not_told", change=row.id)
        return
    AccountChange.objects.filter(pk=row.pk).update(told_at=at, effective_at=effective_at)


def _is_elsewhere(merchant: Merchant, index: str) -> bool:
    """Whether a firm of another registration uses the account; branches of one firm may share."""
    others = SettlementAccount.objects.filter(number_index=index).exclude(merchant=merchant)
    if merchant.registration_no:
        others = others.exclude(merchant__registration_no=merchant.registration_no)
    return others.exists()


def _open_change(merchant_id: str, *statuses: str) -> AccountChange:
    row: AccountChange | None = AccountChange.objects.filter(
        merchant_id=merchant_id, status__in=statuses
    ).first()
    if row is None:
        raise AccountChangeNotFound
    return row


def _note(row: AccountChange, what: str, *, actor: str, at: datetime) -> None:
    name = f"tenants.merchant.{what}"
    events.record(
        name, subject=row.merchant_id, merchant_id=row.merchant_id, actor=actor, at=at,
        props={"change_id": row.id, "kind": row.kind},
    )  # fmt: skip
    audit.record(
        actor=actor, action=name, subject=row.id, at=at,
        after={"status": row.status, "account": row.number_masked},
    )  # fmt: skip
