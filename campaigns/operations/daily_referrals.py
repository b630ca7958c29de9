"""What a night does to referrals by itself."""

from datetime import datetime

import structlog
from django.db.models import Q

from campaigns.enums import ReferralStatus
from campaigns.models import Referral
from campaigns.operations.referrals import cancel_given_back, follow_referral
from credit.enums import DiscountStatus
from credit.queries.business_day import open_day

logger = structlog.get_logger(__name__)


def tend_referrals(*, at: datetime) -> int:
    """Follow every referral that is under way; how many were rewarded.

    Each is a transaction of its own; one that fails is logged and holds up nobody else.
    """
    on, rewarded = open_day(), 0
    running = Referral.objects.filter(status__in=[ReferralStatus.JOINED, ReferralStatus.HOLDING])
    for referral_id in list(running.order_by("id").values_list("id", flat=True)):
        try:
            row = follow_referral(referral_id=referral_id, on=on, at=at)
        except Exception:
            logger.exception("referral.failed", referral=referral_id)
        else:
            rewarded += row.status == ReferralStatus.REWARDED
    given_back = Referral.objects.filter(status=ReferralStatus.TAKEN_BACK).filter(
        Q(inviter_coupon__discount__status=DiscountStatus.GRANTED)
        | Q(invitee_coupon__discount__status=DiscountStatus.GRANTED)
    )
    for referral_id in list(given_back.order_by("id").values_list("id", flat=True)):
        cancel_given_back(referral_id=referral_id, at=at)
    return rewarded
