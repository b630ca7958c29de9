"""A decision is a record that replays: facts, versions, outcome, reasons, hash chain."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import (
    MinorField,
    OwnIdField,
    PublicIdField,
    RateField,
    TenantForeignKey,
)
from platform_app.kernel.models import AppendOnly, TenantOwned
from risk.enums import Outcome, Purpose
from risk.models.experiment import Experiment
from risk.models.policy import Policy
from risk.models.scorecard import Scorecard


class Decision(TenantOwned, AppendOnly):
    """What was answered to which facts, by which versions. Never changed."""

    id = OwnIdField("dec")
    merchant_id = PublicIdField("mch")
    purpose = models.TextField(choices=Purpose.choices)
    as_of = models.DateTimeField()
    decided_at = models.DateTimeField()
    scorecard = TenantForeignKey(Scorecard)
    policy = TenantForeignKey(Policy)
    facts = models.JSONField()
    facts_sha256 = models.TextField()
    score = models.IntegerField()
    pd = models.DecimalField(max_digits=9, decimal_places=8)
    grade = models.TextField()
    outcome = models.TextField(choices=Outcome.choices)
    rule_hits = models.JSONField(default=list)
    bounds = models.JSONField(default=dict)
    binding_bound = models.TextField(default="")
    limit_minor = MinorField()
    annual_rate = RateField()
    reasons = models.JSONField(default=list)
    term_rates = models.JSONField(default=dict)
    # As the facts say, for looking them up; the chance of the arm is out of 10,000.
    experiment = TenantForeignKey(Experiment, null=True)
    arm = models.TextField(default="", db_default="")
    propensity = models.IntegerField(null=True)
    previous_hash = models.TextField()
    hash = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = _("Decision")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values), name="risk_decision_outcome"
            ),
            models.CheckConstraint(
                condition=models.Q(limit_minor__gte=0, pd__gte=0, pd__lte=1),
                name="risk_decision_range",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="approve") | models.Q(limit_minor=0),
                name="risk_decision_limit_only_when_approved",
            ),
        ]
        indexes = [models.Index(fields=["tenant_id", "merchant_id"], name="risk_decision_merchant")]
