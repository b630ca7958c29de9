"""A temporary limit's end is told fourteen days before and three, each once, on lines in use."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from analytics.queries.attention import needs_you
from analytics.values import Attention
from campaigns.operations.messages import CONSUMER, make_message
from campaigns.queries.messages import inbox
from credit.enums import SuspensionReason
from credit.models import CreditLine, TemporaryLimit
from credit.operations.daily_work import remind
from credit.operations.limit_ends import tell_limit_ends
from credit.operations.lines import suspend_line
from credit.operations.temporary_limits import end_temporary_limit, grant_temporary_limit
from credit.queries.portfolio import lines as list_lines
from platform_app.kernel import clock
from platform_app.kernel.models import Dispatch, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from tenants.models import Tenant
from tests.credit import lives

FIRST = date(2026, 3, 2)
ENDING = "credit.temporary_limit.ending"
pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def line(inside: Tenant, at: datetime) -> CreditLine:
    return lives.line_of(lives.merchant_with_trade("P1", at), at)


def granted(line: CreditLine, at: datetime, days: int, key: str = "t-1") -> TemporaryLimit:
    """From the first business day for so many days."""
    return grant_temporary_limit(
        line_id=line.id, amount_minor=500_000, from_on=FIRST,
        until_on=FIRST + timedelta(days=days), key=key, reason="旺季备货", actor="usr", at=at,
    )  # fmt: skip


def days_left() -> list[int]:
    events = Event.objects.filter(name=ENDING).order_by("id")
    return [event.props["days_left"] for event in events]


def tell(at: datetime, day: int) -> int:
    """On a day counted from the first business day."""
    return tell_limit_ends(on=FIRST + timedelta(days=day), at=at)


def test_fourteen_days_before_and_three_each_once(line: CreditLine, at: datetime) -> None:
    limit = granted(line, at, 30)
    made = {day: tell(at, day) + tell(at, day) for day in range(31)}
    assert {day: count for day, count in made.items() if count} == {16: 1, 27: 1}
    assert days_left() == [14, 3]
    event = Event.objects.filter(name=ENDING).earliest("id")
    assert (event.subject, event.merchant_id, event.actor) == (
        line.id, line.merchant_id, "system:limits",
    )  # fmt: skip
    assert event.props == {
        "limit": limit.id, "amount_minor": 500_000, "until_on": "2026-04-01", "days_left": 14,
    }  # fmt: skip


def test_a_day_that_was_missed_is_made_good_and_a_short_one_is_told_of_less(
    line: CreditLine, at: datetime
) -> None:
    granted(line, at, 14)
    granted(line, at, 40, "t-2")
    granted(line, at, 3, "t-3")
    assert [tell(at, day) for day in (0, 12, 29, 38, 39, 40)] == [0, 1, 1, 1, 0, 0]
    assert days_left() == [2, 11, 2]


def test_what_is_over_or_cannot_be_drawn_on_is_not_told(line: CreditLine, at: datetime) -> None:
    limit = granted(line, at, 30)
    other = granted(line, at, 30, "t-2")
    end_temporary_limit(limit_id=other.id, reason="x", actor="usr", at=at)
    suspend_line(line_id=line.id, because=SuspensionReason.RISK, reason="x", actor="usr", at=at)
    assert (tell(at, 16), days_left()) == (0, [])
    CreditLine.objects.filter(pk=line.pk).update(status="active")
    assert (tell(at, 18), days_left()) == (1, [12])
    limit.refresh_from_db()
    assert limit.told_days == 14
    with pytest.raises(IntegrityError), transaction.atomic():
        TemporaryLimit.objects.filter(pk=limit.pk).update(told_days=7)


def test_the_morning_tells_it_and_the_merchant_reads_it_once(
    line: CreditLine, at: datetime
) -> None:
    granted(line, at, 30)
    lives.close_until(FIRST + timedelta(days=16))
    for _ in range(2):
        with clock.travel(clock.moment_on(FIRST + timedelta(days=16), 9)):
            remind()
    event = Event.objects.get(name=ENDING)
    assert CONSUMER.name in Dispatch.objects.filter(event_id=event.id).values_list(
        "consumer", flat=True
    )
    for _ in range(2):
        make_message(event.id)
    with override("en"):
        letters = inbox(line.merchant_id, role="owner")
    (letter,) = [one for one in letters if "ends soon" in one.title]
    assert (letter.title, letter.page) == ("A temporary limit ends soon", "line-show")
    assert letter.text == (
        "The additional ¥5,000.00 ends on 2026-04-01 Wed, in 14 days. What you draw with it before"
        " stays by its own plan."
    )


def test_the_partner_sees_the_lines_of_which_it_is_true(line: CreditLine, at: datetime) -> None:
    granted(line, at, 20)
    granted(line, at, 18, "t-2")
    assert needs_you(on=FIRST + timedelta(days=3)) == []
    lives.close_until(FIRST + timedelta(days=6))
    on = FIRST + timedelta(days=6)
    assert needs_you(on=on, keys={"limits_ending"}) == [
        Attention(
            key="limits_ending", count=1, amount_minor=1_000_000,
            since_on=FIRST + timedelta(days=18),
        )
    ]  # fmt: skip
    assert needs_you(on=on, keys={"overdue"}) == []
    assert [one.id for one in list_lines(use="ending")] == [line.id]


@pytest.mark.parametrize("item_count", [1, 3])
def test_telling_costs_the_same_for_any_number(
    line: CreditLine,
    at: datetime,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(item_count):
        granted(line, at, 30, f"t-{number}")
    with django_assert_num_queries(5):
        assert tell(at, 16) == item_count
    with django_assert_num_queries(3):
        assert tell(at, 16) == 0


def test_others_are_not_told_of(line: CreditLine, other_tenant: Tenant, at: datetime) -> None:
    granted(line, at, 30)
    with tenant_scope(other_tenant.id):
        assert tell(at, 16) == 0
    with no_scope(), pytest.raises(NoScope):
        tell(at, 16)
    assert (days_left(), tell(at, 16)) == ([], 1)
