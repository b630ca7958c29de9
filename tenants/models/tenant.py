"""The partner platform: brand, vertical, terms of cooperation."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField
from platform_app.kernel.models import Stamped
from tenants.enums import ApplicationNeed, TenantStatus


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
    is_virtual = models.BooleanField(
        default=False, help_text="Its calendar is moved by the replay or a test clock, not by time."
    )

    class Meta:
        verbose_name = verbose_name_plural = _("Partner platform")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=TenantStatus.values), name="tenants_tenant_status"
            ),
            models.CheckConstraint(
                condition=models.Q(accent__regex=r"^#[0-9A-Fa-f]{6}$"),
                name="tenants_tenant_accent",
            ),
            models.CheckConstraint(
                condition=models.Q(application_needs__contained_by=ApplicationNeed.values),
                name="tenants_tenant_application_needs",
            ),
        ]

    def __str__(self) -> str:
        return self.name
