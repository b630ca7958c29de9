"""The partner platform: brand, vertical, terms of cooperation."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField
from platform_app.kernel.models import Stamped
from platform_app.kernel.scope import Mode
from tenants.enums import ApplicationNeed, TenantMode, TenantStatus


class Tenant(Stamped):
    """One partner platform. Rows of all other tenant tables carry its id."""

    id = OwnIdField("tnt")
    slug = models.SlugField(unique=True)
    name = models.TextField()
    vertical = models.TextField(help_text="A key of tenants.domain.verticals.")
    status = models.TextField(choices=TenantStatus.choices, default=TenantStatus.ACTIVE)
    accent = models.CharField(max_length=7, default="#0F766E")
    lender_name = models.TextField(default="", help_text="Named at the foot of credit pages.")
    lender_phone = models.TextField(default="")
    embed_origins = ArrayField(models.TextField(), default=list)
    application_needs = ArrayField(
        models.TextField(), default=list, blank=True,
        help_text="What an application asks for beside firm and consents (ApplicationNeed).",
    )  # fmt: skip
    face_check_from_minor = models.BigIntegerField(
        null=True, blank=True,
        help_text="From which limit (fen) on a face check comes before signing; none if null.",
    )  # fmt: skip
    is_virtual = models.BooleanField(
        default=False, help_text="Its calendar is moved by the replay or a test clock, not by time."
    )

    mode = models.TextField(
        choices=TenantMode.choices, default=TenantMode.LIVE, db_default=TenantMode.LIVE
    )
    live_tenant = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Whose sandbox it is.",
    )  # fmt: skip
    clock_at = models.DateTimeField(
        null=True, blank=True, help_text="What its test clock was last set to."
    )
    clock_set_at = models.DateTimeField(null=True, blank=True, help_text="When it was set.")

    class Meta:
        verbose_name = verbose_name_plural = _("Partner platform")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(mode="live", live_tenant__isnull=True)
                | models.Q(mode="test", live_tenant__isnull=False),
                name="tenants_tenant_mode",
            ),
            models.CheckConstraint(
                condition=models.Q(clock_at__isnull=True, clock_set_at__isnull=True)
                | models.Q(
                    clock_at__isnull=False,
                    clock_set_at__isnull=False,
                    mode="test",
                    is_virtual=True,
                ),
                name="tenants_tenant_clock",
            ),
            models.UniqueConstraint(
                fields=["live_tenant"],
                condition=models.Q(status="active"),
                name="tenants_tenant_one_sandbox",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=TenantStatus.values), name="tenants_tenant_status"
            ),
            models.CheckConstraint(
                condition=models.Q(accent__regex=r"^#[0-9A-Fa-f]{6}$"),
                name="tenants_tenant_accent",
            ),
            models.CheckConstraint(
                condition=models.Q(face_check_from_minor__isnull=True)
                | models.Q(face_check_from_minor__gte=0),
                name="tenants_tenant_face_check",
            ),
            models.CheckConstraint(
                condition=models.Q(application_needs__contained_by=ApplicationNeed.values),
                name="tenants_tenant_application_needs",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def running(self) -> Mode:
        """Its mode, and the time its clock shows."""
        return Mode(self.mode == TenantMode.TEST, self.clock_at, self.clock_set_at)
