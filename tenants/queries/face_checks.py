"""Whether a face check is asked for, and how the last one went."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tenants.enums import ConsentCode, FaceCheckStatus
from tenants.models import FaceCheck, MerchantPerson
from tenants.queries.consents import current_consents, missing_consents
from tenants.queries.tenants import current_tenant

GOOD_FOR: Final = timedelta(minutes=30)
KNOWN_FOR: Final = timedelta(days=30)
OPEN_FOR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FaceStep:
    """Where a step that asks for a face stands: none, waiting, failed, expired or passed."""

    state: str
    check: FaceCheck | None


def face_check_needed(amount_minor: int) -> bool:
    """Whether the platform asks for a face before so much (fen) is signed for."""
    least = current_tenant().face_check_from_minor
    return least is not None and amount_minor >= least


def is_face_known(person: MerchantPerson, *, at: datetime) -> bool:
    """Whether a face check confirmed this person, by this name and number, in thirty days."""
    seen_at: datetime | None = person.face_checked_at
    return seen_at is not None and at < seen_at + KNOWN_FOR


def last_face_check(merchant_id: str, subject: str) -> FaceCheck | None:
    """The last try for this object that the service took on."""
    rows = FaceCheck.objects.filter(merchant_id=merchant_id, subject=subject)
    found: FaceCheck | None = rows.exclude(reference="").order_by("-started_at", "-id").first()
    return found


def good_face_check(merchant_id: str, subject: str, *, at: datetime) -> FaceCheck | None:
    """The check that was passed for this object within the last thirty minutes."""
    found: FaceCheck | None = (
        FaceCheck.objects.filter(
            merchant_id=merchant_id, subject=subject, status=FaceCheckStatus.PASSED,
            ended_at__gt=at - GOOD_FOR,
        )
        .order_by("-ended_at", "-id")
        .first()
    )  # fmt: skip
    return found


def starts_in_a_day(merchant_id: str, *, at: datetime) -> int:
    """How many checks of a merchant the service took on within a day."""
    rows = FaceCheck.objects.filter(merchant_id=merchant_id, started_at__gt=at - timedelta(days=1))
    return rows.exclude(reference="").count()


def is_face_agreed(merchant_id: str, whom_index: str) -> bool:
    """Whether the one whose face is looked at agreed to it: nobody agrees for somebody else."""
    if missing_consents(merchant_id, [ConsentCode.FACE_RECOGNITION]):
        return False
    given = current_consents(merchant_id)[ConsentCode.FACE_RECOGNITION]
    return bool(given.evidence.get("whom") == whom_index)


def signing_step(merchant_id: str, subject: str, *, at: datetime) -> FaceStep:
    """Where the check before a signature stands."""
    good = good_face_check(merchant_id, subject, at=at)
    if good is not None:
        return FaceStep("passed", good)
    last = last_face_check(merchant_id, subject)
    if last is not None and last.status == FaceCheckStatus.PASSED:
        return FaceStep("expired", last)
    return FaceStep(_state(last, at), last)


def identity_step(person: MerchantPerson, last: FaceCheck | None, *, at: datetime) -> FaceStep:
    """Where the check of whoever applies stands; one of a former name or number is none."""
    if is_face_known(person, at=at):
        return FaceStep("passed", last)
    if last is None or last.status == FaceCheckStatus.PASSED:
        return FaceStep("none" if person.face_checked_at is None else "expired", last)
    return FaceStep(_state(last, at), last)


def _state(last: FaceCheck | None, at: datetime) -> str:
    """Of a check that was not passed: nobody comes back to a page of the service after an hour."""
    if last is None:
        return "none"
    if last.status in {FaceCheckStatus.FAILED, FaceCheckStatus.EXPIRED}:
        return str(last.status)
    return "waiting" if at < last.started_at + OPEN_FOR else "expired"
