"""Face checks: started with a service, its outcome asked for; no picture ever comes here."""

from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from platform_app.kernel import events
from platform_app.kernel.scope import current_tenant_id
from tenants.errors import (
    FaceCheckDown,
    FaceChecksTooMany,
    FaceConsentMissing,
    LegalRepresentativeMissing,
)
from tenants.gateways.faces import FaceGateway, FaceOrder, gateway
from tenants.models import EmbedSession, FaceCheck, MerchantPerson
from tenants.operations.embed_sessions import open_session
from tenants.operations.face_results import OVER, settle_face_check, whom_index, words_of
from tenants.operations.identities import check_sensitive
from tenants.operations.merchants import lock_merchant
from tenants.queries.face_checks import (
    OPEN_FOR,
    is_face_agreed,
    last_face_check,
    starts_in_a_day,
)
from tenants.queries.onboarding import codes_are_known
from tenants.queries.sandboxes import magic_word
from tenants.queries.step_up import confirming_person
from tenants.queries.tenants import current_tenant

A_DAY: Final = 5
CALLBACK: Final = "callbacks:face-result"
SHELL: Final = "merchant:shell"


def start_face_check(
    *,
    session: EmbedSession,
    subject: str,
    step: str,
    actor: str,
    at: datetime,
    person: MerchantPerson | None = None,
) -> tuple[FaceCheck, str]:
    """Start a check of `person`, or of who confirms for the firm; and where the browser goes now.

    It goes there as a whole page and comes back to the page `step` (a URL name), with a visit that
    goes on where this one was. The address is never stored: ours holds a secret. The row is written
    first and the service asked after it; one that it does not take on does not count. Raises
    SensitiveConsentMissing, FaceConsentMissing (of this very person), LegalRepresentativeMissing
    (nobody's face to look for), FaceChecksTooMany (five in a day), FaceCheckDown.
    """
    service = _service(session.merchant_id)
    row = _kept(session, subject, person, actor, at)
    name, identity_no = words_of(row.person)
    started = service.start(
        FaceOrder(
            key=row.id, name=name, identity_no=identity_no, locale=session.locale,
            return_url=_way_back(session, row, step, actor, at),
            callback_url=f"{settings.PUBLIC_URL}{reverse(CALLBACK, args=[current_tenant_id()])}",
        )
    )  # fmt: skip
    try:
        with transaction.atomic():
            FaceCheck.objects.filter(pk=row.pk).update(reference=started.reference)
    except IntegrityError:
        raise FaceCheckDown from None  # its numbers are not its own: nothing can be told apart
    row.reference = started.reference
    return row, started.url


def look_at_face_check(
    *, merchant_id: str, subject: str, actor: str, at: datetime
) -> FaceCheck | None:
    """The last check of this object, after asking the service if it is not over; None if none.

    What the service does not know yet, or does not answer, is `unknown` and asked again the next
    time. Raises FaceCheckDown.
    """
    last = last_face_check(merchant_id, subject)
    if last is None or last.status in OVER or not last.reference:
        return last
    outcome = _service(merchant_id).ask(last.reference)
    return settle_face_check(check=last, outcome=outcome, actor=actor, at=at)


@transaction.atomic
def _kept(
    session: EmbedSession, subject: str, person: MerchantPerson | None, actor: str, at: datetime
) -> FaceCheck:
    check_sensitive(session.merchant_id)
    merchant = lock_merchant(session.merchant_id)
    person = person or confirming_person(merchant.id)
    if person is None:
        raise LegalRepresentativeMissing
    whom = whom_index(person)
    if not is_face_agreed(merchant.id, whom):
        raise FaceConsentMissing(field="agreed")
    if starts_in_a_day(merchant.id, at=at) >= A_DAY:
        raise FaceChecksTooMany
    row: FaceCheck = FaceCheck.objects.create(
        merchant=merchant, person=person, subject=subject, started_at=at, whom_index=whom
    )
    events.record(
        "tenants.face_check.started", subject=row.id, merchant_id=merchant.id, actor=actor, at=at,
        props={"object": subject},
    )  # fmt: skip
    return row


def _way_back(session: EmbedSession, row: FaceCheck, step: str, actor: str, at: datetime) -> str:
    """Our own page with a one-time secret: the token of this visit does not outlive the page.

    The secret is good for as long as the check is.
    """
    again, secret = open_session(
        merchant_id=session.merchant_id, component=session.component, origin="",
        return_url=session.return_url, locale=session.locale, order_no=session.order_no,
        amount_minor=session.amount_minor, user_external_id=session.user_external_id,
        order=session.order, redeem_within=OPEN_FOR, actor=actor, at=at,
    )  # fmt: skip
    asked = urlencode({"t": again.tenant_id, "l": session.locale, "check": row.id})
    return f"{settings.PUBLIC_URL}{reverse(SHELL)}?{asked}#s={secret}&p={reverse(step)}"


def _service(merchant_id: str) -> FaceGateway:
    return gateway(is_simulated=codes_are_known(current_tenant()), word=magic_word(merchant_id))
