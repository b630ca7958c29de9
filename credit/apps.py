"""Credit."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CreditConfig(AppConfig):
    name = "credit"
    verbose_name = _("Credit")

    def ready(self) -> None:
        from credit.operations.policy_prices import (  # noqa: PLC0415 -- models exist only now
            check_policy_prices,
        )
        from risk.operations import price_gate  # noqa: PLC0415 -- as above

        price_gate.hand_in(check_policy_prices)
        from credit.operations.score_runs import CONSUMER  # noqa: PLC0415 -- models exist only now
        from platform_app.kernel import events  # noqa: PLC0415 -- as above

        events.subscribe(CONSUMER)
