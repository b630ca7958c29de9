"""Who may invite, whose an invitation is, and what became of those who came."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Case, Count, Q, QuerySet, When

from campaigns.domain.invitations import PARAMETER, Invitation, first_of_month, read_invitation
from campaigns.domain.salespeople import with_token
from campaigns.enums import BatchStatus, ReferralReason, ReferralStatus
from campaigns.errors import (
    InvitationExpired,
    InvitationInvalid,
    InvitationRevoked,
    ReferralNotFound,
)
from campaigns.models import CouponBatch, InvitationLink, Referral, ReferralProgram
from campaigns.queries.attributions import attribution_of
from credit.enums import DiscountKind, LineStatus
from credit.models import Application, CreditLine
from credit.queries.business_day import open_day
from credit.queries.drawdowns import is_overdue, kept_orders
from platform_app.kernel import clock, crypto
from risk.enums import TraitKind
from risk.queries.shared_traits import shared_with
from tenants.models import Merchant, MerchantPerson

PROOF: Final = "referral.invitation"
PROOF_LENGTH: Final = 32
# Whoever shares one of these with its inviter is the same people; a browser may be a shop's own.
SAME_PEOPLE: Final = frozenset(
    {TraitKind.PHONE, TraitKind.LEGAL_REPRESENTATIVE, TraitKind.BANK_ACCOUNT}
)
ENDED: Final = (ReferralStatus.REFUSED, ReferralStatus.LAPSED)
_MOST_OTHERS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """What an invited merchant has in common with its inviter, or with others of that inviter."""

    is_same_people: bool
    needs_a_look: bool


def program_now() -> ReferralProgram | None:
    """The terms in force with both batches; None while the program is off."""
    rows = ReferralProgram.objects.select_related("inviter_batch", "invitee_batch")
    found: ReferralProgram | None = rows.filter(ended_at=None).first()
    return found


def in_standing(merchant_id: str, *, on: date) -> bool:
    """Whether a merchant may invite and be rewarded: an active line, and nothing overdue."""
    lines = CreditLine.objects.filter(merchant_id=merchant_id, status=LineStatus.ACTIVE)
    return lines.exists() and not is_overdue(merchant_id, on)


def link_of(merchant_id: str) -> InvitationLink | None:
    """The last link of a merchant, in force or not."""
    rows = InvitationLink.objects.filter(merchant_id=merchant_id)
    found: InvitationLink | None = rows.order_by("-number").first()
    return found


def is_valid(link: InvitationLink, *, at: datetime) -> bool:
    """Whether a link counts at this moment."""
    return link.revoked_at is None and at < link.expires_at


def link_told(text: str, *, at: datetime) -> InvitationLink:
    """The link that a token is of.

    Raises InvitationInvalid (also for another platform's), InvitationExpired, InvitationRevoked.
    """
    told = read_invitation(text)
    if not hmac.compare_digest(told.proof, _proof(told)):
        raise InvitationInvalid(field="invitation_token")
    link: InvitationLink | None = InvitationLink.objects.filter(pk=told.link_id).first()
    if link is None or int(link.expires_at.timestamp()) != told.expires:
        raise InvitationInvalid(field="invitation_token")
    if link.revoked_at is not None:
        raise InvitationRevoked(field="invitation_token")
    if at >= link.expires_at:
        raise InvitationExpired(field="invitation_token")
    return link


def token_of_link(link: InvitationLink) -> str:
    """What this issue says. It is made anew each time: no table keeps it."""
    told = Invitation(link_id=link.id, expires=int(link.expires_at.timestamp()))
    return f"{told.said}.{_proof(told)}"


def invitation_url(link: InvitationLink, program: ReferralProgram) -> str:
    """The address in the picture: the platform's page of the terms in force."""
    return with_token(program.entry_url, token_of_link(link), PARAMETER)


def counted_this_month(inviter_id: str, *, at: datetime) -> int:
    """How many who came this month count towards the cap; whoever is refused gives way."""
    begins = clock.moment_on(first_of_month(clock.day_of(at)), 0)
    rows = Referral.objects.filter(inviter_id=inviter_id, joined_at__gte=begins)
    return int(rows.exclude(status__in=ENDED).count())


def reason_at_the_door(
    link: InvitationLink, invitee: Merchant, program: ReferralProgram, *, on: date, at: datetime
) -> ReferralReason | None:
    """Why an invited merchant does not count, judged when it comes; None when it does."""
    inviter = link.merchant
    if _is_known(invitee.id):
        return ReferralReason.KNOWN
    if is_invited(invitee.id) or attribution_of(invitee.id, at=at) is not None:
        return ReferralReason.BROUGHT
    if ties(invitee.id, inviter.id).is_same_people:
        return ReferralReason.SAME_FIRM
    if not in_standing(inviter.id, on=on):
        return ReferralReason.STANDING
    is_full = counted_this_month(inviter.id, at=at) >= program.cap_count
    return ReferralReason.CAP if is_full else None


def is_invited(merchant_id: str) -> bool:
    """Whether another merchant brought this one."""
    rows = Referral.objects.filter(invitee_id=merchant_id).exclude(status__in=ENDED)
    return rows.exists()


def _is_known(merchant_id: str) -> bool:
    applied = Application.objects.filter(merchant_id=merchant_id, submitted_at__isnull=False)
    return applied.exists() or CreditLine.objects.filter(merchant_id=merchant_id).exists()


def ties(invitee_id: str, inviter_id: str) -> Ties:
    """What speaks against two merchants being strangers, by what was seen of them so far."""
    rows = Referral.objects.filter(inviter_id=inviter_id).order_by("-id")
    others = list(rows.values_list("invitee_id", flat=True)[:_MOST_OTHERS])
    shared = shared_with(invitee_id, [inviter_id, *others])
    pair = (invitee_id, inviter_id)
    is_same = bool(shared.get(inviter_id, set()) & SAME_PEOPLE)
    is_same = is_same or _is_one_firm(*pair) or _is_one_person(*pair)
    return Ties(is_same_people=is_same, needs_a_look=is_same or bool(shared))


def _is_one_firm(one: str, other: str) -> bool:
    """One registration under two numbers of the platform; it may be known only after the door."""
    numbers = Merchant.objects.filter(pk__in=[one, other]).values_list("registration_no", flat=True)
    return len(set(numbers)) == 1 and "" not in numbers


def _is_one_person(one: str, other: str) -> bool:
    """An identity number behind both, whatever phones and accounts they have."""
    people = MerchantPerson.objects.exclude(identity_index="")
    known = people.filter(merchant_id=other).values("identity_index")
    return people.filter(merchant_id=one, identity_index__in=known).exists()


def first_shipped_on(merchant_id: str) -> date | None:
    """The day on which the first order that a merchant paid with its line was shipped.

    An order of which all goods came back is none.
    """
    found: date | None = kept_orders(merchant_id).values_list("value_on", flat=True).first()
    return found


def invited_by(merchant_id: str) -> QuerySet[Referral]:
    """Whom a merchant invited, the newest first."""
    rows: QuerySet[Referral] = Referral.objects.select_related(
        "invitee", "inviter_coupon__discount"
    )
    return rows.filter(inviter_id=merchant_id).order_by("-id")


def invitation_told(merchant_id: str) -> Referral | None:
    """The invitation of a merchant that counts; without one, the last it came with."""
    rows = Referral.objects.select_related(
        "inviter", "program__invitee_batch", "program__inviter_batch"
    )
    counts_first = Case(When(status__in=ENDED, then=1), default=0)
    mine = rows.filter(invitee_id=merchant_id).order_by(counts_first, "-joined_at")
    found: Referral | None = mine.first()
    return found


def list_referrals(*, status: str = "", merchant_id: str = "") -> QuerySet[Referral]:
    """All of a platform, of a status, or of one merchant on either side."""
    rows: QuerySet[Referral] = Referral.objects.select_related(
        "inviter", "invitee", "inviter_coupon", "invitee_coupon"
    )
    if merchant_id:
        rows = rows.filter(Q(inviter_id=merchant_id) | Q(invitee_id=merchant_id))
    return rows.filter(status=status) if status else rows


def referral_of(referral_id: str) -> Referral:
    """One with both merchants, its terms and its coupons. Raises ReferralNotFound."""
    rows = Referral.objects.select_related(
        "inviter", "invitee", "program__inviter_batch", "program__invitee_batch", "link",
        "inviter_coupon__discount", "invitee_coupon__discount",
    )  # fmt: skip
    try:
        found: Referral | None = rows.filter(pk=referral_id).first()
    except ValueError:
        found = None
    if found is None:
        raise ReferralNotFound
    return found


def referral_counts() -> dict[str, int]:
    """How many stand where; one statement."""
    return dict(Referral.objects.order_by().values_list("status").annotate(Count("id")))


def reward_batches() -> list[CouponBatch]:
    """The open batches that may be a reward: a fixed amount, whatever is borrowed."""
    rows = CouponBatch.objects.filter(
        status=BatchStatus.OPEN, kind=DiscountKind.AMOUNT_OFF, minimum_minor=0, option_codes=[],
        product_codes=[], last_on__gte=open_day(),
    )  # fmt: skip
    return list(rows.order_by("-id"))


def list_programs() -> Sequence[ReferralProgram]:
    """The terms so far, the newest first."""
    rows = ReferralProgram.objects.select_related("inviter_batch", "invitee_batch")
    return list(rows.order_by("-number")[:20])


def _proof(told: Invitation) -> str:
    return crypto.blind_index(told.said, purpose=PROOF)[:PROOF_LENGTH]
