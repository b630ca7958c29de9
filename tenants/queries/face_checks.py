"""Whether a face check is asked for, and how the last one went."""

from datetime import datetime, timedelta
from typing import Final

from tenants.enums import FaceCheckStatus
from tenants.models import FaceCheck
from tenants.queries.tenants import current_tenant

GOOD_FOR: Final = timedelta(minutes=30)


def face_check_needed(amount_minor: int) -> bool:
    """Whether the platform asks for a face before so much (fen) is signed for."""
    least = current_tenant().face_check_from_minor
    return least is not None and amount_minor >= least


def last_face_check(merchant_id: str, subject: str) -> FaceCheck | None:
    """The last try for this object."""
    rows = FaceCheck.objects.filter(merchant_id=merchant_id, subject=subject)
    found: FaceCheck | None = rows.order_by("-started_at", "-id").first()
    return found


def good_face_check(merchant_id: str, subject: str, *, at: datetime) -> FaceCheck | None:
    """The check that was passed for this object within the last thirty minutes."""
    last = last_face_check(merchant_id, subject)
    if last is None or last.status != FaceCheckStatus.PASSED or last.ended_at is None:
        return None
    return last if at < last.ended_at + GOOD_FOR else None
