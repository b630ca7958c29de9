"""What a merchant sees of its invitations: its link, whom it invited, what it earned.

Nothing here tells what an invited merchant applied for, was granted or owes: a guest is on the way,
has brought a coupon, or has not.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.domain.invitations import masked_firm
from campaigns.enums import ReferralStatus
from campaigns.models import InvitationLink, Referral, ReferralProgram
from campaigns.queries.referrals import (
    counted_this_month,
    in_standing,
    invitation_url,
    invited_by,
    is_valid,
    link_of,
    program_now,
)
from credit.enums import DiscountStatus
from credit.queries.business_day import open_day

SHOWN = 50
_ON_THE_WAY = (ReferralStatus.JOINED, ReferralStatus.HOLDING, ReferralStatus.REVIEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody who came with an invitation, as the inviter may know of it."""

    name: str
    state: str | Promise
    tone: str
    joined_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Inviting:
    """Everything of a merchant's page; without a link `url` is empty. Amounts in fen."""

    program: ReferralProgram | None
    may_invite: bool
    is_barred: bool
    link: InvitationLink | None
    url: str
    used_count: int
    earned_count: int
    earned_minor: int
    guests: list[Guest]

    @property
    def left_count(self) -> int:
        """How many more count this month."""
        return max(0, self.program.cap_count - self.used_count) if self.program else 0


def inviting(merchant_id: str, *, at: datetime) -> Inviting:
    """A merchant's own page, in as many statements however many it invited."""
    program, link = program_now(), link_of(merchant_id)
    stands = in_standing(merchant_id, on=open_day())
    rows = invited_by(merchant_id)
    earned = rows.filter(status=ReferralStatus.REWARDED).order_by()
    earned = earned.exclude(inviter_coupon__discount__status=DiscountStatus.CANCELED)
    counts = earned.aggregate(total=Sum("inviter_coupon__discount__cap_minor"))
    counts["count"] = earned.count()
    is_barred = link is not None and link.is_barred
    shown = link if link and program and stands and is_valid(link, at=at) else None
    return Inviting(
        program=program,
        may_invite=program is not None and stands and not is_barred,
        is_barred=is_barred,
        link=shown,
        url=invitation_url(shown, program) if shown and program else "",
        used_count=counted_this_month(merchant_id, at=at),
        earned_count=counts["count"],
        earned_minor=counts["total"] or 0,
        guests=[guest_of(row) for row in rows[:SHOWN]],
    )


def guest_of(row: Referral) -> Guest:
    """One who came, in the words an inviter may read."""
    state: tuple[str | Promise, str]
    if row.status in _ON_THE_WAY:
        state = _("Came; the coupons are on the way"), ""
    elif row.status == ReferralStatus.REWARDED and not _is_taken(row):
        state = _("Your coupon has arrived"), "good"
    else:
        state = _("Does not count"), "calm"
    return Guest(
        name=masked_firm(row.invitee.name), state=state[0], tone=state[1], joined_at=row.joined_at
    )


def _is_taken(row: Referral) -> bool:
    coupon = row.inviter_coupon
    return coupon is not None and coupon.discount.status == DiscountStatus.CANCELED
