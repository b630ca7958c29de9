"""The page of score runs: our own staff; empty, running, in use, failed; tried again."""

from datetime import datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from credit.operations.score_runs import run_here
from credit.queries.business_day import open_day
from platform_app.kernel.tenancy import tenant_scope
from risk.models import MerchantScore, ScoreRun
from risk.operations.score_runs import fail_score_run, start_score_run
from risk.queries.score_runs import current_run
from tenants.models import Merchant, Tenant
from tenants.operations.members import create_member
from tests.callers import browser, callers
from tests.credit import lives
from tests.credit.lives import ACTOR
from tests.risk import score_runs

pytestmark = pytest.mark.django_db
PAGE = "/console/risk/runs"
ENGLISH = {"accept-language": "en"}


def staff(tenant: Tenant, at: datetime) -> Client:
    person = create_member(
        email="runs@staff.example", name="示例", role="staff", tenant_id=None, is_staff=True,
        password="a-long-sample-phrase", actor="system:test", at=at,
    )  # fmt: skip
    return browser(person, tenant=tenant)


def page(client: Client) -> str:
    answer = client.get(PAGE, headers=ENGLISH)
    assert answer.status_code == 200
    return answer.content.decode()


def runs(tenant: Tenant, at: datetime, count: int) -> list[ScoreRun]:
    with tenant_scope(tenant.id):
        found = [run_here(key=f"run-{n}", actor=ACTOR, at=at) for n in range(count)]
    return [one for one in found if one is not None]


def left(tenant: Tenant, at: datetime) -> ScoreRun:
    """A run that was started and not finished."""
    with tenant_scope(tenant.id):
        run = start_score_run(key="left", on=open_day(), as_of=at, actor=ACTOR, at=at, chunk_rows=2)
    assert run is not None
    return run


def pooled(tenant: Tenant, count: int = 5) -> list[str]:
    with tenant_scope(tenant.id):
        return score_runs.motley(count)


def test_only_our_own_staff_come_in(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    pooled(tenant)
    failed = left(tenant, at)
    with tenant_scope(tenant.id):
        fail_score_run(run_id=failed.id, problem="示例", at=at)
    who = callers(tenant, other_tenant, at)
    assert who.statuses(PAGE) == (302, 403, 403)
    for path in (f"{PAGE}/start", f"{PAGE}/{failed.id}/retry"):
        assert who.owner.post(path).status_code == 403
    elsewhere = staff(other_tenant, at)
    assert elsewhere.post(f"{PAGE}/{failed.id}/retry").status_code == 404
    assert elsewhere.post(f"{PAGE}/nonsense/retry").status_code == 404
    with tenant_scope(tenant.id):
        assert list(ScoreRun.objects.values_list("status", flat=True)) == ["failed"]


def test_empty_says_what_will_come(tenant: Tenant, at: datetime) -> None:
    client = staff(tenant, at)
    text = page(client)
    assert "There is no run yet." in text
    assert "Score everybody now" in text
    client.post(f"{PAGE}/start", headers=ENGLISH)
    assert "no merchants to score yet" in page(client)


@pytest.mark.parametrize("count", [1, 3])
def test_the_current_run_in_few_statements(
    tenant: Tenant, at: datetime, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    merchants = pooled(tenant)
    made = runs(tenant, at, count)
    client = staff(tenant, at)
    page(client)
    with django_assert_num_queries(5):
        text = page(client)
    assert "5 merchants scored as of 2026-03-02 10:00." in text
    assert "In use" in text
    assert text.count("1 / 1") == count
    assert ("nothing to compare with yet" in text) is (count == 1)
    assert ("Nobody moved that far" in text) is (count == 3)
    assert len(made) == count
    assert len(merchants) == 5


def test_who_moved_far_is_listed_with_a_way_to_the_merchant(tenant: Tenant, at: datetime) -> None:
    merchants = pooled(tenant)
    (first,) = runs(tenant, at, 1)
    with tenant_scope(tenant.id):
        held = score_runs.answers(first)
        far = next(one for one in merchants if held[one][2] in "AE")
        was = "E" if held[far][2] == "A" else "A"
        MerchantScore.objects.filter(merchant_id=far).update(grade=was)
        run_here(key="second", actor=ACTOR, at=at)
    text = page(staff(tenant, at))
    assert "1 moved more than two grades." in text
    assert f'href="/console/merchants/{far}"' in text


def test_a_running_run_has_a_bar_and_no_button(tenant: Tenant, at: datetime) -> None:
    pooled(tenant)
    left(tenant, at)
    text = page(staff(tenant, at))
    assert "0 / 3" in text
    assert "Running" in text
    assert "Score everybody now" not in text


def test_a_failed_run_says_why_and_goes_on(tenant: Tenant, at: datetime) -> None:
    pooled(tenant)
    failed = left(tenant, at)
    client = staff(tenant, at)
    with tenant_scope(tenant.id):
        fail_score_run(run_id=failed.id, problem="the disk was full", at=at)
    text = page(client)
    assert "the disk was full" in text
    assert client.post(f"{PAGE}/{failed.id}/retry", headers=ENGLISH).status_code == 302
    assert "It goes on." in page(client)
    client.post(f"{PAGE}/{failed.id}/retry", headers=ENGLISH)
    assert "The score run is running." in page(client)


@pytest.mark.django_db(transaction=True)
def test_started_by_hand_it_ends_in_use(tenant: Tenant, at: datetime) -> None:
    pooled(tenant)
    client = staff(tenant, at)
    assert client.post(f"{PAGE}/start", headers=ENGLISH).status_code == 302
    assert "In use" in page(client)
    with tenant_scope(tenant.id):
        run = current_run()
        assert run is not None
        assert run.merchants_count == 5


def test_a_merchants_page_shows_what_it_would_be_given(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        merchant = lives.merchant_with_trade("P0", at)
        assert Merchant.objects.count() == 1
    who = callers(tenant, other_tenant, at)
    path = f"/console/merchants/{merchant.id}"
    assert 'id="estimate"' not in who.owner.get(path).content.decode()
    later = at.replace(hour=at.hour + 1)
    runs(tenant, later, 1)
    text = who.owner.get(path, headers=ENGLISH).content.decode()
    with tenant_scope(tenant.id):
        row = MerchantScore.objects.get()
    assert row.outcome == "approve"
    assert 'id="estimate"' in text
    assert f"¥{row.limit_minor // 100:,}" in text
    assert f"{row.score} · {row.grade}" not in text
    assert f"{row.score} · {row.grade}" in staff(tenant, at).get(path).content.decode()
