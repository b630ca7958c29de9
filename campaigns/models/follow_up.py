"""Call-backs: a time a merchant chose, how many a time holds, and the calls that were made."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.domain.slots import START_HOURS, Slot
from campaigns.enums import CallOutcome, FollowUpStatus
from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from tenants.models import Merchant


class FollowUpSlot(TenantOwned, Stamped):
    """How many calls a time holds and how many merchants have taken it."""

    id = OwnIdField("fus")
    on = models.DateField()
    hour = models.SmallIntegerField()
    capacity = models.IntegerField()
    taken_count = models.IntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("Call-back time")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "on", "hour"], name="campaigns_followupslot_once"
            ),
            models.CheckConstraint(
                condition=models.Q(taken_count__gte=0)
                & models.Q(taken_count__lte=models.F("capacity")),
                name="campaigns_followupslot_taken",
            ),
            models.CheckConstraint(
                condition=models.Q(hour__in=START_HOURS), name="campaigns_followupslot_hour"
            ),
        ]


class FollowUp(TenantOwned, Stamped):
    """A merchant wants to be called in the two hours from `hour` on the day `on`."""

    id = OwnIdField("fup")
    merchant = TenantForeignKey(Merchant)
    on = models.DateField()
    hour = models.SmallIntegerField()
    words = models.TextField(default="", blank=True)
    status = models.TextField(choices=FollowUpStatus.choices, default=FollowUpStatus.BOOKED)
    assignee = models.TextField(default="", blank=True)
    call_count = models.IntegerField(default=0)
    booked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("Call-back")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "merchant"],
                condition=models.Q(status="booked"),
                name="campaigns_followup_one_booked",
            ),
            models.CheckConstraint(
                condition=models.Q(status="booked", ended_at__isnull=True)
                | models.Q(status__in=["done", "missed", "canceled"], ended_at__isnull=False),
                name="campaigns_followup_status",
            ),
            models.CheckConstraint(
                condition=models.Q(hour__in=START_HOURS), name="campaigns_followup_hour"
            ),
        ]
        indexes = [models.Index(fields=["tenant_id", "on"], name="campaigns_followup_day")]

    @property
    def slot(self) -> Slot:
        return Slot(self.on, self.hour)


class FollowUpCall(TenantOwned, AppendOnly):
    """One call that was made, and what came of it."""

    id = OwnIdField("fuc")
    follow_up = TenantForeignKey(FollowUp)
    outcome = models.TextField(choices=CallOutcome.choices)
    note = models.TextField(default="", blank=True)
    next_on = models.DateField(null=True)
    next_hour = models.SmallIntegerField(null=True)
    actor = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Call")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=CallOutcome.values)
                & (
                    models.Q(next_on__isnull=True, next_hour__isnull=True)
                    | models.Q(next_on__isnull=False, next_hour__isnull=False)
                ),
                name="campaigns_followupcall_next",
            )
        ]
