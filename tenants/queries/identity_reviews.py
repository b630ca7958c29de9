"""Who waits to be confirmed by a person, and who was."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from tenants.enums import IdentityReviewStatus
from tenants.errors import IdentityReviewNotFound
from tenants.models import IdentityReview

GOOD_FOR: Final = timedelta(days=3)


def list_identity_reviews(*, status: str = "", at: datetime) -> QuerySet[IdentityReview]:
    """Of a status or all, with merchant and person; no wish that nobody calls about any more."""
    rows = IdentityReview.objects.select_related("merchant", "person")
    rows = rows.exclude(status=IdentityReviewStatus.ASKED, expires_at__lte=at)
    return rows.filter(status=status) if status else rows


def identity_review(review_id: str) -> IdentityReview:
    """One with merchant and person. Raises IdentityReviewNotFound."""
    rows = IdentityReview.objects.select_related("merchant", "person")
    try:
        found: IdentityReview | None = rows.filter(pk=review_id).first()
    except ValueError:
        found = None
    if found is None:
        raise IdentityReviewNotFound
    return found


def last_identity_review(
    merchant_id: str, subject: str, whom_index: str, *, at: datetime
) -> IdentityReview | None:
    """The last wish about this very name and number that counts: waiting, or answered."""
    rows = IdentityReview.objects.filter(
        merchant_id=merchant_id, subject=subject, whom_index=whom_index
    ).exclude(status=IdentityReviewStatus.WITHDRAWN)
    found: IdentityReview | None = rows.order_by("-asked_at", "-id").first()
    if found and found.status == IdentityReviewStatus.ASKED and at >= found.expires_at:
        return None
    return found


def good_identity_review(
    merchant_id: str, subject: str, whom_index: str, *, at: datetime
) -> IdentityReview | None:
    """The last answer, if it confirmed this name and number for this object in three days."""
    last = last_identity_review(merchant_id, subject, whom_index, at=at)
    if last is None or last.ended_at is None or last.status != IdentityReviewStatus.PASSED:
        return None
    return last if at < last.ended_at + GOOD_FOR else None
