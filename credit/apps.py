"""Credit."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CreditConfig(AppConfig):
    name = "credit"
    verbose_name = _("Credit")

    def ready(self) -> None:
        from credit.operations.score_runs import CONSUMER  # noqa: PLC0415 -- models exist only now
        from platform_app.kernel import events  # noqa: PLC0415 -- as above

        events.subscribe(CONSUMER)
