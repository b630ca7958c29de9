"""`manage.py monitor_risk`: one platform, one day, once."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from platform_app.kernel.tenancy import tenant_scope
from risk.models import MonitorReading
from tenants.models import Tenant

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("monitor_risk", *arguments, stdout=out)
    return out.getvalue()


def test_one_platform_is_looked_at_once_a_day(tenant: Tenant, other_tenant: Tenant) -> None:
    first = json.loads(run("--tenant", "pets", "--json"))
    assert first == {"on": "2026-03-01", "readings": 12, "alarms": 0}
    assert run("--tenant", "pets") == "2026-03-01: 0 readings, 0 new alarms\n"
    assert run("--tenant", "pets", "--on", "2026-02-28").startswith("2026-02-28: 12 readings")
    with tenant_scope(tenant.id):
        found = MonitorReading.objects.order_by("on").values_list("on", flat=True).distinct()
        assert list(found) == [date(2026, 2, 28), date(2026, 3, 1)]
    with tenant_scope(other_tenant.id):
        assert MonitorReading.objects.count() == 0


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--tenant", "nobody"), "there is no platform nobody"),
        (("--tenant", "pets", "--on", "2026-03-02"), "2026-03-02 is not over"),
    ],
)
def test_what_cannot_be_looked_at_is_said(
    tenant: Tenant, arguments: tuple[str, ...], problem: str
) -> None:
    with pytest.raises(CommandError, match=problem):
        run(*arguments)
    with tenant_scope(tenant.id):
        assert MonitorReading.objects.count() == 0
