"""Three nets between tenants: the manager, row-level security, composite keys.

This module opens scopes and holds the fail-closed manager; `security.py` applies the other two
nets to the database after `migrate`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db import connection, models, transaction
from django.db.models.lookups import Exact
from django.db.models.sql.where import AND

from platform_app.kernel import clock, scope
from platform_app.kernel.scope import LIVE, Mode, NoScope, Scope, current_tenant_id

if TYPE_CHECKING:
    from platform_app.kernel.postgres.base import DatabaseWrapper

__all__ = [
    "NoScope",
    "TenantManager",
    "current_tenant_id",
    "mode_scope",
    "no_scope",
    "platform_scope",
    "tenant_scope",
]

M = TypeVar("M", bound=models.Model)


@contextmanager
def tenant_scope(tenant_id: str) -> Iterator[None]:
    """Everything inside sees and writes the rows of this tenant (`tnt_…`) only.

    Raises ValueError when the id is not a tenant's.
    """
    token = scope.enter(Scope.of_tenant(tenant_id))
    try:
        yield
    finally:
        scope.leave(token)
        cast("DatabaseWrapper", connection).clear_scope()


@contextmanager
def mode_scope(mode: Mode) -> Iterator[None]:
    """Everything inside is a sandbox's, at its clock's moment, if `mode` says so; else neither."""
    token = scope.enter_mode(mode)
    try:
        with clock.sandbox_time(mode.moment()):
            yield
    finally:
        scope.leave_mode(token)


@contextmanager
def no_scope() -> Iterator[None]:
    """Forget the caller's scope and mode: a task run in its process must not inherit them."""
    token = scope.enter(None)
    try:
        with mode_scope(LIVE):
            yield
    finally:
        scope.leave(token)
        cast("DatabaseWrapper", connection).clear_scope()


@contextmanager
def platform_scope() -> Iterator[None]:
    """Platform-wide work: admin, relays, the nightly driver. One transaction, second role."""
    with transaction.atomic():
        token = scope.enter(Scope(None))
        try:
            yield
        finally:
            scope.leave(token)
            cast("DatabaseWrapper", connection).clear_scope()


class TenantManager(models.Manager[M]):
    """Fails closed: no scope, no rows. Inside a tenant's scope only its rows."""

    def get_queryset(self) -> models.QuerySet[M]:
        held = scope.required()
        queryset = super().get_queryset()
        if held.tenant_id is not None:
            # `filter(tenant_id=…)` without the general machinery: this runs for every query.
            column: Any = self.model._meta.get_field("tenant_id")
            where = Exact(column.get_col(queryset.query.get_initial_alias()), held.tenant_id)
            queryset.query.where.add(where, AND)
        return queryset
