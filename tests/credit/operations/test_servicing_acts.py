"""What a preview shows is what the act books: for every kind, to the fen."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Q, Sum

from credit.domain.allocation import Component
from credit.errors import (
    DayClosed,
    DrawdownNotFound,
    DrawdownNotServiceable,
    EventNotFound,
    EventNotReversible,
    RefundTooLarge,
)
from credit.models import CreditLine, Drawdown, JournalEntry, LoanEvent, Posting
from credit.operations.servicing import Act
from credit.operations.servicing_acts import Asked, do_act, try_act
from credit.queries.business_day import open_day
from credit.queries.plans import derived, difference_from_derived, happenings
from credit.queries.previews import figures
from credit.queries.proofs import full_checks
from platform_app.kernel.models import Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives
from tests.credit.conftest import APRIL
from tests.credit.lives import ACTOR

pytestmark = pytest.mark.django_db

PLAN = {"method": "equal_installment", "installments": 4, "every": 1, "unit": "month"}
BACKDATED = date(2026, 3, 20)


def asked(kind: Any, amount_minor: int = 0, value_on: date | None = None, **more: Any) -> Asked:
    return Asked(kind=kind, amount_minor=amount_minor, details=more, value_on=value_on)


# On 20 May the first of three installments is overdue, the second runs.
ACTS = {
    "refund": asked("refund", 300_000),
    "refund, backdated": asked("refund", 300_000, BACKDATED),
    "refund of everything": asked("refund", 900_000),
    "payout back": asked("payout_refund", 100_000),
    "goodwill": asked("goodwill", 5_000),
    "fee": asked("fee", 1_500, code="penalty", due_on=None),
    "penalty waived": asked("waiver", 100, component="penalty"),
    "interest waived": asked("waiver", 50, BACKDATED, component="interest"),
    "lower rate": asked("rate_change", rate="0.03"),
    "pause": asked("pause", due_on="2026-06-20"),
    "extension": asked("extension", row_seq=2, days=30),
    "new plan": asked("restructure", plan=PLAN),
    "write-off": asked("write_off"),
    "overpayment back": asked("overpayment_refund", 700),
    "payment undone": asked("reversal"),
}


BEFORE = {"overpayment back", "payment undone"}


@pytest.fixture
def line(inside: Tenant, at: datetime) -> CreditLine:
    return lives.line_of(lives.merchant_with_trade("P1", at), at)


@pytest.fixture
def drawdown(line: CreditLine, at: datetime) -> Drawdown:
    return lives.drawn(line, 900_000, "SO-1", at, term="equal_3")


@pytest.fixture
def aged(
    request: pytest.FixtureRequest, april: Tenant, inside: Tenant, at: datetime, name: str
) -> Iterator[Drawdown]:
    """Where the act makes sense: on 20 April, or where it needs a payment of March, from March."""
    if name in BEFORE:
        yield request.getfixturevalue("drawdown")
    else:
        with tenant_scope(april.id):
            yield Drawdown.objects.get()


def postings(event: LoanEvent) -> dict[str, int]:
    """What the event's entry and its correction of accrued interest move together."""
    rows = Posting.objects.filter(
        Q(entry__kind=event.kind, entry__key=event.key)
        | Q(entry__kind="adjustment", entry__key=f"{event.kind}:{event.key}")
    )
    sums = rows.values_list("account__code").annotate(sum=Sum("amount_minor")).order_by()
    return {code: amount for code, amount in sums if amount}


def prepared(name: str, drawdown: Drawdown, wanted: Asked) -> tuple[Asked, datetime]:
    """The drawdown paid as the act needs it, on 20 April."""
    if name == "overpayment back":
        lives.repaid(drawdown, 1_000_000, "pay-1", lives.close_until(date(2026, 3, 5)))
    if name == "payment undone":
        lives.repaid(drawdown, 250_000, "pay-1", lives.close_until(date(2026, 3, 25)))
        event = LoanEvent.objects.get(kind="repayment")
        wanted = asked("reversal", event=event.id)
    return wanted, lives.close_until(APRIL)


@pytest.mark.parametrize("name", list(ACTS))
def test_the_preview_is_the_result(aged: Drawdown, name: str) -> None:
    drawdown = aged
    wanted, later = prepared(name, drawdown, ACTS[name])
    one = Act(
        drawdown_id=drawdown.id, external_id="act-1", actor=ACTOR, at=later,
        value_on=wanted.value_on,
    )  # fmt: skip
    count = LoanEvent.objects.count()
    shown = try_act(drawdown.id, Asked.from_json(wanted.to_json()))
    assert LoanEvent.objects.count() == count

    event = do_act(one, wanted)

    drawdown.refresh_from_db()
    booked = derived(drawdown, happenings(drawdown.id), as_of=open_day())
    assert shown.after == figures(booked)
    assert {code.value: amount for code, amount in shown.postings.items()} == postings(event)
    assert sum(shown.postings.values()) == 0
    assert shown.before != shown.after
    assert difference_from_derived(drawdown, as_of=open_day()) is None
    assert not [name for name, bad in full_checks(accrued_through=open_day()).items() if bad]
    assert do_act(one, wanted) == event
    assert LoanEvent.objects.count() == count + 1


@pytest.mark.parametrize("name", [one for one in ACTS if one != "payment undone"])
def test_each_act_taken_back_leaves_the_books_as_they_were(aged: Drawdown, name: str) -> None:
    """No act is a door that opens one way only: account by account, plan and use of the line."""
    drawdown, line = aged, CreditLine.objects.get()
    wanted, later = prepared(name, drawdown, ACTS[name])
    stood = standing(drawdown, line)
    act = Act(
        drawdown_id=drawdown.id, external_id="act-1", actor=ACTOR, at=later,
        value_on=wanted.value_on,
    )  # fmt: skip
    event = do_act(act, wanted)
    assert standing(drawdown, line) != stood

    undo = Act(drawdown_id=drawdown.id, external_id="undo-1", actor=ACTOR, at=later)
    do_act(undo, asked("reversal", event=event.id))

    assert standing(drawdown, line) == stood
    assert difference_from_derived(drawdown, as_of=open_day()) is None
    assert not [name for name, bad in full_checks(accrued_through=open_day()).items() if bad]


def balances() -> dict[str, int]:
    rows = Posting.objects.values_list("account__code").annotate(sum=Sum("amount_minor"))
    return {code: amount for code, amount in rows.order_by() if amount}


def standing(drawdown: Drawdown, line: CreditLine) -> tuple[Any, ...]:
    drawdown.refresh_from_db()
    line.refresh_from_db()
    answer = derived(drawdown, happenings(drawdown.id), as_of=open_day())
    names = ("status", "outstanding_principal_minor", "oldest_unpaid_on", "next_event_on")
    stored = [getattr(drawdown, one) for one in (*names, "maturity_on", "paid_off_on")]
    return (balances(), figures(answer), stored, line.used_minor)


def test_a_refund_says_where_the_money_goes(drawdown: Drawdown, at: datetime) -> None:
    """No interest has run on the first day: the refund is principal, from the far end."""
    shown = try_act(drawdown.id, asked("refund", 350_000))
    assert shown.taken == {
        Component.PENALTY: 0,
        Component.FEE: 0,
        Component.INTEREST: 0,
        Component.PRINCIPAL: 350_000,
    }
    assert (shown.before.payoff_minor, shown.after.payoff_minor) == (900_000, 550_000)
    assert (shown.before.open_count, shown.after.open_count) == (3, 2)
    assert shown.saved_minor == shown.before.to_come_minor - shown.after.to_come_minor > 0
    assert shown.before.next_due_on == shown.after.next_due_on == date(2026, 4, 2)
    assert shown.unspent_minor == 0
    assert sum(row.total_minor for row in shown.before.rows) == (
        shown.before.payoff_minor + shown.before.to_come_minor
    )
    assert shown.on == at.date()


def test_trying_refuses_what_doing_refuses(
    drawdown: Drawdown, line: CreditLine, at: datetime
) -> None:
    waiting = lives.authorized(line, 500_000, "SO-2", at)
    capture = LoanEvent.objects.get(kind="capture")
    stranger = "lev_01m80jfq6be9krnzzshfrs2fy2"
    wrong: list[tuple[type[Exception], str, Asked]] = [
        (RefundTooLarge, drawdown.id, asked("refund", 900_001)),
        (DayClosed, drawdown.id, asked("goodwill", 1, at.date() + timedelta(days=1))),
        (DrawdownNotServiceable, waiting.id, asked("goodwill", 1)),
        (DrawdownNotFound, "drw_nonsense", asked("goodwill", 1)),
        (EventNotFound, drawdown.id, asked("reversal", event=stranger)),
        (EventNotReversible, drawdown.id, asked("reversal", event=capture.id)),
    ]
    before = (LoanEvent.objects.count(), JournalEntry.objects.count(), Event.objects.count())
    for refusal, drawdown_id, wanted in wrong:
        with pytest.raises(refusal):
            try_act(drawdown_id, wanted)
    after = (LoanEvent.objects.count(), JournalEntry.objects.count(), Event.objects.count())
    assert after == before


def test_another_tenant_cannot_even_look(drawdown: Drawdown, other_tenant: Tenant) -> None:
    with tenant_scope(other_tenant.id), pytest.raises(DrawdownNotFound):
        try_act(drawdown.id, asked("goodwill", 1))


def test_without_a_scope_nothing_is_shown(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        drawdown = lives.drawn(line, 900_000, "SO-1", at)
    with pytest.raises(NoScope):
        try_act(drawdown.id, asked("goodwill", 1))
