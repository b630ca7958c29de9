"""Keys with which a partner signs: made, shown once, fenced, revoked. Every act is audited."""

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
from django.conf import settings
from django.db import transaction

from platform_app.kernel import audit, crypto, ids
from platform_app.kernel.errors import Invalid, NotFound
from tenants.domain import ip_ranges, signing_sm2
from tenants.domain.words import one_line
from tenants.enums import KeyAlgorithm, KeyScope
from tenants.errors import (
    AlgorithmNotOffered,
    BadPublicKey,
    BadSm2Key,
    PrivateKeyPasted,
    UnknownScope,
)
from tenants.models import Credential
from tenants.queries.modes import rehearses

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
    allowed_ips: Sequence[str] = (),
) -> tuple[Credential, str]:
    """A shared secret (`sk_…`), returned here and never again.

    Raises Invalid, UnknownScope, BadIpRange, TooManyIpRanges.
    """
    key = _key(label, scopes, at, not_after, allowed_ips)
    secret = give_secret(key)
    return save_new(key, actor=actor, at=at), secret


@transaction.atomic
def create_rsa_key(
    *,
    label: str,
    public_key_pem: str,
    scopes: Sequence[str],
    actor: str,
    at: datetime,
    not_after: datetime | None = None,
    allowed_ips: Sequence[str] = (),
) -> Credential:
    """Take a partner's public key, RSA of 2048 bits or more.

    Raises BadPublicKey, PrivateKeyPasted (and then nothing of it is kept), Invalid, UnknownScope,
    BadIpRange, TooManyIpRanges.
    """
    key = _key(label, scopes, at, not_after, allowed_ips)
    give_public_key(key, KeyAlgorithm.RSA, public_key_pem)
    return save_new(key, actor=actor, at=at)


@transaction.atomic
def create_sm2_key(
    *,
    label: str,
    public_key_pem: str,
    scopes: Sequence[str],
    actor: str,
    at: datetime,
    not_after: datetime | None = None,
    allowed_ips: Sequence[str] = (),
) -> Credential:
    """Take a partner's SM2 public key, where they are offered (setting `SM2`).

    Raises AlgorithmNotOffered, BadSm2Key, and what `create_rsa_key` does.
    """
    key = _key(label, scopes, at, not_after, allowed_ips)
    give_public_key(key, KeyAlgorithm.SM2, public_key_pem)
    return save_new(key, actor=actor, at=at)


@transaction.atomic
def allow_ips(*, key_id: str, allowed_ips: Sequence[str], actor: str, at: datetime) -> Credential:
    """From now on the key is good from these addresses and ranges only; none: from everywhere.

    Audited when it changes something. Raises NotFound, BadIpRange, TooManyIpRanges.
    """
    wanted = ip_ranges.canonical(allowed_ips)
    key = locked(key_id)
    if key.allowed_ips != wanted:
        former, key.allowed_ips = key.allowed_ips, wanted
        key.save(update_fields=["allowed_ips"])
        note("allow_ips", key, actor=actor, at=at, allowed_ips=wanted, former_ips=former)
    return key


@transaction.atomic
def revoke_key(*, key_id: str, actor: str, at: datetime) -> Credential:
    """The key opens nothing from now on. Once: repeating it changes nothing. Raises NotFound.

    A successor nobody agreed to yet is rejected by it: the key it would succeed is free again.
    """
    key = locked(key_id)
    if key.revoked_at is None:
        key.revoked_at = at
        if key.awaits_second:
            key.former = None
        key.save(update_fields=["revoked_at", "former"])
        note("revoke", key, actor=actor, at=at)
    return key


def locked(key_id: str) -> Credential:
    """The key, locked. Raises NotFound, also for an id that is none and for a neighbor's."""
    try:
        key: Credential | None = Credential.objects.select_for_update().filter(pk=key_id).first()
    except ValueError:
        key = None
    if key is None:
        raise NotFound(noun="key")
    return key


def give_secret(key: Credential) -> str:
    """Make it an HMAC key with a new secret, which is sealed in the row and returned."""
    secret = f"sk_{secrets.token_urlsafe(32)}"
    key.algorithm = KeyAlgorithm.HMAC
    key.secret_sealed = crypto.seal_for_platform(secret, purpose=SECRET)
    return secret


def give_public_key(key: Credential, algorithm: str, public_key_pem: str) -> None:
    """Make it a key of this algorithm with the partner's public half.

    Raises PrivateKeyPasted, AlgorithmNotOffered, BadPublicKey, BadSm2Key.
    """
    if "PRIVATE KEY" in public_key_pem:
        raise PrivateKeyPasted(field="public_key_pem")
    read = _sm2_pem if algorithm == KeyAlgorithm.SM2 else _rsa_pem
    key.algorithm, key.public_key_pem = algorithm, read(public_key_pem)


def save_new(key: Credential, *, actor: str, at: datetime) -> Credential:
    """Store a key that was put together, and say so in the audit chain.

    In live mode a key that a member made waits for a second one; what is made on the server does
    not (`system:…`).
    """
    key.made_by = actor
    key.awaits_second = _is_member(actor) and not rehearses()
    key.save(force_insert=True)
    facts = {"algorithm": str(key.algorithm), "scopes": list(key.scopes)}
    if key.allowed_ips:
        facts["allowed_ips"] = list(key.allowed_ips)
    note("create", key, actor=actor, at=at, **facts)
    return key


def note(what: str, key: Credential, *, actor: str, at: datetime, **after: Any) -> None:
    """One line of the audit chain about a key."""
    audit.record(
        actor=actor,
        action=f"tenants.credential.{what}",
        subject=key.id,
        at=at,
        after={"label": key.label, **after},
    )


def _key(
    label: str,
    scopes: Sequence[str],
    at: datetime,
    not_after: datetime | None,
    allowed_ips: Sequence[str],
) -> Credential:
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(KeyScope.values):
        raise UnknownScope(field="scopes")
    if not_after is not None and not_after <= at:
        raise Invalid(field="not_after")
    return Credential(
        label=one_line(label, field="label", longest=80),
        scopes=wanted,
        not_before=at,
        not_after=not_after,
        allowed_ips=ip_ranges.canonical(allowed_ips),
    )


def _is_member(actor: str) -> bool:
    try:
        ids.to_uuid("usr", actor)
    except ValueError:
        return False
    return True


def _rsa_pem(text: str) -> str:
    try:
        key = load_pem_public_key(text.strip().encode())
    except (ValueError, UnsupportedAlgorithm):
        raise BadPublicKey(field="public_key_pem") from None
    if not isinstance(key, RSAPublicKey) or not FEWEST_BITS <= key.key_size <= MOST_BITS:
        raise BadPublicKey(field="public_key_pem")
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _sm2_pem(text: str) -> str:
    if not settings.SM2:
        raise AlgorithmNotOffered(field="algorithm", algorithm="SM2")
    try:
        return signing_sm2.pem_of(signing_sm2.point_of(text))
    except ValueError:
        raise BadSm2Key(field="public_key_pem") from None
