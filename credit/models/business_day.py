"""The tenant's calendar of books: which day is open, what its close found."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import CloseExceptionStatus, DayStatus
from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned


class BusinessDay(TenantOwned, Stamped):
    """Exactly one day is open. Closing stores counts, totals and a hash anyone can recompute."""

    id = OwnIdField("bsd")
    on = models.DateField()
    status = models.TextField(choices=DayStatus.choices, default=DayStatus.OPEN)
    closed_at = models.DateTimeField(null=True)
    event_count = models.IntegerField(default=0)
    accrued_interest_minor = models.BigIntegerField(default=0)
    accrued_penalty_minor = models.BigIntegerField(default=0)
    bucket_count = models.IntegerField(default=1)
    checks = models.JSONField(default=dict)
    sha256 = models.TextField(default="")

    class Meta:
        verbose_name = verbose_name_plural = _("Business day")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "on"], name="credit_businessday_on"),
            models.UniqueConstraint(
                fields=["tenant_id"],
                condition=models.Q(status="open"),
                name="credit_businessday_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=DayStatus.values), name="credit_businessday_status"
            ),
        ]


class CloseBucket(TenantOwned, Stamped):
    """One share of a day's close: the drawdowns whose id hashes to `no` of the day's buckets.

    All its steps are one transaction, whose last act is to write `closed_at` here; so a bucket is
    done or it is not. What it found is stored with a hash that anyone can recompute.
    """

    id = OwnIdField("cbk")
    business_day = TenantForeignKey(BusinessDay)
    no = models.IntegerField()
    attempt_count = models.IntegerField(default=0)
    touched_count = models.IntegerField(default=0)
    accrued = models.JSONField(default=dict)
    earned = models.JSONField(
        default=list,
        help_text="What its drawdowns ever earned: [funding source, kind, fen], for the proof.",
    )
    sha256 = models.TextField(default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Close bucket")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "business_day", "no"], name="credit_closebucket_no"
            )
        ]


class CloseException(TenantOwned, Stamped):
    """A drawdown that the close could not carry past `on`, while everyone else went on."""

    id = OwnIdField("cex")
    drawdown = TenantForeignKey("credit.Drawdown", db_index=False)
    on = models.DateField()
    problem = models.TextField()
    status = models.TextField(
        choices=CloseExceptionStatus.choices, default=CloseExceptionStatus.OPEN
    )
    signed_off_by = models.TextField(default="")
    note = models.TextField(default="")
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Close exception")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "drawdown"],
                condition=~models.Q(status="repaired"),
                name="credit_closeexception_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=CloseExceptionStatus.values),
                name="credit_closeexception_status",
            ),
        ]
