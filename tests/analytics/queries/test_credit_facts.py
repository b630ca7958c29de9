"""Vintage, roll rates and matured outcomes of a small life that is known day by day."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from analytics.queries.outcomes import matured_outcomes, next_maturity_on
from analytics.queries.roll_rates import roll_rates
from analytics.queries.vintage import vintages
from credit.models import Drawdown
from credit.operations.servicing import Act, extend, write_off
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.models import Decision
from tenants.models import Tenant
from tests.credit import lives

pytestmark = pytest.mark.usefixtures("inside")
MARCH, APRIL, MAY = date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)
DUE = date(2026, 4, 1)


def drawn_in_march(at: datetime) -> tuple[dict[str, Any], Drawdown, Drawdown]:
    """Lines of A, B and C; A draws ¥1,000 and B ¥2,000 on 2 March, due on 1 April."""
    lines = {name: lives.line_of(lives.merchant_with_trade(name, at), at) for name in "ABC"}
    a = lives.drawn(lines["A"], 100_000, "PO-A", at)
    b = lives.drawn(lines["B"], 200_000, "PO-B", at)
    assert (a.maturity_on, b.maturity_on) == (DUE, DUE)
    return lines, a, b


def lived(at: datetime) -> dict[str, Any]:
    """A pays on 1 April; C draws ¥3,000 on the 3rd, due 6 May after the holidays.

    B pays on 15 May, 44 days late; C on the 16th, 10 days late.
    """
    lines, a, b = drawn_in_march(at)
    lives.repaid(a, 102_000, "R-A", lives.close_until(DUE))
    c = lives.drawn(lines["C"], 300_000, "PO-C", lives.close_until(date(2026, 4, 3)))
    assert c.maturity_on == date(2026, 5, 6)
    lives.repaid(b, 230_000, "R-B", lives.close_until(date(2026, 5, 15)))
    lives.repaid(c, 310_000, "R-C", lives.close_until(date(2026, 5, 16)))
    return lines


def curves(on: date) -> list[tuple[Any, ...]]:
    return [
        (one.cohort_on.month, one.count, one.amount_minor, one.is_partial,
         [(point.hit_count, point.hit_minor) for point in one.points])
        for one in vintages(on=on)
    ]  # fmt: skip


def moves(on: date) -> list[tuple[Any, ...]]:
    """Filled cells: from, to, drawdowns, principal."""
    return [
        (row.bucket, cell.bucket, cell.count, cell.amount_minor)
        for row in roll_rates(on=on).rows
        for cell in row.cells
        if cell.count
    ]


def test_vintage_curves_rise_in_the_month_of_the_thirtieth_day(at: datetime) -> None:
    lived(at)
    nothing = (0, 0)
    assert curves(MARCH) == [(3, 2, 300_000, False, [nothing])]
    # On 30 April B is 29 days past due; the thirtieth is 1 May.
    assert curves(APRIL) == [
        (3, 2, 300_000, False, [nothing, nothing]), (4, 1, 300_000, False, [nothing]),
    ]  # fmt: skip
    assert curves(date(2026, 5, 1)) == [
        (3, 2, 300_000, True, [nothing, nothing, (1, 200_000)]),
        (4, 1, 300_000, True, [nothing, nothing]),
    ]
    # It was ever thirty days past due, so paying does not lower the curve.
    assert curves(MAY)[0] == (3, 2, 300_000, False, [nothing, nothing, (1, 200_000)])
    last = vintages(on=MAY)[0].points[2]
    assert (last.month, last.share, last.amount_share) == (2, 0.5, 2 / 3)
    assert [one.cohort_on.month for one in vintages(on=MAY, months=2)] == [4]


def test_roll_rates_between_the_ends_of_two_months(at: datetime) -> None:
    lived(at)
    assert moves(MARCH) == []  # nothing stood at the end of February
    assert moves(APRIL) == [
        ("current", "8-30", 1, 200_000), ("current", "paid_off", 1, 100_000),
    ]  # fmt: skip
    assert moves(MAY) == [
        ("current", "paid_off", 1, 300_000), ("8-30", "paid_off", 1, 200_000),
    ]  # fmt: skip
    assert moves(date(2026, 6, 29)) == moves(MAY)  # June is not complete
    found = roll_rates(on=APRIL)
    assert (found.from_on, found.to_on) == (MARCH, APRIL)
    assert found.columns == (
        "current", "1-7", "8-30", "31-60", "61-90", "91-180", "181+", "paid_off", "written_off",
    )  # fmt: skip
    current, early = found.rows[:2]
    assert (current.count, current.amount_minor) == (2, 300_000)
    assert [cell.share for cell in current.cells] == [0, 0, 0.5, 0, 0, 0, 0, 0.5, 0]
    assert current.cells[2].amount_share == 2 / 3
    assert {cell.share for cell in early.cells} == {None}


def test_outcomes_are_known_sixty_days_after_the_last_due_date(at: datetime) -> None:
    lines = lived(at)

    def told(on: date) -> list[tuple[Any, ...]]:
        return [(one.merchant_id, one.cohort_on, one.worst_dpd_days)
                for one in matured_outcomes(on=on)]  # fmt: skip

    a, b, c = (lines[name].merchant_id for name in "ABC")
    march = sorted([(a, date(2026, 3, 1), 0), (b, date(2026, 3, 1), 44)])
    assert (told(date(2026, 5, 30)), next_maturity_on(on=date(2026, 5, 30))) == ([], MAY)
    assert (told(MAY), next_maturity_on(on=MAY)) == (march, date(2026, 7, 5))
    assert told(date(2026, 7, 5)) == [*march, (c, date(2026, 4, 1), 10)]
    assert next_maturity_on(on=date(2026, 7, 5)) is None
    decision = Decision.objects.get(merchant_id=a)
    first = next(one for one in matured_outcomes(on=MAY) if one.merchant_id == a)
    assert (first.pd, first.grade) == (decision.pd, decision.grade)


def test_what_a_merchant_draws_in_a_month_is_one_outcome_the_worst(at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("A", at), at)
    good = lives.drawn(line, 100_000, "PO-1", at)
    late = lives.drawn(line, 100_000, "PO-2", lives.close_until(date(2026, 3, 5)))
    assert late.maturity_on == date(2026, 4, 7)  # after a holiday
    lives.repaid(good, 102_000, "R-1", lives.close_until(DUE))
    lives.repaid(late, 110_000, "R-2", lives.close_until(date(2026, 4, 17)))
    assert matured_outcomes(on=date(2026, 6, 5)) == []
    (found,) = matured_outcomes(on=date(2026, 6, 6))
    assert found.worst_dpd_days == 10


def test_an_extension_does_not_make_lateness_before_it_unhappen(at: datetime) -> None:
    _lines, _a, b = drawn_in_march(at)
    at = lives.close_until(date(2026, 5, 4))  # 33 days past due
    extend(Act(drawdown_id=b.id, external_id="X-1", actor="usr", at=at), row_seq=1, days=60)
    b.refresh_from_db()
    assert b.maturity_on == date(2026, 6, 1)
    lives.close_until(date(2026, 6, 1))
    assert curves(MAY)[0][4] == [(0, 0), (0, 0), (2, 300_000)]  # A never paid either
    assert moves(APRIL) == [("current", "8-30", 2, 300_000)]
    # At the end of May B owes nothing yet; A is 60 days past due.
    assert moves(MAY) == [
        ("8-30", "current", 1, 200_000), ("8-30", "31-60", 1, 100_000),
    ]  # fmt: skip
    assert sorted(one.worst_dpd_days for one in matured_outcomes(on=MAY)) == [33, 60]


def test_a_write_off_is_the_worst_outcome(at: datetime) -> None:
    _lines, a, b = drawn_in_march(at)
    lives.repaid(a, 102_000, "R-A", lives.close_until(DUE))
    at = lives.close_until(date(2026, 5, 20))
    write_off(Act(drawdown_id=b.id, external_id="W-1", actor="usr", at=at))
    assert moves(MAY) == [("8-30", "written_off", 1, 200_000)]
    assert sorted(one.worst_dpd_days for one in matured_outcomes(on=MAY)) == [0, 9_999]
    assert curves(MAY)[0][4] == [(0, 0), (0, 0), (1, 200_000)]


@pytest.mark.parametrize("item_count", [1, 3])
def test_each_costs_the_same_for_any_number_of_drawdowns(
    at: datetime, item_count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    line = lives.line_of(lives.merchant_with_trade("A", at), at)
    for number in range(item_count):
        lives.drawn(line, 100_000, f"PO-{number}", at)
    for ask, statements in ((vintages, 1), (roll_rates, 2), (matured_outcomes, 1)):
        with django_assert_num_queries(statements):
            ask(on=MAY)


@pytest.mark.parametrize("ask", [vintages, roll_rates, matured_outcomes, next_maturity_on])
def test_nobody_sees_another_platforms_life(
    at: datetime, other_tenant: Tenant, ask: Callable[..., Any]
) -> None:
    with tenant_scope(other_tenant.id):
        empty = ask(on=APRIL)
    drawn_in_march(at)
    assert ask(on=APRIL) != empty or ask is matured_outcomes
    with tenant_scope(other_tenant.id):
        assert ask(on=APRIL) == empty
    with no_scope(), pytest.raises(NoScope):
        ask(on=APRIL)
