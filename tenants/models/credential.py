"""Keys with which a partner's back end signs its requests."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField
from platform_app.kernel.models import Door, Stamped
from tenants.enums import KeyAlgorithm


class Credential(Door, Stamped):
    """One key. A door: it is read to learn the tenant. Secrets are sealed, public keys are PEM."""

    id = OwnIdField("key")
    label = models.TextField()
    algorithm = models.TextField(choices=KeyAlgorithm.choices)
    secret_sealed = models.BinaryField(default=b"")
    public_key_pem = models.TextField(default="", blank=True)
    scopes = ArrayField(models.TextField(), default=list)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("API key")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(algorithm__in=KeyAlgorithm.values),
                name="tenants_credential_algorithm",
            )
        ]
