"""Rows of two tenants are planted; every way of reaching over the fence is tried."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.shortcuts import get_object_or_404

from platform_app.kernel import ids, scope
from platform_app.kernel.models import DataKey
from platform_app.kernel.tenancy import NoScope, platform_scope, tenant_scope
from tenants.models import ConsentRecord, Merchant, Tenant
from tenants.operations.credentials import create_hmac_key
from tests.platform_app.kernel import sql

pytestmark = pytest.mark.django_db

MERCHANTS = "SELECT name FROM tenants_merchant ORDER BY name"


@dataclass(frozen=True)
class Planted:
    """One merchant of each platform."""

    ours: Tenant
    theirs: Tenant
    our_shop: Merchant
    their_shop: Merchant


def shop(tenant: Tenant, name: str) -> Merchant:
    with tenant_scope(tenant.id):
        made: Merchant = Merchant.objects.create(external_id="M-1", name=name)
    return made


@pytest.fixture
def planted(tenant: Tenant, other_tenant: Tenant) -> Planted:
    return Planted(tenant, other_tenant, shop(tenant, "甲店"), shop(other_tenant, "乙店"))


def session() -> tuple[str, str]:
    """What the session really is set to, asked past the wrapper."""
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, current_setting('app.tenant_id', true)")
        user, tenant = cursor.fetchone()
    return user, tenant or ""


def names() -> list[str]:
    return [name for (name,) in sql.rows(MERCHANTS)]


def test_each_sees_its_own_by_manager_and_by_raw_sql(planted: Planted) -> None:
    for tenant, name in ((planted.ours, "甲店"), (planted.theirs, "乙店")):
        with tenant_scope(tenant.id):
            assert list(Merchant.objects.values_list("name", flat=True)) == [name]
            assert names() == [name]
            assert [row.name for row in Merchant.objects.raw("SELECT * FROM tenants_merchant")] == [
                name
            ]


def test_without_a_scope_the_manager_raises_and_sql_finds_nothing(planted: Planted) -> None:
    with pytest.raises(NoScope, match="open tenant_scope"):
        Merchant.objects.count()
    with pytest.raises(NoScope):
        get_object_or_404(Merchant, pk=planted.our_shop.pk)
    assert names() == []
    assert session() == ("baitiao_app", "")


def test_the_platform_sees_both_and_owns_none(planted: Planted) -> None:
    assert planted.ours.id != planted.theirs.id
    with platform_scope():
        assert names() == ["乙店", "甲店"]
        assert Merchant.objects.count() == 2
        with pytest.raises(NoScope, match="the platform owns no rows"):
            Merchant.objects.create(external_id="M-2", name="x")
    assert session() == ("baitiao_app", "")


def test_a_malformed_tenant_opens_nothing() -> None:
    for wrong in ("", "tnt_", "mch_01h455vb4pex5vsknk084sn02q", "' OR true --"):
        with pytest.raises(ValueError, match="not a tnt id"), tenant_scope(wrong):
            raise AssertionError
    assert scope.current() is None


def test_an_exception_closes_the_scope(planted: Planted) -> None:
    with pytest.raises(RuntimeError, match="boom"), tenant_scope(planted.ours.id):  # noqa: PT012 -- ended by it
        assert names() == ["甲店"]
        raise RuntimeError("boom")
    assert session() == ("baitiao_app", "")
    assert names() == []


def test_a_failed_statement_closes_the_scope(planted: Planted) -> None:
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        tenant_scope(planted.ours.id),
    ):
        Merchant.objects.create(external_id="M-1", name="again")
    assert names() == []
    assert session() == ("baitiao_app", "")


def test_another_thread_starts_with_nothing(planted: Planted) -> None:
    found: list[Any] = []

    def look() -> None:
        found.append(scope.current())
        try:
            Merchant.objects.count()
        except NoScope as error:
            found.append(type(error))

    with tenant_scope(planted.ours.id):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert found == [None, NoScope]


def test_scopes_nest_and_come_back(planted: Planted) -> None:
    seen = []
    with tenant_scope(planted.ours.id):
        seen.append(names())
        with platform_scope():
            seen.append(names())
            with tenant_scope(planted.theirs.id):
                seen.append(names())
            seen.append(names())
        seen.append(names())
        with tenant_scope(planted.theirs.id):
            seen.append(names())
        seen.append(names())
    assert seen == [
        ["甲店"],
        ["乙店", "甲店"],
        ["乙店"],
        ["乙店", "甲店"],
        ["甲店"],
        ["乙店"],
        ["甲店"],
    ]


def test_a_savepoint_rollback_brings_back_no_older_scope(planted: Planted) -> None:
    with tenant_scope(planted.ours.id), transaction.atomic():
        assert names() == ["甲店"]
        with tenant_scope(planted.theirs.id):
            with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 -- ended by it
                assert names() == ["乙店"]
                raise RuntimeError
            assert names() == ["乙店"]
        assert names() == ["甲店"]


def test_a_rollback_across_two_scopes_brings_back_no_other_tenant(planted: Planted) -> None:
    with tenant_scope(planted.ours.id):
        with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 -- ended by it
            with tenant_scope(planted.theirs.id):
                assert names() == ["乙店"]
            raise RuntimeError
        assert names() == ["甲店"]
    assert names() == []


def test_a_savepoint_rolled_back_by_hand(planted: Planted) -> None:
    with tenant_scope(planted.ours.id):
        mark = str(connection.savepoint())
        with tenant_scope(planted.theirs.id):
            assert names() == ["乙店"]
            connection.savepoint_rollback(mark)
            assert names() == ["乙店"]
        assert names() == ["甲店"]


def test_a_cursor_opened_before_the_scope_obeys_it(planted: Planted) -> None:
    with connection.cursor() as cursor:
        for tenant, name in ((planted.ours, "甲店"), (planted.theirs, "乙店")):
            with tenant_scope(tenant.id):
                cursor.execute(MERCHANTS)
                assert cursor.fetchall() == [(name,)]
        cursor.execute(MERCHANTS)
        assert cursor.fetchall() == []


def test_a_forward_reference_and_a_refresh_stay_inside(planted: Planted, at: datetime) -> None:
    with tenant_scope(planted.ours.id):
        consent = ConsentRecord.objects.create(
            merchant=planted.our_shop, code="bureau_query", version="1", text_sha256="0",
            locale="zh-hans", is_given=True, actor="usr", at=at,
        )  # fmt: skip
        consent = ConsentRecord.objects.get(pk=consent.pk)
    with tenant_scope(planted.theirs.id):
        with pytest.raises(Merchant.DoesNotExist):
            _ = consent.merchant
        with pytest.raises(ConsentRecord.DoesNotExist):
            consent.refresh_from_db()
        with pytest.raises(Merchant.DoesNotExist):
            planted.our_shop.refresh_from_db()
    with tenant_scope(planted.ours.id):
        assert consent.merchant == planted.our_shop


@pytest.mark.parametrize("queryset", [Merchant.objects, Merchant._base_manager])
def test_writing_in_bulk_touches_only_our_rows(planted: Planted, queryset: Any) -> None:
    with tenant_scope(planted.ours.id):
        assert queryset.filter(external_id="M-1").update(name="改") == 1
        assert queryset.filter(pk=planted.their_shop.pk).update(name="改") == 0
        assert queryset.filter(pk=planted.their_shop.pk).delete()[0] == 0
        assert queryset.all().delete()[0] == 1
    with tenant_scope(planted.theirs.id):
        assert names() == ["乙店"]


def test_saving_a_row_of_theirs_is_refused(planted: Planted) -> None:
    with tenant_scope(planted.ours.id):
        planted.their_shop.name = "改"
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            planted.their_shop.save()
    with tenant_scope(planted.theirs.id):
        assert names() == ["乙店"]


def test_a_row_for_another_tenant_is_refused_by_policy(planted: Planted) -> None:
    with tenant_scope(planted.ours.id):
        for plant in (
            lambda: Merchant.objects.create(
                tenant_id=planted.theirs.id, external_id="M-9", name="x"
            ),
            lambda: Merchant.objects.bulk_create(
                [Merchant(tenant_id=planted.theirs.id, external_id="M-9", name="x")]
            ),
            lambda: Merchant.objects.update(tenant_id=planted.theirs.id),
        ):
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                plant()


@pytest.mark.parametrize("open_scope", [tenant_scope, lambda _: platform_scope()])
def test_a_reference_across_tenants_is_refused_by_key(
    planted: Planted, at: datetime, open_scope: Callable[[str], Any]
) -> None:
    with (
        pytest.raises(IntegrityError, match="merchant_id_tenant_fk"),
        open_scope(planted.ours.id),
        transaction.atomic(),
    ):
        ConsentRecord.objects.create(
            tenant_id=planted.ours.id, merchant=planted.their_shop, code="bureau_query",
            version="1", text_sha256="0", locale="zh-hans", is_given=True, actor="usr", at=at,
        )  # fmt: skip


def test_a_door_opens_only_where_no_scope_is(planted: Planted, at: datetime) -> None:
    keys = {}
    for tenant in (planted.ours, planted.theirs):
        with tenant_scope(tenant.id):
            keys[tenant.id], _ = create_hmac_key(label="k", scopes=["read"], actor="usr", at=at)
    doors = type(keys[planted.ours.id]).doors
    assert set(doors.all()) == set(keys.values())
    with tenant_scope(planted.ours.id):
        assert list(doors.all()) == [keys[planted.ours.id]]


def test_data_keys_do_not_cross(planted: Planted) -> None:
    with tenant_scope(planted.ours.id):
        assert [row.tenant_id for row in DataKey.objects.all()] == [planted.ours.id]


def test_an_id_of_another_kind_matches_nothing_in_sql(planted: Planted) -> None:
    with tenant_scope(planted.ours.id), pytest.raises(ValueError, match="not a mch id"):
        Merchant.objects.filter(pk=ids.new_id("lin")).count()
