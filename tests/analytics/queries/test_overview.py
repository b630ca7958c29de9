"""The six figures against a life that is known to the fen."""

from datetime import date, datetime, timedelta

import pytest

from analytics.queries.attention import needs_you
from analytics.queries.flows import weekly_flows
from analytics.queries.overview import figures
from analytics.values import Attention
from credit.queries.drawdowns import overdue
from platform_app.kernel import clock
from tests.credit import lives

FIRST = date(2026, 3, 2)  # a Monday
pytestmark = pytest.mark.usefixtures("inside")


def test_figures_of_an_empty_platform_divide_by_nothing() -> None:
    found = figures(on=FIRST, days=30)

    assert (found["pool"].value, found["applications"].value) == (0, 0)
    assert found["approval_rate"].value is None
    assert found["first_use_rate"].value is None
    assert (found["outstanding"].value, found["overdue_share"].value) == (0, None)
    assert all(len(figure.series) == 12 for figure in found.values())


def test_figures_of_a_known_life(at: datetime) -> None:
    used = lives.line_of(lives.merchant_with_trade("M-1", at), at)
    lives.line_of(lives.merchant_with_trade("M-2", at), at)
    drawdown = lives.drawn(used, 300_000, "PO-1", at)
    lives.repaid(drawdown, 100_000, "R-1", at)

    found = figures(on=FIRST, days=7)

    assert (found["pool"].value, found["pool"].before) == (2, 0)
    assert (found["applications"].value, found["applications"].before) == (2, 0)
    assert (found["approval_rate"].value, found["approval_rate"].before) == (1.0, None)
    assert found["first_use_rate"].value == 0.5
    assert (found["outstanding"].value, found["outstanding"].before) == (200_000, 0)
    assert found["outstanding"].series[-2:] == (0, 200_000)
    assert found["overdue_share"].value == 0.0


def test_overdue_agrees_with_the_list_on_every_day(at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
    first = lives.drawn(line, 100_000, "PO-1", at)
    later = lives.close_until(FIRST + timedelta(days=7))
    lives.drawn(line, 300_000, "PO-2", later)
    assert first.maturity_on is not None
    grace_end = first.maturity_on + timedelta(days=first.grace_days)

    lives.close_until(grace_end)
    assert figures(on=grace_end, days=7)["overdue_share"].value == 0.0
    assert overdue(grace_end).count() == 0

    today = grace_end + timedelta(days=1)
    moment = lives.close_until(today)
    found = figures(on=today, days=7)["overdue_share"]
    assert (found.value, found.before) == (0.25, 0.0)
    assert overdue(today).count() == 1

    lives.repaid(first, 110_000, "R-1", moment)
    cured = figures(on=today, days=7)["overdue_share"].value
    assert (cured, overdue(today).count()) == (0.0, 0)


def test_weeks_run_from_monday_to_sunday_and_the_running_one_is_partial(at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
    drawdown = lives.drawn(line, 100_000, "PO-1", at)
    sunday = lives.close_until(date(2026, 3, 8))
    lives.repaid(drawdown, 40_000, "R-1", sunday)

    weeks = weekly_flows(on=date(2026, 3, 9), weeks=3)

    assert [(w.week_on.day, w.drawn_minor, w.repaid_minor, w.is_partial) for w in weeks] == [
        (23, 0, 0, False), (2, 100_000, 40_000, False), (9, 0, 0, True),
    ]  # fmt: skip
    assert weekly_flows(on=date(2026, 3, 8), weeks=1)[0].is_partial is False


def test_what_needs_a_person_is_counted_as_its_list_is(at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
    assert needs_you(on=FIRST) == []
    late = lives.drawn(line, 100_000, "PO-1", at)
    lives.authorized(line, 50_000, "PO-2", at)

    fourth = FIRST + timedelta(days=4)
    lives.close_until(fourth)
    assert needs_you(on=FIRST + timedelta(days=3)) == []
    assert needs_you(on=fourth) == [
        Attention(key="uncaptured", count=1, amount_minor=50_000, since_on=clock.day_of(at))
    ]

    assert late.maturity_on is not None
    overdue_day = late.maturity_on + timedelta(days=late.grace_days + 1)
    lives.close_until(overdue_day)
    assert needs_you(on=overdue_day)[0] == Attention(
        key="overdue", count=1, amount_minor=100_000, since_on=late.maturity_on
    )
