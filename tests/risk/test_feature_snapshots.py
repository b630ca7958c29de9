"""Snapshots of a night: hashed, taken once, let go after weeks; readings of what they say."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel import clock
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.domain.canonical import sha256
from risk.domain.features import ANSWERED, DECISION_SET, FEATURES, NIGHTLY_SET, SEEN
from risk.models import (
    FeatureSetVersion,
    FeatureSnapshot,
    MonitorReading,
    PercentileTable,
    RiskAlarm,
)
from risk.operations.feature_monitoring import monitor_features
from risk.operations.feature_snapshots import (
    forget_old_nights,
    is_intact,
    register_feature_sets,
    take_snapshots,
)
from risk.operations.months import refresh_months
from risk.operations.percentiles import build_percentiles
from risk.operations.readings import Monitored
from risk.queries.facts import trade_facts
from risk.queries.features import active_merchants, feature_state
from tenants.models import Merchant
from tests.risk.cast import ACTOR, NEVER, ask, monthly_orders, new_tenant, place_order
from tests.risk.watch import look

ON = date(2026, 5, 19)
NIGHT = clock.end_of(ON)


def firms(
    count: int, day: date = date(2026, 4, 3), amount_minor: int | None = None
) -> list[Merchant]:
    """Each with one order; the next one's is a fen larger, unless they are all the same."""
    found = []
    for number in range(count):
        one = Merchant.objects.create(external_id=f"S-{number}", name="示例")
        amount = 1_000 + number if amount_minor is None else amount_minor
        place_order(one, day, amount, order_no=f"S-{number}")
        found.append(one)
    return found


def night(on: date = ON, at: datetime = NIGHT) -> int:
    until = clock.end_of(on)
    refresh_months(known_until=until)
    build_percentiles(known_until=until)
    return sum(
        take_snapshots(on=on, repayments=dict.fromkeys(chunk, NEVER), at=at)
        for chunk in active_merchants(known_until=until)
    )


def rows() -> list[dict[str, Any]]:
    return [dict(row) for row in FeatureSnapshot.objects.order_by("id").values()]


def test_a_night_keeps_what_was_known_with_its_hash(tenant_id: str) -> None:
    found = firms(20)
    Merchant.objects.create(external_id="silent", name="示例")
    old = Merchant.objects.create(external_id="old", name="示例")
    place_order(old, date(2025, 3, 3), 1_000)
    assert night() == 20
    row = FeatureSnapshot.objects.get(merchant=found[0])
    assert (row.on, row.as_of, row.feature_set) == (ON, NIGHT, NIGHTLY_SET.sha256())
    assert (row.values["trade"]["net_gmv_l12_minor"], row.values["repayment"]["max_dpd_days"]) == (
        1_000, 0,
    )  # fmt: skip
    assert row.values["more"] == {
        "net_gmv_l3_percentile": "0.0250", "net_gmv_l12_percentile": "0.0250",
    }  # fmt: skip
    assert row.values["nightly"] == {"mean_order_percentile": "0.0250"}
    assert row.watermarks == {
        "orders": "2026-05-19T16:00:00+00:00", "percentiles": "2026-05-19T16:00:00+00:00",
        "repayments": "2026-05-19",
    }  # fmt: skip
    # Nobody outside was asked, and nothing seen that links a merchant to another.
    assert row.missing == [one.key for one in FEATURES if one.first_known in {ANSWERED, SEEN}]
    assert row.sha256 == sha256(row.values)
    assert is_intact(row) is True
    row.values["trade"]["net_gmv_l12_minor"] = 1_001
    assert is_intact(row) is False


def test_a_decision_of_the_same_moment_says_the_same(merchant: Merchant) -> None:
    monthly_orders(merchant, 5_000_000)
    firms(20)
    night()
    decision = ask(merchant.id, as_of=NIGHT, decided_at=NIGHT)
    row = FeatureSnapshot.objects.get(merchant=merchant)
    for part in ("trade", "repayment", "more"):
        assert row.values[part] == decision.facts[part]
    assert decision.facts["feature_set"] == DECISION_SET.sha256()


def test_the_definitions_behind_a_hash_are_kept_once(tenant_id: str) -> None:
    register_feature_sets(at=NIGHT)
    register_feature_sets(at=NIGHT + timedelta(days=1))
    kept = {row.sha256: row.body for row in FeatureSetVersion.objects.all()}
    assert kept == {one.sha256(): one.body() for one in (DECISION_SET, NIGHTLY_SET)}
    for digest, body in kept.items():
        assert sha256({"features": body}) == digest


def test_run_again_after_late_rows_a_night_is_what_it_was(tenant_id: str) -> None:
    """The same question about last Tuesday has the same answer next month."""
    found = firms(20)
    night()
    before = rows()
    place_order(found[3], date(2026, 4, 4), 9**9, known_at=NIGHT + timedelta(hours=1))
    assert night() == 0
    assert rows() == before
    FeatureSnapshot.objects.all().delete()
    assert night() == 20
    same = [{k: v for k, v in row.items() if k not in {"id", "created_at"}} for row in rows()]
    assert sorted(same, key=lambda row: str(row["merchant_id"])) == sorted(
        [{k: v for k, v in row.items() if k not in {"id", "created_at"}} for row in before],
        key=lambda row: str(row["merchant_id"]),
    )


def auc(values: dict[str, int], bad: set[str]) -> Fraction:
    """How often a good one has more than a bad one; equals count half."""
    good = [value for key, value in values.items() if key not in bad]
    pairs = [(one, other) for one in good for other in (values[key] for key in bad)]
    return Fraction(sum(2 * (a > b) + (a == b) for a, b in pairs), 2 * len(pairs))


def test_what_is_overwritten_after_the_outcome_is_not_seen(tenant_id: str) -> None:
    """The orders of those that did not pay are canceled afterwards: today's rows give it away."""
    found = firms(20, amount_minor=1_000)
    ids = [one.id for one in found]
    bad = set(ids[::3])
    known = clock.moment_on(date(2026, 8, 1), 9)
    for number, one in enumerate(found):
        if one.id in bad:
            place_order(
                one, date(2026, 4, 3), 1_000, order_no=f"S-{number}", revision=2,
                status="canceled", known_at=known,
            )  # fmt: skip

    def net(as_of: datetime) -> dict[str, int]:
        facts = trade_facts(merchant_ids=ids, as_of=as_of)
        return {key: one.net_gmv_l12_minor for key, one in facts.items()}

    assert auc(net(known + timedelta(days=1)), bad) == 1  # too good to be true
    assert auc(net(NIGHT), bad) == Fraction(1, 2)
    night()
    kept = {row.merchant_id: row.values["trade"]["net_gmv_l12_minor"]
            for row in FeatureSnapshot.objects.all()}  # fmt: skip
    assert auc(kept, bad) == Fraction(1, 2)


def test_month_ends_stay_and_other_nights_go_after_35_days(tenant_id: str) -> None:
    firms(20)
    april_30, may_1, may_2 = date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 2)
    for on in (april_30, may_1, may_2):
        assert night(on) == 20
    today = may_2 + timedelta(days=35)
    assert forget_old_nights(on=today - timedelta(days=1)) == 0
    assert forget_old_nights(on=today) == 23  # 20 snapshots and three tables
    assert forget_old_nights(on=today) == 0
    assert set(FeatureSnapshot.objects.values_list("on", flat=True)) == {april_30, may_2}
    assert set(PercentileTable.objects.values_list("known_until", flat=True)) == {
        clock.end_of(april_30), clock.end_of(may_2),
    }  # fmt: skip


def readings() -> dict[str, tuple[Decimal | None, int, str]]:
    return {one.subject: (one.value, one.n, one.state) for one in MonitorReading.objects.all()}


def watch(on: date = ON) -> Monitored:
    return monitor_features(on=on, actor=ACTOR, at=clock.end_of(on))


def test_ages_and_missing_shares_are_read_once_a_day(tenant_id: str) -> None:
    firms(20, date(2026, 5, 15))
    night()
    assert watch() == Monitored(readings_count=9, opened_count=2)
    assert readings() == {
        "orders": (Decimal(4), 4, "alarm"), "percentiles": (None, 0, "unknown"),
        "recency_days": (Decimal(0), 20, "ok"), "return_rate": (Decimal(0), 20, "ok"),
        "gmv_cv": (Decimal(1), 20, "alarm"), "momentum": (Decimal(0), 20, "ok"),
    } | {
        key: (Decimal(1), 20, "unknown") for key in  # nobody has a complete month to compare
        ("net_gmv_l3_percentile", "net_gmv_l12_percentile", "mean_order_percentile")
    }  # fmt: skip
    assert watch() == Monitored(readings_count=0, opened_count=0)


def test_what_is_fresh_and_complete_raises_nothing(tenant_id: str) -> None:
    for one in firms(20):
        place_order(one, date(2026, 5, 19), 500)
    night()
    assert watch() == Monitored(readings_count=9, opened_count=0)
    assert {(value, state) for value, _n, state in readings().values()} == {(Decimal(0), "ok")}
    # Five days later nothing new has come in, and nobody has computed anything.
    assert watch(ON + timedelta(days=5)).opened_count == 2
    alarms = RiskAlarm.objects.order_by("subject")
    assert [(one.metric, one.subject, one.owner, one.runbook) for one in alarms] == [
        ("data_age", subject, "Risk officer", "docs/runbooks/risk-alarms.md#data-too-old")
        for subject in ("orders", "percentiles")
    ]
    assert {one.stops_auto_approval for one in alarms} == {False}
    told = AuditRecord.objects.get(action="risk.alarm.opened", subject=alarms[0].id)
    assert (told.after["value"], told.after["limit"]) == ("5", "3")


def test_of_under_twenty_merchants_nothing_is_said(tenant_id: str) -> None:
    firms(19, date(2026, 5, 19))
    night()
    assert watch().opened_count == 0
    assert readings()["gmv_cv"] == (Decimal(1), 19, "unknown")


def test_where_nothing_was_ever_computed_nothing_is_measured(tenant_id: str) -> None:
    firms(20)
    assert watch() == Monitored(readings_count=0, opened_count=0)


def test_the_card_is_looked_at_also_after_the_features(tenant_id: str) -> None:
    firms(20)
    night()
    watch()
    assert look(ON).readings_count == 12
    assert look(ON).readings_count == 0
    assert watch().readings_count == 0


@pytest.mark.parametrize("item_count", [20, 40])
def test_a_chunk_costs_the_same_for_any_number(
    tenant_id: str, item_count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    found = firms(item_count)
    refresh_months(known_until=NIGHT)
    build_percentiles(known_until=NIGHT)
    with django_assert_num_queries(13):
        take_snapshots(on=ON, repayments=dict.fromkeys([one.id for one in found], NEVER), at=NIGHT)
    with django_assert_num_queries(2):
        feature_state()


def test_other_platforms_have_their_own(tenant_id: str) -> None:
    found = firms(20)
    night()
    watch()
    with tenant_scope(new_tenant("other-test")):
        assert night() == 0
        assert forget_old_nights(on=ON + timedelta(days=99)) == 0
        assert feature_state().ages == []
        with pytest.raises(IntegrityError), transaction.atomic():
            take_snapshots(on=ON, repayments={found[0].id: NEVER}, at=NIGHT)
    assert FeatureSnapshot.objects.count() == 20
    with no_scope(), pytest.raises(NoScope):
        night()
