"""Campaigns."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns")

    def ready(self) -> None:
        from campaigns.operations.introductions import (  # noqa: PLC0415 -- models exist only now
            introduce,
        )
        from tenants.operations import introductions  # noqa: PLC0415 -- as above

        introductions.hand_in(introduce)
        from campaigns.operations.messages import CONSUMER  # noqa: PLC0415 -- models exist only now
        from platform_app.kernel import events  # noqa: PLC0415 -- as above

        events.subscribe(CONSUMER)
