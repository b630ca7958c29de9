"""What we told the partner's servers, what they answered, and telling them again."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.domain import standard_webhooks
from tenants.enums import Role
from tenants.forms import page
from tenants.interfaces.console.forms import DeliveryFilter
from tenants.interfaces.console.pages import missing
from tenants.models import WebhookAttempt
from tenants.operations import webhooks as operations
from tenants.queries import webhooks

READERS = (Role.OWNER, Role.DEVELOPER)


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Endpoints and their health, deliveries newest first with their last attempt."""
    endpoints = list(webhooks.list_endpoints())
    filters = DeliveryFilter(request.GET, endpoints)
    rows = webhooks.list_deliveries(
        endpoint_id=filters.value("endpoint") or None,
        status=filters.value("status"),
        event_name=filters.value("event_name"),
    )
    found = page(request, rows)
    lasts = _last_attempts([row.id for row in found.rows])
    context = {
        "endpoints": endpoints,
        "disabled_count": sum(one.status == "disabled" for one in endpoints),
        "filters": filters,
        "page": found,
        "rows": [
            (row, last, _is_quick(last)) for row in found.rows for last in [lasts.get(row.id)]
        ],
    }
    return render(request, "console/tenants/webhooks.html", context)


@require_GET
@console_view(*READERS)
def detail(request: ConsoleRequest, delivery_id: str) -> HttpResponse:
    """One delivery: what was sent, every attempt and its answer."""
    try:
        delivery = webhooks.delivery(delivery_id)
    except NotFound as refusal:
        raise missing(refusal) from None
    context = {
        "delivery": delivery,
        "attempts": [(one, _is_quick(one)) for one in webhooks.list_attempts(delivery.id)],
        "headers": _headers(delivery.event_id),
        "body": _pretty(delivery.body),
    }
    return render(request, "console/tenants/delivery.html", context)


@require_POST
@console_view(*READERS)
def resend(request: ConsoleRequest, delivery_id: str) -> HttpResponse:
    """Send it again, whatever became of it."""
    try:
        operations.resend(delivery_id=delivery_id, actor=request.member.id, at=clock.machine_now())
    except NotFound as refusal:
        raise missing(refusal) from None
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, _("On its way again. The attempts appear below."))
    return redirect("console:delivery-detail", delivery_id)


def _last_attempts(delivery_ids: list[str]) -> dict[str, Any]:
    rows = WebhookAttempt.objects.filter(delivery_id__in=delivery_ids)
    return {row.delivery_id: row for row in rows.order_by("delivery_id", "attempt_no", "id")}


def _is_quick(attempt: WebhookAttempt | None) -> bool:
    return attempt is not None and webhooks.is_too_quick(attempt)


def _headers(event_id: str) -> dict[str, str]:
    """What every attempt carries, without the signature itself."""
    made = standard_webhooks.headers(message_id=event_id, timestamp=0, body="")
    return {**made, "webhook-timestamp": "…", "webhook-signature": "v1,…"}


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except ValueError:
        return body
