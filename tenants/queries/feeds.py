"""What became of the batches of orders."""

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from platform_app.kernel import clock
from tenants.models import Feed


def list_feeds(*, on: date | None = None) -> QuerySet[Any]:
    """The platform's feeds; with `on` those received on that day in Shanghai."""
    rows: QuerySet[Any] = Feed.objects.all()
    if on is None:
        return rows
    first = clock.moment_on(on, 0)
    return rows.filter(received_at__gte=first, received_at__lt=first + timedelta(days=1))
