"""An experiment's arms compared, and when it ends by itself."""

import zlib
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from analytics.domain.proportions import difference, share
from analytics.operations.monitoring import monitor_platform
from analytics.queries.experiments import experiment_results
from credit.models import Application
from credit.operations.applications import decide_application, submit_application
from credit.operations.launch import ORDER_CREDIT
from platform_app.kernel import clock
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.domain.experiment import arm_at, place_of
from risk.models import Experiment, Policy
from risk.operations.experiment_checks import check_experiment
from risk.operations.policy_drafts import draft_policy, validate_policy
from risk.operations.policy_life import start_shadow
from risk.queries.experiment_figures import ArmFigures, mismatch
from risk.queries.experiments import arms_of
from risk.values import CreditOutcome
from tenants.models import Tenant
from tenants.operations.sandbox import fake_registration_no
from tests.callers import browser
from tests.credit import lives
from tests.risk import policies, trials
from tests.risk.interfaces.console.test_policies import person

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def running(inside: Tenant, at: datetime) -> Experiment:
    """A challenger that has bought two years at least, for four in ten, beside the control."""
    body = Policy.objects.get(version=1).body
    body["stages"][0]["rows"][3]["when"] = {"tenure_days": {"range": [None, 720]}}
    policy = draft_policy(body=body, actor="usr_d", at=at)
    validate_policy(policy_id=policy.id, comment="x", actor="usr_one", at=at)
    policies.tried(policy, at)
    return trials.started(trials.challenger(policy), at=at)


def applied(running: Experiment, at: datetime, count: int) -> dict[str, list[str]]:
    """So many merchants in each arm apply; those of the control are approved."""
    found: dict[str, list[str]] = {"control": [], "challenger": []}
    later, number = at + timedelta(seconds=1), 0
    while min(len(one) for one in found.values()) < count:
        number += 1
        company = fake_registration_no(zlib.crc32(f"E{number}".encode()))
        arm = arm_at(arms_of(running), place_of(running.salt, company)).name
        if len(found[arm]) == count:
            continue
        merchant = lives.merchant_with_trade(f"E{number}", at)
        application = submit_application(
            merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, actor="a",
            at=later,
        )  # fmt: skip
        decide_application(application_id=application.id, actor="a", at=later)
        found[arm].append(merchant.id)
    return found


def outcomes(
    arms: dict[str, list[str]], arm: str, bad: int, good: int, on: date
) -> list[CreditOutcome]:
    told = [60] * bad + [0] * good
    return [
        CreditOutcome(
            merchant_id=arms[arm][0],
            cohort_on=on.replace(day=1),
            pd=Decimal("0.01"),
            grade="A",
            worst_dpd_days=days,
        )
        for days in told
    ]


@pytest.mark.parametrize("item_count", [1, 3])
def test_arms_side_by_side(
    running: Experiment, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    arms = applied(running, at, item_count)
    with django_assert_num_queries(4):
        held, tried = experiment_results(running, on=clock.day_of(at))
    n, m = len(arms["control"]), len(arms["challenger"])
    assert (held.figures.companies_count, held.figures.applied_count) == (n, n)
    assert (held.figures.approved_count, tried.figures.approved_count) == (n, 0)
    assert (tried.figures.applied_count, tried.mean_limit_minor) == (m, 0)
    assert held.approval == share(n, n)
    assert tried.approval_gap == difference(0, m, n, n)
    assert (held.approval_gap, held.bad_gap) == (None, None)
    assert (held.matured.count, tried.matured.count) == (0, 0)
    assert (held.signed_count, held.drawn_count, held.drawn_minor) == (0, 0, 0)


def test_the_way_to_the_first_drawdown(running: Experiment, at: datetime) -> None:
    arms = applied(running, at, 1)
    application = Application.objects.get(merchant_id=arms["control"][0])
    line = trials.signed(application.id, at + timedelta(seconds=2))
    lives.drawn(line, 500_000, "SO-1", at)
    held, tried = experiment_results(running, on=clock.day_of(at))
    assert (held.signed_count, held.drawn_count, held.drawn_minor) == (1, 1, 500_000)
    assert (tried.signed_count, tried.drawn_count, tried.drawn_minor) == (0, 0, 0)
    assert held.mean_limit_minor == held.figures.limits_minor // held.figures.approved_count


def test_it_stops_when_an_arm_loses_too_much(running: Experiment, at: datetime) -> None:
    arms, on = applied(running, at, 1), clock.day_of(at)
    by: dict[str, Any] = {"actor": "system:monitor", "at": at + timedelta(days=80)}
    for harmless in (
        [],
        outcomes(arms, "control", 30, 0, on),
        outcomes(arms, "challenger", 19, 200, on),
        outcomes(arms, "challenger", 1, 0, on - timedelta(days=40)),
        outcomes(arms, "challenger", 2, 4, on),
    ):
        assert check_experiment(outcomes=harmless, **by) is None
    found = check_experiment(outcomes=outcomes(arms, "challenger", 6, 6, on), **by)
    assert found is not None
    assert (found.status, found.stop_reason, found.stopped_by) == (
        "stopped", "bad_rate", "system:monitor",
    )  # fmt: skip
    assert check_experiment(outcomes=[], **by) is None


def test_it_stops_at_so_many_bad_ones(running: Experiment, at: datetime) -> None:
    arms = applied(running, at, 1)
    told = outcomes(arms, "challenger", 20, 400, clock.day_of(at))
    found = check_experiment(outcomes=told, actor="system:monitor", at=at)
    assert found is not None
    assert (found.status, found.stop_reason) == ("stopped", "bad_count")


def test_it_ends_with_its_days_and_with_its_control(running: Experiment, at: datetime) -> None:
    last = running.until_at
    assert check_experiment(outcomes=[], actor="a", at=last - timedelta(seconds=1)) is None
    found = check_experiment(outcomes=[], actor="a", at=last)
    assert found is not None
    assert (found.status, found.stop_reason) == ("ended", "until")
    second = trials.started(trials.EXPLORED, at=at)
    former = Policy.objects.get(status="champion")
    body = former.body | {"price": former.body["price"] | {"A": "0.0730"}}
    policy = draft_policy(body=body, actor="usr_d", at=at)
    validate_policy(policy_id=policy.id, comment="x", actor="usr_one", at=at)
    policies.tried(policy, at)
    start_shadow(policy_id=policy.id, effective_from=None, actor="usr_one", at=at)
    later = at + timedelta(days=14)
    for actor in ("usr_one", "usr_two"):
        policies.approve(policy, actor, at=later)
    monitor_platform(on=clock.day_of(at) - timedelta(days=1), actor="system:monitor", at=later)
    done = Experiment.objects.get(pk=second.id)
    assert (done.status, done.stop_reason) == ("stopped", "other_control")


def test_a_spread_that_is_not_the_hashs_shows() -> None:
    def figures(one: int, other: int) -> list[ArmFigures]:
        return [
            ArmFigures(arm="control", share=6_000, companies_count=one),
            ArmFigures(arm="b", share=4_000, companies_count=other),
        ]

    assert mismatch(figures(50, 49)) is None
    assert mismatch(figures(600, 400)) == pytest.approx(1.0)
    low = mismatch(figures(500, 500))
    assert low is not None
    assert low < 0.001


def test_another_platforms_figures_are_not_there(
    running: Experiment, at: datetime, other_tenant: Tenant
) -> None:
    applied(running, at, 1)
    with tenant_scope(other_tenant.id):
        rows = experiment_results(running, on=clock.day_of(at))
        assert [one.figures.companies_count for one in rows] == [0, 0]
        assert check_experiment(outcomes=[], actor="a", at=running.until_at) is None
    with no_scope(), pytest.raises(NoScope):
        experiment_results(running, on=clock.day_of(at))


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_page_costs_the_same_for_any_number(
    inside: Tenant, running: Experiment, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    applied(running, at, item_count)
    client = browser(person(at, 0), tenant=inside)
    with django_assert_num_queries(10):
        page = client.get(f"/console/risk/experiments/{running.id}")
    assert [one["arm"].kind for one in page.context["rows"]] == ["control", "policy"]
    assert page.context["is_mismatched"] is False
