"""A platform's referral program, the invitation links of its merchants, and who came with one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.enums import ReferralReason, ReferralStatus, ReferralWait
from campaigns.models.coupon import Coupon, CouponBatch
from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned
from tenants.models import Merchant


class ReferralProgram(TenantOwned, Stamped):
    """The terms of inviting, numbered. The one that has not ended holds; none means it is off.

    Each side gets one coupon of its batch, `hold_days` after the invited merchant's first order was
    shipped. `cap_count` is how many of one inviter may count a calendar month; `window_days` how
    long an invited merchant has for its first order.
    """

    id = OwnIdField("rfp")
    number = models.IntegerField()
    inviter_batch = TenantForeignKey(CouponBatch, db_index=False)
    invitee_batch = TenantForeignKey(CouponBatch, db_index=False)
    cap_count = models.IntegerField()
    hold_days = models.IntegerField()
    window_days = models.IntegerField()
    entry_url = models.TextField(help_text="The platform's page that an invitation opens.")
    started_at = models.DateTimeField()
    started_by = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(default="", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Referral program")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "number"], name="campaigns_referralprogram_number"
            ),
            models.UniqueConstraint(
                fields=["tenant_id"],
                condition=models.Q(ended_at__isnull=True),
                name="campaigns_referralprogram_one",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    number__gte=1, cap_count__gte=1, hold_days__gte=1, window_days__gte=1
                ),
                name="campaigns_referralprogram_terms",
            ),
        ]


class InvitationLink(TenantOwned, Stamped):
    """One issue of a merchant's invitation. What it says can be made again from this row alone.

    `is_barred`: an operator took it back, and the merchant makes no other one.
    """

    id = OwnIdField("rlk")
    merchant = TenantForeignKey(Merchant)
    number = models.IntegerField()
    issued_at = models.DateTimeField()
    issued_by = models.TextField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    is_barred = models.BooleanField(default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("Invitation link")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant", "number"], name="campaigns_invitationlink_number"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "merchant"],
                condition=models.Q(revoked_at__isnull=True),
                name="campaigns_invitationlink_one_valid",
            ),
            models.CheckConstraint(
                condition=models.Q(number__gte=1, expires_at__gt=models.F("issued_at"))
                & (models.Q(is_barred=False) | models.Q(revoked_at__isnull=False)),
                name="campaigns_invitationlink_term",
            ),
        ]


class Referral(TenantOwned, Stamped):
    """One merchant came with another one's invitation; refused ones are kept with their reason.

    `until_on` is the last day it can get on: for the first order, later for the reward.
    """

    id = OwnIdField("rfr")
    program = TenantForeignKey(ReferralProgram, db_index=False)
    link = TenantForeignKey(InvitationLink, db_index=False)
    inviter = TenantForeignKey(Merchant, db_index=False)
    invitee = TenantForeignKey(Merchant)
    status = models.TextField(choices=ReferralStatus.choices, default=ReferralStatus.JOINED)
    reason = models.TextField(choices=ReferralReason.choices, default="", blank=True)
    words = models.TextField(default="", blank=True, help_text="What a person said about it.")
    waits_for = models.TextField(choices=ReferralWait.choices, default="", blank=True)
    told_in = models.TextField(help_text="The visit it was told in.")
    joined_at = models.DateTimeField()
    first_shipped_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    until_on = models.DateField()
    cleared_by = models.TextField(default="", blank=True, help_text="Who looked and let it go on.")
    inviter_coupon = TenantForeignKey(Coupon, null=True, db_index=False)
    invitee_coupon = TenantForeignKey(Coupon, null=True, db_index=False)
    rewarded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(default="", blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("Referral")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "inviter", "invitee"], name="campaigns_referral_pair"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "invitee"],
                condition=~models.Q(status__in=["refused", "lapsed"]),
                name="campaigns_referral_one_inviter",
            ),
            models.CheckConstraint(
                condition=~models.Q(inviter=models.F("invitee")), name="campaigns_referral_not_self"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["rewarded", "taken_back"],
                    rewarded_at__isnull=False,
                    inviter_coupon__isnull=False,
                    invitee_coupon__isnull=False,
                )
                | models.Q(
                    status__in=["joined", "holding", "review", "refused", "lapsed"],
                    rewarded_at__isnull=True,
                    inviter_coupon__isnull=True,
                    invitee_coupon__isnull=True,
                ),
                name="campaigns_referral_rewarded",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["joined", "holding", "review", "rewarded"])
                & models.Q(reason="", ended_at__isnull=True)
                | models.Q(status__in=["refused", "lapsed", "taken_back"])
                & ~models.Q(reason="")
                & models.Q(ended_at__isnull=False),
                name="campaigns_referral_ended",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["joined", "refused", "lapsed"])
                | models.Q(first_shipped_on__isnull=False, due_on__isnull=False),
                name="campaigns_referral_shipped",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "status"],
                condition=models.Q(status__in=["joined", "holding"]),
                name="campaigns_referral_running",
            ),
        ]
