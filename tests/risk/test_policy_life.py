"""A policy's life: other people's eyes, evidence kept, a day of its own, and one act back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.errors import (
    BackTestNeeded,
    InvalidPolicy,
    NothingToRevert,
    NotYourDraft,
    OtherPersonNeeded,
    PolicyFindings,
    PolicyNotFound,
    PolicyStatus,
    ShadowTooShort,
    WhyNeeded,
)
from risk.models import Policy, PolicyApproval, PolicyBackTest
from risk.operations.backtests import KEPT_LOSERS, keep_backtest
from risk.operations.decisions import replay
from risk.operations.policy_drafts import edit_policy, validate_policy
from risk.operations.policy_life import (
    approve_policy,
    put_due_policy_in_force,
    retire_policy,
    revert_policy,
    start_shadow,
    waive_shadow,
)
from risk.queries.champions import champions
from risk.tasks import put_due_policies_in_force
from tenants.models import Merchant
from tests.platform_app.kernel import sql
from tests.risk.cast import NOW, ask, ask_many, crowd, monthly_orders, new_tenant
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
    told,
    tried,
    validated,
)


def shadow(policy: Policy) -> Policy:
    return start_shadow(policy_id=policy.id, effective_from=None, actor=ONE, at=NOW)


def waive(policy: Policy, actor: str = TWO, reason: str = "small change") -> Policy:
    return waive_shadow(policy_id=policy.id, reason=reason, actor=actor, at=NOW)


def retire(policy: Policy, reason: str = "no use") -> Policy:
    return retire_policy(policy_id=policy.id, reason=reason, actor=ONE, at=NOW)


def test_from_draft_to_deciding_and_back(tenant_id: str, merchant: Merchant) -> None:
    monthly_orders(merchant, 1_000_000)
    before = ask(merchant.id)
    policy = shadowed(400)
    assert champions().policy_id == before.policy_id
    assert approve(policy, ONE).status == "shadow"
    done = approve(policy, TWO)
    first = Policy.objects.get(version=1)
    assert (done.status, done.in_force_at, done.succeeded_id) == ("champion", LATER, first.id)
    assert (first.status, first.retired_at) == ("retired", LATER)
    assert first.retired_reason == "succeeded by version 2"
    after = ask(merchant.id)
    assert (after.policy_id, after.outcome, before.outcome) == (policy.id, "decline", "approve")
    back = revert(done, at=LATER + timedelta(days=1))
    assert (back.id, back.in_force_at) == (first.id, LATER + timedelta(days=1))
    assert (back.retired_at, back.retired_reason) == (None, "")
    assert statuses() == [(1, "champion"), (2, "retired")]
    assert Policy.objects.get(version=2).retired_reason == "too strict"
    assert ask(merchant.id).limit_minor == before.limit_minor
    assert (replay(before.id), replay(after.id)) == (True, True)
    assert told() == [
        "drafted", "validated", "backtested", "shadowed", "approved", "retired", "promoted",
        "reverted", "restored",
    ]  # fmt: skip
    names = Event.objects.filter(name__startswith="risk.policy.").values_list("name", flat=True)
    assert sorted(names) == sorted(f"risk.policy.{one}" for one in told())
    assert AuditRecord.objects.get(action="risk.policy.reverted").reason == "too strict"


def test_a_revert_goes_back_one_version_at_a_time(tenant_id: str) -> None:
    second = in_force(80)
    third = in_force(81)
    assert revert(third).id == second.id
    assert revert(second).version == 1
    assert statuses() == [(1, "champion"), (2, "retired"), (3, "retired")]
    with pytest.raises(NothingToRevert):
        revert(Policy.objects.get(version=1))
    fourth = in_force(82)
    assert revert(fourth).version == 1
    assert statuses() == [(1, "champion"), (2, "retired"), (3, "retired"), (4, "retired")]


def test_a_back_test_is_kept_with_both_bodies(tenant_id: str) -> None:
    ask_many(crowd(6))
    policy, at = validated(400), NOW + timedelta(days=1)
    first = Policy.objects.get(version=1)
    kept = keep_backtest(policy_id=policy.id, months=3, actor=ONE, at=at)
    assert (kept.policy_sha256, kept.in_force_sha256) == (policy.sha256, first.sha256)
    assert (kept.in_force_id, kept.run_by, kept.run_at, kept.until) == (first.id, ONE, at, at)
    assert kept.since.isoformat() == "2026-02-21T00:00:00+08:00"
    assert set(kept.summary) == {"total", "segments", "losers", "losers_count"}
    total = kept.summary["total"]
    assert (total["cases_count"], total["approved_after_count"]) == (6, 0)
    assert total["out_count"] == kept.summary["losers_count"] == len(kept.summary["losers"]) > 0
    assert KEPT_LOSERS == 200
    assert PolicyBackTest.objects.get().summary == kept.summary


def test_nothing_goes_into_shadow_untried(tenant_id: str) -> None:
    policy = validated()
    with pytest.raises(BackTestNeeded):
        shadow(policy)
    PolicyBackTest.objects.create(
        policy=policy, policy_sha256="another", in_force=Policy.objects.get(version=1),
        in_force_sha256=Policy.objects.get(version=1).sha256, since=NOW, until=LATER,
        months_count=1, summary={}, run_by=ONE, run_at=NOW,
    )  # fmt: skip
    with pytest.raises(BackTestNeeded):
        shadow(policy)
    assert statuses() == [(1, "champion"), (2, "validated")]
    assert shadow(tried(policy)).status == "shadow"


def test_a_back_test_against_a_former_policy_is_none(tenant_id: str) -> None:
    second, overtaken = shadowed(80), tried(validated(81))
    approve(second, ONE)
    approve(second, TWO)
    with pytest.raises(BackTestNeeded):
        shadow(overtaken)
    third = shadowed(82)
    revert(second)
    with pytest.raises(BackTestNeeded):
        approve(third, ONE)
    assert statuses() == [(1, "champion"), (2, "retired"), (3, "validated"), (4, "shadow")]
    assert PolicyApproval.objects.filter(policy=third, kind="champion").count() == 0


def test_a_shadow_runs_two_weeks_or_somebody_signs(tenant_id: str) -> None:
    policy, early = shadowed(), LATER - timedelta(seconds=1)
    with pytest.raises(ShadowTooShort) as refusal:
        approve(policy, ONE, at=early)
    assert refusal.value.facts == {"days": 13, "needed": 14}
    with pytest.raises(OtherPersonNeeded):
        waive(policy, DRAFTER)
    with pytest.raises(WhyNeeded):
        waive(policy, reason=" ")
    assert PolicyApproval.objects.filter(kind="waiver").count() == 0
    waive(policy)
    waive(policy)
    assert (told().count("waived"), PolicyApproval.objects.filter(kind="waiver").count()) == (1, 1)
    assert AuditRecord.objects.get(action="risk.policy.waived").reason == "small change"
    approve(policy, ONE, at=early)
    assert approve(policy, TWO, at=early).status == "champion"


def test_the_drafter_decides_nothing_and_nobody_twice(tenant_id: str) -> None:
    policy = shadowed()
    with pytest.raises(OtherPersonNeeded):
        approve(policy, DRAFTER)
    approve(policy, ONE)
    with pytest.raises(OtherPersonNeeded):
        approve(policy, ONE)
    assert statuses() == [(1, "champion"), (2, "shadow")]
    assert PolicyApproval.objects.filter(kind="champion").count() == 1


def test_a_new_round_of_shadow_is_agreed_to_anew(tenant_id: str) -> None:
    first = shadowed(80)
    waive(first)
    approve(first, ONE)
    second = shadowed(81)
    assert statuses() == [(1, "champion"), (2, "validated"), (3, "shadow")]
    shadow(Policy.objects.get(pk=first.id))
    assert statuses() == [(1, "champion"), (2, "shadow"), (3, "validated")]
    with pytest.raises(ShadowTooShort):
        approve(first, TWO, at=NOW)
    assert approve(first, TWO).status == "shadow"
    assert approve(first, ONE).status == "champion"
    assert Policy.objects.get(pk=second.id).shadow_at is None


def test_an_agreed_policy_waits_for_its_day(tenant_id: str) -> None:
    day = LATER + timedelta(days=3)
    policy = shadowed(effective_from=day)
    approve(policy, ONE)
    assert approve(policy, TWO).status == "shadow"
    for moment in (LATER, day - timedelta(seconds=1)):
        assert put_due_policy_in_force(actor="system:policy", at=moment) is None
    assert statuses() == [(1, "champion"), (2, "shadow")]
    done = put_due_policy_in_force(actor="system:policy", at=day)
    assert done is not None
    assert (done.id, done.in_force_at, done.status) == (policy.id, day, "champion")
    assert put_due_policy_in_force(actor="system:policy", at=day) is None


def test_the_job_goes_through_every_platform_and_leaves_what_was_overtaken(tenant_id: str) -> None:
    second = in_force(80)
    late = shadowed(81, effective_from=LATER + timedelta(days=1))
    approve(late, ONE)
    approve(late, TWO)
    revert(second)
    with no_scope():
        assert put_due_policies_in_force() == 0
    assert statuses() == [(1, "champion"), (2, "retired"), (3, "shadow")]
    tried(late, LATER)
    with no_scope():
        assert put_due_policies_in_force() == 1
    assert statuses() == [(1, "retired"), (2, "retired"), (3, "champion")]


def test_only_its_drafter_edits_a_draft(tenant_id: str) -> None:
    policy = drafted(80)
    changed = edit_policy(policy_id=policy.id, body=body(81), actor=DRAFTER, at=LATER)
    assert (changed.body, changed.drafted_at) == (body(81), LATER)
    edit_policy(policy_id=policy.id, body=body(81), actor=DRAFTER, at=LATER)
    with pytest.raises(NotYourDraft):
        edit_policy(policy_id=policy.id, body=body(82), actor=ONE, at=LATER)
    with pytest.raises(InvalidPolicy):
        edit_policy(policy_id=policy.id, body={}, actor=DRAFTER, at=LATER)
    validate_policy(policy_id=policy.id, comment="seen", actor=ONE, at=NOW)
    with pytest.raises(PolicyStatus):
        edit_policy(policy_id=policy.id, body=body(82), actor=DRAFTER, at=LATER)
    assert Policy.objects.get(pk=policy.id).body == body(81)
    assert told() == ["drafted", "edited", "validated"]


def test_each_act_needs_its_state(tenant_id: str) -> None:
    champion, draft = Policy.objects.get(), drafted()
    for act, policy in (
        (shadow, draft), (waive, draft), (revert, draft), (shadow, champion), (retire, champion),
        (tried, champion),
    ):  # fmt: skip
        with pytest.raises(PolicyStatus):
            act(policy)
    with pytest.raises(PolicyStatus):
        approve(draft, TWO)
    with pytest.raises(NothingToRevert):
        revert(champion)
    with pytest.raises(WhyNeeded):
        retire(draft, " ")
    retired = retire(draft)
    with pytest.raises(PolicyStatus):
        retire(retired)
    assert (retired.status, retired.retired_reason) == ("retired", "no use")
    assert told() == ["drafted", "retired"]


@pytest.mark.parametrize("comment", ["", " \n"])
def test_a_decision_is_explained(tenant_id: str, comment: str) -> None:
    draft = drafted()
    with pytest.raises(WhyNeeded):
        validate_policy(policy_id=draft.id, comment=comment, actor=ONE, at=NOW)
    policy = shadowed(81)
    with pytest.raises(WhyNeeded):
        approve(policy, ONE, comment=comment)
    approve(policy, ONE)
    approve(policy, TWO)
    with pytest.raises(WhyNeeded):
        revert(policy, comment)
    assert statuses() == [(1, "retired"), (2, "draft"), (3, "champion")]


def test_a_draft_with_gaps_is_not_tried(tenant_id: str) -> None:
    open_body = body()
    del open_body["stages"][3]["rows"][4]
    open_body["stages"][3]["rows"][3]["when"] = {"grade": {"in": ["A", "B"]}}
    draft = edit_policy(policy_id=drafted().id, body=open_body, actor=DRAFTER, at=NOW)
    with pytest.raises(PolicyFindings):
        tried(draft)
    assert (PolicyBackTest.objects.count(), told()) == (0, ["drafted", "edited"])


def test_another_platforms_policy_is_not_there(tenant_id: str) -> None:
    mine = shadowed()
    acts: list[Any] = [
        tried, shadow, waive, retire, revert, lambda one: approve(one, TWO),
        lambda one: edit_policy(policy_id=one.id, body=body(), actor=DRAFTER, at=NOW),
    ]  # fmt: skip
    with tenant_scope(new_tenant("else-test")):
        for act in acts:
            with pytest.raises(PolicyNotFound):
                act(mine)
        assert put_due_policy_in_force(actor=ONE, at=LATER) is None
    for act in (approve_policy, revert_policy):
        words = "comment" if act is approve_policy else "reason"
        with pytest.raises(PolicyNotFound):
            act(policy_id="pol_x", actor=ONE, at=NOW, **{words: "x"})
    with no_scope():
        for act in acts:
            with pytest.raises(NoScope):
                act(mine)
    assert statuses() == [(1, "champion"), (2, "shadow")]


@pytest.mark.parametrize(
    "change",
    [
        {"body": {}}, {"sha256": "x"}, {"version": 9}, {"drafted_by": "usr_else"},
        {"drafted_at": None}, {"status": "draft"}, {"status": "champion"},
    ],
)  # fmt: skip
def test_the_database_keeps_a_validated_policy_as_it_is(
    tenant_id: str, change: dict[str, Any]
) -> None:
    policy = validated()
    with pytest.raises(IntegrityError, match="does not"), transaction.atomic():
        Policy.objects.filter(pk=policy.id).update(**change)
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        sql.rows("DELETE FROM risk_policy WHERE version = 2")
    assert Policy.objects.get(pk=policy.id).body == body()


def test_the_database_brings_back_only_what_was_in_force(tenant_id: str) -> None:
    never = retire(validated())
    Policy.objects.filter(version=1).update(status="retired")
    with pytest.raises(IntegrityError, match="does not go"), transaction.atomic():
        Policy.objects.filter(pk=never.id).update(status="champion")
    Policy.objects.filter(version=1).update(status="champion")
    assert statuses() == [(1, "champion"), (2, "retired")]


def test_the_database_allows_one_shadow(tenant_id: str) -> None:
    shadowed()
    second = Policy(
        version=9, status="shadow", shadow_at=NOW, body={}, sha256="", tenant_id=tenant_id
    )
    with pytest.raises(IntegrityError, match="one_shadow"), transaction.atomic():
        second.save()
