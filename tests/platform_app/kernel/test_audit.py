"""The chain holds, and shows where somebody laid hands on it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from platform_app.kernel import audit
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.tenancy import NoScope, platform_scope, tenant_scope
from tenants.models import Tenant
from tests.platform_app.kernel import sql
from tests.platform_app.kernel.sql import Neighbor

TABLE = "kernel_auditrecord"


def note(at: datetime, **said: Any) -> AuditRecord:
    return audit.record(**{"actor": "usr_1", "action": "a", "subject": "s", "at": at, **said})


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
def test_each_record_carries_the_hash_of_the_one_before(at: datetime) -> None:
    last = AuditRecord.objects.order_by("-position")[0]
    first = note(at, reason="因为", before={"b": 1, "a": [1.5]}, after={"名": None})
    second = note(at + timedelta(microseconds=1))
    assert (first.position, second.position) == (last.position + 1, last.position + 2)
    assert (first.previous_hash, second.previous_hash) == (last.hash, first.hash)
    assert audit.first_broken_link() is None
    stored = AuditRecord.objects.get(pk=first.pk)
    assert (stored.reason, stored.before, stored.after) == (
        "因为", {"b": 1, "a": [1.5]}, {"名": None},
    )  # fmt: skip


@pytest.mark.django_db
def test_each_tenant_has_its_own_chain(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        ours = note(at)
    with tenant_scope(other_tenant.id):
        theirs = note(at)
        assert audit.first_broken_link() is None
    assert ours.position == theirs.position
    assert ours.previous_hash != theirs.previous_hash
    with pytest.raises(NoScope), platform_scope():
        note(at)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE {} SET actor = 'somebody else' WHERE position = {}",
        "UPDATE {} SET at = at + interval '1 microsecond' WHERE position = {}",
        "UPDATE {} SET after = '{{\"amount\": 2}}' WHERE position = {}",
        "UPDATE {} SET hash = repeat('0', 64) WHERE position = {}",
        "UPDATE {} SET previous_hash = repeat('0', 64) WHERE position = {}",
    ],
)
def test_a_change_by_the_owner_is_found(inside: Tenant, at: datetime, tampering: str) -> None:
    touched = [note(at, after={"amount": 1}) for _ in range(3)][1].position
    assert audit.first_broken_link() is None
    with sql.owner_sees([TABLE]):
        sql.rows(f"ALTER TABLE {TABLE} DISABLE TRIGGER append_only")
        sql.rows(
            tampering.format(TABLE, touched) + f" AND tenant_id = '{sql.tenant_uuid(inside.id)}'"
        )
    assert audit.first_broken_link() == touched


@pytest.mark.django_db
def test_a_record_taken_out_is_missed(inside: Tenant, at: datetime) -> None:
    gone = [note(at) for _ in range(3)][1].position
    with sql.owner_sees([TABLE]):
        sql.rows(f"ALTER TABLE {TABLE} DISABLE TRIGGER append_only")
        sql.rows(
            f"DELETE FROM {TABLE} WHERE position = %s AND tenant_id = %s",  # noqa: S608 -- our own table
            gone,
            sql.tenant_uuid(inside.id),
        )
    assert audit.first_broken_link() == gone + 1


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
def test_what_cannot_be_written_as_json_is_refused(at: datetime) -> None:
    with pytest.raises(TypeError), transaction.atomic():
        note(at, after={"at": at})


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
def test_a_position_is_taken_once(at: datetime) -> None:
    taken = note(at)
    with pytest.raises(IntegrityError, match="kernel_audit_position"), transaction.atomic():
        AuditRecord.objects.create(
            position=taken.position, at=at, actor="x", action="x", subject="x", previous_hash="",
            hash="",
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_at_once_stand_in_line(tenant: Tenant, at: datetime) -> None:
    def theirs() -> int:
        with tenant_scope(tenant.id):
            return note(at).position

    with tenant_scope(tenant.id):
        with transaction.atomic():
            ours = note(at).position
            second = Neighbor(theirs)
            assert second.is_waiting
        assert second.answer() == ours + 1
        assert audit.first_broken_link() is None
