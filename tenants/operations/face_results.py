"""How a face check ended: written once, whoever says so first, the service's call or our asking."""

from datetime import datetime
from typing import Final

from django.db import transaction

from platform_app.kernel import crypto, events
from platform_app.kernel.errors import Invalid
from tenants.enums import FaceCheckStatus, IdentityReviewStatus
from tenants.errors import FaceReferenceUnknown, FaceResultConflict
from tenants.gateways.faces import FaceOutcome
from tenants.models import FaceCheck, IdentityReview, MerchantPerson
from tenants.operations.merchants import lock_merchant
from tenants.operations.people import IDENTITY, NAME
from tenants.queries.face_checks import OPEN_FOR

WHOM: Final = "face.whom"
OVER: Final = (FaceCheckStatus.PASSED, FaceCheckStatus.FAILED, FaceCheckStatus.EXPIRED)


def receive_face_result(
    *, reference: str, status: str, evidence_id: str, actor: str, at: datetime
) -> FaceCheck:
    """Take the service's word for the check it calls `reference`; the same word again is a read.

    Raises Invalid (a status that ends nothing, passed without evidence), FaceReferenceUnknown,
    FaceResultConflict (it has ended otherwise, or passed an hour after its start).
    """
    if status not in OVER:
        raise Invalid(field="status")
    if status == FaceCheckStatus.PASSED and not evidence_id:
        raise Invalid(field="evidence_id")
    known = FaceCheck.objects.filter(reference=reference).first() if reference else None
    if known is None:
        raise FaceReferenceUnknown
    outcome = FaceOutcome(status, evidence_id if status == FaceCheckStatus.PASSED else "")
    row = settle_face_check(check=known, outcome=outcome, actor=actor, at=at)
    if row.status != status:
        raise FaceResultConflict(status=row.status)
    return row


@transaction.atomic
def settle_face_check(
    *, check: FaceCheck, outcome: FaceOutcome, actor: str, at: datetime
) -> FaceCheck:
    """Write how a check ended, the one place that does; what has ended stays as it is.

    Passed, it confirms the person whose name and number were sent, unless they have changed since;
    nobody has to call any more who was asked to instead.
    One heard of an hour after its start has expired: nobody can say when that face was seen.
    """
    if outcome.status == FaceCheckStatus.PASSED and at >= check.started_at + OPEN_FOR:
        outcome = FaceOutcome(FaceCheckStatus.EXPIRED)
    lock_merchant(check.merchant_id)
    rows = FaceCheck.objects.select_for_update(of=("self",)).select_related("person")
    row: FaceCheck = rows.get(pk=check.pk)
    if row.status in OVER or row.status == outcome.status:
        return row
    row.status, row.evidence_id = outcome.status, outcome.evidence_id
    row.ended_at = at if outcome.status in OVER else None
    row.save(update_fields=["status", "evidence_id", "ended_at"])
    person = row.person
    if row.status == FaceCheckStatus.PASSED and row.whom_index == whom_index(person):
        person.identity_confirmed_at = at
        person.save(update_fields=["identity_confirmed_at"])
        IdentityReview.objects.filter(
            merchant_id=row.merchant_id, subject=row.subject, status=IdentityReviewStatus.ASKED
        ).update(status=IdentityReviewStatus.WITHDRAWN, ended_at=at)
    events.record(
        f"tenants.face_check.{row.status}", subject=row.id, merchant_id=row.merchant_id,
        actor=actor, at=at, props={"object": row.subject},
    )  # fmt: skip
    return row


def words_of(person: MerchantPerson) -> tuple[str, str]:
    """Name and number in clear, for the service; the number is empty where none is known."""
    sealed = person.identity_sealed
    number = "" if sealed is None else crypto.unseal(bytes(sealed), purpose=IDENTITY)
    return crypto.unseal(bytes(person.name_sealed), purpose=NAME), number


def whom_index(person: MerchantPerson) -> str:
    """What tells whether somebody is still the one who was checked, without saying who."""
    return crypto.blind_index("\n".join(words_of(person)), purpose=WHOM)
