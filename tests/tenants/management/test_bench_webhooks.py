"""`bench webhooks` counts its own rows, and leaves nothing that would be sent later."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from platform_app.kernel.tenancy import platform_scope
from tenants.models import WebhookDelivery, WebhookEndpoint


@pytest.mark.django_db(transaction=True)
def test_everything_is_delivered_once_but_to_the_broken_endpoint(settings: Any) -> None:
    settings.WEBHOOK_ALLOW_LOCAL = True
    with pytest.raises(CommandError):
        call_command("bench", "webhooks", size=19)
    out = StringIO()
    call_command("bench", "webhooks", size=60, stdout=out)
    result = json.loads(out.getvalue())
    assert (result["delivered"], result["tried"], result["checked"]) == (57, 58, True)
    with platform_scope():
        assert set(WebhookEndpoint.objects.values_list("status", flat=True)) == {"disabled"}
        assert WebhookDelivery.objects.filter(status="pending").count() == 0
        assert WebhookDelivery.objects.filter(status="failed").count() == 3
