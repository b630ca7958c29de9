"""Confirming an act by a code sent to the phone: bound to the visit and the object, used once."""

import hmac
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from platform_app.kernel import crypto, events
from platform_app.kernel.errors import Invalid
from tenants.domain.codes import VALID, new_digits, seconds_to_wait
from tenants.domain.identifiers import mobile
from tenants.enums import StepUpPurpose
from tenants.errors import (
    CodeExpired,
    CodeNeeded,
    CodeSpent,
    CodesTooMany,
    CodeTooSoon,
    CodeWrong,
    MessageNotTaken,
    PhoneUnknown,
)
from tenants.gateways.messages import CodeMessage, gateway
from tenants.models import EmbedSession, MerchantPerson, MerchantUser, StepUp
from tenants.models.step_up import MOST_TRIES
from tenants.operations.merchants import lock_merchant
from tenants.operations.people import PHONE
from tenants.queries.codes import phone_is_full
from tenants.queries.onboarding import codes_are_known
from tenants.queries.step_up import SHOWN, confirming_person, latest_step_up
from tenants.queries.tenants import current_tenant

MOST_AN_HOUR: Final = 5
_PURPOSE: Final = "step_up.code"


def send_code(
    *,
    session: EmbedSession,
    purpose: str,
    subject: str,
    to: MerchantUser | MerchantPerson | None = None,
    actor: str,
    at: datetime,
) -> StepUp:
    """Send six digits to the firm's phone, good for five minutes and for this object only.

    They go to the firm's confirming person, or `to` an invited user or a known person of it.

    A firm gets one a minute and five an hour, a number ten an hour from all firms together (what
    is really sent); a new one ends the one before. The row is written
    first and the message after it; one the provider does not take leaves no code behind. Raises
    Invalid (purpose), PhoneUnknown, CodeTooSoon, CodesTooMany, MessageNotTaken.
    """
    is_shown = codes_are_known(current_tenant())
    sender = gateway(is_simulated=is_shown)
    code = new_digits()
    row, sealed = _kept(session, purpose, subject, code, to, is_shown=is_shown, at=at)
    phone = mobile(crypto.unseal(sealed, purpose=PHONE))
    try:
        sender.send(CodeMessage(key=row.id, phone=phone, code=code, locale=session.locale))
    except MessageNotTaken:
        row.delete()
        raise
    events.record(
        "tenants.step_up.sent", subject=row.id, merchant_id=row.merchant_id, actor=actor, at=at,
        props={"purpose": purpose, "object": subject},
    )  # fmt: skip
    return row


@transaction.atomic
def _kept(
    session: EmbedSession,
    purpose: str,
    subject: str,
    code: str,
    to: MerchantUser | MerchantPerson | None,
    *,
    is_shown: bool,
    at: datetime,
) -> tuple[StepUp, bytes]:
    """The row, and the number sealed."""
    if purpose not in StepUpPurpose.values:
        raise Invalid(field="purpose")
    merchant = lock_merchant(session.merchant_id)
    person = confirming_person(merchant.id) if to is None else None
    asked = to or person
    if asked is None or asked.phone_sealed is None:
        raise PhoneUnknown
    recent = StepUp.objects.filter(merchant=merchant, sent_at__gt=at - timedelta(hours=1))
    moments = list(recent.values_list("sent_at", flat=True))
    if wait := seconds_to_wait(moments, at):
        raise CodeTooSoon(seconds=wait)
    is_full = not is_shown and phone_is_full(asked.phone_index, at=at)
    if is_full or len(moments) >= MOST_AN_HOUR:
        raise CodesTooMany
    row = StepUp(
        merchant=merchant, session=session, person=person, purpose=purpose, subject=subject,
        phone_masked=asked.phone_masked, phone_index=asked.phone_index,
        sent_at=at, expires_at=at + VALID,
    )  # fmt: skip
    row.code_hash = _hash(row, code)
    row.code_sealed = crypto.seal(code, purpose=SHOWN) if is_shown else None
    row.save(force_insert=True)
    return row, bytes(asked.phone_sealed)


def check_code(
    *, session: EmbedSession, purpose: str, subject: str, code: str, at: datetime
) -> StepUp:
    """Compare digits with those sent last for this object in this visit. A wrong try is counted.

    Passed once, it stays passed until it is used or five minutes are over. Raises CodeNeeded (none
    was sent, or it was used), CodeExpired, CodeSpent (five wrong ones), CodeWrong.
    """
    with transaction.atomic():
        row = _locked(session, purpose, subject, at)
        if row.passed_at is not None:
            return row
        if row.try_count >= MOST_TRIES:
            raise CodeSpent(field="code")
        if hmac.compare_digest(row.code_hash, _hash(row, code.strip())):
            row.passed_at = at
            row.save(update_fields=["passed_at"])
            return row
        row.try_count += 1
        row.save(update_fields=["try_count"])
    # Raised after the commit: the try must stay counted.
    if row.try_count >= MOST_TRIES:
        raise CodeSpent(field="code")
    raise CodeWrong(field="code", left=MOST_TRIES - row.try_count)


@transaction.atomic
def use_step_up(*, session: EmbedSession, purpose: str, subject: str, at: datetime) -> StepUp:
    """Spend what was confirmed, in the transaction of the act itself: once.

    Raises CodeNeeded (nothing was confirmed, or it was used), CodeExpired.
    """
    row = _locked(session, purpose, subject, at)
    if row.passed_at is None:
        raise CodeNeeded(field="code")
    row.used_at = at
    row.save(update_fields=["used_at"])
    return row


def _locked(session: EmbedSession, purpose: str, subject: str, at: datetime) -> StepUp:
    latest = latest_step_up(session, purpose=purpose, subject=subject)
    if latest is None:
        raise CodeNeeded(field="code")
    row: StepUp = StepUp.objects.select_for_update(of=("self",)).get(pk=latest.pk)
    if row.used_at is not None:
        raise CodeNeeded(field="code")
    if at >= row.expires_at:
        raise CodeExpired(field="code")
    return row


def _hash(row: StepUp, code: str) -> str:
    return crypto.blind_index(f"{row.id}:{code}", purpose=_PURPOSE)
