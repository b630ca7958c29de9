"""A policy is data: staged first-hit tables, limit and price parameters, and who let it in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from risk.enums import PolicyApprovalKind, VersionStatus


class Policy(TenantOwned, Stamped):
    """One version of the policy. Nothing but its place in life changes once it is validated.

    `succeeded` is the version whose place it took, to which a revert goes back.
    """

    id = OwnIdField("pol")
    version = models.IntegerField()
    status = models.TextField(choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    body = models.JSONField()
    sha256 = models.TextField()
    drafted_by = models.TextField(default="", db_default="")
    drafted_at = models.DateTimeField(null=True)
    shadow_at = models.DateTimeField(null=True)
    # How often it was put in shadow: each time it is agreed to anew.
    shadow_round = models.IntegerField(default=0, db_default=0)
    effective_from = models.DateTimeField(null=True)
    in_force_at = models.DateTimeField(null=True)
    succeeded = TenantForeignKey("self", null=True)
    retired_at = models.DateTimeField(null=True)
    retired_reason = models.TextField(default="", db_default="")

    class Meta:
        verbose_name = verbose_name_plural = _("Policy")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "version"], name="risk_policy_version"),
            models.UniqueConstraint(
                fields=["tenant_id"],
                condition=models.Q(status="champion"),
                name="risk_policy_one_champion",
            ),
            models.UniqueConstraint(
                fields=["tenant_id"],
                condition=models.Q(status="shadow"),
                name="risk_policy_one_shadow",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=VersionStatus.values), name="risk_policy_status"
            ),
            models.CheckConstraint(
                condition=~models.Q(status="shadow") | models.Q(shadow_at__isnull=False),
                name="risk_policy_shadow_since",
            ),
        ]


class PolicyApproval(TenantOwned, AppendOnly):
    """One person's yes to one policy, said once in each round of shadow."""

    id = OwnIdField("poa")
    policy = TenantForeignKey(Policy)
    kind = models.TextField(choices=PolicyApprovalKind.choices)
    round = models.IntegerField()
    actor = models.TextField()
    at = models.DateTimeField()
    comment = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = _("Policy approval")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "policy", "kind", "round", "actor"],
                name="risk_policyapproval_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=PolicyApprovalKind.values),
                name="risk_policyapproval_kind",
            ),
        ]


class PolicyBackTest(TenantOwned, AppendOnly):
    """What a version would have answered, against the one in force then; both by their hashes."""

    id = OwnIdField("pbt")
    policy = TenantForeignKey(Policy)
    policy_sha256 = models.TextField()
    in_force = TenantForeignKey(Policy)
    in_force_sha256 = models.TextField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    months_count = models.IntegerField()
    summary = models.JSONField()
    run_by = models.TextField()
    run_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Back-test")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(since__lt=models.F("until"), months_count__gte=1),
                name="risk_policybacktest_window",
            ),
        ]
        indexes = [models.Index(fields=["tenant_id", "policy"], name="risk_policybacktest_policy")]
