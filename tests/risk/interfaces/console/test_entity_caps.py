"""The page of companies' caps: staff only, a second person for more, the same queries for all."""

from datetime import datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from risk.models import EntityCapChange, EntityExposure
from risk.operations.entity_caps import propose_entity_cap
from tenants.models import Tenant
from tenants.operations.sandbox import fake_registration_no
from tests.callers import browser, callers
from tests.risk.interfaces.console.test_policies import person, said

pytestmark = pytest.mark.django_db

LIST = "/console/risk/entity-caps"
CODE = "91000000MA0000001R"
FORM = {"registration_no": CODE, "cap": "20000000", "reason": "集中度高，已评估"}


def test_only_our_own_staff_come_in(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    who = callers(tenant, other_tenant, at)
    assert who.statuses(LIST) == (302, 403, 403)
    assert who.owner.post(LIST, FORM).status_code == 403
    assert EntityCapChange.objects.count() == 0


def test_more_takes_two_people_and_less_one(tenant: Tenant, at: datetime) -> None:
    one, two = (browser(person(at, number), tenant=tenant) for number in range(2))
    assert one.post(LIST, FORM).status_code == 302
    change = EntityCapChange.objects.get()
    assert CODE not in one.get(LIST).content.decode()
    alone = one.post(f"{LIST}/{change.id}/approve", follow=True)
    assert (len(said(alone)), EntityExposure.objects.get().cap_minor) == (1, None)
    two.post(f"{LIST}/{change.id}/approve")
    assert EntityExposure.objects.get().cap_minor == 2_000_000_000
    assert two.post(f"{LIST}/{change.id}/approve", follow=True).status_code == 200
    one.post(LIST, FORM | {"cap": "100"})
    assert EntityExposure.objects.get().cap_minor == 10_000
    one.post(LIST, FORM | {"cap": ""})
    two.post(f"{LIST}/{EntityCapChange.objects.get(status='proposed').id}/reject")
    assert EntityExposure.objects.get().cap_minor == 10_000
    assert two.post(f"{LIST}/ecc_nobody/approve").status_code == 404
    assert two.post(f"{LIST}/{change.id}/forget").status_code == 404


@pytest.mark.parametrize(
    "change",
    [{"registration_no": "1"}, {"cap": "-1"}, {"cap": "much"}, {"cap": "1" * 20}, {"reason": " "}],
    ids=str,
)
def test_what_is_refused_stays_as_typed(
    tenant: Tenant, at: datetime, change: dict[str, str]
) -> None:
    staff = browser(person(at, 0), tenant=tenant)
    page = staff.post(LIST, FORM | change)
    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()
    assert EntityCapChange.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_rows_cost_no_statements(
    tenant: Tenant, at: datetime, count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    staff = browser(person(at, 0), tenant=tenant)
    for number in range(count):
        propose_entity_cap(
            registration_no=fake_registration_no(number), cap_minor=100, reason="x",
            actor="usr_one", at=at,
        )  # fmt: skip
    staff.get(LIST)
    with django_assert_num_queries(5):
        page = staff.get(LIST)
    assert len(page.context["entities"]) == len(page.context["changes"]) == count
