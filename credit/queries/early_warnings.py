"""Lines that show a warning sign now: as their latest look found, and what that look did."""

from django.db.models import QuerySet

from credit.enums import LineStatus
from credit.models import LimitReview


def list_early_warnings(*, sign: str = "", action: str = "") -> QuerySet[LimitReview]:
    """The latest look at each line that is not closed, of those that found a sign.

    A sign that shows again night after night is looked at once, so its look may be days old.
    """
    latest = LimitReview.objects.order_by("line_id", "-on", "-id").distinct("line_id")
    rows: QuerySet[LimitReview] = LimitReview.objects.select_related("line__merchant")
    rows = rows.filter(pk__in=latest.values("pk")).exclude(signs=[])
    rows = rows.exclude(line__status=LineStatus.CLOSED)
    if sign:
        rows = rows.filter(signs__contains=[sign])
    return rows.filter(action=action) if action else rows
