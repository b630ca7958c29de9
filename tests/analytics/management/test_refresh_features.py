"""`manage.py refresh_features` and the nightly job: one platform, one day, and again."""

import json
from datetime import date, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from analytics.operations.features import refresh_features
from analytics.tasks import refresh_features as nightly
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from risk.models import FeatureSnapshot, MonitorReading, MonthlyAgg
from risk.operations.feature_snapshots import take_snapshots
from risk.operations.months import refresh_months
from risk.values import RepaymentFacts
from tenants.models import Merchant, Tenant
from tests.credit import lives
from tests.risk.cast import place_order

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("refresh_features", *arguments, stdout=out)
    return out.getvalue()


def traded(tenant: Tenant, count: int = 20) -> None:
    with tenant_scope(tenant.id):
        for number in range(count):
            firm = Merchant.objects.create(external_id=f"R{number}", name="示例")
            place_order(firm, date(2026, 2, 3), 1_000 + number)


def test_a_night_is_brought_up_and_a_second_run_changes_nothing(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    traded(tenant)
    assert json.loads(run("--tenant", "pets", "--json")) == {
        "on": "2026-03-01", "months_count": 20, "tables_count": 3, "snapshots_count": 20,
        "forgotten_count": 0,
    }  # fmt: skip
    again = run("--tenant", "pets")
    assert again.endswith("0 tables, 0 snapshots; 0 old rows let go\n")
    assert run("--tenant", "pets", "--rebuild").startswith("2026-03-01: 20 months")
    with tenant_scope(other_tenant.id):
        assert (MonthlyAgg.objects.count(), FeatureSnapshot.objects.count()) == (0, 0)


def test_a_night_that_was_cut_short_is_finished_by_the_next_run(tenant: Tenant) -> None:
    traded(tenant)
    with tenant_scope(tenant.id):
        refresh_months(known_until=clock.end_of(date(2026, 3, 1)))
        some = Merchant.objects.order_by("id").values_list("id", flat=True)[:5]
        take_snapshots(
            on=date(2026, 3, 1), at=clock.end_of(date(2026, 3, 1)),
            repayments=dict.fromkeys(some, RepaymentFacts.none()),
        )  # fmt: skip
    found = json.loads(run("--tenant", "pets", "--json"))
    assert (found["tables_count"], found["snapshots_count"]) == (3, 15)
    with tenant_scope(tenant.id):
        assert (MonthlyAgg.objects.count(), FeatureSnapshot.objects.count()) == (20, 20)


def test_the_features_are_measured_with_the_night(tenant: Tenant) -> None:
    traded(tenant)
    run("--tenant", "pets")
    out = StringIO()
    call_command("monitor_risk", "--tenant", "pets", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert (found["readings"], found["alarms"]) == (12 + 9, 1)  # nothing came for weeks
    with tenant_scope(tenant.id):
        age = MonitorReading.objects.get(metric="data_age", subject="orders")
        assert (age.value, age.state) == (Decimal(26), "alarm")


def test_a_snapshot_holds_what_credit_knows_of_repayments(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        merchant = lives.merchant_with_trade("P0", at)
        line = lives.line_of(merchant, at)
        lives.drawn(line, 1_000_000, "SO-1", at)
        refresh_features(on=clock.day_of(at), at=at)
        row = FeatureSnapshot.objects.get(merchant=merchant)
        assert row.values["repayment"] == {
            "paid_off_count": 0, "max_dpd_days": 0, "current_dpd_days": 0,
            "drawn_total_minor": 1_000_000, "outstanding_minor": 1_000_000,
        }  # fmt: skip


def test_every_night_the_job_looks_after_every_platform(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    traded(tenant, 2)
    traded(other_tenant, 3)
    assert nightly() == 0  # a virtual platform's calendar is moved by its replay
    Tenant.objects.update(is_virtual=False)
    assert nightly() == 5
    assert nightly() == 0


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--tenant", "nobody"), "there is no platform nobody"),
        (("--tenant", "pets", "--on", "2026-03-02"), "2026-03-02 is not over"),
    ],
)
def test_what_cannot_be_computed_is_said(
    tenant: Tenant, arguments: tuple[str, ...], problem: str
) -> None:
    with pytest.raises(CommandError, match=problem):
        run(*arguments)
    with tenant_scope(tenant.id):
        assert MonthlyAgg.objects.count() == 0
