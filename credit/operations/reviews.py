"""Reviews: a person decides what the policy passed on, or what a merchant asks to be looked at.

Lock order: the application, then its review. What was decided stands beside the decision as an
override; the decision itself never changes.
"""

from datetime import datetime, timedelta

from django.db import transaction

from credit.domain.reviews import REQUEST_DAYS
from credit.enums import ApplicationStatus, LineStatus, ReviewKind, ReviewStatus
from credit.errors import (
    ApplicationNotFound,
    ApplicationOpen,
    ConsentMissing,
    LimitNotHigher,
    LineNotActive,
    MerchantAsked,
    ReviewClosed,
    ReviewNotFound,
    ReviewNotPossible,
    ReviewNotWaiting,
    ReviewTaken,
)
from credit.models import Application, LimitReview, Review
from credit.operations.application_results import answer
from credit.operations.lines import change_limit
from credit.queries.onboarding import NEEDED_CONSENTS
from credit.queries.reviews import answer_due
from platform_app.kernel import audit, events
from platform_app.kernel.errors import ReasonNeeded, SecondPersonNeeded
from risk.enums import Outcome, OverrideReason
from risk.operations.overrides import check_override, record_override
from risk.queries.proposals import proposal_of, second_needed
from tenants.queries.consents import ended_consents


def open_review(
    application: Application,
    *,
    kind: ReviewKind,
    note: str,
    actor: str,
    at: datetime,
    limit_review: LimitReview | None = None,
) -> Review:
    """Put the decision of an application, or of a look at a limit, before a person.

    In the caller's transaction.
    """
    about = limit_review or application
    review = Review.objects.create(
        application=application, decision_id=about.decision_id, kind=kind, note=note,
        opened_at=at, due_at=answer_due(at), limit_review=limit_review,
    )  # fmt: skip
    _tell(review, "opened", actor=actor, at=at)
    return review


@transaction.atomic
def request_review(*, application_id: str, note: str, actor: str, at: datetime) -> Review:
    """The merchant asks a person to look at a refusal. Asking again returns the same review.

    Raises ApplicationNotFound; ReviewNotPossible unless the application is declined, for at most
    thirty days; ApplicationOpen when another one has been submitted since.
    """
    application = locked_application(application_id)
    before = Review.objects.filter(application=application, kind=ReviewKind.REQUESTED).first()
    if before is not None:
        return before
    since = application.decided_at
    if (
        application.status != ApplicationStatus.DECLINED
        or since is None
        or at >= since + timedelta(days=REQUEST_DAYS)
        or Review.objects.filter(application=application).exists()
    ):
        raise ReviewNotPossible(days=REQUEST_DAYS)
    _check_latest(application)
    return open_review(
        application, kind=ReviewKind.REQUESTED, note=note.strip()[:500], actor=actor, at=at
    )


@transaction.atomic
def claim_review(
    *, review_id: str, actor: str, at: datetime, takes_over: bool = False
) -> Review:  # fmt: skip
    """Work on a review. Claiming one's own changes nothing; another's only by taking it over.

    Raises ReviewNotFound, ReviewClosed, ReviewTaken.
    """
    review = _locked(review_id)
    if review.status in {ReviewStatus.CLOSED, ReviewStatus.DROPPED}:
        raise ReviewClosed
    if review.assignee == actor:
        return review
    if review.assignee and not takes_over:
        raise ReviewTaken
    review.assignee = actor
    _save(review, "assignee")
    _tell(review, "claimed", actor=actor, at=at)
    return review


@transaction.atomic
def decide_review(
    *,
    review_id: str,
    outcome: Outcome,
    limit_minor: int,
    reason_code: OverrideReason,
    comment: str,
    actor: str,
    at: datetime,
) -> Review:
    """Answer, or propose an answer that a second reviewer has to confirm.

    One alone may say no, and grant what the formulas give up to his authority; everything else
    waits for another person. The limit in fen, 0 with a refusal. Raises ReviewNotFound,
    ReviewClosed (also while a second reviewer is waited for), ReviewTaken, MerchantAsked,
    ConsentMissing (to grant, after one was taken back), ReasonNeeded, OverrideLimit,
    ApplicationOpen, LimitNotHigher, and what making the offer raises.
    """
    review = _locked(review_id)
    if review.status != ReviewStatus.OPEN:
        raise ReviewClosed
    if review.application.status == ApplicationStatus.ACTION_REQUIRED:
        raise MerchantAsked
    if review.assignee not in {"", actor}:
        raise ReviewTaken
    _check_consents(review, outcome)
    proposal = check_override(
        review.decision, outcome=outcome, limit_minor=limit_minor, comment=comment
    )
    review.assignee = review.proposed_by = actor
    review.outcome, review.limit_minor = outcome, limit_minor
    review.reason_code, review.comment, review.proposed_at = reason_code, comment, at
    why = second_needed(
        machine=Outcome(review.decision.outcome), outcome=outcome, limit_minor=limit_minor,
        suggested_minor=proposal.limit_minor,
    )  # fmt: skip
    if why is None:
        return _close(review, second_by="", at=at)
    _check_still(review)
    review.status = ReviewStatus.PROPOSED
    _save(review, "status", *_SAID)
    _tell(review, "proposed", actor=actor, at=at)
    return review


@transaction.atomic
def confirm_review(*, review_id: str, actor: str, at: datetime) -> Review:
    """A second reviewer agrees, and the answer is given.

    Confirming a confirmed review changes nothing. Raises ReviewNotFound, ReviewNotWaiting,
    SecondPersonNeeded for the person who proposed it, ConsentMissing, and what making the offer
    raises.
    """
    review = _locked(review_id)
    if review.override is not None and review.override.second_by == actor:
        return review
    _check_second(review, actor)
    return _close(review, second_by=actor, at=at)


@transaction.atomic
def return_review(*, review_id: str, comment: str, actor: str, at: datetime) -> Review:
    """A second reviewer does not agree: the review is open again for the first one.

    Raises ReviewNotFound, ReviewNotWaiting, SecondPersonNeeded, ReasonNeeded.
    """
    if not comment.strip():
        raise ReasonNeeded(field="comment")
    review = _locked(review_id)
    _check_second(review, actor)
    review.status, review.outcome, review.limit_minor = ReviewStatus.OPEN, "", 0
    review.reason_code = review.comment = review.proposed_by = ""
    review.proposed_at = None
    _save(review, "status", *_SAID)
    _tell(review, "returned", actor=actor, at=at)
    audit.record(
        actor=actor, action="credit.review.return", subject=review.id, at=at, reason=comment
    )
    return review


_SAID = ("assignee", "outcome", "limit_minor", "reason_code", "comment", "proposed_by",
         "proposed_at")  # fmt: skip


def _close(review: Review, *, second_by: str, at: datetime) -> Review:
    outcome = Outcome(review.outcome)
    application = review.application
    _check_still(review)
    _check_consents(review, outcome)
    override = record_override(
        decision=review.decision, outcome=outcome, limit_minor=review.limit_minor,
        reason_code=OverrideReason(review.reason_code), comment=review.comment,
        by=review.proposed_by, second_by=second_by, at=at,
    )  # fmt: skip
    review.override, review.closed_at, review.status = override, at, ReviewStatus.CLOSED
    _save(review, "status", "override", "closed_at", *_SAID)
    actor = second_by or review.proposed_by
    if review.limit_review is not None:
        if outcome == Outcome.APPROVE:
            change_limit(
                line_id=review.limit_review.line_id, limit_minor=review.limit_minor,
                reason=review.comment, actor=actor, at=at,
            )  # fmt: skip
    elif outcome == Outcome.APPROVE or review.kind == ReviewKind.REFERRED:
        proposal = proposal_of(review.decision)
        answer(
            application, outcome, limit_minor=review.limit_minor,
            annual_rate=proposal.annual_rate, term_rates=proposal.term_rates, actor=actor, at=at,
        )  # fmt: skip
    _tell(review, "decided", actor=actor, at=at)
    return review


def locked_application(application_id: str) -> Application:
    """The application with its decision, locked before its reviews. Raises ApplicationNotFound."""
    rows = Application.objects.select_for_update(of=("self",)).select_related("decision")
    try:
        found: Application | None = rows.filter(pk=application_id).first()
    except ValueError:
        found = None
    if found is None:
        raise ApplicationNotFound
    return found


def _locked(review_id: str) -> Review:
    try:
        application_id = (
            Review.objects.filter(pk=review_id).values_list("application_id", flat=True).first()
        )
    except ValueError:
        application_id = None
    if application_id is None:
        raise ReviewNotFound
    application = locked_application(application_id)
    rows = Review.objects.select_for_update(of=("self",))
    review: Review = rows.select_related(
        "decision__scorecard", "decision__policy", "override", "limit_review__line"
    ).get(pk=review_id)  # fmt: skip
    review.application = application
    return review


def _check_second(review: Review, actor: str) -> None:
    if review.status != ReviewStatus.PROPOSED:
        raise ReviewNotWaiting
    if review.proposed_by == actor:
        raise SecondPersonNeeded


def _check_consents(review: Review, outcome: Outcome) -> None:
    if outcome != Outcome.APPROVE:
        return
    ended = ended_consents(review.application.merchant_id, NEEDED_CONSENTS)
    if ended:
        raise ConsentMissing(consents=", ".join(ended))


def _check_still(review: Review) -> None:
    """No newer application; for a higher limit, that the line is active and lower."""
    asked = review.limit_review
    if asked is None:
        _check_latest(review.application)
    elif review.outcome == Outcome.APPROVE:
        if asked.line.status != LineStatus.ACTIVE:
            raise LineNotActive
        if review.limit_minor <= asked.line.limit_minor:
            raise LimitNotHigher(field="limit_minor", limit_minor=asked.line.limit_minor)


def _check_latest(application: Application) -> None:
    """A refusal is not turned into an offer beside a newer application."""
    newer = Application.objects.filter(
        merchant_id=application.merchant_id, product_id=application.product_id,
        pk__gt=application.pk,
    )  # fmt: skip
    if newer.exists():
        raise ApplicationOpen


def _save(review: Review, *fields: str) -> None:
    review.version += 1
    review.save(update_fields=[*fields, "version"])


def _tell(review: Review, verb: str, *, actor: str, at: datetime) -> None:
    events.record(
        f"credit.review.{verb}", subject=review.id, merchant_id=review.application.merchant_id,
        actor=actor, at=at,
        props={"application": review.application_id, "outcome": str(review.outcome),
               "version": review.version},
    )  # fmt: skip
