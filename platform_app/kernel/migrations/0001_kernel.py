"""Event log (partitioned), outbox, idempotency, audit, data keys."""

from django.db import migrations

EVENT_TABLE = """
CREATE TABLE kernel_event (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    subject text NOT NULL,
    merchant_id uuid,
    actor text NOT NULL,
    source text NOT NULL DEFAULT 'operation',
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    props jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, id, occurred_at)
) PARTITION BY RANGE (occurred_at);
CREATE TABLE kernel_event_default PARTITION OF kernel_event DEFAULT;
CREATE INDEX kernel_event_name ON kernel_event (tenant_id, name, occurred_at);
CREATE INDEX kernel_event_merchant ON kernel_event (tenant_id, merchant_id, occurred_at)
    WHERE merchant_id IS NOT NULL;
CREATE INDEX kernel_event_subject ON kernel_event (tenant_id, subject);
"""

REFUSE_CHANGE = """
CREATE FUNCTION kernel_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

# The one thing the application may ask the owner to do: a new month of the event log. Strays that
# already wait in the default partition move over.
ENSURE_PARTITION = """
CREATE FUNCTION kernel_ensure_event_partition(month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    first date := date_trunc('month', month);
    part text := 'kernel_event_' || to_char(first, 'YYYYMM');
    since timestamptz := first::timestamp AT TIME ZONE 'Asia/Shanghai';
    until timestamptz := (first + interval '1 month')::timestamp AT TIME ZONE 'Asia/Shanghai';
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('kernel_event_partition'));
    IF to_regclass(part) IS NOT NULL THEN RETURN; END IF;
    ALTER TABLE kernel_event DETACH PARTITION kernel_event_default;
    EXECUTE format('CREATE TABLE %I PARTITION OF kernel_event FOR VALUES FROM (%L) TO (%L)',
                   part, since, until);
    EXECUTE format('INSERT INTO %I SELECT * FROM kernel_event_default
                    WHERE occurred_at >= %L AND occurred_at < %L', part, since, until);
    DELETE FROM kernel_event_default WHERE occurred_at >= since AND occurred_at < until;
    ALTER TABLE kernel_event ATTACH PARTITION kernel_event_default DEFAULT;
END $$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.RunSQL(EVENT_TABLE, "DROP TABLE kernel_event"),
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION kernel_refuse_change"),
        migrations.RunSQL(ENSURE_PARTITION, "DROP FUNCTION kernel_ensure_event_partition"),
    ]
