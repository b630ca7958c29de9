"""Limits looked at again: by night where a sign shows or a month has passed, and when asked."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from credit import errors
from credit.enums import SuspensionReason
from credit.models import CreditLine, LimitReview
from credit.operations.limit_reviews import ask_limit, review_limits
from credit.operations.lines import change_limit, suspend_line
from credit.queries.business_day import open_day
from platform_app.kernel import clock
from platform_app.kernel.errors import NotFound
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.enums import WatchKind, WatchReason
from risk.models import Decision
from risk.operations.decisions import first_broken_link, replay
from risk.operations.watch_list import add_watch_entry, end_watch_entry
from tenants.models import Tenant
from tenants.operations.trade import import_orders
from tenants.values import OrderRow
from tests.credit import lives

pytestmark = pytest.mark.usefixtures("inside")
KEPT = {"raise": 0, "cut": 0, "freeze": 0, "resume": 0, "keep": 0}


@pytest.fixture
def line(inside: Tenant, at: datetime) -> CreditLine:
    return lives.line_of(lives.merchant_with_trade("P1", at), at)


def tonight(day: date) -> datetime:
    return lives.close_until(day) - timedelta(hours=5, minutes=30)  # half past four


def buys(number: str, day: date, amount_minor: int) -> None:
    import_orders(
        rows=[OrderRow(order_no=f"{number}-{day}", merchant_no=number, ordered_on=day,
                       quantity=1, amount_minor=amount_minor)],
        known_at=clock.moment_on(day, 20), actor=lives.ACTOR,
    )  # fmt: skip


def of(line: CreditLine) -> CreditLine:
    found: CreditLine = CreditLine.objects.get(pk=line.pk)
    return found


def everything() -> dict[str, Any]:
    watched: Any = (AuditRecord, CreditLine, Decision, Event, LimitReview)
    return {one.__name__: list(one.objects.order_by("id").values()) for one in watched}


def test_a_young_line_without_signs_is_left_alone(line: CreditLine, at: datetime) -> None:
    before = everything()
    assert review_limits(at=tonight(open_day() + timedelta(days=3))) == KEPT
    after = everything()
    assert {k: after[k] for k in ("CreditLine", "Decision", "LimitReview")} == {
        k: before[k] for k in ("CreditLine", "Decision", "LimitReview")
    }


def test_after_a_month_it_is_looked_at_and_raised_by_a_third_at_most(
    line: CreditLine, at: datetime
) -> None:
    change_limit(line_id=line.id, limit_minor=1_000_000, reason="x", actor="usr_a", at=at)
    opened = clock.day_of(line.activated_at)
    for week in range(1, 9):
        buys("P1", opened + timedelta(days=7 * week - 1), 2_000_000)
    night = tonight(opened + timedelta(days=30))
    assert review_limits(at=night) == KEPT | {"raise": 1}
    assert of(line).limit_minor == 1_300_000
    review = LimitReview.objects.get()
    assert (review.action, review.from_minor, review.to_minor, review.signs) == (
        "raise", 1_000_000, 1_300_000, [],
    )  # fmt: skip
    assert replay(review.decision_id)
    assert first_broken_link() is None
    before = everything()
    assert review_limits(at=night) == KEPT
    assert everything() == before
    assert review_limits(at=tonight(opened + timedelta(days=40))) == KEPT


def test_a_sign_cuts_to_what_the_formulas_give(line: CreditLine, at: datetime) -> None:
    change_limit(line_id=line.id, limit_minor=100_000_000, reason="x", actor="usr_a", at=at)
    night = tonight(clock.day_of(at) + timedelta(days=65))  # no order since
    done = review_limits(at=night)
    review = LimitReview.objects.get()
    assert review.signs == ["turnover_halved", "inactive"]
    assert done == KEPT | {"cut": 1}
    assert of(line).limit_minor == review.decision.limit_minor == review.to_minor
    told = Event.objects.get(name="credit.limit.reviewed")
    assert (told.subject, told.props["action"]) == (line.id, "cut")


def test_an_overdue_bill_freezes_and_paying_releases(line: CreditLine, at: datetime) -> None:
    drawdown = lives.drawn(line, 500_000, "SO-1", at)
    due = date(2026, 4, 1)
    for week in range(1, 8):
        buys("P1", clock.day_of(at) + timedelta(days=7 * week - 1), 2_000_000)
    night = tonight(due + timedelta(days=8))
    assert review_limits(at=night) == KEPT | {"freeze": 1}
    assert (of(line).status, of(line).status_reason) == ("suspended", "arrears")
    assert review_limits(at=tonight(due + timedelta(days=9))) == KEPT
    moment = lives.close_until(due + timedelta(days=10))
    lives.repaid(drawdown, 600_000, "PAY-1", moment)
    assert review_limits(at=tonight(due + timedelta(days=11))) == KEPT | {"resume": 1}
    assert (of(line).status, of(line).status_reason) == ("active", "")


def test_a_list_freezes_the_same_night(line: CreditLine, at: datetime) -> None:
    entry = add_watch_entry(
        merchant_id=line.merchant_id, kind=WatchKind.WATCH, reason_code=WatchReason.SELF_TRADE,
        comment="对敲", expires_on=clock.day_of(at) + timedelta(days=30), actor="usr_a", at=at,
    )  # fmt: skip
    assert review_limits(at=tonight(clock.day_of(at) + timedelta(days=1))) == KEPT | {"freeze": 1}
    assert LimitReview.objects.get().signs == ["listed"]
    assert of(line).status_reason == "risk"
    moment = lives.close_until(clock.day_of(at) + timedelta(days=2))
    end_watch_entry(entry_id=entry.id, reason="已核实", actor="usr_b", at=moment)
    assert review_limits(at=tonight(clock.day_of(at) + timedelta(days=3))) == KEPT | {"resume": 1}


def test_what_people_suspended_stays_suspended(line: CreditLine, at: datetime) -> None:
    suspend_line(
        line_id=line.id, because=SuspensionReason.RISK, reason="looks odd", actor="usr_a", at=at
    )
    assert review_limits(at=tonight(clock.day_of(at) + timedelta(days=31))) == KEPT
    assert of(line).status == "suspended"


def test_asking_raises_up_to_what_was_asked_for(line: CreditLine, at: datetime) -> None:
    change_limit(line_id=line.id, limit_minor=1_000_000, reason="x", actor="usr_a", at=at)
    later = at + timedelta(hours=1)
    review = ask_limit(line_id=line.id, wanted_minor=1_200_000, actor="merchant:m", at=later)
    assert (review.action, review.to_minor, of(line).limit_minor) == (
        "raise", 1_200_000, 1_200_000,
    )  # fmt: skip
    before = everything()
    again = ask_limit(line_id=line.id, wanted_minor=9_000_000, actor="merchant:m", at=later)
    assert again.id == review.id
    assert everything() == before
    moment = lives.close_until(open_day() + timedelta(days=29))
    before = everything()
    with pytest.raises(errors.LimitAskedLately):
        ask_limit(line_id=line.id, wanted_minor=9_000_000, actor="merchant:m", at=moment)
    assert everything() == before


def test_nobody_loses_by_asking(line: CreditLine, at: datetime) -> None:
    change_limit(line_id=line.id, limit_minor=100_000_000, reason="x", actor="usr_a", at=at)
    moment = lives.close_until(open_day() + timedelta(days=65))  # idle: a night would cut
    review = ask_limit(line_id=line.id, wanted_minor=200_000_000, actor="merchant:m", at=moment)
    assert (review.action, review.to_minor) == ("keep", 100_000_000)
    assert of(line).limit_minor == 100_000_000


def test_what_cannot_be_asked(line: CreditLine, at: datetime, other_tenant: Tenant) -> None:
    told: dict[str, Any] = {"actor": "merchant:m", "at": at + timedelta(hours=1)}
    limit = of(line).limit_minor
    before = everything()
    with pytest.raises(errors.LimitNotHigher):
        ask_limit(line_id=line.id, wanted_minor=limit, **told)
    with pytest.raises(NotFound):
        ask_limit(line_id="lin_01h2xcejqtf2nbrexx3vqjhp41", wanted_minor=limit + 1, **told)
    assert everything() == before
    suspend_line(line_id=line.id, because=SuspensionReason.REQUESTED, reason="x", actor="u", at=at)
    before = everything()
    with pytest.raises(errors.LineNotActive):
        ask_limit(line_id=line.id, wanted_minor=limit + 1, **told)
    assert everything() == before
    with tenant_scope(other_tenant.id), pytest.raises(NotFound):
        ask_limit(line_id=line.id, wanted_minor=limit + 1, **told)
    with no_scope(), pytest.raises(NoScope):
        review_limits(at=at)


@pytest.mark.parametrize("item_count", [1, 3])
def test_lines_without_anything_to_do_cost_the_same(
    inside: Tenant, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for number in range(item_count):
        lives.line_of(lives.merchant_with_trade(f"P{number}", at), at)
    with django_assert_num_queries(9):
        assert review_limits(at=at + timedelta(hours=1)) == KEPT
