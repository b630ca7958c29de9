"""Pooled connections, lost connections: no scope survives the unit of work that opened it."""

import threading

import pytest
from django.db import OperationalError, close_old_connections, connection, transaction
from django.test import Client

from platform_app.kernel.tenancy import platform_scope, tenant_scope
from tenants.models import Merchant, Tenant
from tests.platform_app.kernel import sql
from tests.platform_app.kernel.sql import Neighbor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def planted(tenant: Tenant, other_tenant: Tenant) -> tuple[Tenant, Tenant]:
    for one in (tenant, other_tenant):
        with tenant_scope(one.id):
            Merchant.objects.create(external_id="M-1", name=one.slug)
    return tenant, other_tenant


def names() -> list[str]:
    return [name for (name,) in sql.rows("SELECT name FROM tenants_merchant ORDER BY 1")]


def really() -> tuple[str, str]:
    """What the pooled session is left with, asked past the wrapper."""
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, current_setting('app.tenant_id', true)")
        found: tuple[str, str] = cursor.fetchone()
    return found


def backend() -> int:
    return int(sql.one("SELECT pg_backend_pid()"))


def test_a_reused_connection_carries_nobody_over(planted: tuple[Tenant, Tenant]) -> None:
    first, second = planted
    pid = backend()
    with tenant_scope(first.id):
        assert names() == ["pets"]
    close_old_connections()
    assert backend() == pid
    assert (really(), names()) == (("baitiao_app", ""), [])
    with tenant_scope(second.id):
        assert names() == ["fabrics"]
    with platform_scope():
        assert names() == ["fabrics", "pets"]
    assert (really(), names()) == (("baitiao_app", ""), [])


def test_a_rollback_leaves_nothing_on_the_connection(planted: tuple[Tenant, Tenant]) -> None:
    first, second = planted
    with pytest.raises(RuntimeError), tenant_scope(first.id), transaction.atomic():  # noqa: PT012 -- ended by it
        assert names() == ["pets"]
        raise RuntimeError
    assert (really(), names()) == (("baitiao_app", ""), [])
    with pytest.raises(RuntimeError), platform_scope():  # noqa: PT012 -- ended by it
        assert names() == ["fabrics", "pets"]
        raise RuntimeError
    assert (really(), names()) == (("baitiao_app", ""), [])
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 -- ended by it
        with tenant_scope(second.id):
            assert names() == ["fabrics"]
        raise RuntimeError
    assert (really(), names()) == (("baitiao_app", ""), [])


def test_a_new_connection_in_the_middle_of_a_scope(planted: tuple[Tenant, Tenant]) -> None:
    first, _ = planted
    with tenant_scope(first.id):
        before = backend()
        connection.close()
        assert names() == ["pets"]
        assert backend() != before


def test_a_connection_killed_in_a_scope_is_an_operational_error(
    planted: tuple[Tenant, Tenant],
) -> None:
    first, second = planted

    def kill(pid: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE NONE")
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])

    pid = backend()
    Neighbor(lambda: kill(pid)).answer()
    with pytest.raises(OperationalError), tenant_scope(first.id):
        names()
    close_old_connections()
    with tenant_scope(second.id):
        assert names() == ["fabrics"]


def test_many_threads_many_tenants(planted: tuple[Tenant, Tenant]) -> None:
    start = threading.Barrier(4)

    def look(tenant: Tenant) -> set[tuple[str, ...]]:
        start.wait(10)
        seen = set()
        for _ in range(25):
            with tenant_scope(tenant.id):
                seen.add(tuple(names()))
            seen.add(tuple(names()))
        return seen

    workers = [(one, Neighbor(lambda one=one: look(one))) for one in (*planted, *planted)]  # type: ignore[misc]
    for one, worker in workers:
        assert worker.answer() == {(one.slug,), ()}


def test_a_request_leaves_no_scope_behind(planted: tuple[Tenant, Tenant]) -> None:
    assert planted
    assert Client().get("/healthz/ready").status_code == 200
    assert names() == []
