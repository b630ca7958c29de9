"""Cases: opened, staged, closed by the dates; assigned and handed over by people."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from credit import errors
from credit.domain.contact_guard import CollectionRules
from credit.domain.delinquency import Step
from credit.domain.simulated import HIGHEST_RATE, LOWEST_RATE, PRODUCTS
from credit.enums import LadderKind, RepaymentChannel
from credit.models import (
    BucketChange,
    CaseHandover,
    CollectionCase,
    Drawdown,
    Product,
    ProductVersion,
)
from credit.operations.collections import assign_case, place_with_agency, work_collections
from credit.operations.delinquency import (
    record_bucket_changes,
    set_buckets,
    set_collection_rules,
    set_ladder,
)
from credit.operations.products import publish_product
from credit.operations.promises import make_promise
from credit.operations.repayments import record_repayment
from credit.queries.business_day import open_day
from credit.queries.collections import worklist
from credit.queries.delinquency import grades, ladder, past_due
from credit.queries.payoff import payoff
from platform_app.kernel import clock
from platform_app.kernel.errors import NotFound
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from tenants.models import Tenant
from tests.analytics import desk
from tests.credit import late, lives

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def drawdown(inside: Tenant, at: datetime) -> Drawdown:
    return late.drawn("P1", at)


def owed(drawdown: Drawdown) -> int:
    return payoff(Drawdown.objects.get(pk=drawdown.pk)).payoff_minor


def test_a_journey_from_due_to_cured(drawdown: Drawdown) -> None:
    """Due, reminded, grace, overdue, case, promise broken, promise kept, cured."""
    merchant = drawdown.merchant_id
    late.live_until(late.GRACE_UNTIL)
    assert not CollectionCase.objects.exists()
    assert late.names(merchant, "credit.installment.") == [
        "credit.installment.reminder",  # T-7
        "credit.installment.reminder",  # T-3
        "credit.installment.reminder",  # T-1
        "credit.installment.reminder",  # T-0
        "credit.installment.grace_started",
        "credit.installment.reminder",  # grace, first day
        "credit.installment.reminder",  # grace, last day
    ]

    moment = late.live_until(late.FIRST_OVERDUE)
    case = late.case_of(drawdown)
    assert (case.stage, case.opened_on, case.next_contact_on) == (
        "remind", late.FIRST_OVERDUE, late.FIRST_OVERDUE,
    )  # fmt: skip

    by_on = late.FIRST_OVERDUE + timedelta(days=2)
    broken = make_promise(
        merchant_id=merchant, amount_minor=owed(drawdown), by_on=by_on, note="",
        actor=lives.ACTOR, at=moment,
    )  # fmt: skip
    assert late.case_of(drawdown).next_contact_on == by_on + timedelta(days=1)
    late.live_until(by_on)
    broken.refresh_from_db()
    assert (broken.status, broken.decided_on) == ("open", None)
    moment = late.live_until(by_on + timedelta(days=1))
    broken.refresh_from_db()
    assert (broken.status, broken.paid_minor, broken.decided_on) == (
        "broken", 0, by_on + timedelta(days=1),
    )  # fmt: skip
    assert late.case_of(drawdown).stage == "remind"

    moment = late.live_until(date(2026, 4, 9))
    assert late.case_of(drawdown).stage == "call"
    amount = owed(drawdown)
    kept = make_promise(
        merchant_id=merchant, amount_minor=amount, by_on=open_day(), note="说好今天付",
        actor=lives.ACTOR, at=moment,
    )  # fmt: skip
    lives.repaid(drawdown, amount, "PAY-1", moment + timedelta(hours=13))
    late.live_until(date(2026, 4, 10))
    kept.refresh_from_db()
    case.refresh_from_db()
    assert (kept.status, kept.paid_minor) == ("kept", amount)
    assert (case.status, case.closed_on) == ("closed", date(2026, 4, 10))
    assert past_due(on=open_day()) == []
    assert late.names(merchant, "credit.collection.") == [
        "credit.collection.opened", "credit.collection.stage_changed", "credit.collection.closed",
    ]  # fmt: skip
    assert late.names(merchant, "credit.promise.") == [
        "credit.promise.made", "credit.promise.broken", "credit.promise.made",
        "credit.promise.kept",
    ]  # fmt: skip
    history = BucketChange.objects.filter(drawdown=drawdown).order_by("on")
    assert list(history.values_list("on", "dpd", "from_code", "to_code")) == [
        (date(2026, 4, 2), 1, "current", "1-7"),
        (date(2026, 4, 9), 8, "1-7", "8-30"),
        (date(2026, 4, 10), 0, "8-30", "current"),
    ]


def test_working_a_day_again_changes_nothing(drawdown: Drawdown) -> None:
    late.live_until(late.FIRST_OVERDUE)
    before = late.everything()
    done = work_collections(day=open_day(), at=clock.moment_on(open_day(), 11))
    assert done == {"buckets": 0, "promises": 0, "closed": 0, "moved": 0, "opened": 0}
    assert late.everything() == before


def test_the_figures_are_those_of_derive(drawdown: Drawdown) -> None:
    late.live_until(date(2026, 4, 3))
    [in_grace] = past_due(on=open_day())
    figures = payoff(Drawdown.objects.get(pk=drawdown.pk))
    assert (in_grace.owed_minor, in_grace.penalty_minor, in_grace.is_overdue) == (
        figures.payoff_minor, 0, False,
    )  # fmt: skip
    assert in_grace.penalty_a_day_minor == round(
        late.AMOUNT * Drawdown.objects.get().penalty_rate / 365
    )
    moment = late.live_until(date(2026, 4, 20))
    lives.repaid(drawdown, 300_000, "PAY-1", moment)
    late.live_until(date(2026, 4, 27))
    [row] = past_due(on=open_day())
    today = payoff(Drawdown.objects.get(pk=drawdown.pk))
    assert (row.dpd, row.owed_minor, row.penalty_minor) == (
        26, today.payoff_minor, today.penalty_minor,
    )  # fmt: skip
    late.live_until(date(2026, 4, 28))
    assert payoff(Drawdown.objects.get(pk=drawdown.pk)).payoff_minor == (
        row.owed_minor + row.penalty_a_day_minor
    )


def test_the_figures_are_those_of_derive_beyond_the_cap_of_penalty(
    inside: Tenant, at: datetime
) -> None:
    product = Product.objects.get()
    publish_product(
        code=product.code, name=product.name,
        terms=replace(PRODUCTS["generous"], penalty_cap=Decimal("0.003")),
        funding_source_id=ProductVersion.objects.get().funding_source_id,
        lowest_rate=LOWEST_RATE, highest_rate=HIGHEST_RATE, actor=lives.ACTOR, at=at,
    )  # fmt: skip
    drawdown = late.drawn("P1", at)
    seen = []
    for day, paid_minor in [(10, 0), (33, 0), (34, 1_000), (36, 0)]:
        moment = late.live_until(late.DUE + timedelta(days=day))
        if paid_minor:
            lives.repaid(drawdown, paid_minor, f"PAY-{day}", moment)
        [row] = past_due(on=open_day())
        figures = payoff(Drawdown.objects.get(pk=drawdown.pk))
        assert row.owed_minor == figures.payoff_minor, day
        seen.append(figures.penalty_minor)
    assert 0 < seen[0] < seen[1]
    assert late.AMOUNT * 0.0029 < seen[1] <= late.AMOUNT * 0.003
    assert seen[2:] == [seen[1] - 1_000] * 2


@pytest.mark.parametrize("item_count", [1, 3])
def test_working_a_day_costs_the_same_for_any_number_of_cases(
    inside: Tenant,
    at: datetime,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(item_count):
        late.drawn(f"P{number}", at)
    lives.close_until(late.FIRST_OVERDUE)
    moment = clock.moment_on(late.FIRST_OVERDUE, 1)
    with django_assert_num_queries(14):
        done = work_collections(day=open_day(), at=moment)
    assert (done["opened"], done["buckets"]) == (item_count, item_count)


def test_a_day_can_be_worked_for_some_merchants_only(inside: Tenant, at: datetime) -> None:
    first, second = late.drawn("P1", at), late.drawn("P2", at)
    lives.close_until(late.FIRST_OVERDUE)
    done = work_collections(
        day=open_day(), at=clock.moment_on(open_day(), 1), merchant_ids=[second.merchant_id]
    )
    assert (done["opened"], done["buckets"]) == (1, 0)
    assert CollectionCase.objects.get().merchant_id == second.merchant_id != first.merchant_id


def test_missed_days_worked_at_once_end_at_the_same_case(drawdown: Drawdown) -> None:
    lives.close_until(date(2026, 5, 10))
    work_collections(day=open_day(), at=clock.moment_on(open_day(), 1))
    assert late.case_of(drawdown).stage == "negotiate"
    assert BucketChange.objects.get().to_code == "31-60"


def test_contagion_marks_all_and_its_cure_frees_them(inside: Tenant, at: datetime) -> None:
    set_collection_rules(
        rules=CollectionRules(contagion_days=31), reason="示例", actor=lives.ACTOR, at=at
    )
    line = lives.line_of(late.with_phone("P1", at), at)
    bad = lives.drawn(line, 200_000, "SO-1", at)
    good = lives.drawn(line, 300_000, "SO-2", at, term="equal_3")
    ids = [bad.id, good.id]
    moment = lives.close_until(date(2026, 5, 2))
    lives.repaid(good, 220_000, "PAY-1", moment)
    graded = grades(line.merchant_id, ids, on=open_day())
    assert {one: (row.dpd, row.own, row.carried) for one, row in graded.items()} == {
        bad.id: (31, "special_mention", "special_mention"),
        good.id: (0, "normal", "special_mention"),
    }
    lives.repaid(bad, owed(bad), "PAY-9", moment)
    graded = grades(line.merchant_id, ids, on=open_day())
    assert [row.carried for row in graded.values()] == ["normal", "normal"]


# --- Ladders -------------------------------------------------------------------------------------


def test_a_tenant_cuts_its_own_buckets_and_stages(drawdown: Drawdown, at: datetime) -> None:
    set_buckets(starts=[0, 1, 31], reason="示例", actor=lives.ACTOR, at=at)
    set_ladder(
        kind=LadderKind.STAGE,
        steps=[Step(0, "call", 1), Step(10, "notice", 5)],
        reason="示例",
        actor=lives.ACTOR,
        at=at,
    )
    assert [step.code for step in ladder(LadderKind.BUCKET).steps] == ["current", "1-30", "31+"]
    late.live_until(date(2026, 4, 12))
    assert late.case_of(drawdown).stage == "notice"
    assert BucketChange.objects.get().to_code == "1-30"


def test_steps_that_are_no_ladder_are_refused(inside: Tenant, at: datetime) -> None:
    who = {"reason": "示例", "actor": lives.ACTOR, "at": at}
    late.refuse(errors.LadderInvalid, set_buckets, starts=[1, 5], **who)
    for steps in (
        [Step(0, "shout", 1)],
        [Step(0, "call", 0)],
        [Step(2, "call", 1)],
    ):
        late.refuse(errors.LadderInvalid, set_ladder, kind=LadderKind.STAGE, steps=steps, **who)


# --- Hands ---------------------------------------------------------------------------------------


def test_a_case_is_assigned_and_handed_over(drawdown: Drawdown, inside: Tenant) -> None:
    moment = late.live_until(late.FIRST_OVERDUE)
    case = late.case_of(drawdown)
    who = {"case_id": case.id, "actor": lives.ACTOR, "at": moment}
    one, two = desk.member("operator", inside, moment), desk.member("owner", inside, moment)
    assert assign_case(member_id=one.id, reason="", **who).owner == one
    assign_case(member_id=one.id, reason="", **who)
    late.refuse(errors.NoteNeeded, assign_case, member_id=two.id, reason=" x", **who)
    assert assign_case(member_id=two.id, reason="更熟悉该店", **who).owner == two
    late.refuse(errors.NoteNeeded, place_with_agency, agency=" ", reason="超过九十天", **who)
    late.refuse(errors.NoteNeeded, place_with_agency, agency="示例律所", reason="", **who)
    placed = place_with_agency(agency="示例律所", reason="超过九十天", **who)
    place_with_agency(agency="示例律所", reason="超过九十天", **who)
    assert (placed.owner, placed.agency) == (None, "示例律所")
    back = assign_case(member_id=two.id, reason="收回自己跟进", **who)
    assert (back.owner, back.agency) == (two, "")
    kept = CaseHandover.objects.order_by("id").values_list("to_owner__role", "to_agency")
    assert list(kept) == [("operator", ""), ("owner", ""), (None, "示例律所"), ("owner", "")]


def test_roles_that_may_not_collect_are_given_no_case(drawdown: Drawdown, inside: Tenant) -> None:
    moment = late.live_until(late.FIRST_OVERDUE)
    viewer = desk.member("viewer", inside, moment)
    who = {"case_id": late.case_of(drawdown).id, "reason": "", "actor": "x", "at": moment}
    late.refuse(errors.CollectorNotAllowed, assign_case, member_id=viewer.id, **who)
    late.refuse(NotFound, assign_case, member_id="usr_malformed", **who)
    who["case_id"] = "cas_malformed"
    late.refuse(errors.CaseNotFound, assign_case, member_id=viewer.id, **who)


def test_a_closed_case_is_left_alone(drawdown: Drawdown, inside: Tenant) -> None:
    moment = late.live_until(late.FIRST_OVERDUE)
    case = late.case_of(drawdown)
    member = desk.member("operator", inside, moment)
    lives.repaid(drawdown, owed(drawdown), "PAY-1", moment)
    late.live_until(late.FIRST_OVERDUE + timedelta(days=1))
    late.refuse(
        errors.CaseClosed, assign_case, case_id=case.id, member_id=member.id, reason="",
        actor="x", at=moment,
    )  # fmt: skip


def test_late_again_opens_a_new_case(inside: Tenant, at: datetime) -> None:
    line = lives.line_of(late.with_phone("P1", at), at)
    drawdown = lives.drawn(line, 600_000, "SO-1", at, term="equal_3")
    moment = late.live_until(date(2026, 4, 10))
    [row] = past_due(on=open_day())
    lives.repaid(drawdown, row.owed_minor, "PAY-1", moment)
    late.live_until(date(2026, 4, 11))
    assert not CollectionCase.objects.filter(status="open").exists()
    late.live_until(date(2026, 5, 10))
    assert [case.status for case in CollectionCase.objects.order_by("id")] == ["closed", "open"]


# --- Scopes --------------------------------------------------------------------------------------


def test_nothing_is_seen_or_done_without_a_scope_or_from_another(
    drawdown: Drawdown, other_tenant: Tenant
) -> None:
    moment = late.live_until(late.FIRST_OVERDUE)
    case = late.case_of(drawdown)
    with tenant_scope(other_tenant.id):
        assert worklist(on=late.FIRST_OVERDUE).rows == []
        assert past_due(on=late.FIRST_OVERDUE) == []
        assert work_collections(day=late.FIRST_OVERDUE, at=moment)["opened"] == 0
        with pytest.raises(errors.CaseNotFound):
            place_with_agency(
                case_id=case.id, agency="示例律所", reason="超过九十天", actor="x", at=moment
            )
    with no_scope(), pytest.raises(NoScope):
        work_collections(day=late.FIRST_OVERDUE, at=moment)
    with no_scope(), pytest.raises(NoScope):
        record_bucket_changes(on=late.FIRST_OVERDUE)
    assert late.case_of(drawdown).agency == ""


def test_a_payment_in_between_leaves_nothing_to_collect(drawdown: Drawdown) -> None:
    """The case closes with the next day's work; the worklist shows at once that nothing is owed."""
    moment = late.live_until(late.FIRST_OVERDUE)
    record_repayment(
        drawdown_id=drawdown.id, amount_minor=owed(drawdown), external_id="PAY-1",
        channel=RepaymentChannel.BANK_TRANSFER, value_on=None, actor="x", at=moment,
    )  # fmt: skip
    [row] = worklist(on=open_day()).rows
    assert (row.dpd, row.owed_minor, row.drawdowns) == (0, 0, ())
