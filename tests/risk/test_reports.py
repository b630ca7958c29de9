"""Outside reports: asked with consent, once a day, seen by decisions as they were known."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from credit.operations.applications import submit_application
from credit.operations.launch import ORDER_CREDIT
from credit.tasks import decide_applications
from platform_app.kernel import clock
from platform_app.kernel.errors import NotFound
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk import errors
from risk.domain.facts import restore
from risk.enums import Purpose, ReportKind, ReportOutcome
from risk.gateways.http_reports import HttpReports
from risk.gateways.reports import InProcessReports, ReportAnswer, ReportOrder
from risk.models import Decision, Report, ReportRequest, ReportSource
from risk.operations.decisions import decide, replay
from risk.operations.reports import (
    fetch_reports,
    gateway_of,
    set_report_source,
    simulate_report_source,
    stop_report_source,
)
from risk.queries.reports import report_facts
from risk.values import RepaymentFacts
from tenants.models import Merchant, Tenant
from tenants.operations.consents import withdraw_consent
from tests.credit import lives

pytestmark = pytest.mark.usefixtures("inside")
BUREAU, BANK = ReportKind.BUREAU, ReportKind.BANK


@dataclass
class Party:
    """Answers what it is told to, and remembers what it was asked."""

    answers: list[ReportAnswer] = field(default_factory=list)
    asked: list[ReportOrder] = field(default_factory=list)

    def fetch(self, order: ReportOrder) -> ReportAnswer:
        self.asked.append(order)
        return self.answers.pop(0)


def found(on: date, **values: Any) -> ReportAnswer:
    return ReportAnswer(outcome=ReportOutcome.FOUND, on=on, values=values)


UNKNOWN = ReportAnswer(outcome=ReportOutcome.UNKNOWN, detail="time-out")


@pytest.fixture
def merchant(inside: Tenant, at: datetime) -> Merchant:
    found = lives.merchant_with_trade("P1", at - timedelta(hours=1))
    found.refresh_from_db()
    return found


@pytest.fixture
def really(inside: Tenant) -> Iterator[None]:
    """Business, not a demonstration."""
    Tenant.objects.filter(pk=inside.pk).update(is_virtual=False)
    with tenant_scope(inside.id):
        yield


def connected(at: datetime, kind: ReportKind = BUREAU, **changes: Any) -> ReportSource:
    told: dict[str, Any] = {
        "kind": kind, "name": "示例征信", "url": "https://bureau.example/v1", "key_id": "k1",
        "secret": "s3cret", "kept_days": 30, "actor": "usr_one", "at": at,
    }  # fmt: skip
    return set_report_source(**told | changes)


def fetched(merchant: Merchant, at: datetime, party: Party) -> list[ReportRequest]:
    return fetch_reports(
        merchant_id=merchant.id, actor="system:decide", at=at, gateways=lambda _: party
    )


def decided(merchant: Merchant, at: datetime) -> Decision:
    return decide(
        merchant_id=merchant.id, purpose=Purpose.APPLICATION, as_of=at, decided_at=at,
        repayment=RepaymentFacts.none(), actor="usr_one",
    )  # fmt: skip


def everything() -> dict[str, Any]:
    watched: Any = (AuditRecord, Event, Report, ReportRequest, ReportSource)
    return {one.__name__: list(one.objects.order_by("id").values()) for one in watched}


def stays(refusal: type[Exception], act: Callable[[], Any]) -> None:
    before = everything()
    with pytest.raises(refusal), transaction.atomic():
        act()
    assert everything() == before


def test_a_report_is_part_of_what_a_decision_saw(merchant: Merchant, at: datetime) -> None:
    connected(at)
    before = decided(merchant, at)
    assert "more" not in before.facts
    party = Party([found(clock.day_of(at), other_overdue_minor=250_000, company_age_days=900)])
    [request] = fetched(merchant, at, party)
    assert (request.outcome, request.asked_by) == ("found", "system:decide")
    [order] = party.asked
    assert (order.key, order.kind, order.registration_no) == (
        request.id, "bureau", merchant.registration_no,
    )  # fmt: skip
    assert order.consent_id == request.consent_id
    later = decided(merchant, at + timedelta(seconds=1))
    assert later.facts["more"] == {"other_overdue_minor": 250_000, "company_age_days": 900}
    assert restore(later.facts)[2] == later.facts["more"]
    assert replay(before.id)
    assert replay(later.id)
    same_moment = decided(merchant, at)  # not yet known then
    assert "more" not in same_moment.facts


def test_asked_once_a_day_and_not_while_a_report_counts(merchant: Merchant, at: datetime) -> None:
    connected(at)
    party = Party([found(clock.day_of(at), other_loans_minor=1), UNKNOWN])
    fetched(merchant, at, party)
    before = everything()
    assert fetched(merchant, at, party) == []
    assert fetched(merchant, at + timedelta(days=29), party) == []
    assert everything() == before
    [again] = fetched(merchant, at + timedelta(days=30), party)
    assert again.outcome == "unknown"
    assert len(party.asked) == 2


def test_nothing_on_file_is_an_answer_for_the_day(merchant: Merchant, at: datetime) -> None:
    connected(at)
    party = Party([ReportAnswer(outcome=ReportOutcome.NO_RECORD)] * 2)
    [first] = fetched(merchant, at, party)
    assert first.outcome == "no_record"
    assert [one.id for one in fetched(merchant, at, party)] == [first.id]
    assert len(party.asked) == 1
    assert report_facts([merchant.id], at + timedelta(hours=1)) == {}
    fetched(merchant, at + timedelta(days=1), party)
    assert len(party.asked) == 2


def test_no_clear_answer_is_asked_again_with_the_same_key(merchant: Merchant, at: datetime) -> None:
    connected(at)
    party = Party([UNKNOWN, found(clock.day_of(at), other_loans_minor=5)])
    [first] = fetched(merchant, at, party)
    assert (first.outcome, first.detail) == ("unknown", "time-out")
    [second] = fetched(merchant, at + timedelta(hours=1), party)
    assert (second.id, second.outcome, second.detail) == (first.id, "found", "")
    assert [one.key for one in party.asked] == [first.id, first.id]
    assert Event.objects.filter(name="risk.report.requested").count() == 1


def test_a_process_that_dies_while_asking_leaves_what_the_next_one_asks_again(
    merchant: Merchant, at: datetime
) -> None:
    connected(at)
    dead = Party()  # has no answer to give: an error in the middle
    with pytest.raises(IndexError):
        fetched(merchant, at, dead)
    left = ReportRequest.objects.get()
    assert (left.outcome, left.answered_at) == ("pending", None)
    party = Party([found(clock.day_of(at), other_loans_minor=5)])
    [request] = fetched(merchant, at + timedelta(minutes=2), party)
    assert (request.id, request.outcome) == (left.id, "found")
    assert [one.key for one in (*dead.asked, *party.asked)] == [left.id, left.id]


@pytest.mark.parametrize(
    ("values", "detail"),
    [
        ({"other_loans_minor": "5"}, "unreadable: other_loans_minor"),
        ({"other_loans_minor": 1.5}, "unreadable: other_loans_minor"),
        ({"other_loans_minor": True}, "unreadable: other_loans_minor"),
        ({"other_loans_minor": -1}, "unreadable: other_loans_minor"),
        ({"company_age_days": 10**16}, "unreadable: company_age_days"),
    ],
)
def test_what_cannot_be_read_is_unknown(
    merchant: Merchant, at: datetime, values: dict[str, Any], detail: str
) -> None:
    connected(at)
    [request] = fetched(merchant, at, Party([found(clock.day_of(at), **values)]))
    assert (request.outcome, request.detail) == ("unknown", detail)
    assert Report.objects.count() == 0


@pytest.mark.parametrize("on", [date(2026, 3, 3), date(2026, 1, 31), date.max, date.min], ids=str)
def test_a_report_of_tomorrow_or_too_old_is_unknown(
    merchant: Merchant, at: datetime, on: date
) -> None:
    connected(at)  # counts for thirty days, and it is 2 March
    [request] = fetched(merchant, at, Party([found(on, other_loans_minor=1)]))
    assert request.outcome == "unknown"
    assert Report.objects.count() == 0


def test_null_and_what_was_not_agreed_on_are_not_kept(merchant: Merchant, at: datetime) -> None:
    connected(at)
    said = found(clock.day_of(at), other_loans_minor=None, score="A", credit_inquiries_l6_count=2)
    fetched(merchant, at, Party([said]))
    assert Report.objects.get().facts == {"credit_inquiries_l6_count": 2}


def test_the_latest_report_counts_and_each_kind_by_itself(merchant: Merchant, at: datetime) -> None:
    connected(at)
    connected(at, BANK, kept_days=60)
    day = clock.day_of(at)
    party = Party([found(day, bank_inflow_l3_minor=7), found(day, other_loans_minor=1)])
    fetched(merchant, at, party)
    assert [one.kind for one in party.asked] == ["bank", "bureau"]
    much_later = at + timedelta(days=30)
    fetched(merchant, much_later, Party([found(day + timedelta(days=30), other_loans_minor=2)]))
    facts = report_facts([merchant.id], much_later + timedelta(seconds=1))
    assert facts == {merchant.id: {"bank_inflow_l3_minor": 7, "other_loans_minor": 2}}
    first_day = report_facts([merchant.id], at + timedelta(seconds=1))
    assert first_day == {merchant.id: {"bank_inflow_l3_minor": 7, "other_loans_minor": 1}}
    assert report_facts([merchant.id], at + timedelta(days=59)) == facts
    assert report_facts([merchant.id], at + timedelta(days=60)) == {}


def test_nobody_is_asked_without_consent(merchant: Merchant, at: datetime) -> None:
    connected(at)
    withdraw_consent(
        merchant_id=merchant.id, code="bureau_query", evidence={}, actor="usr_one", at=at
    )
    party = Party([])
    stays(errors.ReportConsentMissing, lambda: fetched(merchant, at, party))
    assert party.asked == []


def test_a_consent_to_former_words_is_none(
    merchant: Merchant, at: datetime, inside: Tenant
) -> None:
    """The texts name the lender: with another one they are other words."""
    connected(at)
    Tenant.objects.filter(pk=inside.pk).update(lender_name="另一家示例小贷")
    party = Party([])
    stays(errors.ReportConsentMissing, lambda: fetched(merchant, at, party))
    assert party.asked == []


@pytest.mark.usefixtures("really")
def test_who_withdrew_between_asking_and_the_decision_is_decided_with_unknown_facts(
    merchant: Merchant, at: datetime
) -> None:
    connected(at)
    application = submit_application(
        merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, actor="x", at=at
    )
    withdraw_consent(merchant_id=merchant.id, code="bureau_query", evidence={}, actor="x", at=at)
    with clock.travel(at + timedelta(seconds=1)):
        assert decide_applications() == 1
    application.refresh_from_db()
    assert application.status == "approved"
    assert "more" not in application.decision.facts
    assert ReportRequest.objects.count() == 0


def test_without_a_source_nobody_is_asked(merchant: Merchant, at: datetime) -> None:
    party = Party([])
    assert fetched(merchant, at, party) == []
    connected(at)
    stop_report_source(kind=BUREAU, actor="usr_one", at=at)
    assert fetched(merchant, at, party) == []
    connected(at, secret="")  # keeps the one that is there
    assert ReportSource.objects.get().is_active
    actions = AuditRecord.objects.filter(action__startswith="risk.report_source").order_by("id")
    assert [row.action.rsplit(".", 1)[1] for row in actions] == ["set", "stop", "set"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "}, {"url": "http://bureau.example"}, {"url": "https://me@bureau.example"},
        {"url": "https://bureau.example/?a=1"}, {"key_id": " "}, {"secret": ""}, {"kept_days": 0},
        {"kept_days": 367}, {"url": ""},
    ],
)  # fmt: skip
def test_a_source_that_could_not_be_asked_is_refused(
    really: None, at: datetime, changes: dict[str, Any]
) -> None:
    stays(errors.ReportSourceInvalid, lambda: connected(at, **changes))


def test_the_secret_is_sealed_and_a_virtual_platform_stays_inside(
    inside: Tenant, at: datetime
) -> None:
    source = connected(at)
    assert b"s3cret" not in bytes(source.secret_sealed or b"")
    assert isinstance(gateway_of(source), InProcessReports)
    Tenant.objects.filter(pk=inside.pk).update(is_virtual=False)
    with tenant_scope(inside.id):
        assert gateway_of(source) == HttpReports(
            url="https://bureau.example/v1", key_id="k1", secret="s3cret"
        )


def test_a_demonstration_answers_from_this_process(
    really: None, merchant: Merchant, at: datetime
) -> None:
    connected(at)
    source = simulate_report_source(kind=BUREAU, name="示例", kept_days=9, actor="usr", at=at)
    assert (ReportSource.objects.count(), source.url, source.secret_sealed) == (1, "", None)
    assert isinstance(gateway_of(source), InProcessReports)
    [request] = fetch_reports(merchant_id=merchant.id, actor="usr", at=at)
    assert request.outcome in {"found", "no_record", "unknown"}
    assert AuditRecord.objects.filter(action="risk.report_source.simulate").count() == 1


def test_other_platforms_and_no_scope(
    merchant: Merchant, at: datetime, other_tenant: Tenant
) -> None:
    connected(at)
    with tenant_scope(other_tenant.id):
        with pytest.raises(NotFound):
            fetched(merchant, at, Party([]))
        assert report_facts([merchant.id], at) == {}
        assert ReportSource.objects.count() == 0
    with no_scope(), pytest.raises(NoScope):
        fetched(merchant, at, Party([]))
