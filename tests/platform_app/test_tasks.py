"""A task opens the scope it names, and none it does not."""

from collections.abc import Iterator
from typing import Any

import pytest

from platform_app.celery import app
from platform_app.kernel import scope
from platform_app.kernel.tasks import ensure_partitions
from platform_app.kernel.tenancy import NoScope, tenant_scope
from tenants.models import Merchant, Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def task() -> Iterator[Any]:
    """Answers the merchants it sees."""

    def look(**_: Any) -> list[str]:
        return list(Merchant.objects.values_list("name", flat=True))

    made = app.task(name="test.look", shared=False)(look)
    yield app.tasks[made.name]
    app.tasks.pop("test.look")


@pytest.fixture
def planted(tenant: Tenant, other_tenant: Tenant) -> tuple[Tenant, Tenant]:
    for one in (tenant, other_tenant):
        with tenant_scope(one.id):
            Merchant.objects.create(external_id="M-1", name=one.slug)
    return tenant, other_tenant


def test_a_task_of_a_tenant_sees_its_rows(task: Any, planted: tuple[Tenant, Tenant]) -> None:
    for one in planted:
        assert task.apply_async(kwargs={"tenant_id": one.id}).get() == [one.slug]
        assert scope.current() is None


def test_a_task_without_a_tenant_sees_nothing(task: Any, planted: tuple[Tenant, Tenant]) -> None:
    assert planted
    with pytest.raises(NoScope):
        task.apply_async().get()


def test_not_even_its_callers_rows(task: Any, planted: tuple[Tenant, Tenant]) -> None:
    with tenant_scope(planted[0].id):
        with pytest.raises(NoScope):
            task.apply_async().get()
        assert task.apply_async(kwargs={"tenant_id": planted[1].id}).get() == ["fabrics"]
        assert list(Merchant.objects.values_list("name", flat=True)) == ["pets"]


def test_a_failing_task_closes_its_scope(planted: tuple[Tenant, Tenant]) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("no")

    made = app.task(name="test.fail", shared=False)(fail)
    try:
        with pytest.raises(RuntimeError, match="no"):
            app.tasks[made.name].apply_async(kwargs={"tenant_id": planted[0].id})
    finally:
        app.tasks.pop("test.fail")
    assert scope.current() is None


def test_the_kernels_own_tasks_need_no_tenant() -> None:
    ensure_partitions.apply_async()
    assert scope.current() is None
