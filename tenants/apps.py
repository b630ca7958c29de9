"""Tenants."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = _("Platforms and merchants")

    def ready(self) -> None:
        from platform_app.kernel import events  # noqa: PLC0415 -- models exist only now
        from tenants.access import schema  # noqa: F401, PLC0415 -- importing it registers it
        from tenants.operations.endpoint_health import NOTICES  # noqa: PLC0415 -- as above
        from tenants.operations.webhooks import CONSUMER  # noqa: PLC0415 -- as above

        events.subscribe(CONSUMER)
        events.subscribe(NOTICES)
