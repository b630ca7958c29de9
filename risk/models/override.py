"""What a person decided in place of the policy, beside the decision it stands against."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import MinorField, OwnIdField, PublicIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, TenantOwned
from risk.enums import Outcome, OverrideDirection, OverrideReason
from risk.models.decision import Decision


class Override(TenantOwned, AppendOnly):
    """A reviewer's answer to one decision. `suggested_minor` is what the formulas gave, in fen."""

    id = OwnIdField("ovr")
    decision = TenantForeignKey(Decision)
    merchant_id = PublicIdField("mch")
    direction = models.TextField(choices=OverrideDirection.choices)
    from_outcome = models.TextField(choices=Outcome.choices)
    to_outcome = models.TextField(choices=Outcome.choices)
    suggested_minor = MinorField()
    limit_minor = MinorField()
    reason_code = models.TextField(choices=OverrideReason.choices)
    comment = models.TextField()
    by = models.TextField()
    second_by = models.TextField(default="", blank=True)
    at = models.DateTimeField()
    expires_on = models.DateField()

    class Meta:
        verbose_name = verbose_name_plural = _("Override")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "decision"], name="risk_override_once"),
            models.CheckConstraint(
                condition=models.Q(
                    direction__in=OverrideDirection.values,
                    from_outcome__in=Outcome.values,
                    to_outcome__in=["approve", "decline"],
                    reason_code__in=OverrideReason.values,
                    suggested_minor__gte=0,
                ),
                name="risk_override_shape",
            ),
            models.CheckConstraint(
                condition=models.Q(to_outcome="approve", limit_minor__gt=0)
                | models.Q(to_outcome="decline", limit_minor=0),
                name="risk_override_limit",
            ),
            models.CheckConstraint(
                condition=~models.Q(second_by=models.F("by")), name="risk_override_second_person"
            ),
            models.CheckConstraint(
                condition=~models.Q(from_outcome="decline", to_outcome="approve", second_by=""),
                name="risk_override_two_for_a_declined",
            ),
        ]
        indexes = [models.Index(fields=["tenant_id", "at"], name="risk_override_at")]
