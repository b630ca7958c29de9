"""What a challenger would have thought of a decision's facts; nobody is answered by it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, TenantOwned
from risk.models.decision import Decision
from risk.models.scorecard import Scorecard


class ChallengerScore(TenantOwned, AppendOnly):
    """The PD of one decision's facts by the trees in shadow, scored at night."""

    id = OwnIdField("chs")
    decision = TenantForeignKey(Decision)
    scorecard = TenantForeignKey(Scorecard)
    pd = models.DecimalField(max_digits=9, decimal_places=8)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Challenger's score")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "scorecard", "decision"], name="risk_challengerscore_once"
            ),
            models.CheckConstraint(
                condition=models.Q(pd__gte=0, pd__lte=1), name="risk_challengerscore_pd"
            ),
        ]
