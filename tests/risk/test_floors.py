"""Floors: by two people, only refusing, composed into what is validated, replayed to the byte."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from platform_app.kernel.errors import SecondPersonNeeded
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.domain.canonical import sha256
from risk.domain.policy_body import parse
from risk.domain.policy_floor import own_body
from risk.errors import (
    FloorDecided,
    FloorNotFound,
    FloorsChanged,
    InvalidPolicy,
    WhyNeeded,
)
from risk.models import Policy, PolicyFloor, PolicyFunder
from risk.operations.decisions import replay
from risk.operations.floors import approve_floor, bind_funder, propose_floor, reject_floor
from risk.operations.policy_drafts import draft_policy
from risk.operations.policy_life import start_shadow
from tenants.models import Merchant
from tests.platform_app.kernel import sql
from tests.risk.cast import NOW, ask, install, monthly_orders, new_tenant
from tests.risk.policies import (
    DRAFTER,
    LATER,
    ONE,
    TWO,
    approve,
    body,
    drafted,
    in_force,
    revert,
    shadowed,
    statuses,
    tried,
    validated,
)

FUNDER = "L-000001"


def floor_body(**changes: Any) -> dict[str, Any]:
    return {"knock_outs": [], "max_limit_minor": None, "min_grade": None} | changes


def busy(count: int = 30) -> list[dict[str, Any]]:
    """Nobody with fewer orders in twelve months."""
    then = {"outcome": "decline", "reason": "few_orders"}
    return [
        {"id": "no-orders", "when": {"order_count_l12": {"missing": True}}, "then": then},
        {"id": "few-orders", "when": {"order_count_l12": {"range": [None, count]}}, "then": then},
    ]


def propose(layer: str = "platform", funder: str = "", **changes: Any) -> PolicyFloor:
    return propose_floor(
        layer=layer, funder=funder, body=floor_body(**changes), reason="asked for", actor=ONE,
        at=NOW,
    )  # fmt: skip


def holds(layer: str = "platform", funder: str = "", **changes: Any) -> PolicyFloor:
    floor = propose(layer, funder, **changes)
    return approve_floor(floor_id=floor.id, actor=TWO, at=NOW)


def bind(funder: str = FUNDER) -> PolicyFunder:
    return bind_funder(funder=funder, actor=ONE, at=NOW)


def test_the_funder_then_the_platform_then_the_tenant(
    tenant_id: str, merchant: Merchant
) -> None:  # fmt: skip
    monthly_orders(merchant, 1_000_000)
    holds(knock_outs=busy(), max_limit_minor=30_000_000)
    holds("funder", FUNDER, knock_outs=busy(40), min_grade="B", max_limit_minor=20_000_000)
    holds("funder", "L-000002", knock_outs=busy(99))
    bind()
    policy = in_force()
    assert policy.sha256 == sha256(policy.body)
    knock_outs = policy.body["stages"][1]["rows"]
    assert [(row["id"], row.get("layer")) for row in knock_outs][:5] == [
        ("funder1-no-orders", "funder"), ("funder1-few-orders", "funder"),
        ("platform-no-orders", "platform"), ("platform-few-orders", "platform"),
        ("dpd-unknown", None),
    ]  # fmt: skip
    outcome = policy.body["stages"][3]["rows"]
    assert [row["id"] for row in outcome][:3] == [
        "funder1-no-grade", "funder1-low-grade", "grade-unknown",
    ]  # fmt: skip
    assert outcome[1]["when"] == {"grade": {"in": ["C", "D", "E"]}}
    assert [(one["layer"], one["funder"], one["version"]) for one in policy.body["floors"]] == [
        ("funder", FUNDER, 1), ("platform", "", 1),
    ]  # fmt: skip
    assert own_body(policy.body) == body()
    assert parse(policy.body).limit.max_limit_minor == 20_000_000
    assert policy.body["limit"]["max_limit_minor"] == 50_000_000
    decision = ask(merchant.id)
    assert (decision.outcome, decision.rule_hits) == ("decline", ["eligible", "funder1-few-orders"])
    assert replay(decision.id) is True


def test_the_lowest_of_all_limits_binds(tenant_id: str, merchant: Merchant) -> None:
    monthly_orders(merchant, 100_000_000)
    before = ask(merchant.id)
    holds(max_limit_minor=before.limit_minor // 2 // 100_000 * 100_000)
    in_force()
    after = ask(merchant.id)
    assert (after.outcome, after.binding_bound) == ("approve", "max_limit")
    assert after.limit_minor == before.limit_minor // 2 // 100_000 * 100_000
    assert (replay(before.id), replay(after.id)) == (True, True)


def test_without_floors_a_body_stays_to_the_byte(tenant_id: str) -> None:
    policy = validated()
    assert (policy.body, policy.sha256) == (body(), sha256(body()))


def test_a_new_platform_starts_on_the_floor(tenant_id: str) -> None:
    holds(max_limit_minor=10_000_000)
    with tenant_scope(new_tenant("floor-test")):
        policy = install()
        assert [one["layer"] for one in policy.body["floors"]] == ["platform"]
        assert parse(policy.body).limit.max_limit_minor == 10_000_000


def test_a_floor_that_changed_keeps_older_versions_out(tenant_id: str) -> None:
    policy = shadowed()
    waiting = tried(validated(81))
    floor = holds(max_limit_minor=10_000_000)
    with pytest.raises(FloorsChanged):
        approve(policy, ONE)
    with pytest.raises(FloorsChanged):
        start_shadow(policy_id=waiting.id, effective_from=None, actor=ONE, at=NOW)
    assert statuses() == [(1, "champion"), (2, "shadow"), (3, "validated")]
    later = in_force(82)
    assert later.body["floors"][0]["sha256"] == floor.sha256
    assert revert(later).version == 1


def test_a_redrafted_version_leaves_its_floors_behind(tenant_id: str) -> None:
    holds(max_limit_minor=10_000_000)
    policy = in_force()
    again = draft_policy(body=own_body(policy.body), actor=DRAFTER, at=LATER)
    assert again.body == body()
    with pytest.raises(InvalidPolicy, match="composed, not written"):
        draft_policy(body=policy.body, actor=DRAFTER, at=LATER)
    for name in ("platform-x", "funder-x", "funder12-x"):
        wrong = body()
        wrong["stages"][0]["rows"][0]["id"] = name
        with pytest.raises(InvalidPolicy, match="kept for a floor"):
            draft_policy(body=wrong, actor=DRAFTER, at=LATER)
    assert Policy.objects.count() == 3


def test_one_proposes_and_another_approves(tenant_id: str) -> None:
    first, second = holds(max_limit_minor=10_000_000), propose(min_grade="C")
    with pytest.raises(SecondPersonNeeded):
        approve_floor(floor_id=second.id, actor=ONE, at=NOW)
    with pytest.raises(FloorDecided):
        approve_floor(floor_id=first.id, actor=TWO, at=NOW)
    with pytest.raises(FloorNotFound):
        approve_floor(floor_id="pfl_x", actor=TWO, at=NOW)
    with pytest.raises(WhyNeeded):
        reject_floor(floor_id=second.id, reason=" ", actor=TWO, at=NOW)
    assert list(PolicyFloor.objects.order_by("version").values_list("status", flat=True)) == [
        "in_force", "proposed",
    ]  # fmt: skip
    reject_floor(floor_id=second.id, reason="not agreed", actor=ONE, at=NOW)
    third = holds(min_grade="D")
    assert list(PolicyFloor.objects.order_by("version").values_list("status", flat=True)) == [
        "retired", "rejected", "in_force",
    ]  # fmt: skip
    assert third.version == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_limit_minor": 0}, {"max_limit_minor": True}, {"max_limit_minor": "5"},
        {"min_grade": "F"}, {"knock_outs": {}}, {"knock_outs": busy()[1:]}, {"more": 1},
        {"knock_outs": [*busy(), busy(20)[1] | {"id": "hidden"}]},
        {"knock_outs": [busy()[0], busy()[1] | {"id": "a" * 25}]},
        {"knock_outs": [busy()[0],
                        busy()[1] | {"then": {"outcome": "refer", "reason": "few_orders"}}]},
        {"knock_outs": [busy()[0], busy()[1] | {"then": {}}]},
    ],
)  # fmt: skip
def test_what_is_no_floor(tenant_id: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidPolicy):
        propose(**wrong)
    assert PolicyFloor.objects.count() == 0


def test_whose_floor_it_is(tenant_id: str) -> None:
    for layer, funder in (("platform", FUNDER), ("funder", " "), ("tenant", "")):
        with pytest.raises(InvalidPolicy):
            propose(layer, funder)
    with pytest.raises(InvalidPolicy):
        bind(" ")
    assert (PolicyFloor.objects.count(), PolicyFunder.objects.count()) == (0, 0)


def test_a_funder_is_bound_once_and_for_one_platform(tenant_id: str) -> None:
    assert bind().id == bind().id
    holds("funder", FUNDER, max_limit_minor=10_000_000)
    with tenant_scope(new_tenant("else-test")):
        assert PolicyFunder.objects.count() == 0
        assert "floors" not in install().body
    with no_scope(), pytest.raises(NoScope):
        bind("L-9")
    assert validated().body["floors"][0]["funder"] == FUNDER
    assert drafted(81).body == body(81)


@pytest.mark.parametrize(
    "change", [{"body": {}}, {"sha256": "x"}, {"version": 9}, {"status": "proposed"}]
)
def test_the_database_keeps_a_floor_as_it_is(tenant_id: str, change: dict[str, Any]) -> None:
    floor = holds(max_limit_minor=10_000_000)
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyFloor.objects.filter(pk=floor.id).update(**change)
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        sql.rows("DELETE FROM risk_policyfloor")
