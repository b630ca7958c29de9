"""What is kept of features: months, percentile tables, sets by their hash, snapshots of nights."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import MinorField, OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from tenants.models import Merchant


class FeatureMark(TenantOwned, Stamped):
    """How far the months of a tenant have been computed: one row.

    `known_until` is what they know, `seen_until` the database's clock when they looked: rows that
    came in before it, less some hours for transactions still open then, need no second look.
    """

    id = OwnIdField("fmk")
    known_until = models.DateTimeField(null=True)
    seen_until = models.DateTimeField(null=True)
    orders_known_at = models.DateTimeField(null=True, help_text="When the newest order came in.")

    class Meta:
        verbose_name = verbose_name_plural = _("Mark of the features")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id"], name="risk_featuremark_one"),
            models.CheckConstraint(
                condition=models.Q(known_until__isnull=True, seen_until__isnull=True)
                | models.Q(known_until__isnull=False, seen_until__isnull=False),
                name="risk_featuremark_both",
            ),
        ]


class MonthlyAgg(TenantOwned, Stamped):
    """A merchant's orders of one month by their counting revisions, as known before a moment.

    `next_at` is when the next revision that is here already will count, None mostly.
    """

    id = OwnIdField("mag")
    merchant = TenantForeignKey(Merchant)
    month = models.DateField(help_text="Its first day.")
    known_until = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    newest_known_at = models.DateTimeField(null=True, help_text="Of its revisions, last known.")
    net_minor = MinorField()
    returned_minor = MinorField()
    placed_count = models.IntegerField()
    returned_count = models.IntegerField()
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Month of a merchant")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant", "month"], name="risk_monthlyagg_one"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    net_minor__gte=0, returned_minor__gte=0, placed_count__gte=0,
                    returned_count__gte=0, month__day=1,
                ),
                name="risk_monthlyagg_range",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["tenant_id", "month"], name="risk_monthlyagg_month"),
            models.Index(
                fields=["tenant_id", "next_at"],
                condition=models.Q(next_at__isnull=False),
                name="risk_monthlyagg_next",
            ),
        ]


class PercentileTable(TenantOwned, Stamped):
    """Where values lie among a tenant's merchants of one category, as known before a moment.

    `category` is empty for the whole platform. At an edge the share is `mids` (half of the equals
    count), between two edges it is `tops` of the lower one. Never changed once written.
    """

    id = OwnIdField("pct")
    known_until = models.DateTimeField()
    month = models.DateField(help_text="The first day after the months that were summed.")
    category = models.TextField(default="", blank=True)
    feature = models.TextField()
    merchant_count = models.IntegerField()
    edges = ArrayField(MinorField())
    mids = ArrayField(models.DecimalField(max_digits=5, decimal_places=4))
    tops = ArrayField(models.DecimalField(max_digits=5, decimal_places=4))

    class Meta:
        verbose_name = verbose_name_plural = _("Percentile table")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "known_until", "category", "feature"],
                name="risk_percentiletable_one",
            ),
            models.CheckConstraint(
                condition=models.Q(merchant_count__gt=0, edges__len__gt=0, month__day=1),
                name="risk_percentiletable_not_empty",
            ),
        ]


class FeatureSetVersion(TenantOwned, AppendOnly):
    """The definitions behind a hash that snapshots name."""

    id = OwnIdField("fsv")
    sha256 = models.TextField()
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Feature set")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "sha256"], name="risk_featuresetversion_one"
            )
        ]


class FeatureSnapshot(TenantOwned, Stamped):
    """What was known of a merchant at the end of a day, with its hash.

    Those of a month's last day are kept; others go after some weeks. A decision keeps its own.
    """

    id = OwnIdField("fsn")
    merchant = TenantForeignKey(Merchant)
    on = models.DateField()
    as_of = models.DateTimeField()
    feature_set = models.TextField(help_text="The hash of its definitions.")
    values = models.JSONField()
    missing = ArrayField(models.TextField(), default=list, blank=True)
    watermarks = models.JSONField()
    sha256 = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = _("Feature snapshot")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "on", "merchant"], name="risk_featuresnapshot_one"
            )
        ]
