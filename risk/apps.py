"""Risk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RiskConfig(AppConfig):
    name = "risk"
    verbose_name = _("Risk")

    def ready(self) -> None:
        from platform_app.kernel import events  # noqa: PLC0415 -- models exist only now
        from risk.operations.traits import CONSUMER  # noqa: PLC0415 -- as above

        events.subscribe(CONSUMER)
