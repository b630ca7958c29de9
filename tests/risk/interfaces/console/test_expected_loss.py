"""The page of the expected loss: ours only, empty at first, one run's figures, lines and file."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from credit.models import CreditLine
from platform_app.kernel.tenancy import tenant_scope
from risk.models import EclRun
from risk.operations.expected_loss import book_expected_loss
from risk.values import Exposed
from tenants.models import Tenant
from tests.callers import browser, callers
from tests.credit import lives
from tests.risk.interfaces.console.test_policies import person

pytestmark = pytest.mark.django_db
PAGE = "/console/risk/expected-loss"


@pytest.fixture
def client(tenant: Tenant, at: datetime) -> Client:
    return browser(person(at, 1), tenant=tenant)


def booked(tenant: Tenant, at: datetime, count: int, month: int = 3) -> EclRun:
    with tenant_scope(tenant.id):
        lines = list(CreditLine.objects.order_by("id"))
        lines += [
            lives.line_of(lives.merchant_with_trade(f"P{number}", at), at)
            for number in range(len(lines), count)
        ]
        exposures = [
            Exposed(
                line_id=line.id, merchant_id=line.merchant_id, grade="BCE"[number % 3],
                grade_then="B", dpd_days=(0, 0, 95)[number % 3], is_distressed=False,
                due_minor=(100_000, 50_000),
            )
            for number, line in enumerate(lines[:count])
        ]  # fmt: skip
        return book_expected_loss(
            on=date(2026, month, 28), exposures=exposures, discount_rate=Decimal("0.08"),
            actor="usr_a", at=at,
        )  # fmt: skip


def test_before_the_first_run_it_says_when_it_comes(client: Client) -> None:
    page = client.get(PAGE)
    assert (page.status_code, page.context["found"]) == (200, None)
    assert client.get(f"{PAGE}?run=ecl_01h455vb4pex5vsknk084sn02q").status_code == 404
    assert client.get(f"{PAGE}?run=nonsense").status_code == 404
    assert client.get(f"{PAGE}/nonsense/lines.csv").status_code == 404


def test_a_run_by_stage_and_grade_with_its_lines(
    client: Client, tenant: Tenant, at: datetime
) -> None:
    run = booked(tenant, at, 3)
    page = client.get(PAGE)
    stages: list[dict[str, Any]] = page.context["stages"]
    assert [(one["line_count"], one["ead_minor"]) for one in stages] == [
        (2, 300_000), (0, 0), (1, 150_000),
    ]  # fmt: skip
    assert stages[2]["by_grade"] == [None, None, None, None, 90_000]
    assert sum(one["ecl_minor"] for one in stages) == run.ecl_minor
    assert page.context["found"].is_proven
    assert page.context["lines"][0]["row"].stage == 3
    assert f"/console/lines/{page.context['lines'][0]['row'].line_id}" in page.content.decode()
    only = client.get(f"{PAGE}?run={run.id}&stage=2")
    assert (only.context["lines"], only.context["chosen"]) == ([], 2)


def test_the_file_has_every_line_in_yuan(client: Client, tenant: Tenant, at: datetime) -> None:
    run = booked(tenant, at, 3)
    answer = client.get(f"{PAGE}/{run.id}/lines.csv")
    text = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert text[0].startswith("line,merchant,stage,signs,grade,grade_then,dpd_days,ead_yuan,")
    assert text[1].split(",")[2:8] == ["3", "dpd_90 worse_grade", "E", "B", "95", "1500.00"]
    assert sum(Decimal(line.split(",")[-1]) for line in text[1:]) * 100 == run.ecl_minor


def test_as_many_statements_for_three_lines_as_for_one(
    client: Client, tenant: Tenant, at: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    booked(tenant, at, 1)
    client.get(PAGE)
    with django_assert_num_queries(9):
        client.get(PAGE)
    booked(tenant, at, 3, month=4)
    with django_assert_num_queries(9):
        client.get(PAGE)


def test_another_platforms_run_is_not_there(
    client: Client, other_tenant: Tenant, at: datetime
) -> None:
    run = booked(other_tenant, at, 1)
    assert client.get(f"{PAGE}?run={run.id}").status_code == 404
    assert client.get(f"{PAGE}/{run.id}/lines.csv").status_code == 404


def test_only_our_staff_see_it(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    run, who = booked(tenant, at, 1), callers(tenant, other_tenant, at)
    for path in (PAGE, f"{PAGE}/{run.id}/lines.csv"):
        assert who.stranger.get(path).status_code == 302
        assert who.neighbor.get(path).status_code == 403
        assert who.owner.get(path).status_code == 403
