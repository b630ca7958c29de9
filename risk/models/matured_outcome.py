"""How what was decided ended: the cases every model learns from and is judged by."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, TenantOwned
from risk.models.decision import Decision


class MaturedOutcome(TenantOwned, AppendOnly):
    """What one merchant drew in one month, once nothing can change how it ended.

    `decision` is the last one whose facts were known when the month began, or the one the line
    rests on where the month began before it. The days are kept, not a label: what counts as bad
    is a definition with a date.
    """

    id = OwnIdField("mto")
    decision = TenantForeignKey(Decision)
    cohort_on = models.DateField(help_text="The first day of the month it was drawn in.")
    worst_dpd_days = models.IntegerField()
    matured_on = models.DateField(help_text="The day at whose end it was first known.")

    class Meta:
        verbose_name = verbose_name_plural = _("Matured outcome")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "decision", "cohort_on"], name="risk_maturedoutcome_once"
            ),
            models.CheckConstraint(
                condition=models.Q(worst_dpd_days__gte=0), name="risk_maturedoutcome_days"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "cohort_on"], name="risk_maturedoutcome_cohort")
        ]
