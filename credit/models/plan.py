"""What `derive` answers, kept as rows: the plan, its events, allocations, interest segments."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import Component, LoanEventKind, SegmentKind
from credit.models.drawdown import Drawdown
from credit.models.product import FundingSource, Product
from platform_app.kernel.fields import MinorField, OwnIdField, RateField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned


class LoanEvent(TenantOwned, AppendOnly):
    """Something that happened to a drawdown: counts on `value_on`, booked on `booked_on`."""

    id = OwnIdField("lev")
    drawdown = TenantForeignKey(Drawdown)
    seq = models.IntegerField()
    kind = models.TextField(choices=LoanEventKind.choices)
    amount_minor = MinorField()
    value_on = models.DateField()
    booked_on = models.DateField()
    key = models.TextField(help_text="Business key: the same act is recorded once.")
    actor = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Loan event")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "drawdown", "seq"], name="credit_loanevent_seq"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "kind", "key"], name="credit_loanevent_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=LoanEventKind.values, amount_minor__gt=0),
                name="credit_loanevent_kind",
            ),
        ]


class PlanRow(TenantOwned, Stamped):
    """One installment: what is owed (from the plan) and what is paid (from the allocations)."""

    id = OwnIdField("ins")
    drawdown = TenantForeignKey(Drawdown)
    seq = models.IntegerField()
    start_on = models.DateField()
    seed_due_on = models.DateField()
    due_on = models.DateField()
    principal_minor = MinorField()
    interest_minor = MinorField()
    penalty_minor = MinorField(default=0)
    paid_principal_minor = MinorField(default=0)
    paid_interest_minor = MinorField(default=0)
    paid_penalty_minor = MinorField(default=0)
    paid_off_on = models.DateField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Installment")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "drawdown", "seq"], name="credit_planrow_seq"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    principal_minor__gte=0,
                    interest_minor__gte=0,
                    penalty_minor__gte=0,
                    paid_principal_minor__gte=0,
                    paid_interest_minor__gte=0,
                    paid_penalty_minor__gte=0,
                    paid_principal_minor__lte=models.F("principal_minor"),
                    paid_interest_minor__lte=models.F("interest_minor"),
                    paid_penalty_minor__lte=models.F("penalty_minor"),
                ),
                name="credit_planrow_amounts",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "due_on"],
                condition=models.Q(paid_off_on__isnull=True),
                name="credit_planrow_due",
            )
        ]


class Allocation(TenantOwned, AppendOnly):
    """How much of one payment went to which component of which row."""

    id = OwnIdField("alc")
    drawdown = TenantForeignKey(Drawdown)
    loan_event = TenantForeignKey(LoanEvent)
    seq = models.IntegerField()
    component = models.TextField(choices=Component.choices)
    amount_minor = MinorField()

    class Meta:
        verbose_name = verbose_name_plural = _("Allocation")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "loan_event", "seq", "component"],
                name="credit_allocation_once",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0, component__in=Component.values),
                name="credit_allocation_amount",
            ),
        ]


class InterestSegment(TenantOwned, Stamped):
    """A stretch of days [from_on, to_on) with one base and one rate, earning into one row.

    Its interest up to a day d is `round(base × rate × (min(d, to_on) − from_on) / year_days)`: a
    formula, not a row a day. What a drawdown has earned by d is the sum over its segments.
    """

    id = OwnIdField("seg")
    drawdown = TenantForeignKey(Drawdown)
    funding_source = TenantForeignKey(FundingSource)
    product = TenantForeignKey(Product)
    kind = models.TextField(choices=SegmentKind.choices)
    seq = models.IntegerField(help_text="The plan row it earns into.")
    from_on = models.DateField()
    to_on = models.DateField(help_text="9999-12-31 when nothing is known to end it.")
    base_minor = MinorField()
    annual_rate = RateField()
    year_days = models.IntegerField()

    class Meta:
        verbose_name = verbose_name_plural = _("Interest segment")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "drawdown", "kind", "seq", "from_on"],
                name="credit_interestsegment_start",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    from_on__lt=models.F("to_on"),
                    base_minor__gt=0,
                    annual_rate__gt=0,
                    year_days__in=[360, 365],
                    kind__in=SegmentKind.values,
                ),
                name="credit_interestsegment_shape",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "to_on", "from_on"], name="credit_interestsegment_days"
            )
        ]
