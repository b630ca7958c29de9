"""A person's identity confirmed by one of us, for whoever does not want a face check."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned
from tenants.enums import IdentityReviewStatus, IdentityReviewWay
from tenants.models.merchant import Merchant, MerchantPerson


class IdentityReview(TenantOwned, Stamped):
    """One wish to be seen by a person instead, for one object; no picture is kept."""

    id = OwnIdField("idr")
    merchant = TenantForeignKey(Merchant)
    person = TenantForeignKey(MerchantPerson)
    subject = models.TextField(help_text="What it is for: the id of an offer, or of who applies.")
    whom_index = models.TextField(help_text="Blind index of the name and number to be confirmed.")
    status = models.TextField(
        choices=IdentityReviewStatus.choices, default=IdentityReviewStatus.ASKED
    )
    way = models.TextField(choices=IdentityReviewWay.choices, default="", blank=True)
    note = models.TextField(default="", blank=True, help_text="What was looked at.")
    decided_by = models.TextField(default="", blank=True)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="By when the merchant was promised a call.")
    expires_at = models.DateTimeField(help_text="From when nobody calls any more.")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Identity review")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="asked", ended_at__isnull=True)
                | models.Q(status="withdrawn", ended_at__isnull=False)
                | (
                    models.Q(status__in=["passed", "failed"], ended_at__isnull=False)
                    & ~models.Q(way="")
                    & ~models.Q(note="")
                    & ~models.Q(decided_by="")
                ),
                name="tenants_identityreview_states",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "merchant", "subject"],
                condition=models.Q(status="asked"),
                name="tenants_identityreview_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "merchant", "-asked_at"], name="tenants_identityreview_recent"
            )
        ]
