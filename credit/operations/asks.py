"""A reviewer asks the merchant for a document or an answer, and the merchant gives it.

Lock order: the application, its review, its requests.
"""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from credit.domain.reviews import answer_by
from credit.enums import ApplicationStatus, AskKind, AskStatus, ReviewKind, ReviewStatus
from credit.errors import (
    AnswerMissing,
    AskClosed,
    AskNotFound,
    AsksUnanswered,
    DueDayInvalid,
    NotReviewed,
    NotWaitingForMerchant,
)
from credit.models import Application, ApplicationAsk, Review
from credit.operations.reviews import locked_application
from credit.queries.calendar import workday_test
from platform_app.kernel import clock, events
from platform_app.kernel.errors import Invalid, ReasonNeeded
from tenants.enums import AttachmentKind
from tenants.models import Attachment

LONGEST_DAYS: Final = 30
LONGEST_TEXT: Final = 500


@transaction.atomic
def ask_merchant(
    *,
    application_id: str,
    kind: str,
    document_kind: str,
    message: str,
    due_on: date,
    actor: str,
    at: datetime,
) -> ApplicationAsk:
    """Ask for one document or one answer by the end of `due_on`; the application waits for it.

    More may be asked while it waits. Raises ApplicationNotFound, NotReviewed, Invalid (kind),
    ReasonNeeded (no words for the merchant), DueDayInvalid.
    """
    application = locked_application(application_id)
    if application.status not in {ApplicationStatus.IN_REVIEW, ApplicationStatus.ACTION_REQUIRED}:
        raise NotReviewed
    if not _reviews(application).exists():
        raise NotReviewed
    if kind not in AskKind.values:
        raise Invalid(field="kind")
    if kind == AskKind.DOCUMENT and document_kind not in AttachmentKind.values:
        raise Invalid(field="document_kind")
    if not message.strip():
        raise ReasonNeeded(field="message")
    if not timedelta() < due_on - clock.day_of(at) <= timedelta(days=LONGEST_DAYS):
        raise DueDayInvalid(field="due_on", days=LONGEST_DAYS)
    ask = ApplicationAsk.objects.create(
        application=application, kind=kind, message=_text(message), due_on=due_on, asked_by=actor,
        document_kind=document_kind if kind == AskKind.DOCUMENT else "", asked_at=at,
    )  # fmt: skip
    _move(application, ApplicationStatus.ACTION_REQUIRED)
    _tell(application, "action_required", actor=actor, at=at, due_on=due_on.isoformat())
    return ask


@transaction.atomic
def answer_ask(
    *,
    application_id: str,
    ask_id: str,
    answer: str,
    attachment_id: str | None,
    actor: str,
    at: datetime,
) -> ApplicationAsk:
    """Give what one request asks for; another answer replaces it until it is handed in.

    Raises ApplicationNotFound, AskNotFound, AskClosed, AnswerMissing (no words, no file of one's
    own, or a file of another kind than was asked for).
    """
    application = locked_application(application_id)
    ask = _locked(application, ask_id)
    if application.status != ApplicationStatus.ACTION_REQUIRED or ask.status not in {
        AskStatus.OPEN,
        AskStatus.ANSWERED,
    }:
        raise AskClosed
    if ask.kind == AskKind.DOCUMENT:
        ask.attachment = _own_file(application, attachment_id, ask)
    elif not answer.strip():
        raise AnswerMissing(field="answer", what=ask.message)
    ask.answer = _text(answer)
    ask.status, ask.answered_at = AskStatus.ANSWERED, at
    ask.save(update_fields=["answer", "attachment", "status", "answered_at"])
    _tell(application, "ask_answered", actor=actor, at=at, ask=ask.id)
    return ask


@transaction.atomic
def resubmit_application(*, application_id: str, actor: str, at: datetime) -> Application:
    """Hand the answers in: the reviewer goes on, with a new promise. Repeating changes nothing.

    Raises ApplicationNotFound, AsksUnanswered, NotWaitingForMerchant.
    """
    application = locked_application(application_id)
    mine = ApplicationAsk.objects.filter(application=application)
    if application.status != ApplicationStatus.ACTION_REQUIRED:
        is_in = application.status == ApplicationStatus.IN_REVIEW
        if is_in and mine.filter(status=AskStatus.ANSWERED).exists():
            return application
        raise NotWaitingForMerchant
    if mine.filter(status=AskStatus.OPEN).exists():
        raise AsksUnanswered
    _resume(application, at)
    _tell(application, "resubmitted", actor=actor, at=at)
    return application


@transaction.atomic
def drop_asks(*, application_id: str, actor: str, at: datetime) -> Application:
    """The reviewer no longer needs what is still open. Raises ApplicationNotFound,
    NotWaitingForMerchant.
    """
    application = locked_application(application_id)
    if application.status != ApplicationStatus.ACTION_REQUIRED:
        raise NotWaitingForMerchant
    open_asks = ApplicationAsk.objects.filter(application=application, status=AskStatus.OPEN)
    open_asks.update(status=AskStatus.DROPPED)
    _resume(application, at)
    _tell(application, "asks_dropped", actor=actor, at=at)
    return application


def _resume(application: Application, at: datetime) -> None:
    """Back before the reviewer, who has until six in the evening of the next working day."""
    _move(application, ApplicationStatus.IN_REVIEW)
    review = _reviews(application).select_for_update().first()
    if review is not None:
        review.due_at = answer_by(at, workday_test())
        review.version += 1
        review.save(update_fields=["due_at", "version"])


def _reviews(application: Application) -> QuerySet[Review]:
    """The review that may ask: not one that waits for a second reviewer."""
    rows: QuerySet[Review] = Review.objects.filter(
        application=application, kind=ReviewKind.REFERRED, status=ReviewStatus.OPEN
    )
    return rows


def _move(application: Application, status: ApplicationStatus) -> None:
    application.status = status
    application.version += 1
    application.save(update_fields=["status", "version"])


def _locked(application: Application, ask_id: str) -> ApplicationAsk:
    rows = ApplicationAsk.objects.select_for_update(of=("self",))
    try:
        found: ApplicationAsk | None = rows.filter(pk=ask_id, application=application).first()
    except ValueError:
        found = None
    if found is None:
        raise AskNotFound
    return found


def _own_file(
    application: Application, attachment_id: str | None, ask: ApplicationAsk
) -> Attachment:
    rows = Attachment.objects.filter(merchant_id=application.merchant_id).defer("sealed")
    try:
        found: Attachment | None = rows.filter(pk=attachment_id).first() if attachment_id else None
    except ValueError:
        found = None
    if found is None or found.kind != ask.document_kind:
        raise AnswerMissing(field="attachment", what=ask.message)
    return found


def _text(text: str) -> str:
    return text.replace("\x00", "").strip()[:LONGEST_TEXT]


def _tell(application: Application, what: str, *, actor: str, at: datetime, **props: str) -> None:
    events.record(
        f"credit.application.{what}", subject=application.id, merchant_id=application.merchant_id,
        actor=actor, at=at, props={"version": application.version, **props},
    )  # fmt: skip
