"""Quote, hold, drawdown: from the figure shown to the figure booked."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import DrawdownStatus, HoldStatus
from credit.models.discount import Discount
from credit.models.line import CreditLine
from credit.models.partnership import Partnership
from credit.models.product import FundingSource
from platform_app.kernel.fields import MinorField, OwnIdField, RateField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from tenants.models import Merchant


class Quote(TenantOwned, AppendOnly):
    """A price for one order and one option, good until `expires_at`; `plan` is what was shown.

    With a discount the rates are those of what the merchant pays; `plain_*` are those without.
    """

    id = OwnIdField("quo")
    line = TenantForeignKey(CreditLine)
    merchant = TenantForeignKey(Merchant)
    order_no = models.TextField()
    option_code = models.TextField()
    amount_minor = MinorField()
    terms = models.JSONField()
    plan = models.JSONField()
    interest_minor = MinorField()
    apr_simple = RateField()
    apr_compound = RateField()
    discount = TenantForeignKey(Discount, null=True, db_index=False)
    discount_minor = MinorField(default=0, db_default=0)
    plain_apr_simple = RateField(null=True)
    plain_apr_compound = RateField(null=True)
    order = models.JSONField(
        null=True, help_text="What the platform said of the order beside number and total."
    )
    value_on = models.DateField()
    quoted_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Quote")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    discount__isnull=True,
                    discount_minor=0,
                    plain_apr_simple__isnull=True,
                    plain_apr_compound__isnull=True,
                )
                | models.Q(
                    discount__isnull=False,
                    discount_minor__gt=0,
                    discount_minor__lte=models.F("interest_minor"),
                    plain_apr_simple__isnull=False,
                    plain_apr_compound__isnull=False,
                ),
                name="credit_quote_discount",
            )
        ]

    @property
    def total_minor(self) -> int:
        """What the merchant pays back in all when it pays as planned, fees aside."""
        total: int = self.amount_minor + self.interest_minor - self.discount_minor
        return total


class Drawdown(TenantOwned, Stamped):
    """One order paid with the line; once captured, the note. Terms are copied in, not referred to.

    `outstanding_*` are a cache of what `derive` says, proven every night. `next_event_on` is the
    next day on which something happens by itself; the daily close looks at no other drawdown.
    """

    id = OwnIdField("drw")
    line = TenantForeignKey(CreditLine, db_index=False)
    merchant = TenantForeignKey(Merchant, db_index=False)
    quote = TenantForeignKey(Quote, db_index=False)
    funding_source = TenantForeignKey(FundingSource, db_index=False)
    partnership = TenantForeignKey(
        Partnership, null=True, db_index=False,
        help_text="Of a joint loan; a sole lender needs none.",
    )  # fmt: skip
    order_no = models.TextField()
    external_id = models.TextField()
    placed_by = models.TextField(
        default="", blank=True, help_text="Who placed it, as the platform calls the person."
    )
    option_code = models.TextField()
    terms = models.JSONField()
    grace_days = models.IntegerField()
    penalty_rate = RateField()
    status = models.TextField(choices=DrawdownStatus.choices)
    authorized_minor = MinorField()
    captured_minor = MinorField(default=0)
    outstanding_principal_minor = MinorField(default=0)
    authorized_at = models.DateTimeField()
    value_on = models.DateField(null=True)
    maturity_on = models.DateField(null=True)
    oldest_unpaid_on = models.DateField(
        null=True, help_text="Due date of the oldest unpaid row; days past due count from it."
    )
    next_event_on = models.DateField(null=True)
    signed_due_on = ArrayField(
        models.DateField(),
        default=list,
        blank=True,
        help_text="Due dates as signed, row by row; none of them ever moves earlier.",
    )
    paused_until = models.DateField(null=True)
    closes_alone = models.BooleanField(
        default=False, help_text="Joint, or with events beyond the close's set-based statement."
    )
    lags_since = models.DateField(
        null=True, help_text="The first day that the close could not do for this drawdown."
    )
    paid_off_on = models.DateField(null=True)
    written_off_on = models.DateField(null=True)
    event_count = models.IntegerField(default=0)
    version = models.IntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("Drawdown")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "external_id"], name="credit_drawdown_external_id"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=DrawdownStatus.values), name="credit_drawdown_status"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    authorized_minor__gt=0,
                    captured_minor__gte=0,
                    captured_minor__lte=models.F("authorized_minor"),
                    outstanding_principal_minor__gte=0,
                    outstanding_principal_minor__lte=models.F("captured_minor"),
                ),
                name="credit_drawdown_amounts",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "next_event_on"],
                condition=models.Q(next_event_on__isnull=False),
                name="credit_drawdown_next_event",
            ),
            # With what the nightly proof adds up: it need not read the rows themselves.
            models.Index(
                fields=["tenant_id", "line", "funding_source"],
                include=["id", "outstanding_principal_minor"],
                name="credit_drawdown_line",
            ),
            models.Index(fields=["tenant_id", "merchant"], name="credit_drawdown_merchant"),
        ]


class Hold(TenantOwned, Stamped):
    """Part of a line reserved for one order: held = captured + released + still held."""

    id = OwnIdField("hld")
    line = TenantForeignKey(CreditLine)
    drawdown = TenantForeignKey(Drawdown, db_index=False)
    amount_minor = MinorField()
    captured_minor = MinorField(default=0)
    released_minor = MinorField(default=0)
    status = models.TextField(choices=HoldStatus.choices, default=HoldStatus.HELD)
    expires_on = models.DateField()
    end_told_days = models.IntegerField(
        null=True, blank=True, help_text="How many days before its end the platform was last told."
    )
    ships_on = models.DateField(
        null=True, blank=True, help_text="The day on which the platform ships, as it said."
    )
    is_late_told = models.BooleanField(
        default=False, db_default=False,
        help_text="The platform was told that this day is over and nothing was captured.",
    )  # fmt: skip
    exposure_slice_no = models.IntegerField(default=0)
    entity_key = models.TextField(
        default="", blank=True, help_text="Whose exposure over all tenants it counts to; a hash."
    )

    class Meta:
        verbose_name = verbose_name_plural = _("Hold")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "drawdown"], name="credit_hold_one_per_drawdown"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    amount_minor__gt=0,
                    captured_minor__gte=0,
                    released_minor__gte=0,
                    amount_minor__gte=models.F("captured_minor") + models.F("released_minor"),
                ),
                name="credit_hold_amounts",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=HoldStatus.values), name="credit_hold_status"
            ),
            models.CheckConstraint(
                condition=models.Q(status="held")
                | models.Q(status="part_captured")
                | models.Q(amount_minor=models.F("captured_minor") + models.F("released_minor")),
                name="credit_hold_finished",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "expires_on"],
                condition=models.Q(status__in=["held", "part_captured"]),
                name="credit_hold_expiry",
            )
        ]

    @property
    def remaining_minor(self) -> int:
        return self.amount_minor - self.captured_minor - self.released_minor
