"""Where a partner wants to hear of events, and every attempt to tell it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, PublicIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from tenants.enums import DeliveryStatus, EndpointStatus, ReplayStatus


class WebhookEndpoint(TenantOwned, Stamped):
    """A URL, its secret (sealed), and the event names it wants; an empty list means all."""

    id = OwnIdField("whe")
    url = models.TextField()
    event_names = ArrayField(models.TextField(), default=list, blank=True)
    secret_sealed = models.BinaryField()
    former_secret_sealed = models.BinaryField(null=True)
    former_until = models.DateTimeField(
        null=True, help_text="Until then deliveries carry the former secret's signature too."
    )
    status = models.TextField(choices=EndpointStatus.choices, default=EndpointStatus.ACTIVE)
    disabled_reason = models.TextField(default="", blank=True)
    failing_since = models.DateTimeField(null=True)
    told_days = models.IntegerField(
        default=0, db_default=0, help_text="For how many days of failing somebody was told."
    )

    class Meta:
        verbose_name = verbose_name_plural = _("Webhook endpoint")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=EndpointStatus.values),
                name="tenants_webhookendpoint_status",
            ),
            models.CheckConstraint(
                condition=models.Q(former_secret_sealed__isnull=True, former_until__isnull=True)
                | models.Q(former_secret_sealed__isnull=False, former_until__isnull=False),
                name="tenants_webhookendpoint_former",
            ),
        ]


class WebhookDelivery(TenantOwned, Stamped):
    """One event on its way to one endpoint: exactly one row, however many attempts."""

    id = OwnIdField("dlv")
    endpoint = TenantForeignKey(WebhookEndpoint)
    event_id = PublicIdField("evt")
    event_name = models.TextField()
    body = models.TextField()
    status = models.TextField(choices=DeliveryStatus.choices, default=DeliveryStatus.PENDING)
    attempt_count = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Webhook delivery")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "endpoint", "event_id"], name="tenants_webhookdelivery_once"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=DeliveryStatus.values),
                name="tenants_webhookdelivery_status",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(status="pending"),
                name="tenants_webhookdelivery_due",
            ),
            models.Index(
                fields=["endpoint", "next_attempt_at", "id"],
                condition=models.Q(status="pending"),
                name="tenants_webhookdelivery_turn",
            ),
        ]


class WebhookAttempt(TenantOwned, AppendOnly):
    """One try: what came back, how long it took."""

    id = OwnIdField("dla")
    delivery = TenantForeignKey(WebhookDelivery)
    attempt_no = models.IntegerField()
    at = models.DateTimeField()
    status_code = models.IntegerField(null=True)
    response_excerpt = models.TextField(default="")
    error = models.TextField(default="")
    duration_ms = models.IntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("Webhook attempt")
        indexes = [models.Index(fields=["tenant_id", "at"], name="tenants_webhookattempt_at")]


class WebhookReplay(TenantOwned, Stamped):
    """Events of a time on their way to one endpoint once more; one at a time for each endpoint.

    `last_event_id` is how far it has come, so that a worker that dies is followed by another.
    """

    id = OwnIdField("whr")
    endpoint = TenantForeignKey(WebhookEndpoint)
    since = models.DateTimeField()
    until = models.DateTimeField()
    event_names = ArrayField(models.TextField(), default=list, blank=True)
    status = models.TextField(choices=ReplayStatus.choices, default=ReplayStatus.WAITING)
    actor = models.TextField()
    asked_at = models.DateTimeField()
    last_event_id = PublicIdField("evt", null=True)
    event_count = models.IntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Webhook replay")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "endpoint"],
                condition=models.Q(status="waiting"),
                name="tenants_webhookreplay_one",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=ReplayStatus.values),
                name="tenants_webhookreplay_status",
            ),
            models.CheckConstraint(
                condition=models.Q(since__lt=models.F("until"), event_count__gte=0),
                name="tenants_webhookreplay_range",
            ),
            models.CheckConstraint(
                condition=models.Q(status="waiting", finished_at__isnull=True)
                | (~models.Q(status="waiting") & models.Q(finished_at__isnull=False)),
                name="tenants_webhookreplay_finished",
            ),
        ]
