"""How much may be out at once, reserved in the drawdown's own transaction."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import MinorField, OwnIdField
from platform_app.kernel.models import Stamped, TenantOwned
from risk.enums import CapChangeStatus


class EntityExposure(Stamped):
    """What is out with one legal entity over all tenants, under a cap.

    It belongs to no tenant and names nobody: `entity_key` is a keyed hash of the credit code.
    """

    id = OwnIdField("eex")
    entity_key = models.TextField(unique=True)
    cap_minor = models.BigIntegerField(
        null=True, help_text="None: the platform's cap for everybody."
    )
    used_minor = MinorField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("Legal entity's exposure")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(used_minor__gte=0)
                & (models.Q(cap_minor=None) | models.Q(cap_minor__gte=0)),
                name="risk_entityexposure_amounts",
            ),
        ]


class EntityCapChange(Stamped):
    """One change of an entity's own cap: a lower one holds at once, a higher one by two people.

    The record of who and why, in place of a tenant's audit chain, which this belongs to none of.
    """

    id = OwnIdField("ecc")
    exposure = models.ForeignKey(EntityExposure, on_delete=models.PROTECT)
    from_minor = models.BigIntegerField(null=True)
    to_minor = models.BigIntegerField(null=True)
    status = models.TextField(choices=CapChangeStatus.choices)
    reason = models.TextField()
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    decided_by = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Change of an entity's cap")
        constraints = [
            models.UniqueConstraint(
                fields=["exposure"],
                condition=models.Q(status="proposed"),
                name="risk_entitycapchange_one_open",
            ),
            models.CheckConstraint(
                condition=(models.Q(to_minor=None) | models.Q(to_minor__gte=0))
                & ~models.Q(reason="")
                & ~models.Q(proposed_by=""),
                name="risk_entitycapchange_told",
            ),
            models.CheckConstraint(
                condition=models.Q(status="proposed", decided_by="", decided_at__isnull=True)
                | (
                    models.Q(status__in=["in_force", "rejected"], decided_at__isnull=False)
                    & ~models.Q(decided_by="")
                ),
                name="risk_entitycapchange_status",
            ),
        ]


class ExposureBucket(TenantOwned):
    """One slice of a cap. Slices keep many drawdowns from waiting on one row."""

    id = OwnIdField("exb")
    name = models.TextField()
    slice_no = models.IntegerField()
    cap_minor = MinorField()
    used_minor = MinorField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("Exposure slice")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "name", "slice_no"], name="risk_exposurebucket_slice"
            ),
            models.CheckConstraint(
                condition=models.Q(used_minor__gte=0), name="risk_exposurebucket_used"
            ),
        ]
