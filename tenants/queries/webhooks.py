"""Endpoints, deliveries and every attempt."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Max, Q, QuerySet

from platform_app.kernel.errors import NotFound
from tenants.enums import DeliveryStatus
from tenants.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint

TOO_QUICK_MS: Final = 5


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


@dataclass(frozen=True, slots=True)
class Waiting:
    """Deliveries not yet taken, by how long ago their event was put on its way; given up today."""

    minute: int
    hour: int
    day: int
    older: int
    given_up: int

    @property
    def total(self) -> int:
        return self.minute + self.hour + self.day + self.older


def waiting_by_age(*, at: datetime) -> Waiting:
    """How old what waits is, in one aggregate; what was given up in the last 24 hours beside it.

    A delivery is given up at its last attempt, days after it was made; `next_attempt_at` is of that
    attempt, plus at most its lease.
    """
    pending = Q(status=DeliveryStatus.PENDING)
    since = {
        "minute": at - timedelta(minutes=1), "hour": at - timedelta(hours=1),
        "day": at - timedelta(days=1),
    }  # fmt: skip
    younger = {
        name: Count("pk", filter=pending & Q(created_at__gt=moment))
        for name, moment in since.items()
    }
    wanted = pending | Q(status=DeliveryStatus.FAILED, next_attempt_at__gt=since["day"])
    row = WebhookDelivery.objects.filter(wanted).aggregate(
        **younger,
        pending=Count("pk", filter=pending),
        given_up=Count("pk", filter=Q(status=DeliveryStatus.FAILED)),
    )
    return Waiting(
        minute=row["minute"],
        hour=row["hour"] - row["minute"],
        day=row["day"] - row["hour"],
        older=row["pending"] - row["day"],
        given_up=row["given_up"],
    )


def is_too_quick(attempt: WebhookAttempt) -> bool:
    """A 2xx that came before anything can have been stored: perhaps the event was lost."""
    code = attempt.status_code
    return code is not None and 200 <= code < 300 and attempt.duration_ms < TOO_QUICK_MS  # noqa: PLR2004


def too_quick(*, since: datetime) -> list[str]:
    """URLs of endpoints all of whose answers since then (three or more) were 2xx in no time."""
    rows = (
        WebhookAttempt.objects.filter(at__gte=since, status_code__gte=200, status_code__lt=300)
        .values("delivery__endpoint_id", "delivery__endpoint__url")
        .annotate(n=Count("pk"), slowest=Max("duration_ms"))
        .filter(n__gte=3, slowest__lt=TOO_QUICK_MS)
        .order_by("delivery__endpoint_id")
    )
    return [row["delivery__endpoint__url"] for row in rows]
