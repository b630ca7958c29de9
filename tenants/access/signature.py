"""Who is calling the partner API: the signed request, verified on its raw bytes.

Order of the checks: the header can be read, the key exists and is in force, the timestamp is near,
the signature matches, the address is allowed, the nonce is fresh. Only a request that got so far
burns its nonce, so a stranger cannot use up a partner's. From the moment the signature matched,
whatever we answer is signed (`tenants/access/answer_signing.py`).
"""

import hashlib
from datetime import datetime
from typing import Any, Final, cast

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.cache import cache
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from redis.exceptions import RedisError
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from platform_app.kernel import clock, crypto, rates
from platform_app.kernel.client_address import client_address
from tenants.access import request_log
from tenants.access.answer_signing import will_sign
from tenants.domain import ip_ranges, signing, signing_sm2
from tenants.domain.signing import Authorization
from tenants.enums import TenantStatus
from tenants.errors import (
    IpNotAllowed,
    KeyRevoked,
    KeyUnknown,
    KeyWaiting,
    NonceStoreDown,
    SchemeNotOffered,
    ScopeMissing,
    SignatureInvalid,
    SignatureMalformed,
    SignatureMissing,
    SignatureReplayed,
    TenantSuspended,
    TimestampStale,
    Unauthenticated,
)
from tenants.models import Credential, Tenant
from tenants.operations.credentials import SECRET
from tenants.queries.sandboxes import mode_of, with_mode
from tenants.values import Caller

# A timestamp is good from 300 s before to 300 s after: the nonce must outlive the whole span.
NONCE_SECONDS: Final = 2 * signing.WINDOW_SECONDS + 1
_TENANT: Final = Tenant.objects.filter(pk=OuterRef("tenant_id"))
_STATUS: Final = Subquery(_TENANT.values("status"))
_VIRTUAL: Final = Subquery(_TENANT.values("is_virtual"))


class SignatureAuthentication(BaseAuthentication):
    """Sets `request.auth` (and `request.user`) to the `Caller`.

    Raises 401, 403, 503 problems; 429 instead of 401 when too many came from this address.
    """

    def authenticate(self, request: Request) -> tuple[Caller, Caller]:
        asked = request._request  # noqa: SLF001 -- DRF has no public name
        try:
            caller = verify(asked, at=clock.now())
        except Unauthenticated:
            rates.fail(client_address(asked), rates.KEYS)
            raise
        return caller, caller

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 -- DRF's signature
        return signing.HMAC


class HasScope(BasePermission):
    """The key may do what the view's `scope` names."""

    def has_permission(self, request: Request, view: Any) -> bool:
        caller = cast("Caller | None", request.auth)
        if caller is None:
            return False
        if view.scope not in caller.scopes:
            raise ScopeMissing(scope=view.scope)
        return True


def verify(request: HttpRequest, *, at: datetime) -> Caller:
    """The caller of a Django request whose body nobody has read yet."""
    said = read_header(request)
    key = find_key(said)
    request_log.note_key(request, key)
    _in_force(key, at)
    if abs(at.timestamp() - said.timestamp) > signing.WINDOW_SECONDS:
        raise TimestampStale
    secret = secret_of(key)
    message = signed_bytes(request, said)
    if not matches(key, secret, message, said.signature):
        raise SignatureInvalid(**_seen(request, key, message))
    request_log.note_verified(request)
    will_sign(request, key_id=key.id, secret=secret, nonce=said.nonce, is_test=rehearses(key))
    _check_address(key, request)
    _burn(said)
    if key.tenant_status == TenantStatus.SUSPENDED:  # type: ignore[attr-defined]  # annotated by find_key
        raise TenantSuspended
    _note_use(key, at)
    return Caller(key.tenant_id, key.id, frozenset(key.scopes), mode_of(key))


def signed_bytes(request: HttpRequest, said: Authorization) -> bytes:
    """The string to sign as we received it."""
    return signing.string_to_sign(
        str(request.method), target_of(request), said.timestamp, said.nonce, request.body
    )


def target_of(request: HttpRequest) -> str:
    """Path and raw query as sent (latin-1, as WSGI carries bytes).

    gunicorn keeps the request line's target; where a server does not, the path is quoted again.
    """
    raw = str(request.META.get("RAW_URI") or request.META.get("REQUEST_URI") or "")
    if raw.startswith("/"):
        return raw
    query = str(request.META.get("QUERY_STRING", ""))
    path = request.get_full_path().partition("?")[0]
    return f"{path}?{query}" if query else path


def read_header(request: HttpRequest) -> Authorization:
    """What the Authorization header says. Raises SignatureMissing, -Malformed, SchemeNotOffered."""
    header = request.headers.get("Authorization", "")
    if not header:
        raise SignatureMissing
    try:
        said = signing.parse_authorization(header)
    except ValueError as error:
        raise SignatureMalformed(why=str(error)) from None
    if said.scheme == signing.SM2 and not settings.SM2:
        raise SchemeNotOffered(scheme=said.scheme)
    return said


def find_key(said: Authorization) -> Credential:
    """The key that is named, in force or not. Raises KeyUnknown."""
    try:
        key: Credential | None = (
            with_mode(Credential.doors.annotate(tenant_status=_STATUS, tenant_is_virtual=_VIRTUAL))
            .filter(pk=said.key_id, algorithm=said.scheme)
            .first()
        )
    except ValueError:
        key = None
    if key is None:
        raise KeyUnknown
    return key


def key_of(said: Authorization, at: datetime) -> Credential:
    """The key that is named. Raises KeyUnknown, KeyRevoked, KeyWaiting."""
    key = find_key(said)
    _in_force(key, at)
    return key


def _in_force(key: Credential, at: datetime) -> None:
    ended = key.not_after is not None and at >= key.not_after
    if key.revoked_at is not None or ended or at < key.not_before:
        raise KeyRevoked
    if key.awaits_second:
        raise KeyWaiting


def rehearses(key: Credential) -> bool:
    """Whether the platform of a key of `find_key` is a sandbox, or moved by a replay."""
    is_virtual: bool = key.tenant_is_virtual  # type: ignore[attr-defined]  # annotated by find_key
    return is_virtual or mode_of(key).is_test


def secret_of(key: Credential) -> str:
    """The shared secret in clear; empty for a key pair, and for a seal that was tampered with."""
    if key.algorithm != signing.HMAC:
        return ""
    try:
        return crypto.unseal_for_platform(bytes(key.secret_sealed), purpose=SECRET)
    except InvalidTag:
        return ""


def matches(key: Credential, secret: str, message: bytes, signature: str) -> bool:
    """Whether the holder of the key signed exactly these bytes."""
    if key.algorithm == signing.RSA:
        return signing.rsa_matches(key.public_key_pem, message, signature)
    if key.algorithm == signing.SM2:
        return signing_sm2.matches(key.public_key_pem, message, signature)
    return bool(secret) and signing.hmac_matches(secret, message, signature)


def _seen(request: HttpRequest, key: Credential, message: bytes) -> dict[str, Any]:
    """In test mode: hashes of what reached us, so that a partner finds the difference itself."""
    if not rehearses(key):
        return {}
    return {
        "canonical_sha256": hashlib.sha256(message).hexdigest(),
        "body_sha256": hashlib.sha256(request.body).hexdigest(),
        "body_length": len(request.body),
    }


def _check_address(key: Credential, request: HttpRequest) -> None:
    if not key.allowed_ips:
        return
    address = client_address(request)
    if not ip_ranges.holds(key.allowed_ips, address):
        raise IpNotAllowed(address=address or "?")


def _burn(said: Authorization) -> None:
    try:
        is_fresh = cache.add(f"nonce:{said.key_id}:{said.nonce}", 1, NONCE_SECONDS)
    except RedisError:
        raise NonceStoreDown from None
    if not is_fresh:
        raise SignatureReplayed


def _note_use(key: Credential, at: datetime) -> None:
    today = clock.day_of(at)
    if key.last_used_on != today:
        Credential.doors.filter(pk=key.pk).update(last_used_on=today)
