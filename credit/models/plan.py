"""What `derive` answers, kept as rows: the plan, its events, allocations, interest segments."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import Component, LoanEventKind, SegmentKind
from credit.models.drawdown import Drawdown
from credit.models.partnership import Partnership
from credit.models.product import FundingSource, Product
from platform_app.kernel.fields import MinorField, OwnIdField, RateField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned

MOVES_NO_AMOUNT = [
    LoanEventKind.RATE_CHANGE,
    LoanEventKind.PAUSE,
    LoanEventKind.EXTENSION,
    LoanEventKind.RESTRUCTURE,
    LoanEventKind.WRITE_OFF,
    LoanEventKind.REVERSAL,
]


class LoanEvent(TenantOwned, AppendOnly):
    """Something that happened to a drawdown: counts on `value_on`, booked on `booked_on`."""

    id = OwnIdField("lev")
    drawdown = TenantForeignKey(Drawdown, db_index=False)
    seq = models.IntegerField()
    kind = models.TextField(choices=LoanEventKind.choices)
    amount_minor = MinorField()
    value_on = models.DateField()
    booked_on = models.DateField()
    details = models.JSONField(
        default=dict, help_text="What the kind needs beside the amount, as `Happening` names it."
    )
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
                condition=models.Q(kind__in=LoanEventKind.values)
                & (models.Q(amount_minor__gt=0) | models.Q(kind__in=MOVES_NO_AMOUNT)),
                name="credit_loanevent_kind",
            ),
        ]


class PlanRow(TenantOwned, Stamped):
    """One installment: what is owed (from the plan) and what is paid (from the allocations)."""

    id = OwnIdField("ins")
    drawdown = TenantForeignKey(Drawdown, db_index=False)
    seq = models.IntegerField()
    start_on = models.DateField()
    seed_due_on = models.DateField()
    due_on = models.DateField()
    principal_minor = MinorField()
    interest_minor = MinorField()
    fee_minor = MinorField(default=0)
    penalty_minor = MinorField(default=0)
    paid_principal_minor = MinorField(default=0)
    paid_interest_minor = MinorField(default=0)
    paid_fee_minor = MinorField(default=0)
    paid_penalty_minor = MinorField(default=0)
    waived_principal_minor = MinorField(default=0)
    waived_interest_minor = MinorField(default=0)
    waived_fee_minor = MinorField(default=0)
    waived_penalty_minor = MinorField(default=0)
    written_off_principal_minor = MinorField(default=0)
    written_off_interest_minor = MinorField(default=0)
    written_off_fee_minor = MinorField(default=0)
    written_off_penalty_minor = MinorField(default=0)
    unpaid_minor = models.GeneratedField(
        expression=sum(
            (
                models.F(f"{part}_minor")
                - models.F(f"paid_{part}_minor")
                - models.F(f"waived_{part}_minor")
                - models.F(f"written_off_{part}_minor")
                for part in ("penalty", "fee", "interest")
            ),
            start=models.F("principal_minor")
            - models.F("paid_principal_minor")
            - models.F("waived_principal_minor")
            - models.F("written_off_principal_minor"),
        ),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    discount_minor = MinorField(
        default=0, db_default=0, help_text="What a discount bears, of the waived interest."
    )
    paid_off_on = models.DateField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Installment")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    discount_minor__gte=0, discount_minor__lte=models.F("waived_interest_minor")
                ),
                name="credit_planrow_discount",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "drawdown", "seq"], name="credit_planrow_seq"
            ),
            *(
                models.CheckConstraint(
                    condition=models.Q(
                        (f"paid_{part}_minor__gte", 0),
                        (f"waived_{part}_minor__gte", 0),
                        (f"written_off_{part}_minor__gte", 0),
                        (
                            f"{part}_minor__gte",
                            models.F(f"paid_{part}_minor")
                            + models.F(f"waived_{part}_minor")
                            + models.F(f"written_off_{part}_minor"),
                        ),
                    ),
                    name=f"credit_planrow_{part}",
                )
                for part in Component.values
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "due_on"],
                condition=models.Q(paid_off_on__isnull=True),
                name="credit_planrow_due",
            )
        ]


class Allocation(TenantOwned):
    """How much of one credit went to which component of which row.

    Derived like the plan: an event that counts earlier than others replaces them as a set.
    """

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

    Its interest up to a day d is `round(base × rate × (min(d, to_on) − from_on) / per_days)`: a
    formula, not a row a day. What a drawdown has earned by d is the sum over its segments.
    """

    id = OwnIdField("seg")
    drawdown = TenantForeignKey(Drawdown, db_index=False)
    funding_source = TenantForeignKey(FundingSource, db_index=False)
    product = TenantForeignKey(Product, db_index=False)
    partnership = TenantForeignKey(Partnership, null=True, db_index=False)
    kind = models.TextField(choices=SegmentKind.choices)
    seq = models.IntegerField(help_text="The plan row it earns into.")
    from_on = models.DateField()
    to_on = models.DateField(help_text="9999-12-31 when nothing is known to end it.")
    base_minor = MinorField()
    rate = RateField(max_digits=20, help_text="For `per_days` days.")
    per_days = models.IntegerField()

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
                    rate__gt=0,
                    per_days__gt=0,
                    kind__in=SegmentKind.values,
                ),
                name="credit_interestsegment_shape",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "to_on", "from_on"], name="credit_interestsegment_days"
            ),
            models.Index(
                fields=["tenant_id", "drawdown"],
                condition=models.Q(partnership__isnull=False),
                name="credit_interestsegment_joint",
            ),
            models.Index(
                fields=["tenant_id", "funding_source"],
                condition=models.Q(kind="subsidy"),
                name="credit_interestsegment_subsidy",
            ),
        ]
