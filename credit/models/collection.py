"""A merchant's collection case, who works it, and every contact made about it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import CaseStatus, CollectionStage, ContactChannel, ContactResult
from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from tenants.models import Member, Merchant


class CollectionCase(TenantOwned, Stamped):
    """Open while anything of the merchant is overdue: at most one at a time.

    How many days and how much is never kept here, it is computed. `next_contact_on` is when the
    case is to be worked next: the order of the worklist and the color of a row.
    """

    id = OwnIdField("cas")
    merchant = TenantForeignKey(Merchant)
    status = models.TextField(choices=CaseStatus.choices, default=CaseStatus.OPEN)
    stage = models.TextField(choices=CollectionStage.choices)
    stage_since_on = models.DateField()
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    next_contact_on = models.DateField()
    owner = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    agency = models.TextField(default="", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Collection case")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant"],
                condition=models.Q(status="open"),
                name="credit_collectioncase_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(status="open", closed_on__isnull=True)
                | models.Q(status="closed", closed_on__gte=models.F("opened_on")),
                name="credit_collectioncase_status",
            ),
            models.CheckConstraint(
                condition=models.Q(stage__in=CollectionStage.values),
                name="credit_collectioncase_stage",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "next_contact_on"],
                condition=models.Q(status="open"),
                name="credit_collectioncase_work",
            )
        ]


class CaseHandover(TenantOwned, AppendOnly):
    """The case passed to another person, or to an agency, for a reason."""

    id = OwnIdField("hov")
    case = TenantForeignKey(CollectionCase)
    from_owner = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    to_owner = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    to_agency = models.TextField(default="", blank=True)
    reason = models.TextField()
    actor = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Case handover")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_owner__isnull=False, to_agency="")
                | (models.Q(to_owner__isnull=True) & ~models.Q(to_agency="")),
                name="credit_casehandover_one_target",
            )
        ]


class CollectionContact(TenantOwned, AppendOnly):
    """One contact about a case. Outgoing ones are written before they are made: the guard said yes.

    One without a result counts as reached, so a cap cannot be dodged by writing nothing down.
    """

    id = OwnIdField("ctc")
    case = TenantForeignKey(CollectionCase)
    merchant = TenantForeignKey(Merchant)
    channel = models.TextField(choices=ContactChannel.choices)
    person_role = models.TextField(default="", blank=True)
    is_incoming = models.BooleanField(default=False)
    on = models.DateField(help_text="The Shanghai day it counts for.")
    at = models.DateTimeField()
    actor = models.TextField()
    note = models.TextField(default="", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Collection contact")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel__in=ContactChannel.values),
                name="credit_collectioncontact_channel",
            )
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "merchant", "on"], name="credit_collectioncontact_day"
            )
        ]


class ContactOutcome(TenantOwned, AppendOnly):
    """What came of an outgoing contact."""

    id = OwnIdField("cto")
    contact = TenantForeignKey(CollectionContact)
    result = models.TextField(choices=ContactResult.choices)
    note = models.TextField(default="", blank=True)
    actor = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Contact result")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "contact"], name="credit_contactoutcome_once"
            ),
            models.CheckConstraint(
                condition=models.Q(result__in=ContactResult.values),
                name="credit_contactoutcome_result",
            ),
        ]


class ContactBlock(TenantOwned, Stamped):
    """“Don't call here”: this channel, to this person of the firm or (empty) to any."""

    id = OwnIdField("blk")
    merchant = TenantForeignKey(Merchant)
    channel = models.TextField(choices=ContactChannel.choices)
    person_role = models.TextField(default="", blank=True)
    reason = models.TextField()
    blocked_by = models.TextField()
    blocked_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Contact block")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant", "channel", "person_role"],
                condition=models.Q(lifted_at__isnull=True),
                name="credit_contactblock_once",
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=ContactChannel.values),
                name="credit_contactblock_channel",
            ),
        ]
