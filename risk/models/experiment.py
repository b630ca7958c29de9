"""Experiments on decisions: arms by shares, a budget, a stop rule; and what exploring gave."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import MinorField, OwnIdField, RateField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from risk.enums import ExperimentStatus
from risk.models.policy import Policy
from risk.models.scorecard import Scorecard
from tenants.models import Merchant


class Experiment(TenantOwned, Stamped):
    """One experiment. Nothing but its place in life and what is spent changes once it is proposed.

    `arms` are those of `risk.domain.experiment`; the control is what was in force when it started.
    Budget and spent are expected loss of what is explored, in fen.
    """

    id = OwnIdField("exp")
    name = models.TextField()
    hypothesis = models.TextField()
    salt = models.TextField()
    arms = models.JSONField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    budget_minor = MinorField(default=0)
    spent_minor = MinorField(default=0)
    # An arm stops the experiment when its bad rate is surely above this, or it has so many bad.
    stop_bad_rate = models.DecimalField(max_digits=5, decimal_places=4)
    stop_bad_count = models.IntegerField()
    status = models.TextField(choices=ExperimentStatus.choices, default=ExperimentStatus.PROPOSED)
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    control_policy = TenantForeignKey(Policy, null=True)
    control_scorecard = TenantForeignKey(Scorecard, null=True)
    started_by = models.TextField(default="", blank=True)
    started_at = models.DateTimeField(null=True)
    stopped_by = models.TextField(default="", blank=True)
    stopped_at = models.DateTimeField(null=True)
    stop_reason = models.TextField(default="", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Experiment")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id"],
                condition=models.Q(status="running"),
                name="risk_experiment_one_running",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=ExperimentStatus.values,
                    from_at__lt=models.F("until_at"),
                    stop_bad_rate__gt=0,
                    stop_bad_rate__lte=1,
                    stop_bad_count__gte=1,
                ),
                name="risk_experiment_shape",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    budget_minor__gte=0, spent_minor__gte=0,
                    spent_minor__lte=models.F("budget_minor"),
                ),
                name="risk_experiment_budget",
            ),
            models.CheckConstraint(
                condition=~models.Q(proposed_by="") & ~models.Q(started_by=models.F("proposed_by")),
                name="risk_experiment_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(status="proposed", started_at__isnull=True)
                | models.Q(status="stopped")
                | models.Q(
                    started_at__isnull=False, control_policy__isnull=False,
                    control_scorecard__isnull=False,
                ) & ~models.Q(started_by=""),
                name="risk_experiment_started",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["stopped", "ended"], stopped_at__isnull=False)
                & ~models.Q(stopped_by="") & ~models.Q(stop_reason="")
                | models.Q(status__in=["proposed", "running"], stopped_at__isnull=True),
                name="risk_experiment_stopped",
            ),
        ]  # fmt: skip


class ExplorationGrant(TenantOwned, AppendOnly):
    """One merchant declined by its score and lent to all the same; amounts in fen.

    `cost_minor` is the expected loss it took of the budget, `propensity` the chance out of 10,000.
    """

    id = OwnIdField("egr")
    experiment = TenantForeignKey(Experiment)
    merchant = TenantForeignKey(Merchant)
    arm = models.TextField()
    propensity = models.IntegerField()
    row = models.TextField()
    pd = models.DecimalField(max_digits=9, decimal_places=8)
    limit_minor = MinorField()
    annual_rate = RateField()
    cost_minor = MinorField()
    granted_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Explored merchant")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "experiment", "merchant"], name="risk_explorationgrant_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    propensity__gte=1, propensity__lte=10_000, limit_minor__gt=0, cost_minor__gte=0,
                    pd__gte=0, pd__lte=1,
                ),
                name="risk_explorationgrant_shape",
            ),
        ]  # fmt: skip
