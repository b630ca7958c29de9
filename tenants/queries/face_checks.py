"""Whether a face check is asked for, how the last one went, and whether a person looks instead."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tenants.enums import ConsentCode, FaceCheckStatus, IdentityReviewStatus
from tenants.models import FaceCheck, IdentityReview, MerchantPerson
from tenants.queries.consents import current_consents, missing_consents
from tenants.queries.identity_reviews import good_identity_review, last_identity_review
from tenants.queries.tenants import current_tenant

GOOD_FOR: Final = timedelta(minutes=30)
KNOWN_FOR: Final = timedelta(days=30)
OPEN_FOR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FaceStep:
    """Where a step that asks for a face stands: none, waiting, failed, expired or passed.

    Where a person looks instead: review while that waits, refused when it confirmed nobody.
    """

    state: str
    check: FaceCheck | None
    review: IdentityReview | None = None


def face_check_needed(amount_minor: int) -> bool:
    """Whether the platform asks for a face before so much (fen) is signed for."""
    least = current_tenant().face_check_from_minor
    return least is not None and amount_minor >= least


def is_face_known(person: MerchantPerson, *, at: datetime) -> bool:
    """Whether a face check confirmed this person, by this name and number, in thirty days."""
    seen_at: datetime | None = person.identity_confirmed_at
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


def signing_step(merchant_id: str, subject: str, whom_index: str, *, at: datetime) -> FaceStep:
    """Where the check before a signature stands, for whoever has this name and number."""
    good = good_face_check(merchant_id, subject, at=at)
    if good is not None:
        return FaceStep("passed", good)
    seen = good_identity_review(merchant_id, subject, whom_index, at=at)
    if seen is not None:
        return FaceStep("passed", None, seen)
    last = last_face_check(merchant_id, subject)
    by_person = _by_person(merchant_id, subject, whom_index, last, at)
    if by_person is not None:
        return by_person
    if last is not None and last.status == FaceCheckStatus.PASSED:
        return FaceStep("expired", last)
    return FaceStep(_state(last, at), last)


def identity_step(
    person: MerchantPerson, whom_index: str, last: FaceCheck | None, *, at: datetime
) -> FaceStep:
    """Where the check of whoever applies stands; one of a former name or number is none."""
    if is_face_known(person, at=at):
        seen = last_identity_review(person.merchant_id, person.id, whom_index, at=at)
        is_review = seen is not None and seen.ended_at == person.identity_confirmed_at
        return FaceStep("passed", last, seen if is_review else None)
    by_person = _by_person(person.merchant_id, person.id, whom_index, last, at)
    if by_person is not None:
        return by_person
    if last is None or last.status == FaceCheckStatus.PASSED:
        return FaceStep("none" if person.identity_confirmed_at is None else "expired", last)
    return FaceStep(_state(last, at), last)


def _by_person(
    merchant_id: str, subject: str, whom_index: str, last: FaceCheck | None, at: datetime
) -> FaceStep | None:
    """Where a person's look stands; None without one, or with a later try of a face to tell of.

    A call that was promised is told of again when such a try comes to nothing.
    """
    seen = last_identity_review(merchant_id, subject, whom_index, at=at)
    if seen is None:
        return None
    is_later = last is not None and last.started_at > seen.asked_at
    if seen.status == IdentityReviewStatus.ASKED:
        is_away = is_later and _state(last, at) == "waiting"
        return None if is_away else FaceStep("review", last if is_later else None, seen)
    if is_later or seen.status != IdentityReviewStatus.FAILED:
        return None
    return FaceStep("refused", last, seen)


def _state(last: FaceCheck | None, at: datetime) -> str:
    """Of a check that was not passed: nobody comes back to a page of the service after an hour."""
    if last is None:
        return "none"
    if last.status in {FaceCheckStatus.FAILED, FaceCheckStatus.EXPIRED}:
        return str(last.status)
    return "waiting" if at < last.started_at + OPEN_FOR else "expired"
