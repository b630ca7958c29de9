"""What is asked of merchants."""

from datetime import date

from django.db.models import Min, QuerySet

from credit.enums import AskStatus
from credit.models import ApplicationAsk


def list_asks(application_id: str) -> QuerySet[ApplicationAsk]:
    """Every request of an application with the file that answered it, oldest first."""
    rows: QuerySet[ApplicationAsk] = (
        ApplicationAsk.objects.filter(application_id=application_id)
        .select_related("attachment")
        .defer("attachment__sealed")
        .order_by("id")
    )
    return rows


def first_due_on(application_id: str) -> date | None:
    """The earliest day among the requests that wait or wait to be handed in."""
    rows = ApplicationAsk.objects.filter(
        application_id=application_id, status__in=[AskStatus.OPEN, AskStatus.ANSWERED]
    )
    found: date | None = rows.aggregate(first=Min("due_on"))["first"]
    return found
