"""What waits for a person, worst first: each answer is the count of a list that can be opened."""

from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min, QuerySet, Sum

from analytics.values import Attention
from credit.queries import portfolio
from platform_app.kernel import clock
from tenants.enums import DeliveryStatus
from tenants.queries.imports import list_imports
from tenants.queries.webhooks import list_deliveries


def needs_you(*, on: date) -> list[Attention]:
    """The lists that are not empty on a business day: overdue, unshipped, webhooks, imports."""
    found = [
        _drawdowns("overdue", portfolio.drawdowns(state="overdue", on=on), "oldest_unpaid_on"),
        _drawdowns("uncaptured", portfolio.drawdowns(state="uncaptured", on=on), "authorized_at"),
        _counted("webhooks", list_deliveries(status=DeliveryStatus.FAILED)),
        _counted("imports", list_imports().filter(error_count__gt=0)),
    ]
    return [item for item in found if item.count]


def _drawdowns(key: str, rows: QuerySet[Any], since: str) -> Attention:
    amount = "outstanding_principal_minor" if key == "overdue" else "authorized_minor"
    row = rows.order_by().aggregate(count=Count("pk"), amount=Sum(amount), since=Min(since))
    return Attention(
        key=key, count=row["count"], amount_minor=row["amount"], since_on=_day(row["since"])
    )


def _counted(key: str, rows: QuerySet[Any]) -> Attention:
    row = rows.order_by().aggregate(count=Count("pk"), since=Min("created_at"))
    return Attention(key=key, count=row["count"], since_on=_day(row["since"]))


def _day(value: date | datetime | None) -> date | None:
    return clock.day_of(value) if isinstance(value, datetime) else value
