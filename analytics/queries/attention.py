"""What waits for a person, worst first: each answer is the count of a list that can be opened."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, Min, QuerySet, Sum

from analytics.values import Attention
from credit.queries import portfolio
from credit.queries.holds import waiting_orders
from credit.queries.lines import ending_limits
from platform_app.kernel import clock
from tenants.enums import DeliveryStatus, IdentityReviewStatus
from tenants.queries.identity_reviews import list_identity_reviews
from tenants.queries.imports import list_imports
from tenants.queries.webhooks import list_deliveries


def needs_you(*, on: date, keys: Collection[str] | None = None) -> list[Attention]:
    """The lists that are not empty on a business day, all of them or only those named by `keys`.

    The most pressing first; what nobody asked for is not counted.
    """
    found = [
        item
        for named, look in _LISTS.items()
        if keys is None or not named.isdisjoint(keys)
        for item in look(on)
    ]
    return [item for item in found if item.count and (keys is None or item.key in keys)]


def _overdue(on: date) -> list[Attention]:
    rows = portfolio.drawdowns(state="overdue", on=on)
    return [_summed("overdue", rows, "outstanding_principal_minor", "oldest_unpaid_on")]


def _orders(on: date) -> list[Attention]:
    return [
        Attention(key=key, count=one.count, amount_minor=one.amount_minor, since_on=_day(one.since))
        for key, one in waiting_orders(on).items()
    ]


def _webhooks(on: date) -> list[Attention]:  # noqa: ARG001 -- one shape for all
    return [_counted("webhooks", list_deliveries(status=DeliveryStatus.FAILED))]


def _imports(on: date) -> list[Attention]:  # noqa: ARG001 -- one shape for all
    return [_counted("imports", list_imports().filter(error_count__gt=0))]


def _identity_reviews(on: date) -> list[Attention]:  # noqa: ARG001 -- one shape for all
    rows = list_identity_reviews(status=IdentityReviewStatus.ASKED, at=clock.now())
    return [_counted("identity_reviews", rows)]


def _limits_ending(on: date) -> list[Attention]:
    """Lines, not limits: `since_on` is the day the first of them ends."""
    rows = ending_limits(on)
    return [_summed("limits_ending", rows, "amount_minor", "until_on", count="line_id")]


_LISTS: Final[Mapping[frozenset[str], Callable[[date], list[Attention]]]] = {
    frozenset({"overdue"}): _overdue,
    frozenset({"late", "expiring", "uncaptured"}): _orders,
    frozenset({"webhooks"}): _webhooks,
    frozenset({"imports"}): _imports,
    frozenset({"limits_ending"}): _limits_ending,
    frozenset({"identity_reviews"}): _identity_reviews,
}


def _summed(
    key: str, rows: QuerySet[Any], amount: str, since: str, *, count: str = "pk"
) -> Attention:
    row = rows.order_by().aggregate(
        count=Count(count, distinct=count != "pk"), amount=Sum(amount), since=Min(since)
    )
    return Attention(
        key=key, count=row["count"], amount_minor=row["amount"], since_on=_day(row["since"])
    )


def _counted(key: str, rows: QuerySet[Any]) -> Attention:
    row = rows.order_by().aggregate(count=Count("pk"), since=Min("created_at"))
    return Attention(key=key, count=row["count"], since_on=_day(row["since"]))


def _day(value: date | datetime | None) -> date | None:
    return clock.day_of(value) if isinstance(value, datetime) else value
