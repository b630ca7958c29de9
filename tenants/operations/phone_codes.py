"""A code to a mobile number, and the number confirmed by it."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from platform_app.kernel import crypto, events
from platform_app.kernel.errors import NotFound
from tenants.domain import codes
from tenants.domain.identifiers import mobile
from tenants.enums import PhoneCodeStatus
from tenants.errors import (
    MessageNotTaken,
    PhoneCodeExpired,
    PhoneCodeTooMany,
    PhoneCodeTooSoon,
    PhoneCodeWrong,
)
from tenants.gateways.messages import CodeMessage, gateway
from tenants.models import MOST_TRIES, MerchantPerson, PhoneCode, Tenant
from tenants.operations.merchants import lock_merchant
from tenants.operations.people import PHONE
from tenants.queries.codes import phone_is_full
from tenants.queries.onboarding import codes_are_known
from tenants.queries.tenants import current_tenant
from tenants.values import VIRTUAL_CODE

CODE: Final = "phone.code"
APART: Final = codes.APART
A_DAY: Final = 10


def send_phone_code(*, merchant_id: str, locale: str, actor: str, at: datetime) -> PhoneCode:
    """Send six digits to whoever applies; an earlier code is no longer good.

    A virtual platform's code is always `000000` and nothing is sent. The row is written first and
    the message after it; one the provider does not take leaves no code behind. Raises NotFound (the
    firm, or nobody applies), PhoneCodeTooSoon, PhoneCodeTooMany (ten a day, or
    ten an hour to this number from all firms), MessageNotTaken.
    """
    tenant = current_tenant()
    is_known = codes_are_known(tenant)
    sender = gateway(is_simulated=is_known)
    code = _digits(tenant)
    row, phone = _kept(merchant_id, code, is_known=is_known, actor=actor, at=at)
    try:
        sender.send(CodeMessage(key=row.id, phone=phone, code=code, locale=locale))
    except MessageNotTaken:
        PhoneCode.objects.filter(pk=row.pk).update(status=PhoneCodeStatus.SPENT)
        raise
    return row


def confirm_phone(*, merchant_id: str, code: str, actor: str, at: datetime) -> MerchantPerson:
    """Confirm the number of whoever applies. Confirming a confirmed number changes nothing.

    A wrong try is counted whatever becomes of the request; five end the code. Raises NotFound,
    PhoneCodeExpired, PhoneCodeWrong.
    """
    typed = mobile_code(code)
    person, left = _tried(merchant_id, typed, actor=actor, at=at)
    if left is not None:
        raise PhoneCodeWrong(field="code", left=left)
    return person


def mobile_code(text: str) -> str:
    """What was typed, without spaces."""
    return "".join(text.split())


@transaction.atomic
def _kept(
    merchant_id: str, code: str, *, is_known: bool, actor: str, at: datetime
) -> tuple[PhoneCode, str]:
    merchant = lock_merchant(merchant_id)
    person = _applying(merchant_id)
    rows = PhoneCode.objects.filter(merchant=merchant)
    last = rows.order_by("-sent_at", "-id").first()
    if last is not None and last.status != PhoneCodeStatus.SPENT:
        wait = codes.seconds_to_wait([last.sent_at], at)
        if wait:
            raise PhoneCodeTooSoon(seconds=wait)
    is_full = not is_known and phone_is_full(person.phone_index, at=at)
    if is_full or rows.filter(sent_at__gt=at - timedelta(days=1)).count() >= A_DAY:
        raise PhoneCodeTooMany
    rows.filter(status=PhoneCodeStatus.SENT).update(status=PhoneCodeStatus.SPENT)
    phone = mobile(crypto.unseal(bytes(person.phone_sealed), purpose=PHONE))
    row = PhoneCode.objects.create(
        merchant=merchant, person=person, phone_index=person.phone_index,
        code_hash=crypto.blind_index(code, purpose=CODE), sent_at=at, expires_at=at + codes.VALID,
    )  # fmt: skip
    events.record(
        "tenants.merchant.phone_code_sent",
        subject=merchant.id, merchant_id=merchant.id, actor=actor, at=at,
        props={"person_id": person.id},
    )  # fmt: skip
    return row, phone


@transaction.atomic
def _tried(
    merchant_id: str, code: str, *, actor: str, at: datetime
) -> tuple[MerchantPerson, int | None]:
    """The person, and how many tries are left after a wrong one."""
    merchant = lock_merchant(merchant_id)
    person = _applying(merchant_id)
    if person.phone_verified_at is not None:
        return person, None
    row = PhoneCode.objects.filter(merchant=merchant, status=PhoneCodeStatus.SENT).first()
    if row is None or at >= row.expires_at or row.phone_index != person.phone_index:
        raise PhoneCodeExpired(field="code")
    if not secrets.compare_digest(row.code_hash, crypto.blind_index(code, purpose=CODE)):
        row.tries_count += 1
        row.status = PhoneCodeStatus.SPENT if row.tries_count == MOST_TRIES else row.status
        row.save(update_fields=["tries_count", "status"])
        return person, MOST_TRIES - row.tries_count
    row.status = PhoneCodeStatus.USED
    row.save(update_fields=["status"])
    person.phone_verified_at = at
    person.save(update_fields=["phone_verified_at"])
    events.record(
        "tenants.merchant.phone_confirmed",
        subject=merchant.id, merchant_id=merchant.id, actor=actor, at=at,
        props={"person_id": person.id},
    )  # fmt: skip
    return person, None


def _applying(merchant_id: str) -> MerchantPerson:
    person: MerchantPerson | None = (
        MerchantPerson.objects.filter(merchant_id=merchant_id).exclude(relation="").first()
    )
    if person is None:
        raise NotFound(noun="person")
    return person


def _digits(tenant: Tenant) -> str:
    return VIRTUAL_CODE if codes_are_known(tenant) else codes.new_digits()
