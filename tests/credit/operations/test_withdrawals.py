"""A reviewer asks, the merchant answers or withdraws, and what was never answered ends."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from credit.errors import (
    AnswerMissing,
    ApplicationIncomplete,
    ApplicationNotFound,
    AskClosed,
    AskNotFound,
    AsksUnanswered,
    DueDayInvalid,
    MerchantAsked,
    NotReviewed,
    NotWaitingForMerchant,
    OfferClosed,
    WithdrawalTooLate,
)
from credit.models import Application, ApplicationAsk, CreditLine, Offer, Review
from credit.operations.applications import submit_application
from credit.operations.asks import answer_ask, ask_merchant, drop_asks, resubmit_application
from credit.operations.launch import ORDER_CREDIT
from credit.operations.offers import accept_offer
from credit.operations.reviews import confirm_review, decide_review
from credit.operations.withdrawals import expire_asks, withdraw_application
from credit.queries.status import application_next_action
from platform_app.kernel import clock
from platform_app.kernel.errors import Invalid, ReasonNeeded
from platform_app.kernel.models import Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from risk.enums import Outcome, OverrideReason
from risk.queries.proposals import proposal_of
from tenants.models import Attachment, Tenant
from tenants.operations.attachments import add_attachment
from tenants.operations.sandbox import fake_photo
from tenants.operations.tenants import set_application_needs
from tests.credit import lives, referrals

pytestmark = pytest.mark.django_db
DUE = date(2026, 3, 9)


@pytest.fixture
def review(inside: Tenant, at: datetime) -> Review:
    referrals.refer_everybody()
    return referrals.referred("M-1", at)


def asked(review: Review, at: datetime, **changes: Any) -> ApplicationAsk:
    said: dict[str, Any] = {
        "kind": "document", "document_kind": "lease_contract", "message": "请上传租赁合同",
        "due_on": DUE,
    } | changes  # fmt: skip
    return ask_merchant(application_id=review.application_id, actor="usr_one", at=at, **said)


def file_of(review: Review, at: datetime, kind: str = "lease_contract") -> Attachment:
    return add_attachment(
        merchant_id=review.application.merchant_id, kind=kind, upload_key=kind, file_name="a.jpg",
        content=fake_photo(1), actor="m", at=at,
    )  # fmt: skip


def answered(ask: ApplicationAsk, at: datetime, **said: Any) -> ApplicationAsk:
    given: dict[str, Any] = {"answer": "", "attachment_id": None} | said
    return answer_ask(application_id=ask.application_id, ask_id=ask.id, actor="m", at=at, **given)


def application() -> Application:
    found: Application = Application.objects.get()
    return found


def told() -> list[str]:
    rows = Event.objects.filter(name__startswith="credit.application.").order_by("id")
    return [name.rsplit(".", 1)[1] for name in rows.values_list("name", flat=True)]


def test_asked_answered_handed_in_and_decided(review: Review, at: datetime) -> None:
    ask = asked(review, at)
    now = application()
    assert (now.status, now.version) == ("action_required", 3)
    action = application_next_action(now)
    assert action is not None
    assert (action.actor, action.code, action.deadline) == (
        "merchant",
        "answer_request",
        "2026-03-09",
    )
    with pytest.raises(MerchantAsked):
        decide(review, at)
    with pytest.raises(AsksUnanswered):
        resubmit_application(application_id=now.id, actor="m", at=at)
    answered(ask, at, attachment_id=file_of(review, at).id)
    later = at + timedelta(days=2)
    done = resubmit_application(application_id=now.id, actor="m", at=later)
    assert done.status == "in_review"
    assert resubmit_application(application_id=now.id, actor="m", at=later).version == done.version
    review.refresh_from_db()
    assert (review.status, review.due_at) == ("open", clock.moment_on(date(2026, 3, 5), 18))
    decide(review, later)
    assert application().status == "declined"
    assert told() == [
        "submitted", "referred", "action_required", "ask_answered", "resubmitted", "declined",
    ]  # fmt: skip


def decide(review: Review, at: datetime) -> None:
    decide_review(
        review_id=review.id, outcome=Outcome.DECLINE, limit_minor=0,
        reason_code=OverrideReason.DOUBT, comment="示例", actor="usr_one", at=at,
    )  # fmt: skip


def test_an_answer_in_words_may_be_replaced_until_it_is_handed_in(
    review: Review, at: datetime
) -> None:
    ask = asked(review, at, kind="answer", document_kind="", message="两家门店怎么分工？")
    with pytest.raises(AnswerMissing):
        answered(ask, at, answer="  ")
    answered(ask, at, answer="一家零售")
    assert answered(ask, at, answer="一家零售，一家批发").answer == "一家零售，一家批发"
    resubmit_application(application_id=ask.application_id, actor="m", at=at)
    with pytest.raises(AskClosed):
        answered(ask, at, answer="又改")
    ask.refresh_from_db()
    assert (ask.status, ask.answer) == ("answered", "一家零售，一家批发")


def test_a_document_is_answered_by_ones_own_file_of_that_kind(review: Review, at: datetime) -> None:
    ask = asked(review, at)
    neighbor = referrals.referred("M-2", at)
    foreign, wrong = file_of(neighbor, at), file_of(review, at, "other")
    for attachment_id in (None, "att_1", foreign.id, wrong.id):
        with pytest.raises(AnswerMissing):
            answered(ask, at, attachment_id=attachment_id)
    ask.refresh_from_db()
    assert (ask.status, ask.attachment_id) == ("open", None)
    with pytest.raises(AskNotFound):
        answer_ask(
            application_id=neighbor.application_id, ask_id=ask.id, answer="x", attachment_id=None,
            actor="m", at=at,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"kind": "dance"}, Invalid),
        ({"document_kind": ""}, Invalid),
        ({"message": " "}, ReasonNeeded),
        ({"due_on": date(2026, 3, 2)}, DueDayInvalid),
        ({"due_on": date(2026, 4, 2)}, DueDayInvalid),
    ],
)
def test_a_refused_question_asks_nothing(
    review: Review, changes: dict[str, Any], error: type[Exception], at: datetime
) -> None:
    with pytest.raises(error):
        asked(review, at, **changes)
    assert ApplicationAsk.objects.count() == 0
    assert (application().status, told()) == ("in_review", ["submitted", "referred"])


@pytest.mark.usefixtures("inside")
def test_only_what_a_reviewer_looks_at_can_be_asked_about(at: datetime) -> None:
    declined = referrals.declined("M-1", at)
    with pytest.raises(NotReviewed):
        ask_merchant(
            application_id=declined.id, kind="answer", document_kind="", message="?", due_on=DUE,
            actor="usr", at=at,
        )  # fmt: skip
    with pytest.raises(NotWaitingForMerchant):
        resubmit_application(application_id=declined.id, actor="m", at=at)
    with pytest.raises(NotWaitingForMerchant):
        drop_asks(application_id=declined.id, actor="usr", at=at)


def test_nothing_is_asked_while_a_second_reviewer_is_waited_for(
    review: Review, at: datetime
) -> None:
    highest = proposal_of(review.decision).highest_minor
    decide_review(
        review_id=review.id, outcome=Outcome.APPROVE, limit_minor=highest,
        reason_code=OverrideReason.DOCUMENTS, comment="示例", actor="usr_one", at=at,
    )  # fmt: skip
    review.refresh_from_db()
    assert review.status == "proposed"
    with pytest.raises(NotReviewed):
        asked(review, at)
    confirm_review(review_id=review.id, actor="usr_two", at=at)
    assert application().status == "approved"


def test_what_is_no_longer_needed_is_taken_back(review: Review, at: datetime) -> None:
    ask = asked(review, at)
    assert drop_asks(application_id=ask.application_id, actor="usr", at=at).status == "in_review"
    ask.refresh_from_db()
    assert ask.status == "dropped"
    decide(review, at)
    assert application().status == "declined"


def test_unanswered_by_the_end_of_its_day_it_ends(review: Review, at: datetime) -> None:
    ask = asked(review, at)
    assert expire_asks(at=clock.end_of(DUE) - timedelta(seconds=1)) == 0
    assert expire_asks(at=clock.end_of(DUE)) == 1
    assert expire_asks(at=clock.end_of(DUE)) == 0
    ask.refresh_from_db()
    review.refresh_from_db()
    assert (application().status, ask.status, review.status) == ("expired", "expired", "dropped")
    assert told()[-1] == "expired"
    assert application_next_action(application()) is None


def test_answered_but_not_handed_in_does_not_end_by_itself(review: Review, at: datetime) -> None:
    answered(asked(review, at), at, attachment_id=file_of(review, at).id)
    assert expire_asks(at=clock.end_of(DUE)) == 0
    assert application().status == "action_required"


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("stage", ["submitted", "in_review", "action_required", "approved"])
def test_withdrawn_at_any_stage_and_applied_for_again(stage: str, at: datetime) -> None:
    """P36: taking back is no refusal: nothing to wait for, nothing declined."""
    before = brought_to(stage, at)
    assert before.status == stage
    words: dict[str, Any] = {"application_id": before.id, "actor": "m", "at": at}
    done = withdraw_application(**words, reason=" 暂时不需要 ")
    assert (done.status, done.reapply_on) == ("withdrawn", None)
    assert withdraw_application(**words, reason="").version == done.version
    assert told()[-1] == "withdrawn"
    event = Event.objects.get(name="credit.application.withdrawn")
    assert event.props == {"reason": "暂时不需要", "version": done.version}
    assert set(Offer.objects.values_list("status", flat=True)) <= {"withdrawn"}
    assert set(Review.objects.values_list("status", flat=True)) <= {"dropped"}
    assert set(ApplicationAsk.objects.values_list("status", flat=True)) <= {"dropped"}
    again = submit_application(
        merchant_id=before.merchant_id, product_code=ORDER_CREDIT, external_id=None, actor="m",
        at=at + timedelta(minutes=1),
    )  # fmt: skip
    assert (again.status, again.id != before.id) == ("submitted", True)


def brought_to(stage: str, at: datetime) -> Application:
    if stage in {"in_review", "action_required"}:
        referrals.refer_everybody()
    merchant = lives.merchant_with_trade("M-1", at)
    if stage == "submitted":
        return submit_application(
            merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, actor="m", at=at
        )
    found = referrals.applied(merchant, at)
    if stage == "action_required":
        asked(Review.objects.get(application=found), at)
        found.refresh_from_db()
    return found


@pytest.mark.usefixtures("inside")
def test_a_withdrawn_offer_cannot_be_accepted(at: datetime) -> None:
    withdraw_application(application_id=brought_to("approved", at).id, reason="", actor="m", at=at)
    offer = Offer.objects.select_related("cost_sheet").get()
    with pytest.raises(OfferClosed):
        accept_offer(
            offer_id=offer.id, cost_sheet_sha256=offer.cost_sheet.sha256, evidence={}, actor="m",
            at=at + timedelta(minutes=1),
        )  # fmt: skip
    assert CreditLine.objects.count() == 0


@pytest.mark.usefixtures("inside")
def test_an_open_line_is_not_withdrawn(at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
    with pytest.raises(WithdrawalTooLate):
        withdraw_application(application_id=application().id, reason="", actor="m", at=at)
    line.refresh_from_db()
    assert (line.status, application().status) == ("active", "activated")
    declined = referrals.declined("M-2", at)
    with pytest.raises(WithdrawalTooLate):
        withdraw_application(application_id=declined.id, reason="", actor="m", at=at)


@pytest.mark.usefixtures("inside")
def test_what_a_platform_asks_for_is_asked_on_every_way_in(at: datetime) -> None:
    merchant = lives.merchant_with_trade("M-1", at)
    set_application_needs(needs=["account"], actor="usr", at=at)
    with pytest.raises(ApplicationIncomplete) as refusal:
        submit_application(
            merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, actor="m", at=at
        )
    assert refusal.value.facts == {"needs": "legal_representative, account"}
    assert Application.objects.count() == 0


def test_nobody_else_reaches_an_application(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        referrals.refer_everybody()
        review = referrals.referred("M-1", at)
        ask = asked(review, at)
    acts: list[Callable[[], object]] = [
        lambda: asked(review, at),
        lambda: answered(ask, at, answer="x"),
        lambda: resubmit_application(application_id=review.application_id, actor="m", at=at),
        lambda: drop_asks(application_id=review.application_id, actor="m", at=at),
        lambda: withdraw_application(
            application_id=review.application_id, reason="", actor="m", at=at
        ),
        lambda: withdraw_application(application_id="apl_1", reason="", actor="m", at=at),
    ]
    with tenant_scope(other_tenant.id):
        for act in acts:
            with pytest.raises(ApplicationNotFound):
                act()
        assert expire_asks(at=clock.end_of(DUE)) == 0
    for act in acts:
        with pytest.raises(NoScope):
            act()
    with tenant_scope(tenant.id):
        assert application().status == "action_required"
