"""What a policy in shadow would have answered: beside the decision, never in its place."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from platform_app.kernel.errors import NotFound
from platform_app.kernel.postgres.role import as_owner
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.models import Policy, ShadowDecision
from risk.operations.decisions import first_broken_link, replay
from risk.operations.policy_drafts import draft_policy, validate_policy
from risk.operations.policy_life import start_shadow
from risk.operations.shadow_decisions import replay_shadow
from risk.queries import champions
from risk.queries.shadow import compared, list_differences
from tenants.models import Merchant
from tests.platform_app.kernel import sql
from tests.risk.cast import NOW, answer_of, ask, ask_many, crowd, monthly_orders, new_tenant
from tests.risk.domain.figures import default_body
from tests.risk.policies import DRAFTER, ONE, shadowed, tried


def halved() -> dict[str, Any]:
    """A third of what they buy at half the margin, and no thin files at all."""
    body = default_body()
    body["stages"][0]["rows"][3]["when"] = {"tenure_days": {"range": [None, 180]}}
    body["limit"] |= {"financed_share": "0.3", "margin_rate": "0.12"}
    return body


def challenger(body: dict[str, Any]) -> Policy:
    draft = draft_policy(body=body, actor=DRAFTER, at=NOW)
    validate_policy(policy_id=draft.id, comment="seen", actor=ONE, at=NOW)
    return start_shadow(policy_id=tried(draft).id, effective_from=None, actor=ONE, at=NOW)


def test_the_merchant_is_answered_as_without_a_shadow(
    tenant_id: str, merchant: Merchant
) -> None:  # fmt: skip
    monthly_orders(merchant, 1_000_000)
    before = ask(merchant.id)
    assert ShadowDecision.objects.count() == 0
    policy = challenger(halved())
    after = ask(merchant.id)
    assert answer_of(after) == answer_of(before)
    row = ShadowDecision.objects.get()
    assert (row.decision_id, row.policy_id) == (after.id, policy.id)
    assert (row.outcome, row.grade, row.annual_rate) == ("approve", after.grade, after.annual_rate)
    assert 0 < row.limit_minor < after.limit_minor
    assert (row.rule_hits, row.reasons) == (after.rule_hits, after.reasons)
    assert (first_broken_link(), replay(after.id), replay_shadow(row.id)) == (None, True, True)


def test_a_batch_costs_one_insert_more(tenant_id: str) -> None:
    merchants = crowd(6)
    ask_many(merchants)
    with CaptureQueriesContext(connection) as plain:
        ask_many(merchants)
    challenger(halved())
    counts = []
    for asked in (merchants, merchants[:1]):
        with CaptureQueriesContext(connection) as beside:
            ask_many(asked)
        counts.append(len(beside) - len(plain))
    assert counts == [2, 1]  # the first batch also reads the challenger's body, once per process
    assert ShadowDecision.objects.count() == 7  # and no more statements for six than for one


def test_live_and_shadow_are_compared(tenant_id: str) -> None:
    policy = challenger(halved())
    live = list(ask_many(crowd(9)).values())
    rows = {one.decision_id: one for one in ShadowDecision.objects.all()}
    pairs = [(one, rows[one.id]) for one in live]
    found = compared(policy.id)
    assert found.count == 9
    assert found.agree_count == sum(
        (a.outcome, a.limit_minor, a.annual_rate) == (b.outcome, b.limit_minor, b.annual_rate)
        for a, b in pairs
    )
    assert (found.in_count, found.out_count) == (
        0, sum(a.outcome == "approve" != b.outcome for a, b in pairs),
    )  # fmt: skip
    assert found.lower_count == sum(
        a.outcome == b.outcome == "approve" and b.limit_minor < a.limit_minor for a, b in pairs
    )
    assert found.higher_count == 0
    assert found.limit_live_minor == sum(a.limit_minor for a, _ in pairs)
    assert found.limit_shadow_minor == sum(b.limit_minor for _, b in pairs)
    assert 0 < found.out_count < 9
    assert found.lower_count > 0
    differing = list_differences(policy.id)
    assert len(differing) == 9 - found.agree_count
    moved = [one.shadow.limit_minor - one.live.limit_minor for one in differing]
    assert moved == sorted(moved, key=abs, reverse=True)
    assert compared(Policy.objects.get(version=1).id).count == 0


def test_a_shadow_that_cannot_be_read_keeps_nobody_from_an_answer(
    tenant_id: str, merchant: Merchant
) -> None:  # fmt: skip
    policy = shadowed()
    with as_owner():
        sql.rows("ALTER TABLE risk_policy DISABLE TRIGGER risk_policy_final")
    Policy.objects.filter(pk=policy.id).update(body={})
    champions.forget_versions()
    assert ask(merchant.id).outcome == "decline"
    assert ShadowDecision.objects.count() == 0


def test_an_altered_shadow_answer_does_not_replay(tenant_id: str, merchant: Merchant) -> None:
    shadowed()
    ask(merchant.id)
    call_command("replay_decisions")
    with as_owner():
        sql.rows("ALTER TABLE risk_shadowdecision DISABLE TRIGGER append_only")
        sql.rows("ALTER TABLE risk_shadowdecision NO FORCE ROW LEVEL SECURITY")
        sql.rows("UPDATE risk_shadowdecision SET annual_rate = 0.5")
    row = ShadowDecision.objects.get()
    assert row.annual_rate == Decimal("0.5")
    assert replay_shadow(row.id) is False
    with pytest.raises(CommandError, match=row.id), no_scope():
        call_command("replay_decisions")


def test_another_platforms_shadow_is_not_there(tenant_id: str, merchant: Merchant) -> None:
    policy = shadowed()
    ask(merchant.id)
    row = ShadowDecision.objects.get()
    with tenant_scope(new_tenant("else-test")):
        with pytest.raises(NotFound):
            replay_shadow(row.id)
        assert (compared(policy.id).count, list_differences(policy.id)) == (0, [])
    with no_scope(), pytest.raises(NoScope):
        compared(policy.id)
