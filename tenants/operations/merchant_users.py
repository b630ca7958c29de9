"""The people of a firm: invited by its owner, joined by a code to their own phone."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from platform_app.kernel import audit, crypto, events
from platform_app.kernel.errors import Invalid
from tenants.domain.caps import caps_are_right
from tenants.domain.identifiers import mobile
from tenants.domain.words import one_line
from tenants.enums import MerchantUserRole, MerchantUserStatus, StepUpPurpose
from tenants.errors import (
    CapsOfBuyers,
    NotInvited,
    OwnerStays,
    UserExists,
    UserUnknown,
    UserUnnamed,
)
from tenants.models import EmbedSession, MerchantPerson, MerchantUser, StepUp
from tenants.operations.identities import APPLICANT, LEGAL
from tenants.operations.merchants import lock_merchant
from tenants.operations.people import NAME, PHONE
from tenants.operations.step_up import check_code, send_code, use_step_up
from tenants.queries.merchant_users import joining, owners, user_named, user_of

INVITED_ROLES = (MerchantUserRole.BUYER, MerchantUserRole.FINANCE, MerchantUserRole.VIEWER)


@transaction.atomic
def invite_user(  # noqa: PLR0913 -- who, what for, how much, and by whom
    *,
    merchant_id: str,
    name: str,
    phone: str,
    role: str,
    drawdown_cap_minor: int | None,
    month_cap_minor: int | None,
    invited_by: str,
    actor: str,
    at: datetime,
) -> MerchantUser:
    """Invite a person by name and phone; caps in fen, None for none, a buyer's only. Audited.

    `invited_by` is what the platform calls the visiting owner: at the first invitation that id
    becomes the owner's, since from then on a named visitor has to be one of the firm's users. The
    same number with everything the same is invited once. Raises NotFound, Invalid (name, role),
    BadPhone, CapsOfBuyers, UserExists.
    """
    known_name, clear = one_line(name, field="name", longest=60), mobile(phone)
    caps = _caps(role, drawdown_cap_minor, month_cap_minor)
    merchant = lock_merchant(merchant_id)
    index = crypto.blind_index(clear, purpose=PHONE)
    rows = MerchantUser.objects.filter(merchant=merchant)
    before = rows.filter(phone_index=index).exclude(status=MerchantUserStatus.REMOVED).first()
    if before is not None:
        if (before.status, _shown(before)) == (MerchantUserStatus.INVITED, {"role": role, **caps}):
            return before
        raise UserExists(field="phone")
    if invited_by and not rows.exists():
        MerchantUser.objects.create(
            merchant=merchant, role=MerchantUserRole.OWNER, status=MerchantUserStatus.ACTIVE,
            external_id=invited_by, invited_at=at, joined_at=at,
        )  # fmt: skip
    user: MerchantUser = MerchantUser.objects.create(
        merchant=merchant, role=role, status=MerchantUserStatus.INVITED, invited_at=at, **caps,
        name_masked=crypto.mask_name(known_name), name_sealed=crypto.seal(known_name, purpose=NAME),
        phone_masked=crypto.mask_phone(clear), phone_sealed=crypto.seal(clear, purpose=PHONE),
        phone_index=index,
    )  # fmt: skip
    _tell(user, "invited", actor=actor, at=at, after=_shown(user))
    return user


@transaction.atomic
def change_user(
    *,
    merchant_id: str,
    user_id: str,
    role: str,
    drawdown_cap_minor: int | None,
    month_cap_minor: int | None,
    actor: str,
    at: datetime,
) -> MerchantUser:
    """Give a user another role or other caps; what was drawn stays drawn. Audited, once.

    Raises NotFound, UserNotFound, Invalid (role), OwnerStays, CapsOfBuyers.
    """
    caps = _caps(role, drawdown_cap_minor, month_cap_minor)
    user = _locked(merchant_id, user_id)
    _check_may_go(user)
    before = _shown(user)
    after = {"role": role, **caps}
    if before == after:
        return user
    for name, value in after.items():
        setattr(user, name, value)
    user.save(update_fields=list(after))
    _tell(user, "changed", actor=actor, at=at, before=before, after=after)
    return user


@transaction.atomic
def remove_user(*, merchant_id: str, user_id: str, actor: str, at: datetime) -> MerchantUser:
    """Let a user go: the next request of his is refused. What he drew stays. Audited.

    Raises NotFound, UserNotFound (also when he was removed before), OwnerStays.
    """
    user = _locked(merchant_id, user_id)
    _check_may_go(user)
    before = _shown(user) | {"status": user.status}
    user.status, user.removed_at = MerchantUserStatus.REMOVED, at
    user.save(update_fields=["status", "removed_at"])
    _tell(user, "removed", actor=actor, at=at, before=before, after={"status": user.status})
    return user


def _check_may_go(user: MerchantUser) -> None:
    """A firm keeps its legal representative as owner, and never loses its last one."""
    if user.role != MerchantUserRole.OWNER:
        return
    mine = _persons(user.merchant_id, user.phone_index).filter(role=LEGAL)
    is_legal = user.phone_index != "" and mine.exists()
    if is_legal or all(one.pk == user.pk for one in owners(user.merchant_id)):
        raise OwnerStays(field="role")


def send_join_code(*, session: EmbedSession, phone: str, actor: str, at: datetime) -> StepUp:
    """Send a code to the invited number that was typed in this visit.

    The legal representative and the applicant need no invitation: they join as owners, unless they
    were users and let go. Nothing is kept of who only asks. Raises UserUnnamed (the platform names
    nobody), BadPhone, NotInvited, and what `send_code` raises.
    """
    if not session.user_external_id:
        raise UserUnnamed
    who = _invited(session.merchant_id, crypto.blind_index(mobile(phone), purpose=PHONE))
    return send_code(
        session=session, purpose=StepUpPurpose.JOIN, subject=who.id, to=who, actor=actor, at=at
    )


def join(*, session: EmbedSession, code: str, actor: str, at: datetime) -> MerchantUser:
    """Bind the invited person to the id the platform names in this visit. Audited.

    The legal representative is an owner, whatever somebody else invited that number for, and comes
    in again under another id when the platform has given one. Raises UserUnnamed, NotInvited (no
    code was sent, or the invitation is gone), UserExists (the id is somebody else's), and what
    `check_code` raises.
    """
    if not session.user_external_id:
        raise UserUnnamed
    sent = joining(session)
    if sent is None:
        raise NotInvited(field="code")
    bound: dict[str, Any] = {
        "session": session, "purpose": StepUpPurpose.JOIN, "subject": sent.subject, "at": at,
    }  # fmt: skip
    check_code(**bound, code=code)
    with transaction.atomic():
        merchant = lock_merchant(session.merchant_id)
        rows = MerchantUser.objects.filter(merchant=merchant)
        active = rows.filter(external_id=session.user_external_id, status=MerchantUserStatus.ACTIVE)
        if active.exists():
            raise UserExists
        who = _invited(merchant.id, sent.phone_index)
        if who.id != sent.subject:
            raise NotInvited(field="code")
        user = who if isinstance(who, MerchantUser) else _owner(who, at)
        use_step_up(**bound)
        if _persons(merchant.id, user.phone_index).filter(role=LEGAL).exists():
            user.role = MerchantUserRole.OWNER
            user.drawdown_cap_minor = user.month_cap_minor = None
        user.status, user.joined_at = MerchantUserStatus.ACTIVE, at
        user.external_id = session.user_external_id
        user.save()
        _tell(user, "joined", actor=actor, at=at, after={"status": user.status, "role": user.role})
    return user


def locked_user_named(*, merchant_id: str, external_id: str) -> MerchantUser | None:
    """`user_named`, locked until the caller's transaction ends. Raises UserUnknown."""
    user = user_named(merchant_id, external_id)
    if user is None:
        return None
    held: MerchantUser | None = (
        MerchantUser.objects.select_for_update(of=("self",))
        .filter(pk=user.pk, status=MerchantUserStatus.ACTIVE)
        .first()
    )
    if held is None:
        raise UserUnknown(field="placed_by")
    return held


def _invited(merchant_id: str, phone_index: str) -> MerchantUser | MerchantPerson:
    """Whoever may join with this number: an invited user, or a person who needs no invitation."""
    rows = MerchantUser.objects.filter(merchant_id=merchant_id, phone_index=phone_index)
    user: MerchantUser | None = rows.filter(status=MerchantUserStatus.INVITED).first()
    if user is not None:
        return user
    person: MerchantPerson | None = _persons(merchant_id, phone_index).first()
    if person is None:
        raise NotInvited(field="phone")
    joins = rows.filter(joined_at__isnull=False).order_by("-joined_at")
    joined: MerchantUser | None = joins.first()
    if joined is None:
        return person
    if person.role == LEGAL and joined.status == MerchantUserStatus.ACTIVE:
        return joined  # comes under another id of the platform: the code proves it is the same one
    raise NotInvited(field="phone")  # active already, or let go: then it takes an invitation


def _persons(merchant_id: str, phone_index: str) -> QuerySet[MerchantPerson]:
    rows = MerchantPerson.objects.filter(merchant_id=merchant_id, phone_index=phone_index)
    return rows.filter(role__in=[LEGAL, APPLICANT]).order_by("role", "id")


def _owner(person: MerchantPerson, at: datetime) -> MerchantUser:
    """A user to be of a person who needs no invitation, not saved yet."""
    return MerchantUser(
        merchant_id=person.merchant_id, role=MerchantUserRole.OWNER, invited_at=at,
        name_masked=person.name_masked, name_sealed=person.name_sealed,
        phone_masked=person.phone_masked, phone_sealed=person.phone_sealed,
        phone_index=person.phone_index,
    )  # fmt: skip


def _locked(merchant_id: str, user_id: str) -> MerchantUser:
    """The firm's user, under the firm's lock and its own: a drawdown holds the latter."""
    lock_merchant(merchant_id)
    row: MerchantUser = MerchantUser.objects.select_for_update(of=("self",)).get(
        pk=user_of(merchant_id, user_id).pk
    )
    return row


def _caps(role: str, drawdown_minor: int | None, month_minor: int | None) -> dict[str, Any]:
    if role not in INVITED_ROLES:
        raise Invalid(field="role")
    if not caps_are_right(role, drawdown_minor, month_minor):
        raise CapsOfBuyers(field="drawdown_cap")
    return {"drawdown_cap_minor": drawdown_minor, "month_cap_minor": month_minor}


def _shown(user: MerchantUser) -> dict[str, Any]:
    return {
        "role": user.role,
        "drawdown_cap_minor": user.drawdown_cap_minor,
        "month_cap_minor": user.month_cap_minor,
    }


def _tell(
    user: MerchantUser,
    what: str,
    *,
    actor: str,
    at: datetime,
    after: dict[str, Any],
    before: dict[str, Any] | None = None,
) -> None:
    name = f"tenants.merchant.user_{what}"
    events.record(
        name, subject=user.merchant_id, merchant_id=user.merchant_id, actor=actor, at=at,
        props={"user_id": user.id, "role": user.role, "external_id": user.external_id},
    )  # fmt: skip
    audit.record(actor=actor, action=name, subject=user.id, at=at, before=before or {}, after=after)
