"""Experiments decide for their share, replay for ever, and never pass a floor, a stop or a list."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from platform_app.kernel import clock
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk import errors
from risk.domain.defaults import scorecard_body
from risk.domain.experiment import Arm, near_cut
from risk.domain.policy_body import parse
from risk.domain.scorecard_body import parse_for_facts
from risk.domain.verdict import judge
from risk.enums import ArmKind, MonitorMetric, Purpose, WatchKind, WatchReason
from risk.models import (
    Decision,
    Experiment,
    ExplorationGrant,
    RiskAlarm,
    Scorecard,
    ShadowDecision,
)
from risk.operations.decisions import decide, first_broken_link, replay
from risk.operations.experiments import start_experiment, stop_experiment
from risk.operations.floors import approve_floor, bind_funder, propose_floor
from risk.operations.policy_life import retire_policy
from risk.operations.scorecards import register_scorecard, validate_scorecard
from risk.operations.watch_list import add_watch_entry
from tenants.models import Merchant
from tests.risk import policies, watch
from tests.risk.cast import ACTOR, NEVER, NOW, ask, install, new_tenant
from tests.risk.domain.figures import default_body
from tests.risk.trials import (
    EXPLORED,
    PROPOSER,
    STARTER,
    challenger,
    firm_in,
    near_the_cut,
    proposed,
    started,
)

CELL = {"row": "grade-e", "limit_minor": 200_000, "annual_rate": "0.11400000"}


def applied(merchant: Merchant, **changes: Any) -> Decision:
    return ask(merchant.id, trade=near_the_cut(), **changes)


def everything() -> dict[str, Any]:
    watched: Any = (AuditRecord, Event, Experiment, ExplorationGrant)
    return {one.__name__: list(one.objects.order_by("id").values()) for one in watched}


def stays(refusal: type[Exception], act: Callable[[], Any]) -> None:
    before = everything()
    with pytest.raises(refusal), transaction.atomic():
        act()
    assert everything() == before


def test_the_challenger_decides_for_its_share_and_replays(tenant_id: str) -> None:
    plain = ask(Merchant.objects.create(external_id="X", name="示例").id)
    assert "experiment" not in plain.facts
    policy = policies.tried(policies.validated(380))
    trial = started(challenger(policy))
    one, other = firm_in(trial, "control"), firm_in(trial, "challenger")
    facts = watch.steady(370)
    held, tried = ask(one.id, trade=facts), ask(other.id, trade=facts)
    assert (held.outcome, held.policy_id) == ("approve", trial.control_policy_id)
    assert (tried.outcome, tried.rule_hits) == ("decline", ["tenure-too-short"])
    assert tried.policy_id == policy.id
    assert (held.experiment_id, held.arm, held.propensity) == (trial.id, "control", 6_000)
    assert tried.facts["experiment"] == {
        "id": trial.id, "arm": "challenger", "propensity": 4_000,
    }  # fmt: skip
    assert (tried.arm, tried.propensity) == ("challenger", 4_000)
    stop_experiment(experiment_id=trial.id, reason="够了", actor=PROPOSER, at=NOW)
    retire_policy(policy_id=policy.id, reason="x", actor=ACTOR, at=NOW)
    assert ask(other.id, trade=facts).outcome == "approve"
    assert all(replay(row.id) for row in Decision.objects.all())
    assert first_broken_link() is None


def test_another_card_decides_for_its_share(tenant_id: str) -> None:
    base = {"handling": "separate", "points": 500}
    body = Scorecard.objects.get(version=1).body | {"base": base}
    card = register_scorecard(body=body, metrics={}, actor="usr_one", at=NOW)
    validate_scorecard(scorecard_id=card.id, comment="示例", actor="usr_two", at=NOW)
    policies.shadowed()
    arm = Arm(name="card", kind=ArmKind.SCORECARD, share=5_000, version_id=card.id)
    trial = started(arm)
    low = ask(firm_in(trial, "card").id, trade=watch.steady(370))
    high = ask(firm_in(trial, "control").id, trade=watch.steady(370))
    assert (low.scorecard_id, high.score - low.score) == (card.id, 90)
    # The policy in shadow answers beside what is in force, not beside the arm.
    assert list(ShadowDecision.objects.values_list("decision_id", flat=True)) == [high.id]
    assert replay(low.id)
    assert replay(high.id)


def test_a_merchant_without_a_number_is_in_no_arm(tenant_id: str, merchant: Merchant) -> None:
    started(EXPLORED)
    found = applied(merchant)
    assert ("experiment" in found.facts, found.experiment_id, found.outcome) == (
        False, None, "decline",
    )  # fmt: skip


def test_the_cell_lends_a_little_to_whom_the_score_declined(tenant_id: str) -> None:
    trial = started(EXPLORED)
    firm, other = firm_in(trial, "explore"), firm_in(trial, "control")
    refused, found = applied(other), applied(firm)
    assert (refused.outcome, refused.grade, refused.rule_hits[-1]) == ("decline", "E", "grade-e")
    pd = refused.pd
    assert Decimal("0.1") <= pd <= Decimal("0.3")
    cost = -(-int(pd * 100_000_000) * 6 * 200_000 // 1_000_000_000)
    assert (found.outcome, found.limit_minor, found.annual_rate) == (
        "approve", 200_000, Decimal("0.114"),
    )  # fmt: skip
    assert found.facts["experiment"] == {
        "id": trial.id, "arm": "explore", "propensity": 500,
        "explored": CELL | {"cost_minor": cost},
    }  # fmt: skip
    assert (found.score, found.pd, found.grade) == (refused.score, pd, "E")
    assert (found.binding_bound, found.bounds) == ("exploration", {"exploration": 200_000})
    grant = ExplorationGrant.objects.get()
    assert (grant.merchant_id, grant.limit_minor, grant.cost_minor, grant.propensity) == (
        firm.id, 200_000, cost, 500,
    )  # fmt: skip
    again = applied(firm)
    assert (again.outcome, again.facts["experiment"]) == ("approve", found.facts["experiment"])
    assert Experiment.objects.get().spent_minor == cost
    for purpose in (Purpose.PRESCREEN, Purpose.LIMIT_REVIEW):
        assert applied(firm, purpose=purpose).outcome == "decline"
    stop_experiment(experiment_id=trial.id, reason="x", actor=ACTOR, at=NOW)
    assert applied(firm).outcome == "decline"
    assert all(replay(row.id) for row in Decision.objects.all())
    assert first_broken_link() is None


def test_nothing_but_the_score_is_explored(tenant_id: str) -> None:
    trial = started(EXPLORED)
    firm = firm_in(trial, "explore")
    knocked = applied(firm, repayment=replace(NEVER, max_dpd_days=3, current_dpd_days=3))
    assert (knocked.outcome, knocked.rule_hits[-1]) == ("decline", "overdue-now")
    young = ask(firm.id, trade=replace(near_the_cut(), tenure_days=30))
    assert (young.outcome, young.rule_hits) == ("decline", ["tenure-too-short"])
    silent = replace(
        near_the_cut(), return_rate=None, gmv_cv=None, active_months_count=2, order_count_l12=2
    )
    worse = ask(firm.id, trade=silent)
    assert (worse.outcome, worse.pd > Decimal("0.3")) == ("decline", True)
    tiny = replace(
        watch.steady(400), monthly_net_minor=(1_000,) * 12, net_gmv_l12_minor=12_000,
        net_gmv_l3_minor=3_000,
    )  # fmt: skip
    small = ask(firm.id, trade=tiny)
    assert (small.outcome, small.reasons[0]) == ("decline", "limit_too_small")
    assert ExplorationGrant.objects.count() == Experiment.objects.get().spent_minor == 0
    assert [row.facts["experiment"] for row in (knocked, young, worse, small)] == [
        {"id": trial.id, "arm": "explore", "propensity": 500}
    ] * 4


def test_no_list_and_no_stop_is_explored_past(tenant_id: str) -> None:
    trial = started(EXPLORED)
    listed, stopped = firm_in(trial, "explore"), firm_in(trial, "explore", 1)
    add_watch_entry(
        merchant_id=listed.id, kind=WatchKind.WATCH, reason_code=WatchReason.IDENTITY,
        comment="x", expires_on=clock.day_of(NOW) + timedelta(days=9), actor=ACTOR, at=NOW,
    )  # fmt: skip
    assert applied(listed).outcome == "decline"
    watch.one_of_each(1, NOW)
    RiskAlarm.objects.update(stops_auto_approval=True)
    assert applied(stopped).outcome == "decline"
    assert (ExplorationGrant.objects.count(), Experiment.objects.get().spent_minor) == (0, 0)
    assert MonitorMetric.PD_ACTUAL in applied(stopped).facts["stops"][0]


def test_a_floor_is_not_explored_past(tenant_id: str) -> None:
    bind_funder(funder="L-1", actor="usr_x", at=NOW)
    floor = propose_floor(
        layer="funder", funder="L-1",
        body={"knock_outs": [], "max_limit_minor": 150_000, "min_grade": "D"}, reason="x",
        actor="usr_x", at=NOW,
    )  # fmt: skip
    approve_floor(floor_id=floor.id, actor="usr_y", at=NOW)
    policies.in_force(61)
    trial = started(EXPLORED, at=policies.LATER)
    found = applied(firm_in(trial, "explore"), as_of=policies.LATER, decided_at=policies.LATER)
    assert (found.outcome, found.rule_hits[-1]) == ("decline", "funder1-low-grade")
    assert ExplorationGrant.objects.count() == 0


def test_the_smallest_limit_stays_below_every_cap() -> None:
    body = default_body()
    card = parse_for_facts(scorecard_body())
    for most, limit in ((50_000_000, 200_000), (150_000, 100_000)):
        body["limit"]["max_limit_minor"] = most
        policy = parse(body)
        grant = near_cut(judge(card, policy, near_the_cut(), NEVER), policy, EXPLORED)
        assert grant is not None
        assert grant.limit_minor == limit
    body["limit"]["max_limit_minor"] = 99_999
    policy = parse(body)
    assert near_cut(judge(card, policy, near_the_cut(), NEVER), policy, EXPLORED) is None


def test_the_budget_is_kept_to_the_fen(tenant_id: str) -> None:
    trial = started(EXPLORED)
    applied(firm_in(trial, "explore"))
    cost = Experiment.objects.get().spent_minor
    stop_experiment(experiment_id=trial.id, reason="x", actor=ACTOR, at=NOW)
    second = started(EXPLORED, budget_minor=3 * cost - 1)
    outcomes = [applied(firm_in(second, "explore", n)).outcome for n in range(10, 14)]
    assert outcomes == ["approve", "approve", "decline", "decline"]
    assert Experiment.objects.get(pk=second.id).spent_minor == 2 * cost
    assert all(replay(row.id) for row in Decision.objects.all())


def test_two_people_one_to_stop(tenant_id: str) -> None:
    trial = proposed(EXPLORED)
    stays(
        errors.OtherPersonNeeded,
        lambda: start_experiment(experiment_id=trial.id, actor=PROPOSER, at=NOW),
    )
    running = start_experiment(experiment_id=trial.id, actor=STARTER, at=NOW)
    before = everything()
    start_experiment(experiment_id=trial.id, actor=ACTOR, at=NOW)
    assert everything() == before
    assert (running.status, running.started_by) == ("running", STARTER)
    second = proposed(EXPLORED)
    stays(
        errors.ExperimentRuns,
        lambda: start_experiment(experiment_id=second.id, actor=STARTER, at=NOW),
    )
    stays(
        errors.WhyNeeded,
        lambda: stop_experiment(experiment_id=trial.id, reason=" ", actor=ACTOR, at=NOW),
    )
    stopped = stop_experiment(experiment_id=trial.id, reason="看不清", actor=PROPOSER, at=NOW)
    assert (stopped.status, stopped.stop_reason) == ("stopped", "看不清")
    before = everything()
    stop_experiment(experiment_id=trial.id, reason="again", actor=ACTOR, at=NOW)
    assert everything() == before
    stays(
        errors.ExperimentStatusWrong,
        lambda: start_experiment(experiment_id=trial.id, actor=STARTER, at=NOW),
    )
    told = AuditRecord.objects.filter(subject=trial.id).order_by("id")
    assert list(told.values_list("action", "reason")) == [
        ("risk.experiment.proposed", "放宽一点，坏账不会更多"),
        ("risk.experiment.started", ""),
        ("risk.experiment.stopped", "看不清"),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "}, {"hypothesis": ""}, {"arms": ()}, {"budget_minor": 0},
        {"budget_minor": -1}, {"until_at": NOW}, {"stop_bad_rate": Decimal(0)},
        {"stop_bad_count": 0},
    ],
)  # fmt: skip
def test_what_is_no_experiment_is_refused(tenant_id: str, changes: dict[str, Any]) -> None:
    stays(errors.InvalidExperiment, lambda: proposed(EXPLORED, **changes))


@pytest.mark.parametrize(
    "arm",
    [
        {"share": 501}, {"share": 0}, {"max_pd": Decimal(0)}, {"max_pd": Decimal(2)},
        {"limit_minor": 0}, {"name": "control"},
    ],
)  # fmt: skip
def test_arms_that_are_none_are_refused(tenant_id: str, arm: dict[str, Any]) -> None:
    stays(errors.InvalidExperiment, lambda: proposed(replace(EXPLORED, **arm)))


def test_only_a_version_that_could_be_in_force_is_tried(tenant_id: str) -> None:
    draft = policies.drafted()
    stays(errors.ArmNotReady, lambda: proposed(challenger(draft)))
    untried = policies.validated(91)
    stays(errors.ArmNotReady, lambda: proposed(challenger(untried)))
    policies.tried(untried)
    trial = proposed(challenger(untried))
    retire_policy(policy_id=untried.id, reason="x", actor=ACTOR, at=NOW)
    stays(
        errors.ArmNotReady,
        lambda: start_experiment(experiment_id=trial.id, actor=STARTER, at=NOW),
    )
    late = NOW + timedelta(days=91)
    cell = proposed(EXPLORED)
    stays(
        errors.InvalidExperiment,
        lambda: start_experiment(experiment_id=cell.id, actor=STARTER, at=late),
    )


def test_a_retired_version_or_another_control_ends_what_it_decides(tenant_id: str) -> None:
    policy = policies.tried(policies.validated(380))
    trial = started(challenger(policy))
    firm = firm_in(trial, "challenger")
    assert ask(firm.id, trade=watch.steady(370)).outcome == "decline"
    retire_policy(policy_id=policy.id, reason="x", actor=ACTOR, at=NOW)
    found = ask(firm.id, trade=watch.steady(370))
    assert (found.outcome, found.experiment_id) == ("approve", None)
    stop_experiment(experiment_id=trial.id, reason="x", actor=ACTOR, at=NOW)
    second = started(EXPLORED)
    policies.in_force(61)
    after = applied(firm_in(second, "explore"))
    assert (after.outcome, after.experiment_id) == ("decline", None)


def test_before_and_after_its_days_nothing_is_tried(tenant_id: str) -> None:
    trial = started(EXPLORED, from_at=NOW + timedelta(days=1), until_at=NOW + timedelta(days=2))
    firm = firm_in(trial, "explore")
    found = [
        applied(firm, as_of=NOW, decided_at=NOW + timedelta(hours=hours)).outcome
        for hours in (23, 24, 47, 48)
    ]
    assert found == ["decline", "approve", "approve", "decline"]


def test_one_runs_and_its_arms_stay_as_they_are(tenant_id: str) -> None:
    trial = started(EXPLORED)
    changes: list[dict[str, Any]] = [
        {"arms": []}, {"salt": "x"}, {"budget_minor": 1}, {"until_at": NOW},
    ]  # fmt: skip
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            Experiment.objects.filter(pk=trial.id).update(**change)
    second = proposed(EXPLORED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Experiment.objects.filter(pk=second.id).update(
            status="running", started_at=NOW, started_by="usr_y",
            control_policy=trial.control_policy_id, control_scorecard=trial.control_scorecard_id,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Experiment.objects.filter(pk=trial.id).update(spent_minor=trial.budget_minor + 1)


def test_another_platforms_experiment_is_not_there(tenant_id: str) -> None:
    trial = started(EXPLORED)
    with tenant_scope(new_tenant("else-test")):
        install()
        with pytest.raises(errors.ExperimentNotFound):
            start_experiment(experiment_id=trial.id, actor=STARTER, at=NOW)
        with pytest.raises(errors.ExperimentNotFound):
            stop_experiment(experiment_id="nonsense", reason="x", actor=ACTOR, at=NOW)
    with no_scope(), pytest.raises(NoScope):
        start_experiment(experiment_id=trial.id, actor=STARTER, at=NOW)


def test_weights_of_the_explored_stand_for_all_near_the_cut(tenant_id: str) -> None:
    """600 firms near the cut: each explored one counts for twenty, by 1 / propensity."""
    trial = started(EXPLORED)
    firms = [
        Merchant(external_id=f"W{n}", name="示例", registration_no=f"W{n}") for n in range(600)
    ]
    Merchant.objects.bulk_create(firms)
    found = [applied(firm) for firm in firms]
    taken = [row for row in found if row.outcome == "approve"]
    assert {row.arm for row in taken} == {"explore"}
    assert (
        len(taken) == sum(row.arm == "explore" for row in found) == ExplorationGrant.objects.count()
    )
    weights = sum((Decimal(10_000) / (row.propensity or 0) for row in taken), Decimal(0))
    assert weights == 20 * len(taken)
    # The spread of a binomial of 600 at 0.05: 5.3 firms, four times.
    assert abs(weights - 600) <= 4 * 20 * Decimal("5.34")
    assert Experiment.objects.get(pk=trial.id).spent_minor == sum(
        ExplorationGrant.objects.values_list("cost_minor", flat=True)
    )


@pytest.fixture
def crowded(transactional_db: None) -> Iterator[str]:
    found = new_tenant("trial-crowd")
    with tenant_scope(found):
        install()
        yield found


@pytest.mark.slow
def test_thirty_two_threads_never_pass_the_budget(crowded: str) -> None:
    trial = started(EXPLORED)
    probe = applied(firm_in(trial, "explore", 99))
    cost = probe.facts["experiment"]["explored"]["cost_minor"]
    stop_experiment(experiment_id=trial.id, reason="x", actor=ACTOR, at=NOW)
    second = started(EXPLORED, budget_minor=10 * cost + cost - 1)
    firms = [firm_in(second, "explore", n) for n in range(32)]

    def apply(firm: Merchant) -> str:
        try:
            with tenant_scope(crowded):
                return str(
                    decide(
                        merchant_id=firm.id, purpose=Purpose.APPLICATION, as_of=NOW,
                        decided_at=NOW, repayment=NEVER, actor=ACTOR, trade=near_the_cut(),
                    ).outcome
                )  # fmt: skip
        finally:
            connection.close()

    with ThreadPoolExecutor(32) as pool:
        outcomes = list(pool.map(apply, firms))
    assert sorted(outcomes) == ["approve"] * 10 + ["decline"] * 22
    assert Experiment.objects.get(pk=second.id).spent_minor == 10 * cost
    assert ExplorationGrant.objects.filter(experiment=second).count() == 10
    assert first_broken_link() is None
