"""Who a person is, confirmed by one of us: the other way for whoever does not want a face check."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from platform_app.kernel import audit, events
from platform_app.kernel.errors import Invalid
from tenants.domain.words import one_line
from tenants.enums import ConsentCode, IdentityReviewStatus, IdentityReviewWay
from tenants.errors import IdentityReviewOver, LegalRepresentativeMissing
from tenants.models import IdentityReview, MerchantPerson
from tenants.operations.face_results import whom_index
from tenants.operations.identities import check_sensitive
from tenants.operations.merchants import lock_merchant
from tenants.queries.consents import missing_consents
from tenants.queries.identity_reviews import identity_review
from tenants.queries.step_up import confirming_person

OPEN_FOR: Final = timedelta(days=14)
ANSWERS: Final = (IdentityReviewStatus.PASSED, IdentityReviewStatus.FAILED)
NOTE_LENGTH: Final = 500


@transaction.atomic
def ask_identity_review(
    *,
    merchant_id: str,
    subject: str,
    due_at: datetime,
    actor: str,
    at: datetime,
    person: MerchantPerson | None = None,
) -> IdentityReview:
    """Ask that a person confirms `person`, or who confirms for the firm, instead of a face check.

    We call by `due_at`, and nobody calls any more after fourteen days. Asking again changes
    nothing, unless the name or number is another one by now: then the former wish ends. Needs no
    consent to a face check, for no face is measured. Raises NotFound, SensitiveConsentMissing,
    LegalRepresentativeMissing (nobody to be confirmed).
    """
    check_sensitive(merchant_id)
    merchant = lock_merchant(merchant_id)
    person = person or confirming_person(merchant.id)
    if person is None:
        raise LegalRepresentativeMissing
    whom = whom_index(person)
    rows = IdentityReview.objects.filter(merchant=merchant, subject=subject)
    asked: IdentityReview | None = rows.filter(status=IdentityReviewStatus.ASKED).first()
    if asked is not None:
        if asked.whom_index == whom and at < asked.expires_at:
            return asked
        asked.status, asked.ended_at = IdentityReviewStatus.WITHDRAWN, at
        asked.save(update_fields=["status", "ended_at"])
    row: IdentityReview = IdentityReview.objects.create(
        merchant=merchant, person=person, subject=subject, whom_index=whom, asked_at=at,
        due_at=due_at, expires_at=at + OPEN_FOR,
    )  # fmt: skip
    _tell(row, actor=actor, at=at)
    return row


@transaction.atomic
def answer_identity_review(
    *, review_id: str, status: str, way: str, note: str, actor: str, at: datetime
) -> IdentityReview:
    """Write whether the person was who they say, how they were seen and what was looked at.

    The same answer again is a read. Confirmed, it does for the person what a passed face check
    does. Audited with the note. Raises Invalid (status, way, note), IdentityReviewNotFound,
    IdentityReviewOver (answered otherwise, too old, another name or number since, or the consent
    to handle such data was taken back).
    """
    if status not in ANSWERS:
        raise Invalid(field="status")
    if way not in IdentityReviewWay.values:
        raise Invalid(field="way")
    note = one_line(note, field="note", longest=NOTE_LENGTH)
    found = identity_review(review_id)
    lock_merchant(found.merchant_id)
    rows = IdentityReview.objects.select_for_update(of=("self",)).select_related("person")
    row: IdentityReview = rows.get(pk=found.pk)
    if (row.status, row.way, row.note) == (status, way, note):
        return row
    if not is_answerable(row, at=at):
        raise IdentityReviewOver
    row.status, row.way, row.note = status, way, note
    row.decided_by, row.ended_at = actor, at
    row.save(update_fields=["status", "way", "note", "decided_by", "ended_at"])
    if status == IdentityReviewStatus.PASSED:
        row.person.identity_confirmed_at = at
        row.person.save(update_fields=["identity_confirmed_at"])
    _tell(row, actor=actor, at=at)
    audit.record(
        actor=actor, action="identity_review.answer", subject=row.id, at=at, reason=note,
        after={"status": status, "way": way, "person": row.person_id, "object": row.subject},
    )  # fmt: skip
    return row


def is_answerable(row: IdentityReview, *, at: datetime) -> bool:
    """Whether it still waits for an answer, about the person who is on record now."""
    return bool(
        row.status == IdentityReviewStatus.ASKED
        and at < row.expires_at
        and row.whom_index == whom_index(row.person)
        and not missing_consents(row.merchant_id, [ConsentCode.SENSITIVE_DATA])
    )


def _tell(row: IdentityReview, *, actor: str, at: datetime) -> None:
    events.record(
        f"tenants.identity_review.{row.status}", subject=row.id, merchant_id=row.merchant_id,
        actor=actor, at=at, props={"object": row.subject, "way": row.way},
    )  # fmt: skip
