"""One credit life, day by day, to the fen."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from credit.models import (
    BusinessDay,
    CreditLine,
    Drawdown,
    InterestSegment,
    JournalEntry,
    PlanRow,
    SettlementBatch,
)
from credit.operations.captures import capture_drawdown
from credit.operations.settlements import pay_settlements
from credit.queries.business_day import open_day
from credit.queries.plans import derived, happenings
from credit.queries.proofs import full_checks
from platform_app.kernel.models import Event
from tenants.models import Tenant
from tests.credit import lives

pytestmark = pytest.mark.usefixtures("inside")


def names() -> list[str]:
    return list(Event.objects.order_by("id").values_list("name", flat=True))


def test_bullet_paid_on_its_due_date(inside: Tenant, at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    drawdown = lives.drawn(line, 1_000_000, "SO-1", at)
    row = PlanRow.objects.get(drawdown=drawdown)
    # 30 days from Monday 2 March is Wednesday 1 April; the first 15 days are free.
    assert row.due_on == date(2026, 4, 1)
    expected = round(1_000_000 * line.annual_rate * 15 / 365)
    assert row.interest_minor == expected

    due = lives.close_until(date(2026, 4, 1))
    answer = derived(drawdown, happenings(drawdown.id), as_of=open_day())
    assert answer.payoff_minor == 1_000_000 + expected
    lives.repaid(drawdown, answer.payoff_minor, "PAY-1", due)
    drawdown.refresh_from_db()
    assert (drawdown.status, drawdown.paid_off_on) == ("paid_off", date(2026, 4, 1))
    line.refresh_from_db()
    assert (line.used_minor, line.held_minor) == (0, 0)
    lives.close_until(date(2026, 4, 3))
    assert set(full_checks(accrued_through=open_day()).values()) == {0}
    assert BusinessDay.objects.filter(status="closed").count() == 32


def test_a_day_on_which_nothing_happens_writes_nothing_for_the_drawdown(
    inside: Tenant, at: datetime
) -> None:
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    drawdown = lives.drawn(line, 1_000_000, "SO-1", at)
    before = Drawdown.objects.filter(pk=drawdown.pk).values().get()
    segments = list(InterestSegment.objects.values())
    lives.close_until(date(2026, 3, 25))
    assert Drawdown.objects.filter(pk=drawdown.pk).values().get() == before
    assert list(InterestSegment.objects.values()) == segments
    # one accrual entry a day from the end of the free days on, none before
    accruals = JournalEntry.objects.filter(kind="accrual").order_by("booked_on")
    assert [entry.booked_on for entry in accruals] == [
        date(2026, 3, 17) + timedelta(days=n) for n in range(8)
    ]


def test_cured_inside_grace_bears_no_penalty(inside: Tenant, at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    drawdown = lives.drawn(line, 1_000_000, "SO-1", at)
    moment = lives.close_until(date(2026, 4, 4))  # the last day of three days of grace
    assert "credit.installment.grace_started" in names()
    answer = derived(drawdown, happenings(drawdown.id), as_of=open_day())
    assert answer.accrued_penalty_minor == 0
    lives.repaid(drawdown, answer.payoff_minor, "PAY-1", moment)
    lives.close_until(date(2026, 4, 6))
    assert InterestSegment.objects.filter(kind="penalty").count() == 0
    assert set(full_checks(accrued_through=open_day()).values()) == {0}


def test_overdue_bears_penalty_from_the_due_date(inside: Tenant, at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    drawdown = lives.drawn(line, 1_000_000, "SO-1", at)
    moment = lives.close_until(date(2026, 4, 20))
    assert "credit.installment.overdue" in names()
    stored = InterestSegment.objects.filter(drawdown=drawdown, kind="penalty").get()
    assert (stored.from_on, stored.base_minor) == (date(2026, 4, 1), 1_000_000)
    fresh = Drawdown.objects.get(pk=drawdown.pk)
    answer = derived(fresh, happenings(drawdown.id), as_of=open_day())
    penalty = round(1_000_000 * fresh.penalty_rate * 19 / 365)
    assert answer.accrued_penalty_minor == penalty
    assert fresh.oldest_unpaid_on == date(2026, 4, 1) == answer.oldest_unpaid_on
    assert fresh.next_event_on is answer.next_event_on is None
    # half now, the rest a week later
    first = lives.repaid(fresh, 500_000, "PAY-1", moment)
    assert first.unspent_minor == 0
    moment = lives.close_until(date(2026, 4, 27))
    fresh.refresh_from_db()
    answer = derived(fresh, happenings(drawdown.id), as_of=open_day())
    last = lives.repaid(fresh, answer.payoff_minor + 77, "PAY-2", moment)
    assert last.unspent_minor == 77
    lives.close_until(date(2026, 4, 29))
    assert set(full_checks(accrued_through=open_day()).values()) == {0}
    fresh.refresh_from_db()
    assert fresh.status == "paid_off"


def test_equal_installments_with_an_early_payment(inside: Tenant, at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    drawdown = lives.drawn(line, 1_000_000, "SO-1", at, term="equal_3")
    assert PlanRow.objects.filter(drawdown=drawdown).count() == 3
    moment = lives.close_until(date(2026, 3, 28))
    lives.repaid(drawdown, 400_000, "PAY-1", moment)
    moment = lives.close_until(date(2026, 5, 10))
    fresh = Drawdown.objects.get(pk=drawdown.pk)
    answer = derived(fresh, happenings(drawdown.id), as_of=open_day())
    lives.repaid(fresh, answer.payoff_minor, "PAY-2", moment)
    lives.close_until(date(2026, 6, 10))
    assert set(full_checks(accrued_through=open_day()).values()) == {0}
    line = CreditLine.objects.get(pk=line.pk)
    assert line.used_minor == 0


def test_partial_capture_then_rest_and_settlement(inside: Tenant, at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    drawdown = lives.authorized(line, 1_000_000, "SO-1", at)
    capture: dict[str, Any] = {"drawdown_id": drawdown.id, "actor": lives.ACTOR, "at": at}
    capture_drawdown(**capture, amount_minor=300_000, external_id="s1", is_final=False)
    line.refresh_from_db()
    assert (line.used_minor, line.held_minor) == (300_000, 700_000)
    moment = lives.close_until(date(2026, 3, 9))
    assert pay_settlements(actor=lives.ACTOR, at=moment) == 1
    assert SettlementBatch.objects.get().net_minor == 300_000
    capture["at"] = moment
    capture_drawdown(**capture, amount_minor=500_000, external_id="s2", is_final=True)
    line.refresh_from_db()
    assert (line.used_minor, line.held_minor) == (800_000, 0)
    lives.close_until(date(2026, 3, 12))
    assert set(full_checks(accrued_through=open_day()).values()) == {0}


def test_a_hold_expires_by_itself(inside: Tenant, at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    drawdown = lives.authorized(line, 1_000_000, "SO-1", at)
    lives.close_until(date(2026, 4, 2))
    drawdown.refresh_from_db()
    line.refresh_from_db()
    assert (drawdown.status, line.held_minor) == ("expired", 0)
    assert set(full_checks(accrued_through=open_day()).values()) == {0}
