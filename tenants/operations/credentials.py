"""Keys with which a partner signs: made, shown once, revoked. Every act is audited."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from django.db import transaction

from platform_app.kernel import audit, crypto
from platform_app.kernel.errors import Invalid, NotFound
from tenants.domain.words import one_line
from tenants.enums import KeyAlgorithm, KeyScope
from tenants.errors import BadPublicKey, PrivateKeyPasted, UnknownScope
from tenants.models import Credential

SECRET: Final = "credential.secret"  # noqa: S105 -- the purpose a sealed value is bound to
FEWEST_BITS: Final = 2048
MOST_BITS: Final = 8192


@transaction.atomic
def create_hmac_key(
    *,
    label: str,
    scopes: Sequence[str],
    actor: str,
    at: datetime,
    not_after: datetime | None = None,
) -> tuple[Credential, str]:
    """A shared secret (`sk_…`), returned here and never again. Raises Invalid, UnknownScope."""
    secret = f"sk_{secrets.token_urlsafe(32)}"
    key = _key(label, scopes, KeyAlgorithm.HMAC, at, not_after)
    key.secret_sealed = crypto.seal_for_platform(secret, purpose=SECRET)
    return _create(key, actor=actor, at=at), secret


@transaction.atomic
def create_rsa_key(
    *,
    label: str,
    public_key_pem: str,
    scopes: Sequence[str],
    actor: str,
    at: datetime,
    not_after: datetime | None = None,
) -> Credential:
    """Take a partner's public key, RSA of 2048 bits or more.

    Raises BadPublicKey, PrivateKeyPasted (and then nothing of it is kept), Invalid, UnknownScope.
    """
    if "PRIVATE KEY" in public_key_pem:
        raise PrivateKeyPasted(field="public_key_pem")
    key = _key(label, scopes, KeyAlgorithm.RSA, at, not_after)
    key.public_key_pem = _canonical_pem(public_key_pem)
    return _create(key, actor=actor, at=at)


@transaction.atomic
def revoke_key(*, key_id: str, actor: str, at: datetime) -> Credential:
    """The key opens nothing from now on. Once: repeating it changes nothing. Raises NotFound."""
    try:
        key: Credential | None = Credential.objects.select_for_update().filter(pk=key_id).first()
    except ValueError:
        key = None
    if key is None:
        raise NotFound(noun="key")
    if key.revoked_at is None:
        key.revoked_at = at
        key.save(update_fields=["revoked_at"])
        _audit("revoke", key, actor=actor, at=at)
    return key


def _key(
    label: str,
    scopes: Sequence[str],
    algorithm: KeyAlgorithm,
    at: datetime,
    not_after: datetime | None,
) -> Credential:
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(KeyScope.values):
        raise UnknownScope(field="scopes")
    if not_after is not None and not_after <= at:
        raise Invalid(field="not_after")
    return Credential(
        label=one_line(label, field="label", longest=80),
        algorithm=algorithm,
        scopes=wanted,
        not_before=at,
        not_after=not_after,
    )


def _create(key: Credential, *, actor: str, at: datetime) -> Credential:
    key.save(force_insert=True)
    _audit("create", key, actor=actor, at=at, algorithm=str(key.algorithm), scopes=list(key.scopes))
    return key


def _audit(what: str, key: Credential, *, actor: str, at: datetime, **after: Any) -> None:
    audit.record(
        actor=actor,
        action=f"tenants.credential.{what}",
        subject=key.id,
        at=at,
        after={"label": key.label, **after},
    )


def _canonical_pem(text: str) -> str:
    try:
        key = load_pem_public_key(text.strip().encode())
    except (ValueError, UnsupportedAlgorithm):
        raise BadPublicKey(field="public_key_pem") from None
    if not isinstance(key, RSAPublicKey) or not FEWEST_BITS <= key.key_size <= MOST_BITS:
        raise BadPublicKey(field="public_key_pem")
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
