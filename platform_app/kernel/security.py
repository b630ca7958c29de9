"""Nets two and three, brought to the database from the models' own declarations.

Run by `manage.py migrate` after the migrations, as the tables' owner, and idempotent: each policy,
composite key and privilege is created when missing and left alone when it is there.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from platform_app.kernel.fields import TenantForeignKey
from platform_app.kernel.models import AppendOnly, TenantOwned
from platform_app.kernel.postgres.role import APP_ROLE, PLATFORM_ROLE, as_owner

TENANT_NOW = "NULLIF(current_setting('app.tenant_id', true), '')::uuid"


def tenant_tables() -> list[type[TenantOwned]]:
    """Every concrete tenant-owned model."""
    return [m for m in apps.get_models(include_auto_created=True) if issubclass(m, TenantOwned)]


def secure_database() -> None:
    """Apply privileges, row-level security and composite keys. Safe to run at any time."""
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        _grant(cursor)
        for model in tenant_tables():
            table = model._meta.db_table
            _policy(cursor, table, _condition(model))
            _unique_tenant_id(cursor, table)
            if issubclass(model, AppendOnly):
                _append_only(cursor, table)
        for table, column, target in composite_keys():
            _composite_key(cursor, table, column, target)


def composite_keys() -> Iterator[tuple[str, str, str]]:
    """(table, column, target table) of every reference between tenant-owned tables."""
    for model in tenant_tables():
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey):
                yield model._meta.db_table, field.column, field.related_model._meta.db_table


def _condition(model: type[TenantOwned]) -> str:
    """A door (keys, sessions) is read to learn the tenant: open without a scope, fenced in one."""
    mine = f"tenant_id = {TENANT_NOW}"
    return f"{TENANT_NOW} IS NULL OR {mine}" if getattr(model, "is_door", False) else mine


def _grant(cursor: CursorWrapper) -> None:
    """Partitions get no privilege of their own: read directly, they would bypass the policies."""
    cursor.execute(
        "SELECT relname, relispartition FROM pg_class WHERE relkind IN ('r', 'p')"
        " AND relnamespace = 'public'::regnamespace"
    )
    tables = cursor.fetchall()
    own = ", ".join(f'"{name}"' for name, is_partition in tables if not is_partition)
    partitions = ", ".join(f'"{name}"' for name, is_partition in tables if is_partition)
    for role in (APP_ROLE, PLATFORM_ROLE):
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {own} TO {role}")
        cursor.execute(f"REVOKE ALL ON {partitions} FROM {role}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}")


def _policy(cursor: CursorWrapper, table: str, condition: str) -> None:
    cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    cursor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    cursor.execute("SELECT policyname FROM pg_policies WHERE tablename = %s", [table])
    present = {row[0] for row in cursor.fetchall()}
    if "tenant_only" not in present:
        cursor.execute(
            f'CREATE POLICY tenant_only ON "{table}" TO {APP_ROLE} '
            f"USING ({condition}) WITH CHECK ({condition})"
        )
    if "platform_all" not in present:
        cursor.execute(
            f'CREATE POLICY platform_all ON "{table}" TO {PLATFORM_ROLE} '
            "USING (true) WITH CHECK (true)"
        )


def _unique_tenant_id(cursor: CursorWrapper, table: str) -> None:
    name = f"{table}_tenant_id_key"
    if not _constraint_exists(cursor, table, name) and not _is_partitioned(cursor, table):
        cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" UNIQUE (tenant_id, id)')


def _composite_key(cursor: CursorWrapper, table: str, column: str, target: str) -> None:
    name = f"{table}_{column}_tenant_fk"[:63]
    if not _constraint_exists(cursor, table, name):
        cursor.execute(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (tenant_id, "{column}") '
            f'REFERENCES "{target}" (tenant_id, id)'
        )


def _append_only(cursor: CursorWrapper, table: str) -> None:
    for role in (APP_ROLE, PLATFORM_ROLE):
        cursor.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM {role}')
    cursor.execute(
        f'CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}" '
        "FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change()"
    )


def _constraint_exists(cursor: CursorWrapper, table: str, name: str) -> bool:
    cursor.execute(
        "SELECT 1 FROM pg_constraint WHERE conname = %s AND conrelid = %s::regclass", [name, table]
    )
    return cursor.fetchone() is not None


def _is_partitioned(cursor: CursorWrapper, table: str) -> bool:
    cursor.execute("SELECT relkind = 'p' FROM pg_class WHERE oid = %s::regclass", [table])
    row = cursor.fetchone()
    return bool(row and row[0])
