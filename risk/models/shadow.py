"""What a policy in shadow would have answered, beside the decision that counted."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import MinorField, OwnIdField, RateField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, TenantOwned
from risk.enums import Outcome
from risk.models.decision import Decision
from risk.models.policy import Policy


class ShadowDecision(TenantOwned, AppendOnly):
    """One answer nobody was given: the challenger's to the facts and score of a live decision.

    A table of its own: a row among the decisions would be a merchant's latest one to whoever reads
    them. Its hash covers the live record's, so it hangs on the chain without being a link of it,
    and what replays the chain need not know of it.
    """

    id = OwnIdField("shd")
    decision = TenantForeignKey(Decision)
    policy = TenantForeignKey(Policy)
    grade = models.TextField()
    outcome = models.TextField(choices=Outcome.choices)
    rule_hits = models.JSONField(default=list)
    bounds = models.JSONField(default=dict)
    binding_bound = models.TextField(default="")
    limit_minor = MinorField()
    annual_rate = RateField()
    reasons = models.JSONField(default=list)
    term_rates = models.JSONField(default=dict)
    hash = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = _("Shadow decision")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "policy", "decision"], name="risk_shadowdecision_once"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values), name="risk_shadowdecision_outcome"
            ),
            models.CheckConstraint(
                condition=models.Q(limit_minor__gte=0)
                & (models.Q(outcome="approve") | models.Q(limit_minor=0)),
                name="risk_shadowdecision_limit",
            ),
        ]
