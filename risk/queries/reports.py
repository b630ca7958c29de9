"""Reports of outside parties: the facts in them at a moment, and the lists of the console."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet

from platform_app.kernel import clock
from risk.domain.facts import Facts
from risk.models import Report, ReportRequest, ReportSource


def report_facts(merchant_ids: Sequence[str], as_of: datetime) -> Mapping[str, Facts]:
    """Of each kind the latest report that was known before `as_of` and still counts: one statement.

    A report speaks of its own day, so one of tomorrow is not seen, whenever it came in.
    """
    day = clock.day_of(as_of)
    rows = (
        Report.objects.filter(
            merchant_id__in=merchant_ids, known_at__lt=as_of, event_on__lte=day, expires_on__gt=day
        )
        .order_by("merchant_id", "kind", "-event_on", "-known_at", "-id")
        .distinct("merchant_id", "kind")
    )
    found: dict[str, Facts] = {}
    for merchant_id, facts in rows.values_list("merchant_id", "facts"):
        found.setdefault(merchant_id, {}).update(facts)
    return found


def asks_outside() -> bool:
    """Whether somebody outside is asked before a decision, so that it takes a moment."""
    return ReportSource.objects.filter(is_active=True).exists()


def list_report_sources() -> QuerySet[ReportSource]:
    """Every source of the tenant, by kind."""
    rows: QuerySet[ReportSource] = ReportSource.objects.order_by("kind")
    return rows


def list_report_requests(*, outcome: str = "", merchant_id: str = "") -> QuerySet[ReportRequest]:
    """Requests with source, merchant and answer."""
    rows: QuerySet[ReportRequest] = ReportRequest.objects.select_related("source", "merchant")
    rows = rows.filter(outcome=outcome) if outcome else rows
    return rows.filter(merchant_id=merchant_id) if merchant_id else rows


def reports_of(requests: Sequence[ReportRequest]) -> dict[str, Report]:
    """The answers by request id: one statement."""
    rows = Report.objects.filter(request_id__in=[one.id for one in requests])
    return {row.request_id: row for row in rows}
