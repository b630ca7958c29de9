"""A merchant's visit inside the partner's page."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import Door, Stamped
from tenants.enums import EmbedComponent
from tenants.models.merchant import Merchant


class EmbedSession(Door, Stamped):
    """One-time secret → short-lived header token, bound to a merchant, a component, an origin.

    A door: the secret or the token is looked up before the tenant is known; only hashes are kept.
    """

    id = OwnIdField("ems")
    merchant = TenantForeignKey(Merchant)
    component = models.TextField(choices=EmbedComponent.choices)
    origin = models.TextField(default="", blank=True)
    return_url = models.TextField(default="", blank=True)
    locale = models.TextField(default="zh-hans")
    user_external_id = models.TextField(
        default="", blank=True, help_text="Who visits, as the platform calls the person."
    )
    order_no = models.TextField(default="", blank=True)
    amount_minor = models.BigIntegerField(default=0)
    order = models.JSONField(
        null=True, help_text="What the platform said of the order beside number and total."
    )
    secret_hash = models.TextField(unique=True)
    redeem_until = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True)
    token_hash = models.TextField(null=True, unique=True)
    token_until = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(help_text="The session ends for good.")

    class Meta:
        verbose_name = verbose_name_plural = _("Embed session")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(component__in=EmbedComponent.values),
                name="tenants_embedsession_component",
            )
        ]
