"""Snapshots of balances, links of reversals; the ledger's guards made cheaper, none weaker."""

import re
from importlib import import_module

import django.db.models.deletion
import platform_app.kernel.fields
import platform_app.kernel.scope
from django.db import migrations, models

# As in 0003, but the session is left alone when it already is in the entry's tenant: nearly always.
BALANCED = """
CREATE OR REPLACE FUNCTION credit_entry_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    scope_before text := coalesce(current_setting('app.tenant_id', true), '');
    is_elsewhere bool := scope_before <> NEW.tenant_id::text;
    is_balanced bool;
BEGIN
    IF is_elsewhere THEN PERFORM set_config('app.tenant_id', NEW.tenant_id::text, true); END IF;
    is_balanced := (SELECT sum(amount_minor) = 0 AND count(*) > 1 FROM credit_posting
                    WHERE tenant_id = NEW.tenant_id AND entry_id = NEW.id);
    IF is_balanced IS NOT TRUE THEN
        RAISE EXCEPTION 'journal entry % does not balance', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_journalentry_balanced';
    END IF;
    IF is_elsewhere THEN PERFORM set_config('app.tenant_id', scope_before, true); END IF;
    RETURN NULL;
END $$;
"""

# As in 0003, looking once per entry instead of once per posting.
SAME_TRANSACTION = """
CREATE OR REPLACE FUNCTION credit_posting_joins_new_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT tenant_id, entry_id FROM fresh) p
        JOIN credit_journalentry e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id
        WHERE e.booked_xid <> pg_current_xact_id()
    ) THEN
        RAISE EXCEPTION 'a posting was added to an entry already booked'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_posting_joins_new_entry';
    END IF;
    RETURN NULL;
END $$;
"""

# As in 0003, and a day whose balances were taken is over even while it is closing.
OPEN_DAY = """
CREATE OR REPLACE FUNCTION credit_entry_in_open_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT tenant_id, booked_on, kind FROM fresh) f
        LEFT JOIN credit_businessday d ON d.tenant_id = f.tenant_id AND d."on" = f.booked_on
        WHERE d.status IS DISTINCT FROM 'open'
          AND (NOT coalesce(d.status = 'closing' AND f.kind IN ('accrual', 'adjustment'), false)
               OR EXISTS (SELECT 1 FROM credit_accountsnapshot s
                          WHERE s.tenant_id = f.tenant_id AND s."on" >= f.booked_on))
    ) THEN
        RAISE EXCEPTION 'booked into a day that is not open'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_booked_into_open_day';
    END IF;
    RETURN NULL;
END $$;
"""

# Only what can no longer change may be remembered: a day still open has no balance to keep.
SNAPSHOT_OF_PAST_DAY = """
CREATE FUNCTION credit_snapshot_of_past_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT tenant_id, "on" FROM fresh) f
        LEFT JOIN credit_businessday d ON d.tenant_id = f.tenant_id AND d."on" = f."on"
        WHERE d.status IS NULL OR d.status = 'open'
    ) THEN
        RAISE EXCEPTION 'balances taken of a day that is not over'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_snapshot_of_past_day';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER credit_accountsnapshot_past_day AFTER INSERT ON credit_accountsnapshot
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION credit_snapshot_of_past_day();
"""


def as_in_0003(statement, function):
    """The function as it was, to go back to."""
    text = getattr(import_module("credit.migrations.0003_ledger_guards"), statement)
    (body,) = re.findall(rf"CREATE (FUNCTION {function}\(\).*?\nEND \$\$;)", text, re.DOTALL)
    return f"CREATE OR REPLACE {body}"


class Migration(migrations.Migration):

    dependencies = [
        ("credit", "0008_close_buckets"),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountSnapshot',
            fields=[
                ('tenant_id', platform_app.kernel.fields.PublicIdField(default=platform_app.kernel.scope.current_tenant_id, editable=False, prefix='tnt')),
                ('id', platform_app.kernel.fields.OwnIdField(prefix='asn', serialize=False)),
                ('on', models.DateField()),
                ('balance_minor', platform_app.kernel.fields.MinorField()),
                ('posting_count', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'Account snapshot',
                'verbose_name_plural': 'Account snapshot',
            },
        ),
        migrations.RemoveIndex(
            model_name='journalentry',
            name='credit_journalentry_booked',
        ),
        migrations.AddField(
            model_name='journalentry',
            name='reverses',
            field=platform_app.kernel.fields.TenantForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credit.journalentry'),
        ),
        migrations.AlterField(
            model_name='posting',
            name='account',
            field=platform_app.kernel.fields.TenantForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credit.account'),
        ),
        migrations.AlterField(
            model_name='posting',
            name='entry',
            field=platform_app.kernel.fields.TenantForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credit.journalentry'),
        ),
        migrations.AddIndex(
            model_name='journalentry',
            index=models.Index(fields=['tenant_id', 'booked_on', 'id'], name='credit_journalentry_booked'),
        ),
        migrations.AddIndex(
            model_name='journalentry',
            index=models.Index(condition=models.Q(('value_on', models.F('booked_on')), _negated=True), fields=['tenant_id', 'value_on', 'booked_on'], name='credit_journalentry_revalued'),
        ),
        migrations.AddConstraint(
            model_name='journalentry',
            constraint=models.UniqueConstraint(condition=models.Q(('reverses__isnull', False)), fields=('tenant_id', 'reverses'), name='credit_journalentry_reversed_once'),
        ),
        migrations.AddConstraint(
            model_name='journalentry',
            constraint=models.CheckConstraint(condition=models.Q(('reverses__isnull', True), models.Q(('reverses', models.F('id')), _negated=True), _connector='OR'), name='credit_journalentry_reverses_another'),
        ),
        migrations.AddField(
            model_name='accountsnapshot',
            name='account',
            field=platform_app.kernel.fields.TenantForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credit.account'),
        ),
        migrations.AddIndex(
            model_name='accountsnapshot',
            index=models.Index(fields=['tenant_id', 'on'], name='credit_accountsnapshot_on'),
        ),
        migrations.AddConstraint(
            model_name='accountsnapshot',
            constraint=models.UniqueConstraint(fields=('tenant_id', 'account', 'on'), name='credit_accountsnapshot_once'),
        ),
        migrations.AddConstraint(
            model_name='accountsnapshot',
            constraint=models.CheckConstraint(condition=models.Q(('posting_count__gt', 0)), name='credit_accountsnapshot_moved'),
        ),
        migrations.RunSQL(BALANCED, as_in_0003("BALANCED", "credit_entry_balanced")),
        migrations.RunSQL(
            SAME_TRANSACTION, as_in_0003("SAME_TRANSACTION", "credit_posting_joins_new_entry")
        ),
        migrations.RunSQL(OPEN_DAY, as_in_0003("OPEN_DAY", "credit_entry_in_open_day")),
        migrations.RunSQL(
            SNAPSHOT_OF_PAST_DAY, "DROP FUNCTION credit_snapshot_of_past_day CASCADE"
        ),
    ]
