"""Money booked after its day, and taken back: what it changes, and what it leaves alone."""

from datetime import date, datetime
from typing import Any

import pytest

from credit.domain.allocation import Component
from credit.enums import AccountCode
from credit.errors import DayBeingClosed
from credit.models import (
    BusinessDay,
    CreditLine,
    Drawdown,
    JournalEntry,
    LoanEvent,
    Posting,
    Repayment,
)
from credit.operations import business_day, servicing
from credit.operations.servicing import Act
from credit.queries.ledger import trial_balance
from credit.queries.plans import derived, difference_from_derived, happenings
from credit.queries.proofs import full_checks
from platform_app.kernel import clock
from tenants.models import Tenant
from tests.credit import lives
from tests.credit.books import Footprint
from tests.credit.lives import ACTOR

pytestmark = pytest.mark.django_db
DUE = date(2026, 4, 1)


@pytest.fixture
def line(inside: Tenant, at: datetime) -> CreditLine:
    return lives.line_of(lives.merchant_with_trade("P1", at), at)


@pytest.fixture
def drawdown(line: CreditLine, at: datetime) -> Drawdown:
    return lives.drawn(line, 1_000_000, "SO-1", at)


def act(drawdown: Drawdown, at: datetime, key: str) -> Act:
    return Act(drawdown_id=drawdown.id, external_id=key, actor=ACTOR, at=at)


def undo(drawdown: Drawdown, key: str, at: datetime) -> LoanEvent:
    event = LoanEvent.objects.get(key=key)
    return servicing.reverse_event(act(drawdown, at, f"undo-{key}"), event_id=event.id)


def books(**of: Any) -> dict[str, int]:
    """Account balances, those of zero left out."""
    totals: dict[str, int] = {}
    rows = Posting.objects.filter(**of).values_list("account__code", "amount_minor")
    for code, amount in rows:
        totals[code] = totals.get(code, 0) + amount
    return {AccountCode(code).name: amount for code, amount in sorted(totals.items()) if amount}


def proven(day: date) -> None:
    assert {name for name, broken in full_checks(accrued_through=day).items() if broken} == set()
    for one in Drawdown.objects.filter(event_count__gt=0):
        assert difference_from_derived(one, as_of=day) is None


def payoff(drawdown: Drawdown, day: date) -> int:
    one = Drawdown.objects.get(pk=drawdown.pk)
    return derived(one, happenings(one.id), as_of=day).payoff_minor


def test_a_payment_dated_before_penalty_takes_it_back(drawdown: Drawdown) -> None:
    """Paid in full on the due date, heard of nineteen days later: penalty had run since."""
    lives.close_until(DUE)
    owed = payoff(drawdown, DUE)
    late = lives.close_until(date(2026, 4, 20))
    assert books()["PENALTY_RECEIVABLE"] == 5_622
    closed = {day: trial_balance(on=day) for day in (DUE, date(2026, 4, 19))}
    paid = lives.repaid(drawdown, owed, "pay-1", late, value_on=DUE)
    assert (paid.allocated_minor, paid.unspent_minor) == (owed, 0)
    after = books()
    assert {"LOANS", "INTEREST_RECEIVABLE", "PENALTY_RECEIVABLE", "PENALTY_INCOME"} & set(
        after
    ) == set()
    drawdown.refresh_from_db()
    assert (drawdown.status, drawdown.paid_off_on) == ("paid_off", DUE)
    assert {day: trial_balance(on=day) for day in closed} == closed
    proven(late.date())


def test_a_backdated_payment_taken_back_leaves_nothing(drawdown: Drawdown) -> None:
    late = lives.close_until(date(2026, 4, 20))
    before, owed = books(), payoff(drawdown, late.date())
    lives.repaid(drawdown, 400_000, "pay-1", late, value_on=date(2026, 3, 20))
    assert books() != before
    undo(drawdown, "pay-1", late)
    assert (books(), payoff(drawdown, late.date())) == (before, owed)
    proven(late.date())
    later = lives.close_until(date(2026, 4, 25))
    proven(later.date())
    again = lives.repaid(drawdown, 400_000, "pay-2", later, value_on=date(2026, 3, 20))
    assert again.unspent_minor == 0
    proven(later.date())


def test_what_was_booked_before_stays_as_it_was(drawdown: Drawdown) -> None:
    """A payment slipped in before three others moves what they paid, and rewrites no entry."""
    for day in (date(2026, 4, 6), date(2026, 4, 8), date(2026, 4, 10)):
        lives.repaid(drawdown, 100_000, f"pay-{day}", lives.close_until(day))
    late = lives.close_until(date(2026, 4, 20))
    entries = list(JournalEntry.objects.order_by("id").values())
    postings = list(Posting.objects.order_by("id").values())
    told = list(LoanEvent.objects.order_by("id").values())
    first = lives.repaid(drawdown, 50_000, "pay-0", late, value_on=date(2026, 4, 2))

    made = JournalEntry.objects.exclude(pk__in=[one["id"] for one in entries])
    assert sorted(made.values_list("kind", "key", "value_on", "booked_on")) == [
        ("adjustment", "repayment:pay-0", date(2026, 4, 2), late.date()),
        ("repayment", "pay-0", date(2026, 4, 2), late.date()),
    ]
    kept = [one["id"] for one in entries]
    rows = JournalEntry.objects.filter(pk__in=kept)
    assert list(rows.order_by("id").values()) == entries
    assert list(Posting.objects.filter(entry__in=kept).order_by("id").values()) == postings
    assert list(LoanEvent.objects.exclude(key="pay-0").order_by("id").values()) == told
    assert set(Repayment.objects.values_list("external_id", "status", "allocated_minor")) == {
        ("pay-0", "succeeded", 50_000),
        *((f"pay-2026-04-{day}", "succeeded", 100_000) for day in ("06", "08", "10")),
    }
    proven(late.date())

    count = JournalEntry.objects.count(), Posting.objects.count(), LoanEvent.objects.count()
    assert lives.repaid(drawdown, 50_000, "pay-0", late, value_on=date(2026, 4, 2)) == first
    assert (
        JournalEntry.objects.count(), Posting.objects.count(), LoanEvent.objects.count()
    ) == count  # fmt: skip


def test_everything_paid_with_a_fee_is_taken_back_in_any_order(drawdown: Drawdown) -> None:
    late = lives.close_until(date(2026, 4, 20))
    before = books()
    servicing.charge_fee(
        act(drawdown, late, "fee-1"), amount_minor=1_500, code="penalty", due_on=None
    )
    lives.repaid(drawdown, payoff(drawdown, late.date()), "pay-1", late)
    drawdown.refresh_from_db()
    assert (drawdown.status, drawdown.outstanding_principal_minor) == ("paid_off", 0)
    later = lives.close_until(date(2026, 4, 22))
    undo(drawdown, "fee-1", later)  # the payment is larger now than what is owed
    assert books()["OVERPAYMENT"] == -1_500
    proven(later.date())
    undo(drawdown, "pay-1", later)
    drawdown.refresh_from_db()
    assert (drawdown.status, drawdown.outstanding_principal_minor) == ("repaying", 1_000_000)
    now = books()
    assert {"OVERPAYMENT", "FEE_RECEIVABLE", "FEE_INCOME", "FUNDING_BANK"} & set(now) == set()
    assert (now["LOANS"], now["PARTNER_PAYABLE"]) == (before["LOANS"], before["PARTNER_PAYABLE"])
    proven(later.date())


def test_a_new_plan_after_a_prepayment_asks_only_for_interest_earned(
    line: CreditLine, at: datetime
) -> None:
    """Two months and a half are left of three: what they would have cost is not owed."""
    drawdown = lives.drawn(line, 900_000, "SO-3", at, term="equal_3")
    later = lives.close_until(date(2026, 3, 24))
    lives.repaid(drawdown, 400_000, "pay-1", later)
    then = lives.close_until(date(2026, 3, 30))
    owed = payoff(drawdown, then.date())
    drawdown.refresh_from_db()
    earned = owed - drawdown.outstanding_principal_minor
    servicing.restructure(
        act(drawdown, then, "plan-1"), method="equal_installment", installments=12, every=1,
        unit="month",
    )  # fmt: skip
    drawdown.refresh_from_db()
    answer = derived(drawdown, happenings(drawdown.id), as_of=then.date())
    assert (answer.payoff_minor, answer.due_minor) == (owed, 0)
    assert len([row for row in answer.rows if row.paid_off_on is None]) == 12
    assert answer.payoff_minor - answer.outstanding_principal_minor == earned
    proven(then.date())


def test_a_fee_forgiven_and_goods_returned_on_one_day_are_booked_once_each(
    drawdown: Drawdown,
) -> None:
    late = lives.close_until(date(2026, 4, 10))
    servicing.charge_fee(
        act(drawdown, late, "day-1"), amount_minor=1_500, code="penalty", due_on=None
    )
    before = set(JournalEntry.objects.values_list("id", flat=True))

    def both() -> None:
        servicing.waive(act(drawdown, late, "day-1"), amount_minor=1_500, component=Component.FEE)
        servicing.refund_drawdown(act(drawdown, late, "day-1"), amount_minor=300_000)

    both()
    both()  # sent twice, under the key the fee had already
    made = JournalEntry.objects.exclude(pk__in=before)
    assert sorted(made.values_list("kind", "key")) == [("refund", "day-1"), ("waiver", "day-1")]
    assert books(entry__kind="waiver") == {"FEE_RECEIVABLE": -1_500, "WAIVERS": 1_500}
    assert books(entry__kind="refund")["PARTNER_PAYABLE"] == 300_000
    proven(late.date())


def test_while_a_day_is_being_closed_the_past_waits_and_today_goes_on(drawdown: Drawdown) -> None:
    """The refusal names its cause: not a lock, not the drawdown, but the day at work."""
    late = lives.close_until(date(2026, 4, 20))
    day = BusinessDay.objects.get(status="open")
    business_day._flip(day)
    before = Footprint.now()
    with pytest.raises(DayBeingClosed) as caught:
        lives.repaid(drawdown, 1_000, "pay-1", late, value_on=date(2026, 4, 1))
    assert caught.value.code == "day_being_closed"
    assert Footprint.now() == before
    assert lives.repaid(drawdown, 1_000, "pay-2", late).value_on == date(2026, 4, 21)
    business_day.finish_closing_days(at=clock.end_of(day.on))
    paid = lives.repaid(drawdown, 1_000, "pay-1", late, value_on=date(2026, 4, 1))
    assert (paid.value_on, paid.allocated_minor) == (date(2026, 4, 1), 1_000)
    proven(date(2026, 4, 21))
