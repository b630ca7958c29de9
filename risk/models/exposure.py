"""How much may be out at once, reserved in the drawdown's own transaction."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import MinorField, OwnIdField
from platform_app.kernel.models import Stamped, TenantOwned


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
