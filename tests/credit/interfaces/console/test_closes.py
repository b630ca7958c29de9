"""The close monitor: what a day shows, who may act on what it left behind."""

import json
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from credit.models import BusinessDay, CloseException, Drawdown
from credit.tasks import close_days
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.analytics import desk
from tests.credit import lives

pytestmark = pytest.mark.django_db


def closed_day(tenant: Tenant, at: datetime) -> BusinessDay:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        lives.drawn(line, 1_000_000, "SO-1", at)
        lives.close_until(date(2026, 3, 4))
        return BusinessDay.objects.get(on=date(2026, 3, 3))


def left_behind(tenant: Tenant, day: BusinessDay, at: datetime) -> CloseException:
    with tenant_scope(tenant.id):
        drawdown = Drawdown.objects.get()
        Drawdown.objects.update(lags_since=day.on)
        return CloseException.objects.create(
            drawdown_id=drawdown.id, on=day.on, problem="division by zero", opened_at=at
        )


def test_a_day_shows_its_parts_and_checks(tenant: Tenant, at: datetime) -> None:
    day = closed_day(tenant, at)
    page = desk.at_the_desk("finance", tenant, at).get(f"/console/books/days/{day.id}")
    assert page.status_code == 200
    assert page.context["close"].percent == 100
    assert b"control_accounts_agree" in page.content


def test_finance_signs_off_with_a_reason_and_repairs(tenant: Tenant, at: datetime) -> None:
    day = closed_day(tenant, at)
    exception = left_behind(tenant, day, at)
    client = desk.at_the_desk("finance", tenant, at)
    base = f"/console/books/days/{day.id}/exceptions/{exception.id}"
    assert "division by zero" in client.get(f"/console/books/days/{day.id}").content.decode()
    client.post(f"{base}/sign-off", {"note": " "})
    with tenant_scope(tenant.id):
        assert CloseException.objects.get().status == "open"
    client.post(f"{base}/sign-off", {"note": "the lender looks into it"})
    with tenant_scope(tenant.id):
        assert CloseException.objects.get().status == "signed_off"
    assert client.post(f"{base}/repair").status_code == 302
    with tenant_scope(tenant.id):
        assert CloseException.objects.get().status == "repaired"
        assert Drawdown.objects.get().lags_since is None


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("developer", 403)])
def test_others_neither_look_nor_act(tenant: Tenant, at: datetime, role: str, status: int) -> None:
    day = closed_day(tenant, at)
    exception = left_behind(tenant, day, at)
    client = desk.at_the_desk(role, tenant, at)
    base = f"/console/books/days/{day.id}"
    assert client.get(base).status_code == status
    assert client.post(f"{base}/exceptions/{exception.id}/repair").status_code == status
    with tenant_scope(tenant.id):
        assert CloseException.objects.get().status == "open"


def test_another_platforms_day_is_not_there(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    day = closed_day(tenant, at)
    exception = left_behind(tenant, day, at)
    client = desk.at_the_desk("owner", other_tenant, at)
    assert client.get(f"/console/books/days/{day.id}").status_code == 404
    client.post(f"/console/books/days/{day.id}/exceptions/{exception.id}/repair")
    with tenant_scope(tenant.id):
        assert CloseException.objects.get().status == "open"


def test_a_day_nobody_closes_is_told(tenant: Tenant, at: datetime) -> None:
    """The job that should have closed Monday never ran; at three on Tuesday night it is late."""
    Tenant.objects.filter(pk=tenant.pk).update(is_virtual=False)
    client = desk.at_the_desk("finance", tenant, at)
    midnight = clock.end_of(clock.day_of(at))
    with clock.travel(midnight + timedelta(hours=3) - timedelta(seconds=1)):
        assert client.get("/console/books/days").context["late"] is None
        assert verified() == (0, [])
    with clock.travel(midnight + timedelta(hours=3)):
        page = client.get("/console/books/days")
        assert page.context["late"].on == clock.day_of(at)
        assert 'role="alert"' in page.content.decode()
        assert verified() == (1, ["pets:no_day_is_late"])
        close_days()
        assert client.get("/console/books/days").context["late"] is None
        assert verified() == (0, [])


def test_a_virtual_platform_is_never_late(tenant: Tenant, at: datetime) -> None:
    client = desk.at_the_desk("finance", tenant, at)
    with clock.travel(at + timedelta(days=40)):
        assert client.get("/console/books/days").context["late"] is None
        assert verified() == (0, [])


def verified() -> tuple[int, list[str]]:
    """What the check a timetable outside of ours runs exits with, and what it says."""
    out, code = StringIO(), 0
    try:
        call_command("verify_books", as_json=True, stdout=out)
    except SystemExit as ended:
        code = int(str(ended.code))
    return code, json.loads(out.getvalue())["failed"]
