"""The funnel over the event log: the count and the list are the same statement."""

from datetime import date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from analytics.queries.funnel import funnel, funnel_members
from credit.operations.captures import capture_drawdown
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.operations.merchants import upsert_merchant
from tests.credit import lives

FIRST = date(2026, 3, 2)


def a_crowd(at: datetime) -> None:
    """One only pooled, one verified, one with a line drawn, repaid and drawn again."""
    upsert_merchant(external_id="M-0", name="只在池内", actor=lives.ACTOR, at=at)
    lives.merchant_with_trade("M-1", at)
    line = lives.line_of(lives.merchant_with_trade("M-2", at), at)
    first = lives.drawn(line, 100_000, "PO-1", at)
    lives.repaid(first, 100_000, "R-1", at)
    lives.drawn(line, 100_000, "PO-2", at)


@pytest.mark.usefixtures("inside")
def test_each_merchant_counts_up_to_the_stage_it_reached(at: datetime) -> None:
    a_crowd(at)

    assert [stage.count for stage in funnel()] == [3, 2, 2, 1, 1, 1, 1, 1]


@pytest.mark.usefixtures("inside")
def test_two_captures_of_one_drawdown_are_one_use(at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
    drawdown = lives.authorized(line, 100_000, "PO-1", at)
    for number, is_final in ((1, False), (2, True)):
        capture_drawdown(
            drawdown_id=drawdown.id, amount_minor=50_000, external_id=f"S-{number}",
            is_final=is_final, actor=lives.ACTOR, at=at,
        )  # fmt: skip
    lives.repaid(drawdown, 10_000, "R-1", at)

    assert [stage.count for stage in funnel()] == [1, 1, 1, 1, 1, 1, 1, 0]


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    ("stage", "only_stopped", "found"),
    [
        ("pooled", False, ["M-2", "M-1", "M-0"]),
        ("pooled", True, ["M-0"]),
        ("verified", False, ["M-2", "M-1"]),
        ("verified", True, ["M-1"]),
        ("line", True, []),
        ("reused", False, ["M-2"]),
    ],
)
def test_the_list_is_exactly_who_was_counted(
    at: datetime, *, stage: str, only_stopped: bool, found: list[str]
) -> None:
    a_crowd(at)

    members = funnel_members(stage=stage, only_stopped=only_stopped)

    assert [member.external_id for member in members] == found
    counted = {one.key: one for one in funnel()}
    if not only_stopped:
        assert len(members) == counted[stage].count


@pytest.mark.usefixtures("inside")
@pytest.mark.usefixtures("at")
def test_a_cohort_is_who_entered_on_these_shanghai_days() -> None:
    last_second = clock.end_of(FIRST) - timedelta(seconds=1)
    for number, moment in enumerate((last_second, clock.end_of(FIRST))):
        upsert_merchant(external_id=f"M-{number}", name="示例店", actor=lives.ACTOR, at=moment)

    assert funnel(entered_to=FIRST)[0].count == 1
    assert funnel(entered_from=FIRST + timedelta(days=1))[0].count == 1
    assert funnel(entered_from=FIRST, entered_to=FIRST + timedelta(days=1))[0].count == 2
    [member] = funnel_members(stage="pooled", only_stopped=False, entered_to=FIRST)
    assert (member.external_id, member.entered_on) == ("M-0", FIRST)


@pytest.mark.usefixtures("inside")
def test_the_list_goes_on_after_the_last_row_seen(at: datetime) -> None:
    a_crowd(at)

    first = funnel_members(stage="pooled", only_stopped=False, limit=2)
    rest = funnel_members(stage="pooled", only_stopped=False, after=first[-1].merchant_id)

    assert [row.external_id for row in rest] == ["M-0"]


def test_a_platform_sees_its_own_merchants_only(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(other_tenant.id):
        a_crowd(at)
    with tenant_scope(tenant.id):
        assert [stage.count for stage in funnel()] == [0] * 8
        assert funnel_members(stage="pooled", only_stopped=False) == []


@pytest.mark.usefixtures("inside")
def test_it_is_one_statement(
    at: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    a_crowd(at)

    with django_assert_num_queries(1):
        funnel()
    with django_assert_num_queries(1):
        funnel_members(stage="pooled", only_stopped=False)
