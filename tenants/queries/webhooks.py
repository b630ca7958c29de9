"""Endpoints, deliveries and every attempt."""

from typing import Any

from django.db.models import QuerySet

from platform_app.kernel.errors import NotFound
from tenants.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint


def endpoint(endpoint_id: str) -> WebhookEndpoint:
    """One endpoint. Raises NotFound."""
    try:
        found: WebhookEndpoint | None = WebhookEndpoint.objects.filter(pk=endpoint_id).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun="endpoint")
    return found


def delivery(delivery_id: str) -> WebhookDelivery:
    """One delivery, its endpoint with it. Raises NotFound."""
    try:
        found: WebhookDelivery | None = (
            WebhookDelivery.objects.select_related("endpoint").filter(pk=delivery_id).first()
        )
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun="delivery")
    return found


def list_endpoints() -> QuerySet[Any]:
    """The platform's endpoints, oldest first."""
    return WebhookEndpoint.objects.order_by("id")


def list_deliveries(
    *, endpoint_id: str | None = None, status: str = "", event_name: str = ""
) -> QuerySet[Any]:
    """Deliveries, newest first, their endpoints with them."""
    rows = WebhookDelivery.objects.select_related("endpoint").order_by("-id")
    if endpoint_id is not None:
        rows = rows.filter(endpoint_id=endpoint_id)
    if status:
        rows = rows.filter(status=status)
    if event_name:
        rows = rows.filter(event_name=event_name)
    return rows


def list_attempts(delivery_id: str) -> QuerySet[Any]:
    """Every attempt of one delivery, in order."""
    return WebhookAttempt.objects.filter(delivery_id=delivery_id).order_by("attempt_no", "id")
