"""Authorized and not captured, at the desk: found in time, given back with a reason."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from credit.models import CreditLine, Drawdown, Hold
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.analytics import desk
from tests.credit import lives
from tests.tenants.interfaces.merchant.visits import words

pytestmark = pytest.mark.django_db
WHY = "买家撤单，不再发货"


@pytest.fixture
def waiting(tenant: Tenant, at: datetime) -> Drawdown:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
        return lives.authorized(line, 50_000, "PO-9", at)


def english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


def test_holds_that_end_soon_are_on_the_overview_and_in_the_list(
    tenant: Tenant, waiting: Drawdown, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        end = Hold.objects.get(drawdown=waiting).expires_on
        later = lives.close_until(end - timedelta(days=3))
    with clock.travel(later):
        client = english(desk.at_the_desk("viewer", tenant, later))
        overview = client.get("/console/")
        listed = client.get("/console/drawdowns?state=expiring")
    needs = [one for one in overview.context["attention"] if one["item"].key == "expiring"]
    assert [(one["item"].count, one["item"].amount_minor) for one in needs] == [(1, 50_000)]
    assert needs[0]["url"] == "/console/drawdowns?state=expiring"
    assert [row.id for row, *_ in listed.context["rows"]] == [waiting.id]
    assert f"held until {end:%Y-%m-%d}" in words(listed)


def test_the_rest_is_given_back(
    tenant: Tenant, other_tenant: Tenant, waiting: Drawdown, at: datetime
) -> None:
    page = f"/console/drawdowns/{waiting.id}"
    viewer = english(desk.at_the_desk("viewer", tenant, at))
    assert "Give back what is held" not in words(viewer.get(page))
    assert viewer.post(f"{page}/release", {"reason": WHY}).status_code == 403
    foreigner = desk.at_the_desk("owner", other_tenant, at)
    assert foreigner.post(f"{page}/release", {"reason": WHY}).status_code == 404
    operator = english(desk.at_the_desk("operator", tenant, at))
    assert "¥500.00 is held until the end of 2026-04-01" in words(operator.get(page))
    unsaid = operator.post(f"{page}/release", {"reason": ""})
    assert (unsaid.status_code, "This field is required." in words(unsaid)) == (422, True)
    with tenant_scope(tenant.id):
        assert CreditLine.objects.get().held_minor == 50_000
    done = operator.post(f"{page}/release", {"reason": WHY})
    assert (done.status_code, done.headers["Location"]) == (302, page)
    with tenant_scope(tenant.id):
        assert CreditLine.objects.get().held_minor == 0
    shown = operator.get(page)
    assert "Give back what is held" not in words(shown)
    assert operator.post(f"{page}/release", {"reason": WHY}).status_code == 302


def test_what_has_shipped_is_not_given_back(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
        shipped = lives.drawn(line, 50_000, "PO-9", at)
    client = english(desk.at_the_desk("operator", tenant, at))
    refused = client.post(f"/console/drawdowns/{shipped.id}/release", {"reason": WHY})
    assert refused.status_code == 422
    with tenant_scope(tenant.id):
        assert Drawdown.objects.get().outstanding_principal_minor == 50_000
