"""Words of referrals: a merchant that invited another one."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReferralStatus(models.TextChoices):
    """Where a referral stands; `refused`, `lapsed` and `taken_back` are ends without a reward."""

    JOINED = "joined", _("Came with the invitation")
    HOLDING = "holding", _("First order shipped, days of waiting run")
    REVIEW = "review", _("To be looked at")
    REWARDED = "rewarded", _("Rewarded")
    REFUSED = "refused", _("Does not count")
    LAPSED = "lapsed", _("Lapsed")
    TAKEN_BACK = "taken_back", _("Reward taken back")


class ReferralReason(models.TextChoices):
    """Why a referral does not count."""

    KNOWN = "known", _("The invited merchant was a customer already")
    BROUGHT = "brought", _("Somebody else brought the invited merchant")
    CAP = "cap", _("The inviter had its full number for the month")
    STANDING = "standing", _("The inviter was not in good standing")
    SAME_FIRM = "same_firm", _("Both belong to the same people")
    TIME = "time", _("Its time ran out")
    PERSON = "person", _("A person decided")


class ReferralWait(models.TextChoices):
    """What a reward that is due still waits for."""

    INVITEE = "invitee", _("The invited merchant is overdue or stopped")
    INVITER = "inviter", _("The inviter is overdue or stopped")
    BATCH = "batch", _("A coupon batch has nothing left to give")
