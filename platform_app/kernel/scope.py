"""Whose rows the current unit of work may see: one tenant's, the whole platform's, or nobody's."""

from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from platform_app.kernel import ids

TENANT_PREFIX: Final = "tnt"


class NoScope(RuntimeError):
    """A tenant-owned table was touched outside `tenant_scope` or `platform_scope`."""


@dataclass(frozen=True, slots=True)
class Scope:
    """`tenant_id` is None for the platform-wide scope."""

    tenant_id: str | None
    tenant_uuid: UUID | None = None

    @classmethod
    def of_tenant(cls, tenant_id: str) -> "Scope":
        """Raises ValueError when the id is not a tenant's."""
        return cls(tenant_id, ids.to_uuid(TENANT_PREFIX, tenant_id))


_current: ContextVar[Scope | None] = ContextVar("tenant_scope", default=None)


def current() -> Scope | None:
    return _current.get()


def enter(scope: Scope | None) -> Token[Scope | None]:
    return _current.set(scope)


def leave(token: Token[Scope | None]) -> None:
    _current.reset(token)


def required() -> Scope:
    """The scope, or NoScope: reading without one must never quietly read everything."""
    scope = _current.get()
    if scope is None:
        msg = "open tenant_scope(tenant_id) first"
        raise NoScope(msg)
    return scope


def current_tenant_id() -> str:
    """The tenant new rows belong to. Raises NoScope outside a tenant's scope."""
    tenant_id = required().tenant_id
    if tenant_id is None:
        msg = "the platform owns no rows: open tenant_scope(tenant_id)"
        raise NoScope(msg)
    return tenant_id
