"""What outside parties say of a merchant: whom we ask, each time we asked, and each answer."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from risk.enums import ReportKind, ReportOutcome
from tenants.models import ConsentRecord, Merchant


class ReportSource(TenantOwned, Stamped):
    """The party asked for one kind of report. Without an address it answers from this process."""

    id = OwnIdField("rps")
    kind = models.TextField(choices=ReportKind.choices)
    name = models.TextField()
    url = models.TextField(default="", blank=True)
    key_id = models.TextField(default="", blank=True)
    secret_sealed = models.BinaryField(null=True)
    kept_days = models.IntegerField(help_text="How old a report may be to count.")
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Report source")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "kind"], name="risk_reportsource_kind"),
            models.CheckConstraint(
                condition=models.Q(kind__in=ReportKind.values, kept_days__gt=0),
                name="risk_reportsource_words",
            ),
            models.CheckConstraint(
                condition=models.Q(url="")
                | ~models.Q(key_id="") & models.Q(secret_sealed__isnull=False),
                name="risk_reportsource_signed",
            ),
        ]


class ReportRequest(TenantOwned, Stamped):
    """That we asked, on whose consent, and what became of it. One for a merchant, kind and day."""

    id = OwnIdField("rpq")
    source = TenantForeignKey(ReportSource)
    merchant = TenantForeignKey(Merchant)
    consent = TenantForeignKey(ConsentRecord)
    on = models.DateField()
    outcome = models.TextField(choices=ReportOutcome.choices, default=ReportOutcome.PENDING)
    detail = models.TextField(default="", blank=True)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Report request")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant", "source", "on"], name="risk_reportrequest_once"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="pending", answered_at__isnull=True)
                | models.Q(
                    outcome__in=["found", "no_record", "unknown"], answered_at__isnull=False
                ),
                name="risk_reportrequest_outcome",
            ),
        ]


class Report(TenantOwned, AppendOnly):
    """One answer, never changed: a later one counts beside it, from the moment it was known."""

    id = OwnIdField("rpt")
    request = TenantForeignKey(ReportRequest)
    merchant = TenantForeignKey(Merchant)
    kind = models.TextField(choices=ReportKind.choices)
    event_on = models.DateField(help_text="The day the report speaks of.")
    known_at = models.DateTimeField()
    expires_on = models.DateField(help_text="The first day on which it no longer counts.")
    facts = models.JSONField()
    facts_sha256 = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = _("Report")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "request"], name="risk_report_request"),
            models.CheckConstraint(
                condition=models.Q(kind__in=ReportKind.values, event_on__lt=models.F("expires_on")),
                name="risk_report_words",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "merchant", "kind"], name="risk_report_merchant")
        ]
