"""The pool: merchants a partner wants served, and the files they came in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.enums import (
    ConsentBasis,
    PoolImportStatus,
    PoolStatus,
    PoolTier,
    PrescreenReason,
    PrescreenResult,
)
from platform_app.kernel.fields import MinorField, OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from tenants.models import Merchant

_TAKEN = models.Q(status__in=["waiting", "running", "done"])


class PoolImport(TenantOwned, Stamped):
    """One file of merchants on its way in, with its progress; the same file is taken once."""

    id = OwnIdField("pim")
    file_name = models.TextField()
    file_path = models.TextField(default="", blank=True)
    sha256 = models.TextField()
    status = models.TextField(choices=PoolImportStatus.choices)
    consent_basis = models.TextField(choices=ConsentBasis.choices, default="", blank=True)
    actor = models.TextField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    byte_count = models.BigIntegerField()
    byte_done = models.BigIntegerField(default=0)
    row_count = models.IntegerField(default=0)
    created_count = models.IntegerField(default=0)
    changed_count = models.IntegerField(default=0)
    repeated_count = models.IntegerField(default=0)
    matched_count = models.IntegerField(default=0)
    error_count = models.IntegerField(default=0)
    preview = models.JSONField(
        default=dict, blank=True, help_text="What was seen of a file that does not count yet."
    )
    version = models.IntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("Pool import")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "sha256"], condition=_TAKEN, name="campaigns_poolimport_once"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=PoolImportStatus.values),
                name="campaigns_poolimport_status",
            ),
            models.CheckConstraint(
                condition=models.Q(consent_basis__in=ConsentBasis.values)
                | models.Q(consent_basis="", status__in=["checked", "failed"]),
                name="campaigns_poolimport_consent",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["done", "failed"], finished_at__isnull=False)
                | ~models.Q(status__in=["done", "failed"]) & models.Q(finished_at__isnull=True),
                name="campaigns_poolimport_finished",
            ),
        ]


class PoolImportError(TenantOwned, AppendOnly):
    """A row that did not go in: its line in the file, the reason, the row as it stood."""

    id = OwnIdField("pie")
    pool_import = TenantForeignKey(PoolImport)
    line_no = models.IntegerField()
    code = models.TextField()
    reason = models.TextField()
    raw = models.TextField(blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Refused pool row")
        indexes = [
            models.Index(
                fields=["tenant_id", "pool_import", "line_no"],
                name="campaigns_pie_lines",
            )
        ]


class PoolMember(TenantOwned, Stamped):
    """A merchant as the partner named it, and how far it has come with us.

    `indicative_limit_minor` (fen) is what last night's run would approve: nothing is promised.
    """

    id = OwnIdField("pom")
    external_id = models.TextField(help_text="The partner's own, immutable number.")
    name = models.TextField(default="", blank=True)
    registration_no = models.TextField(default="", blank=True)
    category = models.TextField(default="", blank=True)
    region = models.TextField(default="", blank=True)
    tier = models.TextField(choices=PoolTier.choices, default="", blank=True)
    merchant = TenantForeignKey(Merchant, null=True)
    source_import = TenantForeignKey(PoolImport)
    status = models.TextField(choices=PoolStatus.choices, default=PoolStatus.IMPORTED)
    prescreen_result = models.TextField(choices=PrescreenResult.choices, default="", blank=True)
    prescreen_reason = models.TextField(choices=PrescreenReason.choices, default="", blank=True)
    indicative_limit_minor = MinorField(null=True)  # type: ignore[misc]  # typed as never empty
    prescreened_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("Pool member")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "external_id"], name="campaigns_poolmember_external_id"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "merchant"], name="campaigns_poolmember_merchant"
            ),
            models.CheckConstraint(
                condition=models.Q(tier__in=["", *PoolTier.values]),
                name="campaigns_poolmember_tier",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=PoolStatus.values),
                name="campaigns_poolmember_status",
            ),
            models.CheckConstraint(
                condition=models.Q(status="removed")
                | models.Q(status="imported", merchant__isnull=True)
                | ~models.Q(status="imported") & models.Q(merchant__isnull=False),
                name="campaigns_poolmember_matched",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    prescreen_result="", prescreen_reason="", prescreened_at__isnull=True
                )
                & ~models.Q(status="prescreened")
                | models.Q(
                    prescreen_result__in=PrescreenResult.values,
                    prescreen_reason__in=PrescreenReason.values,
                    prescreened_at__isnull=False,
                ),
                name="campaigns_poolmember_prescreen",
            ),
            models.CheckConstraint(
                condition=models.Q(indicative_limit_minor__isnull=True)
                | models.Q(prescreen_result="pass", indicative_limit_minor__gt=0),
                name="campaigns_poolmember_limit",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "changed_at"], name="campaigns_poolmember_changed"),
            models.Index(fields=["tenant_id", "tier", "status"], name="campaigns_poolmember_tiers"),
            models.Index(
                fields=["tenant_id", "registration_no"],
                condition=models.Q(merchant__isnull=True),
                name="campaigns_poolmember_firm",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id
