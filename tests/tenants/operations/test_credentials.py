"""Keys: made, shown once, revoked; the secret is never stored in clear."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from platform_app.kernel import crypto
from platform_app.kernel.errors import Invalid, NotFound
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.errors import BadPublicKey, PrivateKeyPasted, UnknownScope
from tenants.models import Credential, Tenant
from tenants.operations.credentials import create_hmac_key, create_rsa_key, revoke_key
from tenants.queries.credentials import list_keys

pytestmark = pytest.mark.django_db


def public_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    public = key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def audited() -> list[tuple[str, str]]:
    rows = AuditRecord.objects.filter(action__startswith="tenants.credential.")
    return list(rows.order_by("position").values_list("action", "subject"))


@pytest.mark.usefixtures("inside")
def test_a_shared_secret_is_shown_once_and_sealed(at: datetime) -> None:
    key, secret = create_hmac_key(label="测试", scopes=["read", "draw"], actor="usr", at=at)
    assert (secret[:3], len(secret)) == ("sk_", 46)
    stored = Credential.objects.get()
    assert secret.encode() not in bytes(stored.secret_sealed)
    sealed = bytes(stored.secret_sealed)
    assert crypto.unseal_for_platform(sealed, purpose="credential.secret") == secret
    assert (stored.scopes, stored.not_before, stored.revoked_at) == (["draw", "read"], at, None)
    assert audited() == [("tenants.credential.create", key.id)]
    assert list(list_keys()) == [key]


@pytest.mark.usefixtures("inside")
def test_a_public_key_is_kept_canonical(at: datetime) -> None:
    pem = public_pem(rsa.generate_private_key(65537, 2048))
    key = create_rsa_key(
        label="线上", public_key_pem=f"\n {pem}\n", scopes=["read"], actor="usr", at=at
    )
    assert (key.public_key_pem, key.algorithm) == (pem, "BT-SHA256-RSA2048")
    assert audited() == [("tenants.credential.create", key.id)]


def _private() -> str:
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    ("pem", "error"),
    [
        (lambda: "hello", BadPublicKey),
        (lambda: public_pem(rsa.generate_private_key(65537, 1024)), BadPublicKey),  # noqa: S505 -- is refused
        (lambda: public_pem(ec.generate_private_key(ec.SECP256R1())), BadPublicKey),
        (_private, PrivateKeyPasted),
    ],
    ids=["text", "short", "curve", "private"],
)
@pytest.mark.usefixtures("inside")
def test_other_public_keys_are_refused(
    pem: Callable[[], str], error: type[Exception], at: datetime
) -> None:
    with pytest.raises(error):
        create_rsa_key(label="线上", public_key_pem=pem(), scopes=["read"], actor="usr", at=at)
    assert (Credential.objects.count(), audited()) == (0, [])


@pytest.mark.usefixtures("inside")
def test_scopes_labels_and_dates_are_checked(at: datetime) -> None:
    for scopes in ([], ["root"]):
        with pytest.raises(UnknownScope):
            create_hmac_key(label="k", scopes=scopes, actor="usr", at=at)
    with pytest.raises(Invalid):
        create_hmac_key(label="", scopes=["read"], actor="usr", at=at)
    with pytest.raises(Invalid):
        create_hmac_key(label="k", scopes=["read"], actor="usr", at=at, not_after=at)
    assert (Credential.objects.count(), audited()) == (0, [])


def test_a_key_is_revoked_once_by_its_owner(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        key, _ = create_hmac_key(label="k", scopes=["read"], actor="usr", at=at)
    with tenant_scope(other_tenant.id):
        with pytest.raises(NotFound):
            revoke_key(key_id=key.id, actor="usr", at=at)
        assert list(list_keys()) == []
    with pytest.raises(NoScope):
        revoke_key(key_id=key.id, actor="usr", at=at)
    with tenant_scope(tenant.id):
        for hours in (1, 2):
            revoke_key(key_id=key.id, actor="usr", at=at + timedelta(hours=hours))
        assert Credential.objects.get().revoked_at == at + timedelta(hours=1)
        assert [action for action, _ in audited()] == [
            "tenants.credential.create", "tenants.credential.revoke",
        ]  # fmt: skip
        with pytest.raises(NotFound):
            revoke_key(key_id="key_x", actor="usr", at=at)
