"""An application, or a limit asked for, that a person decides."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import ReviewKind, ReviewStatus
from credit.models.application import Application
from credit.models.limit_review import LimitReview
from platform_app.kernel.fields import MinorField, OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned
from risk.enums import Outcome, OverrideReason
from risk.models import Decision, Override


class Review(TenantOwned, Stamped):
    """One look of a reviewer at one decision, answered by `due_at`.

    What the first reviewer says is kept while a second one is waited for; `limit_minor` in fen.
    """

    id = OwnIdField("rvw")
    application = TenantForeignKey(Application)
    decision = TenantForeignKey(Decision)
    limit_review = TenantForeignKey(LimitReview, null=True)
    kind = models.TextField(choices=ReviewKind.choices)
    note = models.TextField(default="", blank=True)
    status = models.TextField(choices=ReviewStatus.choices, default=ReviewStatus.OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    assignee = models.TextField(default="", blank=True)
    outcome = models.TextField(choices=Outcome.choices, default="", blank=True)
    limit_minor = MinorField(default=0)
    reason_code = models.TextField(choices=OverrideReason.choices, default="", blank=True)
    comment = models.TextField(default="", blank=True)
    proposed_by = models.TextField(default="", blank=True)
    proposed_at = models.DateTimeField(null=True)
    override = TenantForeignKey(Override, null=True)
    closed_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("Review")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "decision", "kind"], name="credit_review_once"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "application"],
                condition=models.Q(status__in=["open", "proposed"]),
                name="credit_review_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=ReviewKind.values, status__in=ReviewStatus.values),
                name="credit_review_words",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="limit", limit_review__isnull=False)
                | ~models.Q(kind="limit") & models.Q(limit_review__isnull=True),
                name="credit_review_of_a_limit",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status="open",
                    proposed_by="",
                    outcome="",
                    override__isnull=True,
                    closed_at__isnull=True,
                )
                | models.Q(status="proposed", override__isnull=True, closed_at__isnull=True)
                & ~models.Q(proposed_by="")
                | models.Q(status="closed", override__isnull=False, closed_at__isnull=False)
                | models.Q(status="dropped", override__isnull=True, closed_at__isnull=False),
                name="credit_review_shape",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "id"],
                condition=models.Q(status__in=["open", "proposed"]),
                name="credit_review_waiting",
            )
        ]
