"""A calendar import: proposed by one, applied by another, moving due dates only later."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from credit.errors import (
    CalendarDayGazetted,
    CalendarDayPast,
    CalendarFileInvalid,
    CalendarImportClosed,
    CalendarImportNotFound,
)
from credit.models import CalendarDay, CalendarImport, Drawdown, PlanRow
from credit.operations.calendar import (
    apply_calendar_import,
    propose_calendar,
    reject_calendar_import,
)
from credit.operations.due_dates import move_due_dates
from credit.queries.calendar import forget_calendar, workday_test
from credit.queries.calendar_imports import preview_calendar_import, rows_of
from credit.queries.plans import difference_from_derived
from platform_app.kernel import audit, clock
from platform_app.kernel.errors import SecondPersonNeeded
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import platform_scope, tenant_scope
from tenants.models import Tenant
from tests.conftest import FIRST_DAY
from tests.credit import lives

pytestmark = pytest.mark.django_db
HEADER = "date,is_workday,kind,notice_no\n"
# The bullet drawn on FIRST_DAY falls due on 1 April 2026, which these bytes turn into a day off.
REST = (HEADER + "2026-04-01,0,示例假日,示例〔2026〕1号\n").encode()
# The second of three installments is signed for 6 May, since 2 to 5 May 2026 are days off.
WORK = (HEADER + "2026-05-02,1,示例调休,示例〔2026〕1号\n").encode()


@pytest.fixture(autouse=True)
def _calendar_of_the_table() -> Iterator[None]:
    yield
    forget_calendar()


def drawn(tenant: Tenant, at: datetime, number: int = 1, term: str = "bullet_30") -> Drawdown:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade(f"M-{number}", at), at)
        return lives.drawn(line, 100_000, f"PO-{number}", at, term)


def proposed(data: bytes, at: datetime, actor: str = "usr_one") -> CalendarImport:
    return propose_calendar(data=data, file_name="2026.csv", actor=actor, at=at)


def applied(data: bytes, at: datetime, capture: Any) -> CalendarImport:
    with capture(execute=True):
        return apply_calendar_import(
            import_id=proposed(data, at).id, actor="usr_two", at=at + timedelta(minutes=1)
        )


def dues(drawdown: Drawdown) -> list[date]:
    with tenant_scope(drawdown.tenant_id):
        rows = PlanRow.objects.filter(drawdown_id=drawdown.id).order_by("seq")
        return list(rows.values_list("due_on", flat=True))


def everything() -> list[Any]:
    """All that a calendar import may touch."""
    with platform_scope():
        return [
            list(CalendarDay.objects.order_by("on").values_list()),
            list(PlanRow.objects.order_by("id").values_list()),
            list(Drawdown.objects.order_by("id").values_list()),
            list(CalendarImport.objects.order_by("id").values_list()),
            Event.objects.count(),
            AuditRecord.objects.count(),
        ]


def test_the_preview_names_every_installment_that_would_move(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    ours, theirs = drawn(tenant, at), drawn(other_tenant, at)
    before = everything()
    rows = rows_of(CalendarImport(rows=[]))
    assert preview_calendar_import(rows=rows, at=at).moves == ()
    found = proposed(REST, at)

    preview = preview_calendar_import(rows=rows_of(found), at=at)

    assert [
        (m.tenant_name, m.drawdown_id, m.seq, m.from_on, m.to_on, m.direction)
        for m in preview.moves
    ] == [
        ("锦绣纺织城", theirs.id, 1, date(2026, 4, 1), date(2026, 4, 2), "later"),
        ("萌宠采购网", ours.id, 1, date(2026, 4, 1), date(2026, 4, 2), "later"),
    ]
    assert preview.moved == preview.moves
    assert [(c.row.on, c.was_workday, c.is_flip) for c in preview.changes] == [
        (date(2026, 4, 1), True, True)
    ]
    after = everything()
    assert after[:3] == before[:3]
    assert after[4:] == before[4:]
    assert (found.status, found.row_count, found.proposed_by) == ("proposed", 1, "usr_one")


def test_applying_sets_the_days_and_moves_the_due_dates(
    tenant: Tenant, other_tenant: Tenant, at: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    ours, theirs = drawn(tenant, at), drawn(other_tenant, at)

    found = applied(REST, at, django_capture_on_commit_callbacks)

    assert (found.status, found.approved_by, found.rejected_by) == ("applied", "usr_two", "")
    assert found.moved_count == 2
    day = CalendarDay.objects.get(on=date(2026, 4, 1))
    assert (day.is_workday, day.kind, day.notice_no, day.source, day.is_projected) == (
        False, "示例假日", "示例〔2026〕1号", found.id, False,
    )  # fmt: skip
    assert not workday_test()(date(2026, 4, 1))
    for one in (ours, theirs):
        assert dues(one) == [date(2026, 4, 2)]
        with tenant_scope(one.tenant_id):
            stored = Drawdown.objects.get(pk=one.pk)
            assert (stored.maturity_on, stored.next_event_on) == (
                date(2026, 4, 2), date(2026, 4, 2),
            )  # fmt: skip
            assert stored.version == one.version + 1
            assert difference_from_derived(stored, as_of=FIRST_DAY) is None
            event = Event.objects.get(name="credit.installment.moved")
            assert (event.subject, event.merchant_id) == (one.id, one.merchant_id)
            assert event.props == {
                "order_no": "PO-1", "seq": 1, "from_on": "2026-04-01", "to_on": "2026-04-02",
                "reason": found.id, "version": stored.version,
            }  # fmt: skip
            record = AuditRecord.objects.get(action="calendar.apply")
            assert (record.actor, record.subject) == ("usr_two", found.id)
            assert audit.first_broken_link() is None


def test_a_signed_due_date_never_moves_earlier(
    tenant: Tenant, at: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    drawdown = drawn(tenant, at, term="equal_3")
    signed = [date(2026, 4, 2), date(2026, 5, 6), date(2026, 6, 2)]
    assert dues(drawdown) == signed

    found = proposed(WORK, at)
    (move,) = preview_calendar_import(rows=rows_of(found), at=at).moves
    assert (move.seq, move.from_on, move.calendar_on, move.to_on, move.direction) == (
        2, date(2026, 5, 6), date(2026, 5, 2), date(2026, 5, 6), "earlier",
    )  # fmt: skip
    found = applied(WORK, at, django_capture_on_commit_callbacks)

    assert (found.status, found.moved_count) == ("applied", 0)
    assert workday_test()(date(2026, 5, 2))
    assert dues(drawdown) == signed
    with tenant_scope(tenant.id):
        stored = Drawdown.objects.get(pk=drawdown.pk)
        assert stored.version == drawdown.version
        assert Event.objects.filter(name="credit.installment.moved").count() == 0


def test_a_day_back_at_work_does_not_take_the_later_date_away(
    tenant: Tenant, at: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    drawdown = drawn(tenant, at)
    applied(REST, at, django_capture_on_commit_callbacks)
    again = REST.replace(b",0,", b",1,")

    assert applied(again, at, django_capture_on_commit_callbacks).moved_count == 0

    assert dues(drawdown) == [date(2026, 4, 2)]


def test_an_installment_that_is_paid_off_or_past_does_not_move(
    tenant: Tenant, at: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    paid, late = drawn(tenant, at, 1), drawn(tenant, at, 2)
    with tenant_scope(tenant.id):
        lives.repaid(paid, 100_000, "PAY-1", at)
        later = lives.close_until(date(2026, 4, 2))
        assert (
            move_due_dates(moves=(), reason="cim", actor="usr", at=later) == 0
        )  # nothing asked, nothing moved
    data = (HEADER + "2026-04-02,0,x,A\n").encode()

    with clock.travel(later):
        assert applied(data, later, django_capture_on_commit_callbacks).moved_count == 0

    assert dues(paid) == dues(late) == [date(2026, 4, 1)]


def test_moving_twice_moves_once(tenant: Tenant, at: datetime) -> None:
    drawdown = drawn(tenant, at)
    found = proposed(REST, at)
    moves = preview_calendar_import(rows=rows_of(found), at=at).moved
    with tenant_scope(tenant.id):
        assert move_due_dates(moves=moves, reason=found.id, actor="usr", at=at) == 1
        before = everything()
        assert move_due_dates(moves=moves, reason=found.id, actor="usr", at=at) == 0
    assert everything() == before
    assert dues(drawdown) == [date(2026, 4, 2)]
    with pytest.raises(NoScope):
        move_due_dates(moves=moves, reason=found.id, actor="usr", at=at)


def test_the_moves_of_another_tenant_touch_nothing(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    drawn(tenant, at)
    found = proposed(REST, at)
    moves = preview_calendar_import(rows=rows_of(found), at=at).moved
    before = everything()
    with tenant_scope(other_tenant.id):
        assert move_due_dates(moves=moves, reason=found.id, actor="usr", at=at) == 0
    assert everything() == before


def test_the_same_file_is_one_proposal_until_it_is_rejected(at: datetime, db: None) -> None:
    first = proposed(REST, at)
    assert proposed(REST, at, "usr_three").id == first.id
    rejected = reject_calendar_import(import_id=first.id, actor="usr_one", at=at)
    assert (rejected.status, rejected.rejected_by, rejected.decided_at) == (
        "rejected", "usr_one", at,
    )  # fmt: skip
    second = proposed(REST, at, "usr_three")
    assert second.id != first.id
    assert second.proposed_by == "usr_three"
    assert CalendarImport.objects.count() == 2


def test_who_proposed_may_not_apply(tenant: Tenant, at: datetime) -> None:
    drawn(tenant, at)
    found = proposed(REST, at)
    before = everything()
    with pytest.raises(SecondPersonNeeded):
        apply_calendar_import(import_id=found.id, actor="usr_one", at=at)
    assert everything() == before


def test_a_decided_import_stays_as_it_is(
    at: datetime, db: None, django_capture_on_commit_callbacks: Any
) -> None:
    found = applied(REST, at, django_capture_on_commit_callbacks)
    before = everything()
    for act in (apply_calendar_import, reject_calendar_import):
        with pytest.raises(CalendarImportClosed):
            act(import_id=found.id, actor="usr_three", at=at)
        for unknown in ("cim_01h2xcejqtf2nbrexx3vqjhp41", "nonsense"):
            with pytest.raises(CalendarImportNotFound):
                act(import_id=unknown, actor="usr_three", at=at)
    assert everything() == before


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("2026-03-01,1,x,A", CalendarDayPast),
        ("2025-12-31,0,x,A", CalendarDayPast),
        ("2026-04-01,0,x,", CalendarDayGazetted),
        ("2026-04-01,1,x,", CalendarDayGazetted),
        ("2026-02-30,1,x,A", CalendarFileInvalid),
    ],
)
def test_a_refused_file_leaves_nothing(
    tenant: Tenant, at: datetime, line: str, refusal: type[Exception]
) -> None:
    drawn(tenant, at)
    before = everything()
    with pytest.raises(refusal):
        proposed((HEADER + line + "\n").encode(), at)
    assert everything() == before


def test_a_past_day_may_be_named_as_it_is(at: datetime, db: None) -> None:
    found = proposed((HEADER + "2026-03-01,0,周末,A\n").encode(), at)
    assert found.status == "proposed"


def test_what_became_past_while_it_waited_is_refused(tenant: Tenant, at: datetime) -> None:
    drawn(tenant, at)
    found = proposed(REST, at)
    before = everything()
    with pytest.raises(CalendarDayPast):
        apply_calendar_import(
            import_id=found.id, actor="usr_two", at=clock.moment_on(date(2026, 4, 2), 10)
        )
    assert everything() == before


def test_a_projection_may_change_a_projection_and_a_gazette_both(
    at: datetime, db: None, django_capture_on_commit_callbacks: Any
) -> None:
    day = date(2027, 2, 13)
    for line, expected in (
        ("2027-02-13,1,预计,", (True, True)),
        ("2027-02-13,0,预计,", (False, True)),
        ("2027-02-13,1,春节,A", (True, False)),
    ):
        applied((HEADER + line + "\n").encode(), at, django_capture_on_commit_callbacks)
        row = CalendarDay.objects.get(on=day)
        assert (row.is_workday, row.is_projected) == expected


@pytest.mark.parametrize("item_count", [1, 3])
def test_moving_costs_the_same_for_any_number(
    tenant: Tenant, at: datetime, item_count: int
) -> None:
    for number in range(item_count):
        drawn(tenant, at, number)
    found = proposed(REST, at)
    moves = preview_calendar_import(rows=rows_of(found), at=at).moved
    with tenant_scope(tenant.id), CaptureQueriesContext(connection) as queries:
        assert move_due_dates(moves=moves, reason="x", actor="usr", at=at) == item_count
    assert len(queries) == 9, [q["sql"] for q in queries]


@pytest.mark.parametrize(
    "change",
    [
        {"approved_by": "usr_one", "status": "applied"},
        {"approved_by": "", "status": "applied"},
        {"approved_by": "usr_two", "status": "proposed"},
        {"rejected_by": "", "status": "rejected"},
        {"row_count": 0},
    ],
)
def test_the_database_wants_two_people(at: datetime, db: None, change: dict[str, Any]) -> None:
    found = proposed(REST, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarImport.objects.filter(pk=found.pk).update(decided_at=at, **change)
