"""Whose rows the current unit of work may see: one tenant's, the whole platform's, or nobody's."""

from contextvars import ContextVar, Token
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from platform_app.kernel import clock, ids

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


@dataclass(frozen=True, slots=True)
class Mode:
    """Whether a tenant is a sandbox, and the clock it has: `clock_at`, set at `clock_set_at`."""

    is_test: bool = False
    clock_at: datetime | None = None
    clock_set_at: datetime | None = None

    def moment(self) -> datetime | None:
        """What time the clock shows: it goes on, but never past the end of its day; None for none.

        Only advancing it ends a day, because ending one is work.
        """
        if self.clock_at is None or self.clock_set_at is None:
            return None
        gone = max(clock.machine_now() - self.clock_set_at, timedelta(0))
        last = clock.end_of(clock.day_of(self.clock_at)) - timedelta(milliseconds=1)
        return min(self.clock_at + gone, last)


LIVE: Final = Mode()
_mode: ContextVar[Mode] = ContextVar("mode", default=LIVE)


def in_test_mode() -> bool:
    """Whether the unit of work is a sandbox's. False wherever nobody has said so."""
    return _mode.get().is_test


def mode_word() -> str:
    """What objects, events and headers call the mode: `test` or `live`."""
    return "test" if in_test_mode() else "live"


def enter_mode(mode: Mode) -> Token[Mode]:
    return _mode.set(mode)


def leave_mode(token: Token[Mode]) -> None:
    _mode.reset(token)


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
