"""Keys with which a partner's back end signs its requests."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, TenantForeignKey
from platform_app.kernel.models import Door, Stamped
from tenants.enums import KeyAlgorithm


class Credential(Door, Stamped):
    """One key. A door: it is read to learn the tenant. Secrets are sealed, public keys are PEM.

    `former` is the key this one succeeds; an empty `allowed_ips` allows every address. A key that
    `awaits_second` opens nothing until somebody other than `made_by` agrees.
    """

    id = OwnIdField("key")
    label = models.TextField()
    algorithm = models.TextField(choices=KeyAlgorithm.choices)
    secret_sealed = models.BinaryField(default=b"")
    public_key_pem = models.TextField(default="", blank=True)
    scopes = ArrayField(models.TextField(), default=list)
    allowed_ips = ArrayField(models.TextField(), default=list, db_default=[])
    former = TenantForeignKey("self", null=True)
    made_by = models.TextField(default="", db_default="")
    awaits_second = models.BooleanField(default=False, db_default=False)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)
    end_told_days = models.SmallIntegerField(
        null=True, help_text="How many days before its end the platform was last told of it."
    )

    class Meta:
        verbose_name = verbose_name_plural = _("API key")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(algorithm__in=KeyAlgorithm.values),
                name="tenants_credential_algorithm",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "former"],
                condition=models.Q(former__isnull=False),
                name="tenants_credential_one_successor",
            ),
            models.CheckConstraint(
                condition=models.Q(end_told_days__isnull=True) | models.Q(end_told_days__gt=0),
                name="tenants_credential_end_told_days",
            ),
        ]
