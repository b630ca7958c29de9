"""Campaigns."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns")

    def ready(self) -> None:
        from campaigns.operations import pool_following  # noqa: PLC0415 -- models exist only now
        from campaigns.operations.introductions import introduce  # noqa: PLC0415 -- as above
        from campaigns.operations.invitations import introduce_invited  # noqa: PLC0415 -- as above
        from campaigns.operations.messages import CONSUMER  # noqa: PLC0415 -- as above
        from platform_app.kernel import events  # noqa: PLC0415 -- as above
        from tenants.operations import introductions  # noqa: PLC0415 -- as above

        introductions.hand_in(introduce, asks=("code", "token"))
        introductions.hand_in(introduce_invited, asks=("invitation",))
        events.subscribe(CONSUMER)
        events.subscribe(pool_following.CONSUMER)
