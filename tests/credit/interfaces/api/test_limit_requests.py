"""Asking for a higher limit over HTTP: answered at once, once a day, once in thirty days."""

from datetime import date, datetime, timedelta
from functools import partial

import pytest
from pytest_django import DjangoAssertNumQueries

from credit.models import CreditLine, LimitReview
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives
from tests.credit.interfaces.api.test_refusals import refused
from tests.tenants.interfaces.api.client import Partner


def test_the_answer_comes_at_once_and_once_a_day(
    tenant: Tenant, owner: Partner, line: CreditLine, at: datetime
) -> None:
    path = f"credit_lines/{line.id}/limit_requests"
    wanted = line.limit_minor * 3
    with clock.travel(at + timedelta(hours=1)):
        first = owner.post(path, {"amount": wanted})
        again = owner.post(path, {"amount": wanted + 100})
    told = first.json()
    assert (first.status_code, again.json()) == (201, told)
    with tenant_scope(tenant.id):
        kept = LimitReview.objects.get()
    assert told | {"created_at": ""} == {
        "id": kept.id, "object": "limit_request", "mode": "live", "external_id": None,
        "status": "stayed", "version": 1, "next_action": None, "created_at": "",
        "line": line.id, "wanted": wanted, "limit_before": line.limit_minor,
        "limit": line.limit_minor, "currency": "CNY", "decided_on": "2026-03-02",
    }  # fmt: skip
    assert owner.get(path).json()["data"] == [told]


def test_what_is_refused_changes_nothing(
    tenant: Tenant, owner: Partner, line: CreditLine, at: datetime
) -> None:
    path = f"credit_lines/{line.id}/limit_requests"
    lower = {"amount": line.limit_minor}
    refused(tenant, lambda: owner.post(path, lower), 422, "limit_not_higher")
    for amount in (0, -1, 1.5, "much", 10**16):
        refused(tenant, partial(owner.post, path, {"amount": amount}), 422, "invalid")
    owner.post(path, {"amount": line.limit_minor * 3})
    with tenant_scope(tenant.id):
        later = lives.close_until(date(2026, 3, 5))
    with clock.travel(later):
        more = {"amount": line.limit_minor * 4}
        refused(tenant, lambda: owner.post(path, more), 422, "limit_asked_lately")


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_the_same_however_long(
    tenant: Tenant, owner: Partner, line: CreditLine, at: datetime, count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    path = f"credit_lines/{line.id}/limit_requests"
    owner.post(path, {"amount": line.limit_minor * 3})
    with tenant_scope(tenant.id):
        kept = LimitReview.objects.get()
        for number in range(1, count):
            LimitReview.objects.create(
                line=line, decision=kept.decision, on=kept.on + timedelta(days=31 * number),
                cause=kept.cause, wanted_minor=1, action=kept.action, from_minor=kept.from_minor,
                to_minor=kept.to_minor, at=kept.at,
            )  # fmt: skip
    owner.get(path)
    with django_assert_num_queries(3):
        found = owner.get(path).json()["data"]
    assert len(found) == count
