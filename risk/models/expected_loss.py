"""What a month's lines were expected to lose: a run, and a row for each line in it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import MinorField, OwnIdField, PublicIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, TenantOwned


class EclRun(TenantOwned, AppendOnly):
    """The expected loss of every line with something out at the end of `on`, once a month."""

    id = OwnIdField("ecl")
    on = models.DateField()
    former = TenantForeignKey("self", null=True)
    assumptions = models.JSONField()
    assumptions_sha256 = models.TextField()
    line_count = models.IntegerField()
    ead_minor = MinorField()
    ecl_minor = MinorField()
    actor = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Expected loss run")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "on"], name="risk_eclrun_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(line_count__gte=0, ecl_minor__gte=0)
                & models.Q(ecl_minor__lte=models.F("ead_minor")),
                name="risk_eclrun_amounts",
            ),
        ]


class EclRow(TenantOwned, AppendOnly):
    """One line in a run: its stage and why, what is out, and what of it is expected to be lost."""

    id = OwnIdField("elr")
    run = TenantForeignKey(EclRun)
    line_id = PublicIdField("lin")
    merchant_id = PublicIdField("mch")
    grade = models.TextField()
    grade_then = models.TextField()
    dpd_days = models.IntegerField()
    signs = ArrayField(models.TextField())
    stage = models.IntegerField()
    clean_months = models.IntegerField()
    due_by_month = ArrayField(models.BigIntegerField(), help_text="Fen, by the month from now.")
    ead_minor = MinorField()
    pd = models.DecimalField(max_digits=9, decimal_places=8)
    lgd = models.DecimalField(max_digits=9, decimal_places=8)
    ecl_minor = MinorField()

    class Meta:
        verbose_name = verbose_name_plural = _("Expected loss of a line")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "run", "line_id"], name="risk_eclrow_once_a_line"
            ),
            models.CheckConstraint(
                condition=models.Q(stage__in=[1, 2, 3], clean_months__gte=0, dpd_days__gte=0),
                name="risk_eclrow_stage",
            ),
            models.CheckConstraint(
                condition=models.Q(ecl_minor__gte=0, ead_minor__gt=0)
                & models.Q(ecl_minor__lte=models.F("ead_minor")),
                name="risk_eclrow_amounts",
            ),
        ]
