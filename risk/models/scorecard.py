"""A score is data: bins and points in one canonical JSON with its hash, and who let it in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from risk.enums import ApprovalKind, ScorecardKind, VersionStatus


class Scorecard(TenantOwned, Stamped):
    """One version of the card. Nothing but its status changes once it is validated.

    A challenger's body is boosted trees: it runs in shadow beside the cards and never decides.
    """

    id = OwnIdField("crd")
    version = models.IntegerField()
    kind = models.TextField(
        choices=ScorecardKind.choices, default=ScorecardKind.CARD, db_default="card"
    )
    status = models.TextField(choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    body = models.JSONField()
    sha256 = models.TextField()
    # How good it was on rows it had not seen, as `fit_scorecard` says it; empty for an expert's.
    metrics = models.JSONField(default=dict, db_default={})
    code_sha256 = models.TextField(default="", db_default="")
    drafted_by = models.TextField(default="", db_default="")
    drafted_at = models.DateTimeField(null=True)
    in_force_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    retired_reason = models.TextField(default="", db_default="")

    class Meta:
        verbose_name = verbose_name_plural = _("Scorecard")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "version"], name="risk_scorecard_version"),
            models.UniqueConstraint(
                fields=["tenant_id"],
                condition=models.Q(status="champion"),
                name="risk_scorecard_one_champion",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "kind"],
                condition=models.Q(status="shadow"),
                name="risk_scorecard_one_shadow",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=VersionStatus.values), name="risk_scorecard_status"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=ScorecardKind.values)
                & (models.Q(kind="card") | ~models.Q(status="champion")),
                name="risk_scorecard_trees_never_decide",
            ),
        ]


class ScorecardApproval(TenantOwned, AppendOnly):
    """One person's yes to one scorecard, said once."""

    id = OwnIdField("sca")
    scorecard = TenantForeignKey(Scorecard)
    kind = models.TextField(choices=ApprovalKind.choices)
    actor = models.TextField()
    at = models.DateTimeField()
    comment = models.TextField(default="")

    class Meta:
        verbose_name = verbose_name_plural = _("Scorecard approval")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "scorecard", "kind", "actor"],
                name="risk_scorecardapproval_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=ApprovalKind.values), name="risk_scorecardapproval_kind"
            ),
        ]
