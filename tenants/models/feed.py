"""What a partner sent of orders in one call, and what became of each row."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned


class Feed(TenantOwned, AppendOnly, Stamped):
    """The report of one batch, as it was answered.

    `errors` is what was refused, each with its row, field and code. A batch that is sent again and
    says nothing new has no report of its own: its answer names this one.
    """

    id = OwnIdField("fed")
    sha256 = models.TextField(help_text="Of the rows as they were sent.")
    received_at = models.DateTimeField()
    actor = models.TextField()
    row_count = models.IntegerField()
    created_count = models.IntegerField()
    revised_count = models.IntegerField()
    repeated_count = models.IntegerField()
    refused_count = models.IntegerField()
    errors = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Order feed")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    row_count=models.F("created_count")
                    + models.F("revised_count")
                    + models.F("repeated_count")
                    + models.F("refused_count"),
                    created_count__gte=0,
                    revised_count__gte=0,
                    repeated_count__gte=0,
                    refused_count__gte=0,
                ),
                name="tenants_feed_counts",
            )
        ]
        indexes = [
            models.Index(fields=["tenant_id", "sha256"], name="tenants_feed_sha256"),
            models.Index(fields=["tenant_id", "received_at"], name="tenants_feed_received"),
        ]
