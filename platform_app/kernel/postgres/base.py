"""Django's PostgreSQL backend, keeping the session in step with the tenant scope.

Row-level security reads two things from the session: the role and `app.tenant_id`. Both are brought
in line with `scope.current()` right before a statement runs, so a reconnect, a rollback or a pooled
connection can never carry somebody else's scope into the next unit of work.
"""

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from platform_app.kernel import scope
from platform_app.kernel.postgres.creation import DatabaseCreation
from platform_app.kernel.postgres.role import APP_ROLE, PLATFORM_ROLE, is_owner

State = tuple[str, str]  # role, tenant
_UNKNOWN: State = ("", "?")


class DatabaseWrapper(base.DatabaseWrapper):
    """Sets the role and the tenant of the session, lazily and always before a statement."""

    creation_class = DatabaseCreation

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._applied: State = _UNKNOWN
        self.execute_wrappers.append(self._before)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._applied = _UNKNOWN
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: str | None = None) -> Any:
        self._sync()
        return super().create_cursor(name)

    def clear_scope(self) -> None:
        """Called when a scope ends: do not leave a tenant on an idle connection."""
        if self.connection is not None and not self.connection.closed:
            self._sync()

    def _before(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,  # noqa: FBT001 -- Django's signature
        context: Any,
    ) -> Any:
        self._sync()
        return execute(sql, params, many, context)

    def _sync(self) -> None:
        wanted = _wanted()
        if wanted == self._applied or self.connection is None:
            return
        if self.connection.info.transaction_status == TRANSACTION_STATUS_INERROR:
            self._applied = _UNKNOWN
            return
        role, tenant = wanted
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('role', %s, false), set_config('app.tenant_id', %s, false)",
                (role or "none", tenant),
            )
        self._applied = wanted

    def _rollback(self) -> Any:
        self._applied = _UNKNOWN  # settings made inside the transaction are undone with it
        return super()._rollback()  # type: ignore[misc]  # not in the stubs

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]  # not in the stubs
        self._applied = _UNKNOWN


def _wanted() -> State:
    held = scope.current()
    if is_owner():
        return "none", ""
    if held is None:
        return APP_ROLE, ""
    if held.tenant_id is None:
        return PLATFORM_ROLE, ""
    return APP_ROLE, str(held.tenant_uuid)
