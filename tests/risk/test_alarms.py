"""Alarms: what they stop, who takes them on, how they end, and what a metric is held to."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, Invalid
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.enums import MonitorMetric, Purpose
from risk.errors import AlarmIsClosed, AlarmNotFound, InvalidMonitorRule, WhyNeeded
from risk.models import Decision, MonitorRule, RiskAlarm
from risk.operations.alarms import acknowledge_alarm, close_alarm, set_monitor_rule
from risk.operations.decisions import first_broken_link, replay
from risk.queries.alarms import list_alarms, monitor_rules, open_stops
from tenants.models import Merchant
from tests.platform_app.kernel import sql
from tests.risk.cast import answer_of, ask_many, monthly_orders, new_tenant
from tests.risk.watch import LATER, LONG, LOST, decided, look, outcome, shifted

NIGHT = clock.moment_on(LATER, 23)
TOMORROW = date(2026, 8, 21)


def stopping() -> RiskAlarm:
    """Grade B loses a third instead of a hundredth: an alarm that stops auto-approval."""
    look(LATER, LOST)
    found: RiskAlarm = RiskAlarm.objects.get(metric="pd_actual")
    return found


def close(alarm: RiskAlarm, reason: str = "cause found", quiet_days: int = 0) -> RiskAlarm:
    return close_alarm(
        alarm_id=alarm.id, reason=reason, quiet_days=quiet_days, actor="usr_b", at=NIGHT
    )


def rule(limit: str, reason: str = "agreed", *, stops: bool = True) -> Any:
    return set_monitor_rule(
        metric=MonitorMetric.PD_ACTUAL, limit=Decimal(limit), stops_auto_approval=stops,
        reason=reason, actor="usr_b", at=NIGHT,
    )  # fmt: skip


def test_an_open_alarm_turns_approvals_into_referrals_until_it_is_closed(
    merchant: Merchant,
) -> None:
    at = clock.moment_on(TOMORROW, 9)
    (before,) = decided(merchant, at, LONG)
    alarm = stopping()
    assert open_stops() == ["pd_actual:B"]
    (under,) = decided(merchant, at, LONG)
    acknowledge_alarm(alarm_id=alarm.id, actor="usr_a", at=NIGHT)
    (still,) = decided(merchant, at, LONG)
    close(alarm)
    (after,) = decided(merchant, at, LONG)
    assert before.limit_minor > 0
    assert answer_of(under) == answer_of(before) | {
        "outcome": "refer", "rule_hits": [*before.rule_hits, "stop.pd_actual:B"], "bounds": {},
        "binding_bound": "", "limit_minor": 0, "annual_rate": 0,
    }  # fmt: skip
    assert answer_of(still) == answer_of(under)
    assert answer_of(after) == answer_of(before)
    assert under.facts == before.facts | {"stops": ["pd_actual:B"]}
    assert after.facts == before.facts
    assert after.facts_sha256 == before.facts_sha256 != under.facts_sha256
    # The alarm is gone, and each still replays to the byte.
    assert [replay(one.id) for one in (before, under, still, after)] == [True] * 4
    assert first_broken_link() is None


def test_a_stop_taken_out_of_the_record_is_seen(merchant: Merchant) -> None:
    stopping()
    (under,) = decided(merchant, clock.moment_on(TOMORROW), LONG)
    with sql.owner_sees(["risk_decision"]):
        sql.rows("ALTER TABLE risk_decision DISABLE TRIGGER USER")
        sql.rows("UPDATE risk_decision SET facts = facts - 'stops'")
    assert replay(under.id) is False


def test_a_batch_is_stopped_as_one_is_and_a_pre_screen_is_not(merchant: Merchant) -> None:
    monthly_orders(merchant, 8_000_000)
    assert ask_many([merchant.id])[merchant.id].outcome == "approve"
    stopping()
    batch = ask_many([merchant.id])[merchant.id]
    assert (batch.outcome, batch.rule_hits[-1]) == ("refer", "stop.pd_actual:B")
    screened = ask_many([merchant.id], purpose=Purpose.PRESCREEN)[merchant.id]
    assert (screened.outcome, "stops" in screened.facts) == ("approve", False)
    assert replay(batch.id)


def test_what_is_declined_or_referred_stays_as_it_was(merchant: Merchant) -> None:
    before = ask_many([merchant.id])[merchant.id]
    assert before.outcome == "decline"
    stopping()
    after = ask_many([merchant.id])[merchant.id]
    assert answer_of(after) == answer_of(before)
    assert replay(after.id)


def test_an_alarm_that_stops_nothing_stops_nothing(merchant: Merchant) -> None:
    shifted(merchant)
    close(RiskAlarm.objects.get(metric="score_psi"))
    assert RiskAlarm.objects.exclude(status="closed").count() == 1  # a feature's
    assert open_stops() == []
    assert decided(merchant, clock.moment_on(TOMORROW), LONG)[0].outcome == "approve"


def test_other_platforms_go_on(merchant: Merchant) -> None:
    alarm = stopping()
    with tenant_scope(new_tenant("elsewhere")):
        assert (open_stops(), list_alarms()) == ([], [])
        acts: list[Callable[[], Any]] = [
            lambda: acknowledge_alarm(alarm_id=alarm.id, actor="usr_x", at=NIGHT),
            lambda: close(alarm),
        ]
        for act in acts:
            with pytest.raises(AlarmNotFound):
                act()
        rule("2", stops=False)
    assert [row.alarm.status for row in list_alarms()] == ["open"]
    assert open_stops() == ["pd_actual:B"]
    with no_scope():
        acts = [open_stops, lambda: close(alarm), lambda: rule("3")]
        for act in acts:
            with pytest.raises(NoScope):
                act()


def test_closing_is_for_good_and_says_who_and_why(merchant: Merchant) -> None:
    alarm = stopping()
    acknowledge_alarm(alarm_id=alarm.id, actor="usr_a", at=NIGHT)
    acknowledge_alarm(alarm_id=alarm.id, actor="usr_late", at=NIGHT)
    found = close(alarm, "  two  frauds, written up ", quiet_days=7)
    assert (found.acknowledged_by, found.closed_by, found.reason) == (
        "usr_a", "usr_b", "two frauds, written up",
    )  # fmt: skip
    assert found.quiet_until_on == date(2026, 8, 27)
    told = AuditRecord.objects.filter(subject=alarm.id).order_by("position")
    assert list(told.values_list("action", "actor", "reason")) == [
        ("risk.alarm.opened", "usr_test", ""),
        ("risk.alarm.acknowledged", "usr_a", ""),
        ("risk.alarm.closed", "usr_b", "two frauds, written up"),
    ]
    assert Event.objects.filter(name__startswith="risk.alarm.").count() == 3


def test_the_same_is_quiet_for_as_long_as_was_said(merchant: Merchant) -> None:
    close(stopping(), quiet_days=7)
    assert look(date(2026, 8, 27), LOST).opened_count == 0
    assert look(date(2026, 8, 28), LOST).opened_count == 1


def test_without_quiet_days_the_next_night_opens_another(merchant: Merchant) -> None:
    close(stopping())
    assert look(TOMORROW, LOST).opened_count == 1


def again(alarm: RiskAlarm) -> Any:
    close(alarm)
    return close(alarm)


def late(alarm: RiskAlarm) -> Any:
    close(alarm)
    return acknowledge_alarm(alarm_id=alarm.id, actor="usr_a", at=NIGHT)


@pytest.mark.parametrize(
    ("act", "error", "status"),
    [
        (again, AlarmIsClosed, "closed"),
        (late, AlarmIsClosed, "closed"),
        (lambda alarm: close(alarm, " "), WhyNeeded, "open"),
        (lambda alarm: close(alarm, quiet_days=91), Invalid, "open"),
        (lambda alarm: close(alarm, quiet_days=-1), Invalid, "open"),
        (lambda _: close(RiskAlarm()), AlarmNotFound, "open"),
        (lambda _: close(RiskAlarm(id="ral_nothing")), AlarmNotFound, "open"),
    ],
)
def test_what_is_refused_moves_nothing(
    merchant: Merchant, act: Callable[[RiskAlarm], Any], error: type[DomainError], status: str
) -> None:
    alarm = stopping()
    with pytest.raises(error):
        act(alarm)
    alarm.refresh_from_db()
    assert (alarm.status, len(alarm.reason) > 0) == (status, status == "closed")
    closed = AuditRecord.objects.filter(action="risk.alarm.closed").count()
    assert closed == (status == "closed")


def test_a_rule_of_ones_own_holds_from_the_next_night_and_its_stop_at_once(
    merchant: Merchant,
) -> None:
    stopping()
    assert monitor_rules()[MonitorMetric.PD_ACTUAL].limit == 1
    changed = rule("5", "new fund, higher losses agreed", stops=False)
    assert (changed.limit, changed.stops_auto_approval, open_stops()) == (5, False, [])
    assert rule("5", "", stops=False) == changed  # as it is: nothing to explain
    told = AuditRecord.objects.get(action="risk.monitor.set")
    assert (told.before, told.after, told.reason) == (
        {"limit": "1", "stops_auto_approval": True},
        {"limit": "5", "stops_auto_approval": False},
        "new fund, higher losses agreed",
    )
    close(RiskAlarm.objects.get())
    rows = [outcome(n, "0.01", "B", 40 if n < 12 else 0) for n in range(200)]
    assert look(TOMORROW, rows).opened_count == 0  # 6 % is above 1 %, not surely above 5 %
    assert Decision.objects.count() == 0


@pytest.mark.parametrize(("limit", "reason"), [("0.4", "x"), ("5.1", "x"), ("2", " ")])
def test_a_rule_that_cannot_be_is_refused(tenant_id: str, limit: str, reason: str) -> None:
    with pytest.raises((InvalidMonitorRule, WhyNeeded)):
        rule(limit, reason)
    assert MonitorRule.objects.count() == AuditRecord.objects.filter(
        action="risk.monitor.set"
    ).count() == 0  # fmt: skip
