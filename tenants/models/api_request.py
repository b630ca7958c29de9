"""What partners asked of the API and what they were answered: thirty days of it, masked."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField, PublicIdField
from platform_app.kernel.models import Stamped, TenantOwned


class ApiRequest(TenantOwned, Stamped):
    """One request by a known key. Its id is the request id of answer, problem and log line.

    Written after the answer, by a job, and removed after thirty days: nothing may point here, and
    nothing is decided from here.
    """

    id = OwnIdField("req")
    at = models.DateTimeField()
    key_id = PublicIdField("key")
    is_verified = models.BooleanField(help_text="The signature was right; else no body is kept.")
    method = models.TextField()
    route = models.TextField(help_text="The path with names for its parts.")
    path = models.TextField()
    status = models.IntegerField()
    code = models.TextField(default="", blank=True)
    duration_ms = models.IntegerField()
    external_id = models.TextField(default="", blank=True)
    idempotency_key = models.TextField(default="", blank=True)
    is_replayed = models.BooleanField(default=False)
    asked = models.TextField(default="", blank=True)
    answered = models.TextField(default="", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("API request")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__gte=100, status__lt=600, duration_ms__gte=0),
                name="tenants_apirequest_figures",
            ),
            models.CheckConstraint(
                condition=models.Q(is_verified=True) | models.Q(asked=""),
                name="tenants_apirequest_unverified",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "at"], name="tenants_apirequest_at"),
            models.Index(
                fields=["tenant_id", "external_id", "id"],
                condition=~models.Q(external_id=""),
                name="tenants_apirequest_external",
            ),
            models.Index(
                fields=["tenant_id", "code", "at"],
                condition=~models.Q(code=""),
                name="tenants_apirequest_code",
            ),
            models.Index(fields=["tenant_id", "route", "at"], name="tenants_apirequest_route"),
            models.Index(
                fields=["tenant_id", "at"],
                condition=models.Q(is_replayed=True),
                name="tenants_apirequest_replayed",
            ),
        ]
