"""How far applications came, and why some did not."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from analytics.queries.approvals import approval_funnel
from analytics.queries.outcomes import overridden_outcomes
from analytics.values import ApprovalFunnel
from credit.operations.applications import decide_application, submit_application
from credit.operations.launch import ORDER_CREDIT
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.enums import Outcome, OverrideDirection, OverrideReason
from risk.operations.monitoring import monitor_risk
from risk.operations.overrides import record_override
from risk.queries.overrides import override_mix
from risk.queries.proposals import proposal_of
from risk.queries.reasons import reason_mix
from tenants.models import Tenant
from tests.credit import lives
from tests.risk.watch import LOST

pytestmark = pytest.mark.usefixtures("inside")
FIRST = date(2026, 3, 2)
NONE = ApprovalFunnel(
    asked=0, decided=0, approved=0, referred=0, declined=0, offered=0, signed=0, drawn=0,
    overridden=0,
)  # fmt: skip


def asked(external_id: str, at: datetime, order_minor: int = 2_000_000) -> Any:
    merchant = lives.merchant_with_trade(external_id, at, order_minor=order_minor)
    return submit_application(
        merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, actor="usr",
        at=at + timedelta(seconds=1),
    ).id  # fmt: skip


def decided(external_id: str, at: datetime, order_minor: int = 2_000_000) -> Any:
    later = at + timedelta(seconds=1)
    return decide_application(
        application_id=asked(external_id, at, order_minor), actor="usr", at=later
    ).status


def test_the_funnel_from_asking_to_drawing(at: datetime, other_tenant: Tenant) -> None:
    assert approval_funnel(since=FIRST, on=FIRST) == NONE
    lives.drawn(lives.line_of(lives.merchant_with_trade("drawn", at), at), 100_000, "PO-1", at)
    lives.line_of(lives.merchant_with_trade("signed", at), at)
    assert decided("offered", at) == "approved"
    assert decided("small", at, order_minor=100) == "declined"
    asked("waiting", at)
    monitor_risk(on=FIRST, outcomes=LOST, actor="usr", at=at)  # an alarm stops auto-approval
    assert decided("stopped", at) == "in_review"
    found = ApprovalFunnel(
        asked=6, decided=5, approved=3, referred=1, declined=1, offered=3, signed=2, drawn=1,
        overridden=0,
    )  # fmt: skip
    assert approval_funnel(since=FIRST, on=FIRST) == found
    assert approval_funnel(since=FIRST + timedelta(days=1), on=date(2026, 4, 1)) == NONE
    with tenant_scope(other_tenant.id):
        assert approval_funnel(since=FIRST, on=FIRST) == NONE
    with no_scope(), pytest.raises(NoScope):
        approval_funnel(since=FIRST, on=FIRST)


def test_reasons_of_what_was_not_approved(at: datetime, other_tenant: Tenant) -> None:
    assert reason_mix(since=FIRST, on=FIRST).counts == ()
    assert decided("good", at) == "approved"
    assert {decided(f"small-{number}", at, order_minor=100) for number in range(2)} == {"declined"}
    found = reason_mix(since=FIRST, on=FIRST)
    assert found.decisions_count == 2
    assert [(reason.code, count) for reason, count in found.counts] == [
        ("limit_too_small", 2), ("repayment_record_short", 2), ("tenure_short", 2),
    ]  # fmt: skip
    with tenant_scope(other_tenant.id):
        assert reason_mix(since=FIRST, on=FIRST).decisions_count == 0
    with no_scope(), pytest.raises(NoScope):
        reason_mix(since=FIRST, on=FIRST)


def test_overrides_by_direction_and_what_became_of_them(at: datetime, other_tenant: Tenant) -> None:
    empty = override_mix(since=FIRST, on=FIRST)
    assert (empty.total, empty.by_reason) == (0, ())
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    application = line.offer.application
    suggested = proposal_of(application.decision).limit_minor
    record_override(
        decision=application.decision, outcome=Outcome.APPROVE, limit_minor=suggested + 100_000,
        reason_code=OverrideReason.CONTACT, comment="x", by="usr_one", second_by="usr_two", at=at,
    )  # fmt: skip
    mix = override_mix(since=FIRST, on=FIRST)
    assert mix.by_reason == ((OverrideReason.CONTACT, OverrideDirection.UP, 1),)
    assert (mix.total, mix.by_direction[OverrideDirection.UP]) == (1, 1)
    assert override_mix(since=FIRST + timedelta(days=1), on=date(2026, 4, 1)).total == 0
    lives.drawn(line, 100_000, "PO-1", at)  # due on 1 April, never paid
    lives.close_until(date(2026, 6, 1))
    assert overridden_outcomes(on=date(2026, 5, 30)) == {}
    assert overridden_outcomes(on=date(2026, 5, 31)) == {"up": (1, 1)}
    with tenant_scope(other_tenant.id):
        assert overridden_outcomes(on=date(2026, 5, 31)) == {}
        assert override_mix(since=FIRST, on=FIRST).total == 0
