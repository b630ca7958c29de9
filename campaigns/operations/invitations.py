"""Invitations: the link a merchant hands on, and the merchant that comes with it.

Lock order: the invited merchant, then the inviter's link, under which the month is counted.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from campaigns.domain.invitations import AT_THE_DOOR, refusal_of
from campaigns.enums import ReferralReason, ReferralStatus
from campaigns.errors import (
    InvitationsOff,
    InvitedOneself,
    InviterBarred,
    InviterNotInStanding,
)
from campaigns.models import InvitationLink, Referral
from campaigns.queries.referrals import (
    in_standing,
    is_valid,
    link_of,
    link_told,
    program_now,
    reason_at_the_door,
)
from credit.queries.business_day import open_day
from platform_app.kernel import audit, events
from platform_app.kernel.errors import DomainError, NotFound, ReasonNeeded
from tenants.operations.merchants import lock_merchant

GOOD_FOR: Final = timedelta(days=180)
LONGEST_REASON: Final = 500


@transaction.atomic
def issue_link(*, merchant_id: str, actor: str, at: datetime) -> InvitationLink:
    """A merchant's own invitation for 180 days; the one before ends.

    Raises NotFound, InvitationsOff, InviterBarred, InviterNotInStanding.
    """
    merchant = lock_merchant(merchant_id)
    if program_now() is None:
        raise InvitationsOff
    last = link_of(merchant.id)
    if last is not None and last.is_barred:
        raise InviterBarred
    if not in_standing(merchant.id, on=open_day()):
        raise InviterNotInStanding
    _revoke(merchant.id, at=at)
    link: InvitationLink = InvitationLink.objects.create(
        merchant=merchant, number=last.number + 1 if last else 1, issued_at=at, issued_by=actor,
        expires_at=(at + GOOD_FOR).replace(microsecond=0),
    )  # fmt: skip
    return link


@transaction.atomic
def revoke_link(*, merchant_id: str, actor: str, at: datetime) -> bool:  # noqa: ARG001 -- one shape
    """The merchant takes its own invitation back; whether there was one. Raises NotFound."""
    merchant = lock_merchant(merchant_id)
    return _revoke(merchant.id, at=at) > 0


@transaction.atomic
def bar_inviter(*, merchant_id: str, reason: str, actor: str, at: datetime) -> InvitationLink:
    """An operator ends a merchant's invitations until somebody allows them again. Once. Audited.

    Who came before stays. Raises NotFound (also without a link), ReasonNeeded.
    """
    words = " ".join(reason.replace("\x00", "").split())[:LONGEST_REASON]
    if not words:
        raise ReasonNeeded(field="reason")
    link = _last(merchant_id)
    if link.is_barred:
        return link
    link.is_barred, link.revoked_at = True, link.revoked_at or at
    link.save(update_fields=["is_barred", "revoked_at"])
    audit.record(
        actor=actor, action="campaigns.invitations.barred", subject=merchant_id, at=at,
        reason=words, after={"link": link.id},
    )  # fmt: skip
    return link


@transaction.atomic
def allow_inviter(*, merchant_id: str, actor: str, at: datetime) -> InvitationLink:
    """A merchant that was barred may invite again. Once. Audited. Raises NotFound."""
    link = _last(merchant_id)
    if link.is_barred:
        link.is_barred = False
        link.save(update_fields=["is_barred"])
        audit.record(
            actor=actor, action="campaigns.invitations.allowed", subject=merchant_id, at=at,
            after={"link": link.id},
        )  # fmt: skip
    return link


@transaction.atomic
def join_with(*, token: str, invitee_id: str, told_in: str, actor: str, at: datetime) -> Referral:
    """A merchant came with an invitation. Where it does not count, the answer says why and is kept.

    The same again changes nothing, except that what was refused at the door is judged anew. Raises
    NotFound, InvitationInvalid, InvitationExpired, InvitationRevoked, InvitationsOff,
    InvitedOneself.
    """
    link = link_told(token, at=at)
    if link.merchant_id == invitee_id:
        raise InvitedOneself(field="invitation_token")
    invitee = lock_merchant(invitee_id)
    link = InvitationLink.objects.select_for_update(of=("self",)).select_related("merchant").get(
        pk=link.pk
    )  # fmt: skip
    if not is_valid(link, at=at):
        link_told(token, at=at)
    row: Referral | None = Referral.objects.filter(
        inviter_id=link.merchant_id, invitee=invitee
    ).first()
    if row is not None and row.reason not in AT_THE_DOOR:
        return row
    program = program_now()
    if program is None:
        raise InvitationsOff(field="invitation_token")
    on = open_day()
    reason = reason_at_the_door(link, invitee, program, on=on, at=at)
    if row is not None and row.reason == reason:
        return row
    row = row or Referral(inviter_id=link.merchant_id, invitee=invitee, version=0)
    row.program, row.link, row.told_in, row.joined_at = program, link, told_in, at
    row.until_on = on + timedelta(days=program.window_days)
    row.status = ReferralStatus.JOINED if reason is None else ReferralStatus.REFUSED
    row.reason = reason or ""
    row.ended_at, row.ended_by = (None, "") if reason is None else (at, actor)
    row.version += 1
    row.save()
    events.record(
        f"campaigns.referral.{row.status}", subject=row.id, merchant_id=invitee.id, actor=actor,
        at=at, props={"inviter": link.merchant_id, "reason": row.reason},
    )  # fmt: skip
    return row


def introduce_invited(
    *, merchant_id: str, session_id: str, invitation: str, actor: str, at: datetime
) -> DomainError | None:
    """Hear of the invitation a visit came with; what stands against it, and the visit goes on."""
    try:
        with transaction.atomic():
            row = join_with(
                token=invitation, invitee_id=merchant_id, told_in=session_id, actor=actor, at=at
            )
    except DomainError as refusal:
        return refusal
    has_ended = row.status == ReferralStatus.REFUSED and row.reason != ReferralReason.PERSON
    return refusal_of(row.reason) if has_ended else None


def _revoke(merchant_id: str, *, at: datetime) -> int:
    rows = InvitationLink.objects.filter(merchant_id=merchant_id, revoked_at=None)
    return int(rows.update(revoked_at=at))


def _last(merchant_id: str) -> InvitationLink:
    link = link_of(lock_merchant(merchant_id).id)
    if link is None:
        raise NotFound(noun="invitation link")
    return link
