"""What a look at a line's limit came to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import LimitCause
from credit.models.line import CreditLine
from platform_app.kernel.fields import MinorField, OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, TenantOwned
from risk.enums import LimitAction
from risk.models import Decision


class LimitReview(TenantOwned, AppendOnly):
    """One look at one line: the signs that showed, and the step it took. Amounts in fen."""

    id = OwnIdField("lrv")
    line = TenantForeignKey(CreditLine)
    decision = TenantForeignKey(Decision)
    on = models.DateField()
    cause = models.TextField(choices=LimitCause.choices)
    wanted_minor = MinorField(default=0, help_text="What the merchant asked for.")
    signs = models.JSONField(default=list)
    action = models.TextField(choices=LimitAction.choices)
    from_minor = MinorField()
    to_minor = MinorField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Limit review")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "line", "on", "cause"], name="credit_limitreview_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    cause__in=LimitCause.values, action__in=LimitAction.values,
                    from_minor__gte=0, to_minor__gte=0, wanted_minor__gte=0,
                ),
                name="credit_limitreview_shape",
            ),
            models.CheckConstraint(
                condition=models.Q(action="raise", to_minor__gt=models.F("from_minor"))
                | models.Q(action="cut", to_minor__lt=models.F("from_minor"))
                | models.Q(
                    action__in=["freeze", "resume", "keep"], to_minor=models.F("from_minor")
                ),
                name="credit_limitreview_step",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["tenant_id", "line", "on"], name="credit_limitreview_line"),
        ]
