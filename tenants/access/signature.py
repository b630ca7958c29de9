"""Who is calling the partner API: the signed request, verified on its raw bytes.

Order of the checks: the header can be read, the key exists and is in force, the timestamp is near,
the signature matches, the nonce is fresh. Only a request that got so far burns its nonce, so a
stranger cannot use up a partner's.
"""

from datetime import datetime
from typing import Any, Final, cast

from cryptography.exceptions import InvalidTag
from django.core.cache import cache
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from redis.exceptions import RedisError
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from platform_app.kernel import clock, crypto
from tenants.domain import signing
from tenants.domain.signing import Authorization
from tenants.enums import TenantStatus
from tenants.errors import (
    KeyRevoked,
    KeyUnknown,
    NonceStoreDown,
    ScopeMissing,
    SignatureInvalid,
    SignatureMalformed,
    SignatureMissing,
    SignatureReplayed,
    TenantSuspended,
    TimestampStale,
)
from tenants.models import Credential, Tenant
from tenants.operations.credentials import SECRET
from tenants.queries.sandboxes import mode_of, with_mode
from tenants.values import Caller

# A timestamp is good from 300 s before to 300 s after: the nonce must outlive the whole span.
NONCE_SECONDS: Final = 2 * signing.WINDOW_SECONDS + 1
_STATUS: Final = Subquery(Tenant.objects.filter(pk=OuterRef("tenant_id")).values("status"))


class SignatureAuthentication(BaseAuthentication):
    """Sets `request.auth` (and `request.user`) to the `Caller`. Raises 401, 403, 503 problems."""

    def authenticate(self, request: Request) -> tuple[Caller, Caller]:
        caller = verify(request._request, at=clock.now())  # noqa: SLF001 -- DRF has no public name
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
    said = _header(request)
    key = _key(said, at)
    if abs(at.timestamp() - said.timestamp) > signing.WINDOW_SECONDS:
        raise TimestampStale
    if not _matches(key, signed_bytes(request, said), said.signature):
        raise SignatureInvalid
    _burn(said)
    if key.tenant_status == TenantStatus.SUSPENDED:  # type: ignore[attr-defined]  # annotated by _key
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


def _header(request: HttpRequest) -> Authorization:
    header = request.headers.get("Authorization", "")
    if not header:
        raise SignatureMissing
    try:
        return signing.parse_authorization(header)
    except ValueError as error:
        raise SignatureMalformed(why=str(error)) from None


def _key(said: Authorization, at: datetime) -> Credential:
    try:
        key: Credential | None = (
            with_mode(Credential.doors.annotate(tenant_status=_STATUS))
            .filter(pk=said.key_id, algorithm=said.scheme)
            .first()
        )
    except ValueError:
        key = None
    if key is None:
        raise KeyUnknown
    ended = key.not_after is not None and at >= key.not_after
    if key.revoked_at is not None or ended or at < key.not_before:
        raise KeyRevoked
    return key


def _matches(key: Credential, message: bytes, signature: str) -> bool:
    if key.algorithm == signing.RSA:
        return signing.rsa_matches(key.public_key_pem, message, signature)
    try:
        secret = crypto.unseal_for_platform(bytes(key.secret_sealed), purpose=SECRET)
    except InvalidTag:
        return False
    return signing.hmac_matches(secret, message, signature)


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
