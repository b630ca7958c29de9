"""An application ends without an answer: taken back, or what was asked for never came.

Lock order: the offer, the application, its reviews and requests (accepting an offer locks the offer
before it touches the application).
"""

from datetime import datetime
from typing import Final

from django.db import transaction

from credit.enums import ApplicationStatus, AskStatus, OfferStatus, ReviewStatus
from credit.errors import WithdrawalTooLate
from credit.models import Application, ApplicationAsk, Offer, Review
from credit.operations.reviews import locked_application
from credit.queries.reviews import WAITING
from platform_app.kernel import clock, events

OPEN: Final = (
    ApplicationStatus.SUBMITTED,
    ApplicationStatus.IN_REVIEW,
    ApplicationStatus.ACTION_REQUIRED,
    ApplicationStatus.APPROVED,
)
LONGEST_REASON: Final = 200


@transaction.atomic
def withdraw_application(
    *, application_id: str, reason: str, actor: str, at: datetime
) -> Application:
    """Take an application back, any time before its line is active. It is no refusal: the merchant
    may apply again at once. Withdrawing a withdrawn one changes nothing.

    Raises ApplicationNotFound, WithdrawalTooLate.
    """
    try:
        offers = Offer.objects.select_for_update(of=("self",)).filter(application=application_id)
        offer = offers.first()
    except ValueError:
        offer = None
    application = locked_application(application_id)
    if application.status == ApplicationStatus.WITHDRAWN:
        return application
    if application.status not in OPEN:
        raise WithdrawalTooLate
    if application.status == ApplicationStatus.APPROVED and offer is None:
        offer = offers.get()  # decided between the two locks
    if offer is not None:
        offer.status = OfferStatus.WITHDRAWN
        offer.save(update_fields=["status"])
    _end(application, ApplicationStatus.WITHDRAWN, AskStatus.DROPPED, at)
    events.record(
        "credit.application.withdrawn", subject=application.id,
        merchant_id=application.merchant_id, actor=actor, at=at,
        props={
            "reason": reason.replace("\x00", "").strip()[:LONGEST_REASON],
            "version": application.version,
        },
    )  # fmt: skip
    return application


def expire_asks(*, at: datetime) -> int:
    """End the applications whose requests were not answered by their day; return how many.

    A transaction for each. What the merchant handed in stays, and it may apply again at once.
    """
    late = ApplicationAsk.objects.filter(status=AskStatus.OPEN, due_on__lt=clock.day_of(at))
    ids = list(late.order_by("application_id").values_list("application_id", flat=True).distinct())
    return sum(_expire(application_id, at) for application_id in ids)


@transaction.atomic
def _expire(application_id: str, at: datetime) -> int:
    application = locked_application(application_id)
    late = ApplicationAsk.objects.filter(
        application=application, status=AskStatus.OPEN, due_on__lt=clock.day_of(at)
    )
    if application.status != ApplicationStatus.ACTION_REQUIRED or not late.exists():
        return 0
    _end(application, ApplicationStatus.EXPIRED, AskStatus.EXPIRED, at)
    events.record(
        "credit.application.expired", subject=application.id,
        merchant_id=application.merchant_id, actor="system:expiry", at=at,
        props={"reason": "asks_unanswered", "version": application.version},
    )  # fmt: skip
    return 1


def _end(
    application: Application, status: ApplicationStatus, asks: AskStatus, at: datetime
) -> None:
    application.status = status
    application.version += 1
    application.save(update_fields=["status", "version"])
    open_asks = ApplicationAsk.objects.filter(application=application, status=AskStatus.OPEN)
    open_asks.update(status=asks)
    for review in Review.objects.select_for_update().filter(
        application=application, status__in=WAITING
    ):
        review.status, review.closed_at = ReviewStatus.DROPPED, at
        review.version += 1
        review.save(update_fields=["status", "closed_at", "version"])
