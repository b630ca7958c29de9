"""The nightly look: readings once a day, and alarms for what is large and beyond chance."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from math import log
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel import clock
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.domain.defaults import scorecard_body
from risk.enums import Purpose
from risk.models import MonitorReading, RiskAlarm
from risk.operations.monitoring import Monitored
from risk.operations.scorecards import (
    approve_scorecard,
    register_scorecard,
    shadow_scorecard,
    validate_scorecard,
)
from risk.queries import champions
from tenants.models import Merchant
from tests.platform_app.kernel import sql
from tests.risk.cast import NOW, install, new_tenant
from tests.risk.watch import (
    JULY,
    JUNE,
    LATER,
    LONG,
    LOST,
    SHORT,
    decided,
    look,
    month,
    outcome,
    reading,
    shifted,
)

FEATURES = [feature["key"] for feature in scorecard_body()["features"]]
NOTHING = Monitored(readings_count=0, opened_count=0)
# Two bins, 100 and 100 before, 160 and 40 after, half a row more in each.
BY_HAND = (60 / 201) * log(160.5 / 100.5) - (60 / 201) * log(40.5 / 100.5)


def rounded(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.000001"))


def test_a_shift_of_the_score_and_of_a_feature_raise_alarms(merchant: Merchant) -> None:
    decided(merchant, NOW, LONG, LONG)  # of May, which is not complete under this card
    decided(merchant, clock.moment_on(JUNE), LONG, purpose=Purpose.PRESCREEN)
    assert shifted(merchant) == Monitored(readings_count=12, opened_count=2)
    score = reading("score_psi")
    assert (score.value, score.n, score.limit, score.state) == (
        rounded(BY_HAND), 200, Decimal("0.250000"), "alarm",
    )  # fmt: skip
    short, long = (one.score for one in decided(merchant, clock.moment_on(LATER, 9), SHORT, LONG))
    assert score.details | {"chance": ""} == {
        "reference": "first_months", "reference_from": "2026-06-01",
        "reference_until": "2026-07-01", "ready_on": None, "reference_n": 200,
        "window_from": "2026-05-23", "window_to": "2026-08-20",
        "bins": [f"≤ {short}", f"> {short}"], "expected": [100, 100], "actual": [160, 40],
        "chance": "",
    }  # fmt: skip
    assert long > short
    tenure = reading("feature_csi", "tenure_days")
    assert (tenure.value, tenure.state) == (rounded(BY_HAND), "alarm")
    assert tenure.details["bins"] == ["90–180", "365–730"]
    rest = {key: reading("feature_csi", key) for key in FEATURES if key != "tenure_days"}
    assert {(row.value, row.n, row.state) for row in rest.values()} == {(Decimal(0), 200, "ok")}
    alarm = RiskAlarm.objects.get(metric="score_psi")
    assert (alarm.status, alarm.stops_auto_approval, alarm.reading_id) == ("open", True, score.id)
    assert (alarm.owner, alarm.runbook) == (
        "Owner of the scorecard", "docs/runbooks/risk-alarms.md#score-shift",
    )  # fmt: skip
    csi = RiskAlarm.objects.get(metric="feature_csi")
    assert (csi.subject, csi.stops_auto_approval) == ("tenure_days", False)
    assert Event.objects.filter(name="risk.alarm.opened").count() == 2
    told = AuditRecord.objects.get(action="risk.alarm.opened", subject=alarm.id)
    assert told.after == {
        "metric": "score_psi", "subject": "", "stops_auto_approval": True,
        "value": str(rounded(BY_HAND)), "limit": "0.25", "n": 200,
    }  # fmt: skip


def test_the_first_run_of_a_day_stands_and_an_open_alarm_is_not_opened_again(
    merchant: Merchant,
) -> None:
    shifted(merchant)
    month(merchant, LATER, 0, 50)
    before = list(MonitorReading.objects.order_by("id").values())
    assert look(LATER) == NOTHING
    assert list(MonitorReading.objects.order_by("id").values()) == before
    assert look(date(2026, 8, 21)) == Monitored(readings_count=12, opened_count=0)
    assert RiskAlarm.objects.count() == 2


def test_too_few_decisions_say_nothing_either_way(merchant: Merchant) -> None:
    month(merchant, JUNE, 100, 100)
    month(merchant, JULY, 160, 39)
    assert look(LATER).opened_count == 0
    found = reading("score_psi")
    assert (found.n, found.state) == (199, "unknown")
    assert found.value is not None
    assert found.value > Decimal("0.25")


def test_the_reference_takes_as_many_complete_months_as_it_needs(merchant: Merchant) -> None:
    month(merchant, JUNE, 60, 60)
    on = date(2026, 7, 30)
    month(merchant, JULY, 40, 40)
    look(on)
    found = reading("score_psi", on=on)
    assert (found.value, found.state, found.details["reference_n"]) == (None, "unknown", 0)
    assert found.details["ready_on"] == "2026-08-01"
    look(date(2026, 7, 31))
    last = reading("score_psi", on=date(2026, 7, 31))
    assert (last.details["reference_until"], last.details["reference_n"]) == ("2026-08-01", 200)


def test_without_decisions_nothing_is_known(tenant_id: str) -> None:
    assert look(LATER) == Monitored(readings_count=12, opened_count=0)
    assert set(MonitorReading.objects.values_list("value", "n", "state")) == {(None, 0, "unknown")}


def test_without_a_card_in_force_there_is_nothing_to_look_at(db: None) -> None:
    with tenant_scope(new_tenant("bare")):
        assert look(LATER) == NOTHING
        assert MonitorReading.objects.count() == 0


def counted_body() -> dict[str, Any]:
    """The first card as if fitted: of tenure, 500 rows in each of the bins 1 and 3."""
    body = scorecard_body()
    counts = {1: 500, 3: 500}
    rows = [
        row | {"n": counts.get(row["ord"], 0) if row["feature"] == "tenure_days" else None}
        for row in body["rows"]
    ]
    for row in rows:
        if row["n"] is not None:
            row.update(bad=0, woe="0")
    development = {
        "binner": "isotonic", "seed": 1, "rows": 1000, "bad": 50, "data_sha256": "f" * 64,
    }  # fmt: skip
    base = {"handling": "separate", "points": 592}
    return body | {"rows": rows, "development": development, "base": base}


def test_a_fitted_card_is_held_against_its_development(merchant: Merchant) -> None:
    card = register_scorecard(body=counted_body(), metrics={}, actor="usr_a", at=NOW)
    validate_scorecard(scorecard_id=card.id, comment="seen", actor="usr_b", at=NOW)
    shadow_scorecard(scorecard_id=card.id, actor="usr_b", at=NOW)
    approve_scorecard(scorecard_id=card.id, comment="go", actor="usr_b", at=NOW)
    approve_scorecard(scorecard_id=card.id, comment="go", actor="usr_c", at=NOW)
    month(merchant, date(2026, 5, 21), 160, 40)
    on = date(2026, 5, 31)
    look(on)
    tenure = reading("feature_csi", "tenure_days", on)
    by_hand = (160.5 / 201 - 0.5) * log(160.5 / 201 / 0.5) + (40.5 / 201 - 0.5) * log(
        40.5 / 201 / 0.5
    )
    assert (tenure.value, tenure.n, tenure.state) == (rounded(by_hand), 200, "alarm")
    assert tenure.details["reference"] == "development"
    assert tenure.details["expected"] == [500, 500]
    # Its other features were not counted: they wait for the first months, as the score does.
    assert reading("feature_csi", "recency_days", on).state == "unknown"
    assert reading("score_psi", on=on).details["ready_on"] == "2026-07-01"


def matured(per_grade: dict[str, tuple[str, int, int]]) -> list[Any]:
    """(PD, how many, how many of them bad) by grade."""
    return [
        outcome(number + 1000 * place, pd, grade, 45 if number < bad else 0)
        for place, (grade, (pd, n, bad)) in enumerate(per_grade.items())
        for number in range(n)
    ]


def test_losses_above_the_pd_and_a_ranking_that_is_lost_raise_alarms(tenant_id: str) -> None:
    rows = matured({"A": ("0.005", 200, 1), "B": ("0.02", 200, 30), "D": ("0.08", 29, 29)})
    rows += [outcome(9_000 + n, "0.02", "B", 8 + n % 22) for n in range(10)]
    # Two of three grades are far above their PD; D has too few rows to say so.
    assert look(LATER, rows).opened_count == 1
    a, b, d = (reading("pd_actual", grade) for grade in ("A", "B", "D"))
    assert (a.value, a.n, a.limit, a.state) == (
        Decimal("0.005000"), 200, Decimal("0.005000"), "ok",
    )  # fmt: skip
    assert (b.value, b.n, b.state) == (rounded(30 / 210), 210, "alarm")
    assert (b.details["pd"], b.details["bad"]) == ("0.020000", 30)
    assert (d.value, d.n, d.state) == (Decimal(1), 29, "unknown")
    gini, ks = reading("gini"), reading("ks")
    assert (gini.n, gini.details["bad"], gini.details["indeterminate"]) == (429, 60, 10)
    assert gini.details["cohorts_from"] == "2026-06-01"
    assert (gini.state, ks.state) == ("ok", "ok")
    assert RiskAlarm.objects.get().stops_auto_approval is True


def test_a_card_that_tells_nothing_apart_alarms_when_its_whole_interval_says_so(
    tenant_id: str,
) -> None:
    """The worse half of the PDs goes bad less often than the better one."""
    rows = [outcome(n, "0.02", "B", 40 if n % 4 == 0 else 0) for n in range(200)]
    rows += [outcome(1_000 + n, "0.01", "B", 40 if n % 2 == 0 else 0) for n in range(200)]
    look(LATER, rows)
    gini, ks = reading("gini"), reading("ks")
    assert gini.value is not None
    assert gini.value < 0
    assert (gini.state, RiskAlarm.objects.filter(metric="gini").count()) == ("alarm", 1)
    assert ks.state in {"ok", "watch"}  # KS has no sign: it sees a distance


def test_under_twenty_of_a_kind_nothing_is_said_of_ranking(tenant_id: str) -> None:
    look(LATER, matured({"B": ("0.02", 500, 19)}))
    assert {(reading(m).value, reading(m).state) for m in ("gini", "ks")} == {(None, "unknown")}


@pytest.mark.parametrize("item_count", [1, 3])
def test_a_night_costs_the_same_for_any_number_of_decisions(
    merchant: Merchant, item_count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    month(merchant, JUNE, item_count, 0)
    with django_assert_num_queries(9):
        look(LATER)


@pytest.fixture
def crowded(transactional_db: None) -> Iterator[str]:
    champions.forget_versions()
    found = new_tenant("crowd-test")
    with tenant_scope(found):
        install()
        yield found


def test_two_runs_of_a_day_at_once_leave_one(crowded: str) -> None:
    def run(_: int) -> Monitored:
        with tenant_scope(crowded):
            found = look(LATER, LOST)
        connection.close()
        return found

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(run, range(4)))
    assert sorted(one.readings_count for one in found) == [0, 0, 0, 13]
    assert sorted(one.opened_count for one in found) == [0, 0, 0, 1]
    assert (MonitorReading.objects.count(), RiskAlarm.objects.count()) == (13, 1)


def test_each_platform_sees_its_own_and_without_one_nothing_is_seen(merchant: Merchant) -> None:
    shifted(merchant)
    with tenant_scope(new_tenant("elsewhere")):
        assert look(LATER) == NOTHING
        assert (MonitorReading.objects.count(), RiskAlarm.objects.count()) == (0, 0)
    with no_scope(), pytest.raises(NoScope):
        look(LATER)


@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [
        ("status", "asleep", "risk_riskalarm_words"),
        ("status", "closed", "risk_riskalarm_closed_by_somebody"),
        ("status", "acknowledged", "risk_riskalarm_acknowledged_by_somebody"),
        ("metric", "luck", "risk_riskalarm_words"),
    ],
)
def test_the_database_refuses_an_alarm_that_cannot_be(
    merchant: Merchant, column: str, value: str, constraint: str
) -> None:
    shifted(merchant)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        RiskAlarm.objects.filter(metric="score_psi").update(**{column: value})


def test_a_reading_never_changes(merchant: Merchant) -> None:
    look(LATER)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        sql.rows("UPDATE risk_monitorreading SET n = 1")
