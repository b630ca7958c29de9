"""People who log in: made, checked in two steps, locked out for a while when they fail."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import pyotp
import structlog
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from platform_app.kernel import audit, crypto
from platform_app.kernel.errors import Invalid, NotFound
from platform_app.kernel.tenancy import tenant_scope
from tenants.domain.words import one_line
from tenants.enums import Role
from tenants.errors import (
    CodeRefused,
    EmailTaken,
    LoginFailed,
    RoleMismatch,
    TotpEnrolled,
    WeakPassword,
)
from tenants.models import Member, Tenant

logger = structlog.get_logger(__name__)
MOST_FAILURES: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)
TOTP: Final = "member.totp"
ISSUER: Final = "Baitiao"
STEP_SECONDS: Final = 30


@transaction.atomic
def create_member(
    *,
    email: str,
    name: str,
    role: str,
    tenant_id: str | None,
    password: str,
    actor: str,
    at: datetime,
    is_staff: bool = False,
) -> Member:
    """Give a person a login. Needs no scope; audited in the member's tenant.

    Raises Invalid (email, name, role), RoleMismatch, WeakPassword, EmailTaken, NotFound (tenant).
    """
    address = _email(email)
    if role not in Role.values:
        raise Invalid(field="role")
    if (role == Role.STAFF) != (tenant_id is None) or (is_staff and role != Role.STAFF):
        raise RoleMismatch(field="role")
    member = Member(
        email=address,
        name=one_line(name, field="name", longest=60),
        role=role,
        tenant=_tenant(tenant_id),
        is_staff=is_staff,
    )
    try:
        validate_password(password, member)
    except ValidationError:
        raise WeakPassword(field="password") from None
    member.password = make_password(password)
    try:
        with transaction.atomic():
            member.save(force_insert=True)
    except IntegrityError:
        raise EmailTaken(field="email") from None
    _note("create", member, actor=actor, at=at)
    return member


def check_login(*, email: str, password: str, at: datetime) -> Member:
    """The member with this email address and password: the first of two steps.

    Five failures rest the login for fifteen minutes. Every refusal is the same LoginFailed and
    takes one password hash, whether the address exists, is resting or is switched off.
    """
    member = Member.objects.filter(email=email.strip().lower()).first()
    if member is None:
        make_password(password)
        raise LoginFailed
    if not _attempt(member.pk, at, lambda found: check_password(password, found.password)):
        raise LoginFailed
    return member


def enroll_totp(*, member_id: str) -> str:
    """The `otpauth://` address of the member's second step; the same one until it is confirmed.

    Raises NotFound, TotpEnrolled.
    """
    with transaction.atomic():
        member = _locked(member_id)
        if is_enrolled(member):
            raise TotpEnrolled
        if not member.totp_sealed:
            member.totp_sealed = crypto.seal_for_platform(pyotp.random_base32(), purpose=TOTP)
            member.save(update_fields=["totp_sealed"])
    return pyotp.TOTP(_secret(member)).provisioning_uri(name=member.email, issuer_name=ISSUER)


def confirm_totp(*, member_id: str, code: str, at: datetime) -> Member:
    """Switch the second step on with its first code. Raises NotFound, TotpEnrolled, CodeRefused."""
    if is_enrolled(_found(member_id)):
        raise TotpEnrolled
    return _second_step(member_id, code, at)


def verify_totp(*, member_id: str, code: str, at: datetime) -> Member:
    """The second of two steps. A code is good for its half minute and one to either side, once.

    Failures count towards the same lock-out as passwords. Raises NotFound, CodeRefused.
    """
    if not is_enrolled(_found(member_id)):
        raise CodeRefused(field="code")
    return _second_step(member_id, code, at)


@transaction.atomic
def reset_totp(*, member_id: str, actor: str, at: datetime) -> Member:
    """Take the second step off, for somebody who lost the phone. Audited. Raises NotFound."""
    member = _locked(member_id)
    member.totp_sealed, member.totp_last_step = b"", 0
    member.save(update_fields=["totp_sealed", "totp_last_step"])
    _note("reset_totp", member, actor=actor, at=at)
    return member


def is_enrolled(member: Member) -> bool:
    """Whether the second step is set up and confirmed."""
    return bool(member.totp_sealed) and member.totp_last_step > 0


def _second_step(member_id: str, code: str, at: datetime) -> Member:
    if not _attempt(member_id, at, lambda member: _use_code(member, code, at)):
        raise CodeRefused(field="code")
    return _found(member_id)


def _use_code(member: Member, code: str, at: datetime) -> bool:
    if not member.totp_sealed:
        return False
    totp = pyotp.TOTP(_secret(member))
    now = int(at.timestamp()) // STEP_SECONDS
    matching = [
        step
        for step in (now - 1, now, now + 1)
        if secrets.compare_digest(totp.at(step * STEP_SECONDS).encode(), code.strip().encode())
    ]
    step = max(matching, default=0)
    if step <= member.totp_last_step:
        return False
    member.totp_last_step = step
    member.save(update_fields=["totp_last_step"])
    return True


@transaction.atomic
def _attempt(member_id: str, at: datetime, passes: Callable[[Member], bool]) -> bool:
    """One try at either step, counted; commits its count, so the caller raises, not this."""
    member = _locked(member_id)
    passed = passes(member)
    is_resting = member.locked_until is not None and at < member.locked_until
    if is_resting or not member.is_active:
        return False
    if passed:
        member.failed_count, member.locked_until = 0, None
    else:
        member.failed_count += 1
        if member.failed_count >= MOST_FAILURES:
            member.failed_count, member.locked_until = 0, at + LOCKED_FOR
            logger.warning("members.locked_out", member_id=member.id)
    member.save(update_fields=["failed_count", "locked_until"])
    return passed


def _secret(member: Member) -> str:
    return crypto.unseal_for_platform(bytes(member.totp_sealed), purpose=TOTP)


def _found(member_id: str) -> Member:
    try:
        member = Member.objects.filter(pk=member_id).first()
    except ValueError:
        member = None
    if member is None:
        raise NotFound(noun="member")
    return member


def _locked(member_id: str) -> Member:
    return Member.objects.select_for_update().get(pk=_found(member_id).pk)


def _tenant(tenant_id: str | None) -> Tenant | None:
    if tenant_id is None:
        return None
    try:
        tenant = Tenant.objects.filter(pk=tenant_id).first()
    except ValueError:
        tenant = None
    if tenant is None:
        raise NotFound(noun="tenant")
    return tenant


def _email(text: str) -> str:
    address = text.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Invalid(field="email") from None
    return address


def _note(what: str, member: Member, *, actor: str, at: datetime) -> None:
    """Audit in the member's tenant; our own staff have none, so theirs goes to the log."""
    if member.tenant is None:
        logger.info("members.staff", act=what, member_id=member.id, actor=actor)
        return
    with tenant_scope(member.tenant.id):
        audit.record(
            actor=actor,
            action=f"tenants.member.{what}",
            subject=member.id,
            at=at,
            after={"role": str(member.role)},
        )
