"""A successor, both in force for a while; addresses; who is told when a key ends."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import IntegrityError, transaction

import tenants.tasks
from platform_app.kernel import clock, ids
from platform_app.kernel.errors import NotFound, SecondPersonNeeded
from platform_app.kernel.models import AuditRecord, Dispatch, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.errors import (
    AlgorithmNotOffered,
    BadIpRange,
    BadPublicKey,
    BadSm2Key,
    KeyEnded,
    KeyKindWrong,
    KeyRotated,
    OverlapTooShort,
    PrivateKeyPasted,
)
from tenants.models import Credential, Tenant, WebhookDelivery
from tenants.operations.credential_ends import tell_ends
from tenants.operations.credential_rotation import (
    agree_to_key,
    rotate_hmac_key,
    rotate_public_key,
)
from tenants.operations.credentials import (
    allow_ips,
    create_hmac_key,
    create_rsa_key,
    create_sm2_key,
    revoke_key,
)
from tenants.operations.webhooks import create_endpoint, make_deliveries
from tests.tenants.domain.test_signing_sm2 import PEM
from tests.tenants.operations.test_credentials import audited, public_pem

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
MAKER, COLLEAGUE = ids.new_id("usr"), ids.new_id("usr")


def pem() -> str:
    return public_pem(rsa.generate_private_key(65537, 2048))


def state() -> list[Any]:
    keys = Credential.objects.order_by("id").values_list("id", "not_after", "revoked_at", "former")
    return [list(keys), AuditRecord.objects.count(), Event.objects.count()]


@pytest.mark.usefixtures("inside")
def test_old_and_new_are_in_force_together_for_a_week(at: datetime) -> None:
    old, secret = create_hmac_key(
        label="后端", scopes=["read", "draw"], actor="usr", at=at,
        allowed_ips=["203.0.113.7"],
    )  # fmt: skip
    new, other = rotate_hmac_key(key_id=old.id, actor="usr", at=at + WEEK)
    old.refresh_from_db()
    assert (old.not_after, old.revoked_at) == (at + 2 * WEEK, None)
    assert (new.label, new.algorithm, new.scopes, new.allowed_ips, new.former_id) == (
        "后端", "BT-HMAC-SHA256", ["draw", "read"], ["203.0.113.7/32"], old.id,
    )  # fmt: skip
    assert (new.not_before, new.not_after, secret != other) == (at + WEEK, None, True)
    assert audited() == [
        ("tenants.credential.create", old.id),
        ("tenants.credential.create", new.id),
        ("tenants.credential.rotate", old.id),
    ]


@pytest.mark.usefixtures("inside")
def test_a_successor_lives_as_long_and_never_prolongs_the_former(at: datetime) -> None:
    year = timedelta(days=365)
    old = create_rsa_key(
        label="线上", public_key_pem=pem(), scopes=["read"], actor="usr", at=at, not_after=at + year
    )
    late = at + year - timedelta(days=2)
    new = rotate_public_key(key_id=old.id, public_key_pem=pem(), actor="usr", at=late)
    old.refresh_from_db()
    assert (old.not_after, new.not_after) == (at + year, late + year)


@pytest.mark.usefixtures("inside")
def test_rotations_that_are_refused_move_nothing(at: datetime) -> None:
    shared, _ = create_hmac_key(label="a", scopes=["read"], actor="usr", at=at)
    pair = create_rsa_key(label="b", public_key_pem=pem(), scopes=["read"], actor="usr", at=at)
    over, _ = create_hmac_key(
        label="c", scopes=["read"], actor="usr", at=at, not_after=at + timedelta(hours=1)
    )
    gone, _ = create_hmac_key(label="d", scopes=["read"], actor="usr", at=at)
    revoke_key(key_id=gone.id, actor="usr", at=at)
    rotated, _ = create_hmac_key(label="e", scopes=["read"], actor="usr", at=at)
    rotate_hmac_key(key_id=rotated.id, actor="usr", at=at)
    before = state()
    by: dict[str, Any] = {"actor": "usr", "at": at + timedelta(hours=1)}
    refusals: list[tuple[type[Exception], Callable[[], Any]]] = [
        (KeyKindWrong, lambda: rotate_hmac_key(key_id=pair.id, **by)),
        (KeyKindWrong, lambda: rotate_public_key(key_id=shared.id, public_key_pem=pem(), **by)),
        (KeyEnded, lambda: rotate_hmac_key(key_id=over.id, **by)),
        (KeyEnded, lambda: rotate_hmac_key(key_id=gone.id, **by)),
        (KeyRotated, lambda: rotate_hmac_key(key_id=rotated.id, **by)),
        (BadPublicKey, lambda: rotate_public_key(key_id=pair.id, public_key_pem="x", **by)),
        (
            PrivateKeyPasted,
            lambda: rotate_public_key(key_id=pair.id, public_key_pem="PRIVATE KEY", **by),
        ),
        (
            OverlapTooShort,
            lambda: rotate_hmac_key(key_id=shared.id, overlap=timedelta(seconds=-1), **by),
        ),
        (NotFound, lambda: rotate_hmac_key(key_id="key_x", **by)),
    ]
    for refusal, act in refusals:
        with pytest.raises(refusal):
            act()
    assert state() == before


def test_in_live_mode_seven_days_are_the_least(tenant: Tenant, at: datetime) -> None:
    almost = WEEK - timedelta(seconds=1)
    with tenant_scope(tenant.id):
        key, _ = create_hmac_key(label="k", scopes=["read"], actor="usr", at=at)
        Tenant.objects.filter(pk=tenant.pk).update(is_virtual=False)
        before = state()
        with pytest.raises(OverlapTooShort):
            rotate_hmac_key(key_id=key.id, actor="usr", at=at, overlap=almost)
        assert state() == before
        Tenant.objects.filter(pk=tenant.pk).update(is_virtual=True)
        rotate_hmac_key(key_id=key.id, actor="usr", at=at, overlap=timedelta(0))
        assert Credential.objects.get(pk=key.pk).not_after == at


@pytest.fixture
def live(tenant: Tenant) -> Iterator[Tenant]:
    """The platform does business; its scope is open."""
    Tenant.objects.filter(pk=tenant.pk).update(is_virtual=False)
    with tenant_scope(tenant.id):
        yield tenant


@pytest.mark.usefixtures("live")
def test_a_live_key_takes_two_people(at: datetime) -> None:
    key, _ = create_hmac_key(label="k", scopes=["read"], actor=MAKER, at=at)
    assert (key.awaits_second, key.made_by) == (True, MAKER)
    before = state()
    with pytest.raises(SecondPersonNeeded):
        agree_to_key(key_id=key.id, actor=MAKER, at=at)
    with pytest.raises(NotFound):
        agree_to_key(key_id="key_x", actor=COLLEAGUE, at=at)
    assert state() == before
    later = at + timedelta(hours=2)
    for moment in (later, later + timedelta(hours=1)):
        agree_to_key(key_id=key.id, actor=COLLEAGUE, at=moment)
    key.refresh_from_db()
    assert (key.awaits_second, key.not_before) == (False, later)
    assert [action for action, _ in audited()] == [
        "tenants.credential.create", "tenants.credential.agree",
    ]  # fmt: skip
    ours, _ = create_hmac_key(label="k", scopes=["read"], actor="system:command", at=at)
    assert ours.awaits_second is False
    gone, _ = create_hmac_key(label="k", scopes=["read"], actor=MAKER, at=at)
    revoke_key(key_id=gone.id, actor=COLLEAGUE, at=at)
    with pytest.raises(KeyEnded):
        agree_to_key(key_id=gone.id, actor=COLLEAGUE, at=at)


@pytest.mark.usefixtures("live")
def test_a_live_overlap_begins_when_the_second_person_agrees(at: datetime) -> None:
    old, _ = create_hmac_key(label="k", scopes=["read"], actor="system:command", at=at)
    refused, _ = rotate_hmac_key(key_id=old.id, actor=MAKER, at=at)
    assert Credential.objects.get(pk=old.pk).not_after is None
    revoke_key(key_id=refused.id, actor=COLLEAGUE, at=at)
    wanted, _ = rotate_hmac_key(key_id=old.id, actor=MAKER, at=at)
    agree_to_key(key_id=wanted.id, actor=COLLEAGUE, at=at + timedelta(days=3))
    assert Credential.objects.get(pk=old.pk).not_after == at + timedelta(days=10)
    assert audited()[-2:] == [
        ("tenants.credential.agree", wanted.id), ("tenants.credential.rotate", old.id),
    ]  # fmt: skip


@pytest.mark.usefixtures("inside")
def test_a_key_has_one_successor_in_the_database_too(at: datetime) -> None:
    old, _ = create_hmac_key(label="k", scopes=["read"], actor="usr", at=at)
    rotate_hmac_key(key_id=old.id, actor="usr", at=at)
    other, _ = create_hmac_key(label="o", scopes=["read"], actor="usr", at=at)
    with pytest.raises(IntegrityError, match="one_successor"), transaction.atomic():
        Credential.objects.filter(pk=other.pk).update(former=old)
    with pytest.raises(IntegrityError, match="end_told_days"), transaction.atomic():
        Credential.objects.filter(pk=other.pk).update(end_told_days=0)


def test_neighbors_and_nobody_touch_no_key(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        key, _ = create_hmac_key(label="k", scopes=["read"], actor="usr", at=at)
        before = state()
    by: dict[str, Any] = {"key_id": key.id, "actor": "usr", "at": at}
    with tenant_scope(other_tenant.id):
        with pytest.raises(NotFound):
            rotate_hmac_key(**by)
        with pytest.raises(NotFound):
            agree_to_key(**by)
        with pytest.raises(NotFound):
            allow_ips(allowed_ips=["203.0.113.7"], **by)
        assert tell_ends(actor="system:keys", at=at) == 0
    with pytest.raises(NoScope):
        rotate_hmac_key(**by)
    with pytest.raises(NoScope):
        agree_to_key(**by)
    with pytest.raises(NoScope):
        allow_ips(allowed_ips=[], **by)
    with pytest.raises(NoScope):
        tell_ends(actor="system:keys", at=at)
    with tenant_scope(tenant.id):
        assert state() == before


@pytest.mark.usefixtures("inside")
def test_addresses_are_set_and_taken_away(at: datetime) -> None:
    key, _ = create_hmac_key(label="k", scopes=["read"], actor="usr", at=at)
    by: dict[str, Any] = {"key_id": key.id, "actor": "usr", "at": at}
    for _ in range(2):
        allow_ips(allowed_ips=["203.0.113.7", "198.51.100.0/24"], **by)
    assert Credential.objects.get().allowed_ips == ["198.51.100.0/24", "203.0.113.7/32"]
    with pytest.raises(BadIpRange):
        allow_ips(allowed_ips=["everywhere"], **by)
    assert Credential.objects.get().allowed_ips == ["198.51.100.0/24", "203.0.113.7/32"]
    allow_ips(allowed_ips=[], **by)
    assert Credential.objects.get().allowed_ips == []
    assert [action for action, _ in audited()] == [
        "tenants.credential.create", "tenants.credential.allow_ips",
        "tenants.credential.allow_ips",
    ]  # fmt: skip


@pytest.mark.usefixtures("inside")
def test_sm2_keys_are_taken_where_they_are_offered(at: datetime, settings: Any) -> None:
    pytest.importorskip("gmssl")
    facts: dict[str, Any] = {"label": "国密", "scopes": ["read"], "actor": "usr", "at": at}
    with pytest.raises(AlgorithmNotOffered):
        create_sm2_key(public_key_pem=PEM, **facts)
    settings.SM2 = True
    with pytest.raises(BadSm2Key):
        create_sm2_key(public_key_pem=pem(), **facts)
    assert (Credential.objects.count(), audited()) == (0, [])
    key = create_sm2_key(public_key_pem=PEM.replace("\n", "\r\n"), **facts)
    assert (key.algorithm, key.public_key_pem) == ("BT-SM2-SM3", PEM)


def told() -> list[tuple[str, Any, Any]]:
    rows = Event.objects.filter(name="tenants.key.expiring").order_by("id")
    return [(row.subject, row.props["days"], row.props["successor"]) for row in rows]


def test_a_platform_is_told_thirty_seven_and_one_days_ahead(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        end = at + timedelta(days=40)
        key, _ = create_hmac_key(label="k", scopes=["read"], actor="usr", at=at, not_after=end)
        create_hmac_key(label="endless", scopes=["read"], actor="usr", at=at)
        gone, _ = create_hmac_key(label="gone", scopes=["read"], actor="usr", at=at, not_after=end)
        revoke_key(key_id=gone.id, actor="usr", at=at)
        successor = None
        for days, events in ((31, 0), (30, 1), (29, 0), (7, 1), (6, 0), (1, 1), (0.5, 0), (-1, 0)):
            with clock.travel(end - timedelta(days=days)):
                assert tell_ends(actor="system:keys", at=clock.now()) == events
                assert tell_ends(actor="system:keys", at=clock.now()) == 0
                if days == 7:
                    successor = rotate_hmac_key(key_id=key.id, actor="usr", at=clock.now())[0].id
        assert told() == [(key.id, 30, None), (key.id, 7, None), (key.id, 1, successor)]
        first = Event.objects.filter(name="tenants.key.expiring").order_by("id")[0]
        assert first.props == {
            "label": "k", "algorithm": "BT-HMAC-SHA256", "not_after": end.isoformat(),
            "days": 30, "successor": None,
        }  # fmt: skip
    with tenant_scope(other_tenant.id):
        assert told() == []


def test_a_key_found_late_is_told_of_once(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        end = at + timedelta(days=5)
        key, _ = create_hmac_key(label="k", scopes=["read"], actor="usr", at=at, not_after=end)
    assert [tenants.tasks.tell_key_ends() for _ in range(2)] == [1, 0]
    with tenant_scope(tenant.id):
        assert told() == [(key.id, 7, None)]


@pytest.mark.usefixtures("inside")
def test_endpoints_hear_of_it(at: datetime) -> None:
    create_endpoint(
        url="https://93.184.216.34/hook", event_names=["tenants.key.expiring"], actor="u", at=at
    )
    create_hmac_key(
        label="k", scopes=["read"], actor="usr", at=at, not_after=at + timedelta(days=1)
    )
    tell_ends(actor="system:keys", at=at)
    event_id = Event.objects.get(name="tenants.key.expiring").id
    assert Dispatch.objects.filter(event_id=event_id).count() == 1
    make_deliveries(event_id)
    delivery = WebhookDelivery.objects.get()
    assert delivery.event_name == "tenants.key.expiring"
    assert '"object":"key"' in delivery.body.replace(" ", "")
