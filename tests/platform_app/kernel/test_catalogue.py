"""The three nets, read back from the database's own catalogue, table by table."""

from typing import Any

import pytest
from django.apps import apps
from django.db.utils import DatabaseError, IntegrityError, ProgrammingError

from platform_app.kernel.fields import PublicIdField, TenantForeignKey
from platform_app.kernel.models import AppendOnly, Door, Event, TenantOwned
from platform_app.kernel.postgres.role import as_owner
from platform_app.kernel.security import composite_keys, secure_database, tenant_tables
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.platform_app.kernel import sql

pytestmark = pytest.mark.django_db

MODELS = sorted(tenant_tables(), key=lambda model: model._meta.db_table)
APPEND_ONLY = [model for model in MODELS if issubclass(model, AppendOnly)]
TENANT_NOW = "(NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid"
# Read before a tenant is known: a login.
OPEN_TABLES = {"tenants_member"}
# What a stranger shows at the door must be unique among all tenants.
DOOR_HASHES = {("tenants_embedsession", "secret_hash"), ("tenants_embedsession", "token_hash")}
# Ids that are told, not referred to. The event log is partitioned and cannot be the target of a
# key; risk keeps the merchant it was asked about; the ledger is written without knowing drawdowns.
TOLD_IDS = {
    ("kernel_dispatch", "event_id"),
    ("kernel_event", "merchant_id"),
    ("campaigns_message", "event_id"),
    ("tenants_webhookdelivery", "event_id"),
    ("tenants_webhookreplay", "last_event_id"),
    # The log of requests is written later, by a job, in one insert for all platforms.
    ("tenants_apirequest", "key_id"),
    ("risk_decision", "merchant_id"),
    ("risk_override", "merchant_id"),
    ("risk_eclrow", "line_id"),
    ("risk_eclrow", "merchant_id"),
    # Scores come by COPY, a million a night; a run is checked whole before it is pointed at.
    ("risk_merchantscore", "run_id"),
    ("risk_merchantscore", "merchant_id"),
    ("risk_scorechunk", "first_id"),
    ("risk_scorechunk", "last_id"),
    ("credit_journalentry", "drawdown_id"),
    # Members of ours belong to no tenant, and may own a case.
    ("credit_collectioncase", "owner_id"),
    ("credit_casehandover", "from_owner_id"),
    ("credit_casehandover", "to_owner_id"),
}


def name_of(model: type[TenantOwned]) -> str:
    return model._meta.db_table


each_model = pytest.mark.parametrize("model", MODELS, ids=name_of)


def test_every_table_with_a_tenant_belongs_to_a_tenant_owned_model() -> None:
    found = {
        table
        for (table,) in sql.rows(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition"
            " AND c.relnamespace = 'public'::regnamespace AND a.attname = 'tenant_id'"
        )
    }
    assert found - OPEN_TABLES == {model._meta.db_table for model in MODELS}


def test_every_tenant_owned_model_has_a_table_of_its_own() -> None:
    assert len(MODELS) == len({model._meta.db_table for model in MODELS}) >= 35


@each_model
def test_row_level_security_is_on_for_the_owner_too(model: type[TenantOwned]) -> None:
    assert sql.rows(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass",
        model._meta.db_table,
    ) == [(True, True)]


@each_model
def test_both_policies_say_what_they_should(model: type[TenantOwned]) -> None:
    mine = f"(tenant_id = {TENANT_NOW})"
    if issubclass(model, Door):
        mine = f"(({TENANT_NOW} IS NULL) OR {mine})"
    assert sql.rows(
        "SELECT policyname::text, permissive, roles::text, cmd, qual, with_check FROM pg_policies"
        " WHERE schemaname = 'public' AND tablename = %s ORDER BY policyname",
        model._meta.db_table,
    ) == [
        ("platform_all", "PERMISSIVE", "{baitiao_platform}", "ALL", "true", "true"),
        ("tenant_only", "PERMISSIVE", "{baitiao_app}", "ALL", mine, mine),
    ]


def unique_keys(table: str) -> list[tuple[bool, list[str]]]:
    return [
        (primary, columns)
        for primary, columns in sql.rows(
            "SELECT i.indisprimary, array_agg(a.attname::text ORDER BY k.place)"
            " FROM pg_index i, unnest(i.indkey::int[]) WITH ORDINALITY k (number, place),"
            " pg_attribute a WHERE i.indrelid = %s::regclass AND i.indisunique"
            " AND a.attrelid = i.indrelid AND a.attnum = k.number GROUP BY i.indexrelid, 1",
            table,
        )
    ]


@each_model
def test_a_row_can_be_referred_to_by_tenant_and_id(model: type[TenantOwned]) -> None:
    keys = unique_keys(model._meta.db_table)
    if model is Event:  # partitioned: every unique key must hold the partition's column
        assert keys == [(True, ["tenant_id", "id", "occurred_at"])]
    else:
        assert (True, ["id"]) in keys
        assert (False, ["tenant_id", "id"]) in keys


@each_model
def test_what_is_unique_is_unique_within_a_tenant(model: type[TenantOwned]) -> None:
    table = model._meta.db_table
    others = [
        (table, columns[0])
        for primary, columns in unique_keys(table)
        if not primary and columns[0] != "tenant_id"
    ]
    assert set(others) == {(name, column) for name, column in DOOR_HASHES if name == table}


@each_model
def test_each_key_column_of_a_reference_starts_with_the_tenant(model: type[TenantOwned]) -> None:
    found = sql.rows(
        "SELECT (SELECT array_agg(a.attname::text ORDER BY k.place)"
        "  FROM unnest(c.conkey) WITH ORDINALITY k (number, place), pg_attribute a"
        "  WHERE a.attrelid = c.conrelid AND a.attnum = k.number),"
        " c.confrelid::regclass::text FROM pg_constraint c"
        " WHERE c.contype = 'f' AND c.conrelid = %s::regclass",
        model._meta.db_table,
    )
    wanted = [
        (["tenant_id", column], target)
        for table, column, target in composite_keys()
        if table == model._meta.db_table
    ]
    assert sorted(found) == sorted(wanted)


@each_model
def test_a_reference_is_a_tenant_reference_or_a_named_exception(model: type[TenantOwned]) -> None:
    prefixes = {getattr(one._meta.pk, "prefix", "") for one in MODELS}
    for field in model._meta.local_fields:
        if field.is_relation and (name_of(model), field.column) not in TOLD_IDS:
            assert isinstance(field, TenantForeignKey)
        elif isinstance(field, PublicIdField) and not field.primary_key:
            told = (model._meta.db_table, field.column) in TOLD_IDS
            assert told == (field.prefix in prefixes)


def test_no_model_joins_many_to_many_inside_a_tenant() -> None:
    joined = [model for model in apps.get_models() if issubclass(model, TenantOwned)]
    assert [field for model in joined for field in model._meta.many_to_many] == []


def test_partitions_are_closed_to_everybody_but_the_owner() -> None:
    partitions = [name for (name,) in sql.rows("SELECT relname FROM pg_class WHERE relispartition")]
    assert "kernel_event_default" in partitions
    for role in ("baitiao_app", "baitiao_platform"):
        for name in partitions:
            allowed = sql.rows(
                "SELECT p FROM unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE']) p"
                " WHERE has_table_privilege(%s, %s::regclass, p)",
                role,
                f"public.{name}",
            )
            assert allowed == []


@pytest.mark.parametrize("role", ["baitiao_app", "baitiao_platform", "baitiao_owner"])
def test_no_role_stands_above_the_policies(role: str) -> None:
    assert sql.rows(
        "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = %s", role
    ) == [(False, False, False)]


@pytest.mark.parametrize("model", APPEND_ONLY, ids=name_of)
@pytest.mark.parametrize("role", ["baitiao_app", "baitiao_platform"])
def test_append_only_rows_are_refused_to_both_roles(model: type[TenantOwned], role: str) -> None:
    allowed = sql.rows(
        "SELECT p FROM unnest(ARRAY['UPDATE','DELETE','TRUNCATE']) p"
        " WHERE has_table_privilege(%s, %s::regclass, p)",
        role,
        model._meta.db_table,
    )
    assert allowed == []
    column_grants = sql.one(
        "SELECT count(*) FROM information_schema.column_privileges WHERE grantee = %s"
        " AND table_name = %s AND privilege_type = 'UPDATE'",
        role,
        model._meta.db_table,
    )
    assert column_grants == 0


@pytest.mark.parametrize("model", APPEND_ONLY, ids=name_of)
def test_append_only_rows_have_the_trigger_for_everybody_else(model: type[TenantOwned]) -> None:
    assert sql.rows(
        "SELECT tgenabled::text, pg_get_triggerdef(oid) LIKE"
        " '%%BEFORE DELETE OR UPDATE%%FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change()'"
        " FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = 'append_only'",
        model._meta.db_table,
    ) == [("O", True)]


@pytest.mark.parametrize("act", ["UPDATE {} SET actor = 'x'", "DELETE FROM {}"])
def test_the_application_may_not_change_what_happened(tenant: Tenant, act: str) -> None:
    with tenant_scope(tenant.id), pytest.raises(ProgrammingError, match="permission denied"):
        sql.rows(act.format("kernel_event"))


@pytest.mark.parametrize("table", ["kernel_event", "kernel_auditrecord"])
@pytest.mark.parametrize("act", ["UPDATE {} SET actor = 'x'", "DELETE FROM {}"])
@pytest.mark.usefixtures("tenant")
def test_the_owner_may_not_either(table: str, act: str) -> None:
    with sql.owner_sees([table]):
        assert sql.one(
            f"SELECT count(*) > 0 FROM {table}"  # noqa: S608 -- our own table names
        )
        with pytest.raises(IntegrityError, match="append-only"):
            sql.rows(act.format(table))


@pytest.mark.usefixtures("tenant")
def test_the_owner_sees_nothing_without_taking_the_fence_down() -> None:
    with as_owner():
        assert sql.one("SELECT count(*) FROM kernel_auditrecord") == 0


def test_a_scope_changes_nothing_about_other_tables() -> None:
    with pytest.raises(DatabaseError):
        sql.rows("SELECT * FROM kernel_event_default")


def state() -> set[tuple[Any, ...]]:
    """Every privilege, fence, policy, constraint and trigger, by the name of what bears it."""
    found: set[tuple[Any, ...]] = set()
    for question in (
        # Temporary tables of other connections come and go.
        (
            "SELECT oid::regclass::text, relacl::text, relrowsecurity, relforcerowsecurity"
            " FROM pg_class WHERE relpersistence <> 't'"
        ),
        "SELECT polrelid::regclass::text, polname, pg_get_expr(polqual, polrelid) FROM pg_policy",
        (
            "SELECT conrelid::regclass::text, conname, c.oid FROM pg_constraint c"
            " LEFT JOIN pg_class r ON r.oid = conrelid WHERE coalesce(r.relpersistence, 'p') <> 't'"
        ),
        "SELECT tgrelid::regclass::text, tgname, oid FROM pg_trigger",
        "SELECT oid::regprocedure::text, proacl::text FROM pg_proc",
    ):
        found.update(sql.rows(question))
    return found


def test_securing_again_changes_nothing() -> None:
    # Once beforehand: a partition that another test brought to life has no privileges written yet.
    secure_database()
    before = state()
    secure_database()
    assert state() ^ before == set()
