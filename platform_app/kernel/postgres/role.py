"""The database roles a process may take."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

APP_ROLE = "baitiao_app"
PLATFORM_ROLE = "baitiao_platform"
_as_owner: ContextVar[bool] = ContextVar("as_owner", default=False)


@contextmanager
def as_owner() -> Iterator[None]:
    """Migrations and the security step work with the login role itself (the tables' owner)."""
    token = _as_owner.set(True)
    try:
        yield
    finally:
        _as_owner.reset(token)


def is_owner() -> bool:
    return _as_owner.get()
