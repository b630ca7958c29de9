"""Reviews waiting and decided, and everything a reviewer looks at."""

from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from credit.domain.reviews import answer_by
from credit.enums import ReviewStatus
from credit.errors import ReviewNotFound
from credit.models import Review
from credit.queries.calendar import workday_test

WAITING: Final = (ReviewStatus.OPEN, ReviewStatus.PROPOSED)


def answer_due(at: datetime) -> datetime:
    """By when a person answers what is asked at `at`: in the evening of the next working day."""
    return answer_by(at, workday_test())


def list_reviews(*, status: str = "", kind: str = "", assignee: str = "") -> QuerySet[Review]:
    """Reviews with merchant and decision. `waiting` is every status that has not ended."""
    rows: QuerySet[Review] = Review.objects.select_related("application__merchant", "decision")
    if status == "waiting":
        rows = rows.filter(status__in=WAITING)
    elif status:
        rows = rows.filter(status=status)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.filter(assignee=assignee) if assignee else rows


def review(review_id: str) -> Review:
    """One review with all it stands on. Raises ReviewNotFound."""
    rows = Review.objects.select_related(
        "application__merchant", "application__product", "decision__scorecard", "decision__policy",
        "override", "limit_review__line",
    )  # fmt: skip
    try:
        found: Review | None = rows.filter(pk=review_id).first()
    except ValueError:
        found = None
    if found is None:
        raise ReviewNotFound
    return found


def review_of(application_id: str) -> Review | None:
    """The latest review of an application, requests for a higher limit aside."""
    rows = Review.objects.filter(application_id=application_id, limit_review__isnull=True)
    return rows.order_by("-id").first()


def limit_request_of(line_id: str) -> Review | None:
    """The latest review of a higher limit that the merchant asked for."""
    rows = Review.objects.filter(limit_review__line_id=line_id)
    return rows.select_related("limit_review").order_by("-id").first()
