"""A comparison of a person's face with an identity card, made by somebody else's service."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned
from tenants.enums import FaceCheckStatus
from tenants.models.merchant import Merchant, MerchantPerson


class FaceCheck(TenantOwned, Stamped):
    """One try for one object; of what the service saw only the id of its evidence is kept."""

    id = OwnIdField("fce")
    merchant = TenantForeignKey(Merchant)
    person = TenantForeignKey(MerchantPerson)
    subject = models.TextField(help_text="What it is for: the id of an offer, or of who applies.")
    whom_index = models.TextField(
        default="", blank=True, help_text="Blind index of the name and number that were sent."
    )
    status = models.TextField(choices=FaceCheckStatus.choices, default=FaceCheckStatus.STARTED)
    reference = models.TextField(default="", blank=True, help_text="The service's own number.")
    evidence_id = models.TextField(default="", blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Face check")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="started", ended_at__isnull=True)
                | models.Q(status="unknown", ended_at__isnull=True)
                | models.Q(status__in=["passed", "failed", "expired"], ended_at__isnull=False),
                name="tenants_facecheck_states",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="passed") | ~models.Q(evidence_id=""),
                name="tenants_facecheck_evidence",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "reference"],
                condition=~models.Q(reference=""),
                name="tenants_facecheck_reference",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "merchant", "-started_at"], name="tenants_facecheck_recent"
            )
        ]
