"""Changing living drawdowns: what each act moves, that it is booked once, and what is refused."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from credit.domain.allocation import Component
from credit.domain.derived import Happening
from credit.enums import AccountCode
from credit.errors import (
    BadPeriod,
    BadPlan,
    DayClosed,
    DrawdownNotFound,
    DrawdownNotServiceable,
    EventNotReversible,
    ExternalIdConflict,
    FeeNotOnCostSheet,
    NothingOwed,
    OverpaymentTooSmall,
    RateNotAllowed,
    RefundTooLarge,
)
from credit.models import CreditLine, Drawdown, JournalEntry, LoanEvent, Posting, Repayment
from credit.operations import servicing
from credit.operations.servicing import Act
from credit.queries.plans import difference_from_derived, happenings
from credit.queries.previews import preview
from credit.queries.proofs import full_checks
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives
from tests.credit.lives import ACTOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(inside: Tenant, at: datetime) -> CreditLine:
    return lives.line_of(lives.merchant_with_trade("P1", at), at)


@pytest.fixture
def drawdown(line: CreditLine, at: datetime) -> Drawdown:
    return lives.drawn(line, 1_000_000, "SO-1", at)


def act(drawdown: Drawdown, at: datetime, key: str = "act-1", value_on: date | None = None) -> Act:
    return Act(drawdown_id=drawdown.id, external_id=key, actor=ACTOR, at=at, value_on=value_on)


def books() -> dict[str, int]:
    """Account balances of the tenant, those of zero left out."""
    rows = Posting.objects.values_list("account__code", "amount_minor")
    totals: dict[str, int] = {}
    for code, amount in rows:
        totals[code] = totals.get(code, 0) + amount
    return {AccountCode(code).name: amount for code, amount in sorted(totals.items()) if amount}


def proven(day: date) -> None:
    assert {name for name, broken in full_checks(accrued_through=day).items() if broken} == set()
    for one in Drawdown.objects.filter(event_count__gt=0):
        assert difference_from_derived(one, as_of=day) is None


def footprint() -> tuple[Any, ...]:
    return (
        LoanEvent.objects.count(),
        JournalEntry.objects.count(),
        list(Drawdown.objects.values_list("version", "status", "outstanding_principal_minor")),
        list(CreditLine.objects.values_list("used_minor", "held_minor", "version")),
    )


def test_a_refund_lowers_debt_partner_payable_and_use(drawdown: Drawdown, at: datetime) -> None:
    later = lives.close_until(date(2026, 3, 12))
    servicing.refund_drawdown(act(drawdown, later), amount_minor=300_000)
    again = servicing.refund_drawdown(act(drawdown, later), amount_minor=300_000)
    line = CreditLine.objects.get()
    assert (again.seq, LoanEvent.objects.filter(kind="refund").count()) == (2, 1)
    assert line.used_minor == 700_000
    assert books()["PARTNER_PAYABLE"] == 300_000 - 1_000_000
    proven(later.date())


def test_a_backdated_payment_ends_as_if_booked_in_time(line: CreditLine, at: datetime) -> None:
    early = lives.drawn(line, 1_000_000, "SO-1", at)
    late = lives.drawn(line, 1_000_000, "SO-2", at)
    tenth = lives.close_until(date(2026, 3, 10))
    lives.repaid(early, 400_000, "pay-1", tenth)
    twentieth = lives.close_until(date(2026, 4, 20))
    booked = lives.repaid(late, 400_000, "pay-2", twentieth, value_on=date(2026, 3, 10))
    proven(twentieth.date())
    early.refresh_from_db()
    late.refresh_from_db()
    names = ("outstanding_principal_minor", "oldest_unpaid_on", "next_event_on", "status")
    assert [getattr(early, n) for n in names] == [getattr(late, n) for n in names]
    sums = {
        drawdown: sorted(
            Posting.objects.filter(entry__drawdown_id=drawdown).values_list(
                "account__code", "amount_minor"
            )
        )
        for drawdown in (early.id, late.id)
    }
    assert sum(amount for _, amount in sums[late.id]) == 0
    entry = JournalEntry.objects.get(kind="repayment", key="pay-2")
    assert (entry.value_on, entry.booked_on) == (date(2026, 3, 10), date(2026, 4, 20))
    assert booked.value_on == date(2026, 3, 10)


def test_a_payment_and_its_reversal_leave_nothing(drawdown: Drawdown, at: datetime) -> None:
    later = lives.close_until(date(2026, 3, 20))
    before, used = books(), CreditLine.objects.get().used_minor
    paid = lives.repaid(drawdown, 1_200_000, "pay-1", later)
    assert Drawdown.objects.get().status == "paid_off"
    event = LoanEvent.objects.get(kind="repayment")
    much_later = lives.close_until(date(2026, 4, 15))
    servicing.reverse_event(act(drawdown, much_later, "undo-1"), event_id=event.id)
    proven(much_later.date())
    drawdown.refresh_from_db()
    assert (drawdown.status, drawdown.oldest_unpaid_on) == ("repaying", date(2026, 4, 1))
    assert CreditLine.objects.get().used_minor == used
    paid.refresh_from_db()
    assert (paid.status, paid.allocated_minor, paid.unspent_minor) == ("reversed", 0, 1_200_000)
    after = books()
    assert after["LOANS"] == before["LOANS"]
    assert "OVERPAYMENT" not in after
    assert "FUNDING_BANK" not in after
    # What ran while it seemed paid is owed after all.
    assert after["PENALTY_RECEIVABLE"] == -after["PENALTY_INCOME"] == 4_142


def test_a_reversal_may_leave_the_line_over_its_limit(line: CreditLine, at: datetime) -> None:
    first = lives.drawn(line, line.limit_minor, "SO-1", at)
    lives.repaid(first, line.limit_minor, "pay-1", at)
    lives.drawn(line, line.limit_minor, "SO-2", at)
    event = LoanEvent.objects.get(kind="repayment")
    servicing.reverse_event(act(first, at, "undo-1"), event_id=event.id)
    line.refresh_from_db()
    assert line.used_minor == 2 * line.limit_minor
    assert line.available_minor == 0
    proven(at.date())


def test_a_waiver_write_off_and_recovery(drawdown: Drawdown, at: datetime) -> None:
    late = lives.close_until(date(2026, 6, 1))
    owed = books()["PENALTY_RECEIVABLE"]
    servicing.waive(act(drawdown, late, "w-1"), amount_minor=owed, component=Component.PENALTY)
    assert "PENALTY_RECEIVABLE" not in books()
    assert books()["WAIVERS"] == owed
    servicing.write_off(act(drawdown, late, "wo-1"))
    now = books()
    assert {"LOANS", "INTEREST_RECEIVABLE"} & now.keys() == set()
    assert now["WRITE_OFFS"] == 1_002_959
    line = CreditLine.objects.get()
    assert (line.status, line.used_minor) == ("suspended", 0)
    proven(late.date())
    later = lives.close_until(date(2026, 6, 20))
    assert books() == {**now}
    lives.repaid(drawdown, 2_959, "pay-1", later)
    assert books()["RECOVERY_INCOME"] == -2_959
    drawdown.refresh_from_db()
    assert drawdown.status == "written_off"
    proven(later.date())
    event = LoanEvent.objects.get(kind="write_off")
    servicing.reverse_event(act(drawdown, later, "undo-1"), event_id=event.id)
    drawdown.refresh_from_db()
    assert (drawdown.status, drawdown.outstanding_principal_minor) == ("repaying", 1_000_000)
    assert "WRITE_OFFS" not in books()
    proven(later.date())


@pytest.mark.parametrize("payment_count", [1, 5])
def test_a_write_off_costs_the_same_for_any_history(
    line: CreditLine,
    at: datetime,
    payment_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """One event and one entry, however much was paid before."""
    drawdown = lives.drawn(line, 900_000, "SO-1", at, term="equal_3")
    late = lives.close_until(date(2026, 5, 20))
    for number in range(payment_count):
        lives.repaid(drawdown, 10_000, f"pay-{number}", late)
    one = act(drawdown, late)
    with django_assert_num_queries(22):
        servicing.write_off(one)
    assert JournalEntry.objects.filter(kind="write_off").count() == 1
    proven(late.date())


def test_overpayment_waits_pays_a_fee_and_goes_back(drawdown: Drawdown, at: datetime) -> None:
    lives.repaid(drawdown, 1_002_000, "pay-1", at)
    servicing.refund_overpayment(act(drawdown, at, "back-1"), amount_minor=500)
    assert books()["OVERPAYMENT"] == -1_500
    with pytest.raises(OverpaymentTooSmall):
        servicing.refund_overpayment(act(drawdown, at, "back-2"), amount_minor=1_501)
    proven(at.date())


def test_a_backdated_payment_of_which_part_went_back_already(
    drawdown: Drawdown, at: datetime
) -> None:
    """As a simulated year found it: overpaid, part returned, reversed, paid anew for before."""
    later = lives.close_until(date(2026, 3, 20))
    lives.repaid(drawdown, 1_100_000, "pay-1", later)
    servicing.refund_overpayment(act(drawdown, later, "back-1"), amount_minor=500)
    event = LoanEvent.objects.get(kind="repayment")
    servicing.reverse_event(act(drawdown, later, "undo-1"), event_id=event.id)
    proven(later.date())
    past = happenings(drawdown.id)
    again = Happening.recorded(
        len(past) + 1, "repayment", date(2026, 3, 10), 1_100_000, later.date(), {}
    )
    shown = preview(Drawdown.objects.get(), again)
    paid = lives.repaid(drawdown, 1_100_000, "pay-2", later, date(2026, 3, 10))
    proven(later.date())
    assert (shown.unspent_minor, sum(shown.taken.values())) == (
        paid.unspent_minor, paid.allocated_minor,
    )  # fmt: skip
    waiting = -books()["OVERPAYMENT"]
    assert (waiting > 0, paid.unspent_minor) == (True, waiting + 500)


def test_new_dates_and_plans_are_what_the_close_lives_on(line: CreditLine, at: datetime) -> None:
    extended = lives.drawn(line, 500_000, "SO-1", at)
    paused = lives.drawn(line, 400_000, "SO-2", at)
    again = lives.drawn(line, 300_000, "SO-3", at)
    cheaper = lives.drawn(line, 200_000, "SO-4", at)
    later = lives.close_until(date(2026, 3, 25))
    servicing.extend(act(extended, later, "x-1"), row_seq=1, days=30)
    servicing.pause_interest(act(paused, later, "p-1"), until_on=date(2026, 4, 10))
    servicing.restructure(
        act(again, later, "r-1"), method="equal_installment", installments=4, every=1, unit="month"
    )
    servicing.change_rate(act(cheaper, later, "c-1"), annual_rate=Decimal("0.05"))
    proven(later.date())
    overdue = lives.close_until(date(2026, 5, 20))
    proven(overdue.date())
    for one in (extended, paused, again, cheaper):
        one.refresh_from_db()
        lives.repaid(one, 700_000, f"pay-{one.order_no}", overdue)
    proven(overdue.date())
    assert {one.status for one in Drawdown.objects.all()} == {"paid_off"}


def test_an_extension_reaches_at_least_today(drawdown: Drawdown, at: datetime) -> None:
    """Due on 1 April, asked for on the 20th: eighteen days more would be past due as well."""
    later = lives.close_until(date(2026, 4, 20))
    before = footprint()
    with pytest.raises(BadPeriod) as caught:
        servicing.extend(act(drawdown, later), row_seq=1, days=18)
    assert caught.value.facts == {"least": 19, "most": 180}
    assert footprint() == before
    servicing.extend(act(drawdown, later), row_seq=1, days=19)
    drawdown.refresh_from_db()
    assert drawdown.oldest_unpaid_on is None
    proven(later.date())


def test_what_is_refused_moves_nothing(drawdown: Drawdown, at: datetime) -> None:
    lives.repaid(drawdown, 100_000, "pay-1", at)
    capture = LoanEvent.objects.get(kind="capture")
    one = act(drawdown, at)
    tomorrow = act(drawdown, at, value_on=at.date() + timedelta(days=1))
    before_it = act(drawdown, at, value_on=at.date() - timedelta(days=1))
    nobody = Act(drawdown_id="drw_01m80jfq6be9krnzzshfrs2fy2", external_id="a", actor=ACTOR, at=at)
    plan: dict[str, Any] = {"method": "equal_installment", "every": 1, "unit": "month"}
    acts: list[tuple[type[Exception], Any]] = [
        (RefundTooLarge, lambda: servicing.refund_drawdown(one, amount_minor=1_000_001)),
        (NothingOwed, lambda: servicing.waive(one, amount_minor=1, component=Component.FEE)),
        (OverpaymentTooSmall, lambda: servicing.refund_overpayment(one, amount_minor=1)),
        (
            FeeNotOnCostSheet,
            lambda: servicing.charge_fee(one, amount_minor=1, code="x", due_on=None),
        ),
        (RateNotAllowed, lambda: servicing.change_rate(one, annual_rate=Decimal("0.9"))),
        (BadPeriod, lambda: servicing.pause_interest(one, until_on=at.date())),
        (BadPeriod, lambda: servicing.extend(one, row_seq=1, days=181)),
        (BadPlan, lambda: servicing.extend(one, row_seq=9, days=10)),
        (BadPlan, lambda: servicing.restructure(one, installments=0, **plan)),
        (BadPlan, lambda: servicing.restructure(one, installments=3, **{**plan, "every": 0})),
        (EventNotReversible, lambda: servicing.reverse_event(one, event_id=capture.id)),
        (DayClosed, lambda: servicing.credit_goodwill(tomorrow, amount_minor=1)),
        (DayClosed, lambda: servicing.credit_goodwill(before_it, amount_minor=1)),
        (DrawdownNotFound, lambda: servicing.credit_goodwill(nobody, amount_minor=1)),
    ]
    before = footprint()
    for refusal, refused in acts:
        with pytest.raises(refusal):
            refused()
        assert footprint() == before


def test_a_key_is_used_once(drawdown: Drawdown, at: datetime) -> None:
    servicing.credit_goodwill(act(drawdown, at), amount_minor=100)
    before = footprint()
    with pytest.raises(ExternalIdConflict):
        servicing.credit_goodwill(act(drawdown, at), amount_minor=101)
    assert footprint() == before


def test_nothing_owed_is_not_written_off(drawdown: Drawdown, at: datetime) -> None:
    lives.repaid(drawdown, 1_000_000, "pay-1", at)
    before = footprint()
    with pytest.raises(NothingOwed):
        servicing.write_off(act(drawdown, at))
    assert footprint() == before
    assert CreditLine.objects.get().status == "active"


def test_an_order_not_shipped_has_nothing_to_change(line: CreditLine, at: datetime) -> None:
    waiting = lives.authorized(line, 500_000, "SO-1", at)
    with pytest.raises(DrawdownNotServiceable):
        servicing.write_off(act(waiting, at))


def test_another_tenant_finds_nothing(
    drawdown: Drawdown, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(other_tenant.id), pytest.raises(DrawdownNotFound):
        servicing.write_off(act(drawdown, at))
    assert Repayment.objects.count() == 0
