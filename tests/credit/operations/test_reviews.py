"""Reviews: answered alone or by two, never twice, and the decision itself stays as it was."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from credit import errors
from credit.enums import SuspensionReason
from credit.models import Application, CreditLine, LimitReview, Offer, Review
from credit.operations import reviews
from credit.operations.consents import end_consent, renew_consents
from credit.operations.limit_reviews import ask_limit, request_limit_review
from credit.operations.lines import resume_line, suspend_line
from platform_app.kernel import clock
from platform_app.kernel.errors import Invalid, NotFound, ReasonNeeded, SecondPersonNeeded
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.enums import Outcome, OverrideReason
from risk.errors import OverrideLimit
from risk.models import Decision, Override
from risk.operations.decisions import first_broken_link, replay
from risk.queries.proposals import proposal_of
from tenants.models import Tenant
from tests.credit import lives, referrals

pytestmark = pytest.mark.usefixtures("inside")
ONE, TWO, THREE = "usr_one", "usr_two", "usr_three"
WATCHED: Any = (
    Application, AuditRecord, CreditLine, Decision, Event, Offer, Override, Review,
)  # fmt: skip


@pytest.fixture(autouse=True)
def referring(inside: Tenant) -> None:
    referrals.refer_everybody()


def decided(
    review: Review, at: datetime, limit_minor: int = 5_000_000, actor: str = ONE, **changes: Any
) -> Review:
    told: dict[str, Any] = {
        "outcome": Outcome.APPROVE, "limit_minor": limit_minor, "comment": "流水已核对",
        "reason_code": OverrideReason.BANK_STATEMENTS,
    }  # fmt: skip
    return reviews.decide_review(review_id=review.id, actor=actor, at=at, **told | changes)


def refused(review: Review, at: datetime, **changes: Any) -> Review:
    return decided(review, at, 0, outcome=Outcome.DECLINE, **changes)


def everything() -> dict[str, Any]:
    return {one.__name__: list(one.objects.order_by("id").values()) for one in WATCHED}


def stays(refusal: type[Exception], act: Callable[[], Any]) -> None:
    """The act is refused and nothing has moved."""
    before = everything()
    with pytest.raises(refusal), transaction.atomic():
        act()
    assert everything() == before


def test_what_the_policy_passes_on_waits_for_a_person_until_the_next_evening(at: datetime) -> None:
    review = referrals.referred("P1", at)  # Monday 2 March
    assert (review.status, review.kind, review.assignee) == ("open", "referred", "")
    assert review.due_at == clock.moment_on(clock.day_of(at) + timedelta(days=1), 18)
    assert review.application.status == "in_review"
    friday = at + timedelta(days=4)
    lives.close_until(clock.day_of(friday))
    weekend = referrals.referred("P2", friday)
    assert weekend.due_at == clock.moment_on(clock.day_of(friday) + timedelta(days=3), 18)


def test_one_reviewer_grants_what_the_formulas_give(at: datetime) -> None:
    review = referrals.referred("P1", at)
    proposal = proposal_of(review.decision)
    given = min(proposal.limit_minor, 10_000_000)
    done = decided(review, at + timedelta(hours=1), given)
    assert (done.status, done.assignee, done.limit_minor) == ("closed", ONE, given)
    override = Override.objects.get()
    assert (override.from_outcome, override.to_outcome, override.second_by) == (
        "refer", "approve", "",
    )  # fmt: skip
    assert override.direction == ("none" if given == proposal.limit_minor else "down")
    assert override.expires_on == clock.day_of(at) + timedelta(days=180)
    offer = Offer.objects.get()
    assert (offer.limit_minor, offer.annual_rate) == (given, proposal.annual_rate)
    application = Application.objects.get()
    assert (application.status, application.decision_id) == ("approved", review.decision_id)
    assert replay(review.decision_id)
    assert first_broken_link() is None
    names = list(Event.objects.filter(name__startswith="credit.review.").values_list("name"))
    assert names == [("credit.review.opened",), ("credit.review.decided",)]
    assert AuditRecord.objects.filter(action="risk.decision.override").count() == 1
    stays(errors.ReviewClosed, lambda: decided(review, at, given, actor=TWO))


def test_saying_no_needs_nobody_else(at: datetime) -> None:
    review = referrals.referred("P1", at)
    refused(review, at + timedelta(hours=1), reason_code=OverrideReason.DOUBT)
    application = Application.objects.get()
    assert (application.status, application.reapply_on) == (
        "declined", clock.day_of(at) + timedelta(days=90),
    )  # fmt: skip
    assert Override.objects.get().direction == "down"
    assert not Offer.objects.exists()


def test_more_than_the_formulas_give_needs_a_second_reviewer(at: datetime) -> None:
    review = referrals.referred("P1", at)
    more = proposal_of(review.decision).limit_minor + 100_000
    proposed = decided(review, at, more)
    assert (proposed.status, proposed.proposed_by) == ("proposed", ONE)
    assert not Offer.objects.exists()
    stays(errors.ReviewClosed, lambda: decided(review, at, actor=TWO))
    stays(
        SecondPersonNeeded,
        lambda: reviews.confirm_review(review_id=review.id, actor=ONE, at=at),
    )
    done = reviews.confirm_review(review_id=review.id, actor=TWO, at=at)
    assert done.status == "closed"
    before = everything()
    reviews.confirm_review(review_id=review.id, actor=TWO, at=at)
    assert everything() == before
    override = Override.objects.get()
    assert (override.by, override.second_by, override.direction) == (ONE, TWO, "up")
    assert Offer.objects.get().limit_minor == more
    stays(
        errors.ReviewNotWaiting,
        lambda: reviews.confirm_review(review_id=review.id, actor=THREE, at=at),
    )


def test_a_second_reviewer_gives_it_back(at: datetime) -> None:
    review = referrals.referred("P1", at)
    stays(
        errors.ReviewNotWaiting,
        lambda: reviews.return_review(review_id=review.id, comment="x", actor=TWO, at=at),
    )
    decided(review, at, proposal_of(review.decision).limit_minor + 100_000)
    for actor, comment, refusal in [(ONE, "x", SecondPersonNeeded), (TWO, " ", ReasonNeeded)]:
        stays(
            refusal,
            partial(
                reviews.return_review, review_id=review.id, comment=comment, actor=actor, at=at
            ),
        )
    back = reviews.return_review(review_id=review.id, comment="流水缺一个月", actor=TWO, at=at)
    assert (back.status, back.outcome, back.limit_minor, back.assignee) == ("open", "", 0, ONE)
    told = AuditRecord.objects.get(action="credit.review.return")
    assert told.reason == "流水缺一个月"
    refused(review, at)
    assert Application.objects.get().status == "declined"


def test_nothing_is_granted_after_a_consent_was_taken_back(at: datetime) -> None:
    review = referrals.referred("P1", at)
    more = proposal_of(review.decision).limit_minor + 100_000
    merchant_id = review.application.merchant_id
    asked: dict[str, Any] = {
        "merchant_id": merchant_id, "evidence": {}, "actor": "m", "at": at,
    }  # fmt: skip
    end_consent(code="bureau_query", **asked)
    stays(errors.ConsentMissing, lambda: decided(review, at))
    renew_consents(codes=["bureau_query"], locale="zh-hans", **asked)
    proposed = decided(review, at, more)
    assert proposed.status == "proposed"
    end_consent(code="bureau_query", **asked)
    stays(
        errors.ConsentMissing,
        lambda: reviews.confirm_review(review_id=review.id, actor=TWO, at=at),
    )
    reviews.return_review(review_id=review.id, comment="同意已撤回", actor=TWO, at=at)
    assert refused(review, at).status == "closed"


def test_one_works_on_it_at_a_time(at: datetime) -> None:
    review = referrals.referred("P1", at)
    reviews.claim_review(review_id=review.id, actor=ONE, at=at)
    before = everything()
    reviews.claim_review(review_id=review.id, actor=ONE, at=at)
    assert everything() == before
    stays(errors.ReviewTaken, lambda: reviews.claim_review(review_id=review.id, actor=TWO, at=at))
    stays(errors.ReviewTaken, lambda: decided(review, at, actor=TWO))
    reviews.claim_review(review_id=review.id, actor=TWO, at=at, takes_over=True)
    decided(review, at, 1_000_000, actor=TWO)
    stays(errors.ReviewClosed, lambda: reviews.claim_review(review_id=review.id, actor=TWO, at=at))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"comment": " "}, ReasonNeeded),
        ({"outcome": Outcome.REFER, "limit_minor": 0}, Invalid),
        ({"limit_minor": 0}, OverrideLimit),
        ({"limit_minor": 5_000_001}, OverrideLimit),
        ({"limit_minor": 100_000_000_000}, OverrideLimit),
        ({"outcome": Outcome.DECLINE, "limit_minor": 100_000}, OverrideLimit),
    ],
)
def test_what_nobody_may_answer(
    at: datetime, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    review = referrals.referred("P1", at)
    stays(refusal, lambda: decided(review, at, **{"limit_minor": 5_000_000} | changes))


def test_a_merchant_asks_for_a_person_and_two_have_to_agree(at: datetime) -> None:
    application = referrals.declined("P1", at)
    assert application.status == "declined"
    review = reviews.request_review(
        application_id=application.id, note="我们换了系统", actor="merchant:m", at=at
    )
    again = reviews.request_review(
        application_id=application.id, note="再次", actor="merchant:m", at=at
    )
    assert (again.id, again.note, again.kind) == (review.id, "我们换了系统", "requested")
    assert Application.objects.get().status == "declined"
    proposed = decided(review, at, 100_000)
    assert proposed.status == "proposed"
    reviews.confirm_review(review_id=review.id, actor=TWO, at=at)
    after = Application.objects.get()
    assert (after.status, after.reapply_on) == ("approved", None)
    assert Override.objects.get().direction == "up"
    assert Offer.objects.get().limit_minor == 100_000


def test_a_person_may_come_to_the_same_result(at: datetime) -> None:
    application = referrals.declined("P1", at)
    review = reviews.request_review(
        application_id=application.id, note="", actor="merchant:m", at=at
    )
    refused(review, at)
    after = Application.objects.get()
    assert (after.status, after.version, after.reapply_on) == (
        "declined", application.version, application.reapply_on,
    )  # fmt: skip
    assert Override.objects.get().direction == "none"


def test_when_no_review_can_be_asked_for(at: datetime) -> None:
    waiting = referrals.referred("P1", at).application
    gone = referrals.declined("P2", at)
    decided_by_person = referrals.referred("P3", at)
    refused(decided_by_person, at)
    late = at + timedelta(days=31)
    for application_id, moment, refusal in [
        (waiting.id, at, errors.ReviewNotPossible),
        (gone.id, late, errors.ReviewNotPossible),
        (decided_by_person.application_id, at, errors.ReviewNotPossible),
        ("apl_01h2xcejqtf2nbrexx3vqjhp41", at, errors.ApplicationNotFound),
        ("x", at, errors.ApplicationNotFound),
    ]:
        stays(
            refusal,
            partial(
                reviews.request_review,
                application_id=application_id,
                note="",
                actor="merchant:m",
                at=moment,
            ),
        )


def test_a_review_does_not_answer_beside_a_newer_application(at: datetime) -> None:
    application = referrals.declined("P1", at)
    review = reviews.request_review(
        application_id=application.id, note="", actor="merchant:m", at=at
    )
    moment = lives.close_until(application.reapply_on)  # type: ignore[arg-type]
    referrals.applied(application.merchant, moment)
    stays(errors.ApplicationOpen, lambda: decided(review, moment, 100_000))


def test_others_and_nobody(at: datetime, other_tenant: Tenant) -> None:
    review = referrals.referred("P1", at)
    with tenant_scope(other_tenant.id):
        for act in (decided, refused):
            with pytest.raises(NotFound):
                act(review, at)
        with pytest.raises(NotFound):
            reviews.claim_review(review_id=review.id, actor=ONE, at=at)
    with no_scope(), pytest.raises(NoScope):
        decided(review, at)
    stays(
        errors.ReviewNotFound, lambda: reviews.claim_review(review_id="nonsense", actor=ONE, at=at)
    )


def test_the_database_wants_two_for_a_declined_one(at: datetime) -> None:
    application = referrals.declined("P1", at)
    row = {
        "decision": application.decision, "merchant_id": application.merchant_id,
        "direction": "up", "from_outcome": "decline", "to_outcome": "approve",
        "suggested_minor": 0, "limit_minor": 100_000, "reason_code": "other", "comment": "x",
        "by": ONE, "at": at, "expires_on": clock.day_of(at),
    }  # fmt: skip
    for second in ("", ONE):
        with pytest.raises(IntegrityError), transaction.atomic():
            Override.objects.create(**row, second_by=second)


def kept(at: datetime) -> LimitReview:
    """A merchant with a line asked for more than the formulas give."""
    line = referrals.line_at_its_limit("L1", at)
    return ask_limit(
        line_id=line.id, wanted_minor=line.limit_minor * 2, actor="merchant:x",
        at=at + timedelta(hours=1),
    )  # fmt: skip


def requested(asked: LimitReview, at: datetime) -> Review:
    return request_limit_review(
        limit_review_id=asked.id, note="旺季备货", actor="merchant:x", at=at + timedelta(hours=2)
    )


def test_a_limit_that_stayed_is_looked_at_by_a_person(at: datetime) -> None:
    asked = kept(at)
    assert asked.action == "keep"
    review = requested(asked, at)
    assert (review.kind, review.note, review.decision_id) == (
        "limit",
        "旺季备货",
        asked.decision_id,
    )
    before = everything()
    assert requested(asked, at).id == review.id
    assert everything() == before
    higher = asked.line.limit_minor + 100_000
    stays(errors.LimitNotHigher, lambda: decided(review, at, asked.line.limit_minor))
    done = decided(review, at + timedelta(hours=3), higher)
    if done.status == "proposed":
        done = reviews.confirm_review(review_id=review.id, actor=TWO, at=at + timedelta(hours=4))
    assert done.status == "closed"
    assert CreditLine.objects.get().limit_minor == higher
    assert (
        AuditRecord.objects.filter(action="credit.line.changed", reason="流水已核对").count() == 1
    )


def test_a_person_may_leave_the_limit_as_it_is(at: datetime) -> None:
    asked = kept(at)
    done = refused(requested(asked, at), at + timedelta(hours=3))
    assert (done.status, done.outcome) == ("closed", "decline")
    assert CreditLine.objects.get().limit_minor == asked.line.limit_minor
    assert done.application.status == "activated"


def test_which_limits_a_person_is_asked_about(at: datetime, other_tenant: Tenant) -> None:
    asked = kept(at)
    stays(errors.ReviewNotPossible, lambda: requested(asked, at + timedelta(days=30)))
    stays(
        errors.LimitReviewNotFound,
        lambda: request_limit_review(limit_review_id="x", note="", actor="merchant:x", at=at),
    )
    with tenant_scope(other_tenant.id), pytest.raises(errors.LimitReviewNotFound):
        requested(asked, at)
    suspend_line(line_id=asked.line_id, because=SuspensionReason.RISK, reason="x", actor=ONE, at=at)
    stays(errors.LineNotActive, lambda: requested(asked, at))
    resume_line(line_id=asked.line_id, reason="x", actor=ONE, at=at)
    review = requested(asked, at)
    suspend_line(line_id=asked.line_id, because=SuspensionReason.RISK, reason="x", actor=ONE, at=at)
    stays(errors.LineNotActive, lambda: decided(review, at, asked.line.limit_minor + 100_000))
