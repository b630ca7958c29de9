"""The page of risk monitoring: what it says, who may act, what it costs."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from analytics.queries.outcomes import matured_outcomes
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from risk.models import MonitorReading, MonitorRule, RiskAlarm
from risk.operations.monitoring import monitor_risk
from tenants.models import Tenant
from tests.analytics.queries.test_credit_facts import lived
from tests.callers import browser, callers
from tests.callers import member as caller
from tests.credit import lives
from tests.risk.watch import LOST, outcome

pytestmark = pytest.mark.django_db
PAGE = "/console/risk/monitoring"
NIGHT, FIRST = date(2026, 3, 1), date(2026, 3, 2)


def staff(tenant: Tenant, at: datetime) -> Client:
    return browser(caller(None, "staff", at), tenant=tenant)


def watched(tenant: Tenant, at: datetime, outcomes: Any = LOST) -> None:
    with tenant_scope(tenant.id):
        monitor_risk(on=NIGHT, outcomes=outcomes, actor="system:monitor", at=at)


def alarm(tenant: Tenant) -> RiskAlarm:
    with tenant_scope(tenant.id):
        return RiskAlarm.objects.select_related("reading").get(metric="pd_actual")


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def act(client: Client, one: RiskAlarm, verb: str, **sent: str) -> Any:
    return client.post(f"/console/risk/alarms/{one.id}/{verb}", sent, follow=True)


@pytest.mark.parametrize("role", ["owner", "operator", "finance", "viewer", "staff"])
def test_before_the_first_night_each_part_says_what_it_waits_for(
    tenant: Tenant, at: datetime, role: str
) -> None:
    client = staff(tenant, at) if role == "staff" else browser(caller(tenant, role, at))
    page = client.get(PAGE, headers={"accept-language": "en"})
    assert page.status_code == 200
    text = page.content.decode()
    for words in (
        "No night has been looked at yet", "No alarm is open", "No cohort has matured yet",
        "A cohort matures sixty days after its last due date",
        "The first curve begins with the first drawdown", "Roll rates need two month ends",
        "Nobody has applied in these days", "was declined or referred",
    ):  # fmt: skip
        assert words in text
    assert ("What figures are held to" in text) == (role == "staff")


def test_who_may_come_in(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    watched(tenant, at)
    who = callers(tenant, other_tenant, at)
    assert who.statuses(PAGE) == (302, 200, 200)
    assert browser(caller(tenant, "developer", at)).get(PAGE).status_code == 403
    assert who.neighbor.get(PAGE).context["standing"] == []
    assert len(who.owner.get(PAGE).context["standing"]) == 1


def test_a_partner_reads_and_changes_nothing(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    watched(tenant, at)
    one = alarm(tenant)
    owner = browser(caller(tenant, "owner", at))
    text = owner.get(PAGE).content.decode()
    assert one.runbook in text
    assert "/console/risk/alarms/" not in text
    assert "/console/risk/monitor-rules/" not in text
    for path in (
        f"/console/risk/alarms/{one.id}/acknowledge", f"/console/risk/alarms/{one.id}/close",
        "/console/risk/monitor-rules/gini",
    ):  # fmt: skip
        assert owner.post(path, {"reason": "x", "quiet_days": "0"}).status_code == 403
    elsewhere = staff(other_tenant, at)
    for verb in ("acknowledge", "close"):
        answer = elsewhere.post(
            f"/console/risk/alarms/{one.id}/{verb}", {"reason": "x", "quiet_days": "0"}
        )
        assert answer.status_code == 404
    assert alarm(tenant).status == "open"
    with tenant_scope(tenant.id):
        assert MonitorRule.objects.count() == 0


def test_an_alarm_is_taken_on_and_closed_by_our_staff(tenant: Tenant, at: datetime) -> None:
    watched(tenant, at)
    client, one = staff(tenant, at), alarm(tenant)
    shown = client.get(PAGE, headers={"accept-language": "en"})
    text = shown.content.decode()
    assert shown.context["is_stopped"] is True
    assert "Auto-approval is stopped" in text
    assert "docs/runbooks/risk-alarms.md#losses-above-pd" in text
    taken = act(client, one, "acknowledge")
    assert (alarm(tenant).status, len(said(taken))) == ("acknowledged", 1)
    assert taken.context["standing"][0][0].acknowledged_by == "李示例"
    for wrong in ({"reason": " ", "quiet_days": "7"}, {"reason": "x", "quiet_days": "many"}):
        refused = act(client, one, "close", **wrong)
        assert (alarm(tenant).status, len(said(refused))) == ("acknowledged", 1)
    done = act(client, one, "close", reason="two frauds, written up", quiet_days="30")
    assert done.redirect_chain == [(PAGE, 302)]
    assert (done.context["standing"], done.context["is_stopped"]) == ([], False)
    assert "two frauds, written up" in done.content.decode()
    assert alarm(tenant).quiet_until_on == clock.day_of(at) + timedelta(days=30)
    again = act(client, one, "close", reason="x", quiet_days="0")
    assert len(said(again)) == 1
    assert alarm(tenant).reason == "two frauds, written up"
    assert client.post(f"/console/risk/alarms/{one.id}/burn").status_code == 404
    assert client.post("/console/risk/alarms/ral_nothing/close").status_code == 404


def test_what_a_figure_is_held_to_is_set_with_a_reason(tenant: Tenant, at: datetime) -> None:
    watched(tenant, at)
    client, path = staff(tenant, at), "/console/risk/monitor-rules/pd_actual"
    for wrong in (
        {"limit": "7", "stops": "1", "reason": "x"}, {"limit": "NaN", "stops": "1", "reason": "x"},
        {"limit": "many", "stops": "1", "reason": "x"}, {"limit": "2", "stops": "1", "reason": ""},
    ):  # fmt: skip
        assert len(said(client.post(path, wrong, follow=True))) == 1
        with tenant_scope(tenant.id):
            assert MonitorRule.objects.count() == 0
    kept = client.post(path, {"limit": "1.5", "stops": "0", "reason": "agreed"}, follow=True)
    rule = kept.context["rules"][4]
    assert (str(rule.limit.normalize()), rule.stops_auto_approval) == ("1.5", False)
    assert alarm(tenant).stops_auto_approval is False
    assert client.post("/console/risk/monitor-rules/luck", {}).status_code == 404


def test_the_page_says_what_the_life_was(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        lived(at)
        today = lives.close_until(date(2026, 6, 1))
        night = date(2026, 5, 31)
        monitor_risk(on=night, outcomes=matured_outcomes(on=night), actor="system", at=today)
    staff_again = staff(tenant, at)
    with clock.travel(today):
        page = staff_again.get(PAGE, {"days": "365"}, headers={"accept-language": "en"})
    found, text = page.context, page.content.decode()
    assert (found["night"], found["standing"]) == (night, [])
    assert found["vintage_finding"] == (
        "Of 2026-03, 50.0% was ever thirty days past due: the most so far"
    )
    assert found["vintage_plot"].curves[0].points == "48.0,210.0 244.0,210.0 440.0,14.0"
    by_amount = staff_again.get(PAGE, {"by": "amount"}).context["vintage_plot"]
    assert by_amount.curves[0].points == "48.0,210.0 244.0,210.0 440.0,35.8"
    assert found["roll_finding"] == "Of 2 drawdowns 0 rolled on, 2 got better or paid"
    assert found["funnel_finding"] == "3 of 3 decided applications were approved"
    assert [step["count"] for step in found["funnel_steps"]] == [3, 3, 3, 0, 0, 3, 3, 3]
    assert "/console/applications?submitted_since=" in text
    assert (found["bad_count"], found["matured_count"]) == (1, 2)
    assert "1 of 2" in text
    assert "0 of 3" in text  # overridden
    assert found["ranking_finding"] == "How well the card ranks is not known yet"
    assert "The next cohort matures on" in text
    assert found["score_finding"] == "Whether the scores have shifted is not known yet"
    assert "they hold 200 decisions on" in text


def test_a_ranking_and_losses_are_drawn_with_their_intervals(tenant: Tenant, at: datetime) -> None:
    rows = [outcome(n, "0.02", "B", 40 if n < 4 else 0) for n in range(200)]
    rows += [outcome(1_000 + n, "0.08", "D", 40 if n < 16 else 0) for n in range(200)]
    watched(tenant, at, rows)
    client = staff(tenant, at)
    page = client.get(PAGE, headers={"accept-language": "en"})
    gini, ks = page.context["ranking"]
    assert (gini.spark, "polyline" in page.content.decode()) == ("", False)  # one night is no line
    with tenant_scope(tenant.id):
        monitor_risk(on=FIRST, outcomes=rows, actor="system:monitor", at=at)
    page = client.get(PAGE, headers={"accept-language": "en"})
    gini, ks = page.context["ranking"]
    assert gini.spark == "3.0,3.0 117.0,3.0"
    assert gini.whisker["low"] < gini.whisker["value"] < gini.whisker["high"]
    assert (gini.whisker["limit"], ks.whisker["limit"]) == (200, 150)
    assert page.context["grades_finding"] == "No grade surely loses more than its PD"
    assert [(one.name, one.pd, one.reading.state) for one in page.context["grades"]] == [
        ("Grade B", 0.02, "ok"), ("Grade D", 0.08, "ok"),
    ]  # fmt: skip


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_alarms(
    tenant: Tenant, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    grades = "BCD"[:item_count]
    watched(tenant, at, [
        outcome(100 * place + n, "0.01", grade, 40 if n < 6 else 0)
        for place, grade in enumerate(grades) for n in range(30)
    ])  # fmt: skip
    client = staff(tenant, at)
    with tenant_scope(tenant.id):
        assert RiskAlarm.objects.count() == item_count
        first = RiskAlarm.objects.order_by("subject")[0]
    act(client, first, "acknowledge")
    with django_assert_num_queries(18):
        page = client.get(PAGE)
    assert len(page.context["standing"]) == item_count


def test_the_night_is_found_by_its_task(tenant: Tenant, at: datetime) -> None:
    from platform_app.celery import app  # noqa: PLC0415 -- needs settings

    task = app.tasks["analytics.monitor_risk"]
    assert task() == 0  # a virtual platform's calendar is moved by its replay
    Tenant.objects.filter(pk=tenant.id).update(is_virtual=False)
    kept = task()
    with tenant_scope(tenant.id):
        assert (kept, MonitorReading.objects.filter(on=NIGHT).count()) == (12, 12)
    assert task() == 0
