"""What the code cannot be trusted with: balanced entries, closed days, published terms."""

from django.db import migrations

# The check runs at commit, when the caller may have left its tenant's scope: the function looks at
# the entry's own tenant and puts the session back as it was.
BALANCED = """
CREATE FUNCTION credit_entry_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    total numeric;
    sides int;
    scope_before text := coalesce(current_setting('app.tenant_id', true), '');
BEGIN
    PERFORM set_config('app.tenant_id', NEW.tenant_id::text, true);
    SELECT COALESCE(SUM(amount_minor), 0), COUNT(*) INTO total, sides
      FROM credit_posting WHERE tenant_id = NEW.tenant_id AND entry_id = NEW.id;
    IF total <> 0 OR sides < 2 THEN
        RAISE EXCEPTION 'journal entry % does not balance: sum %, postings %', NEW.id, total, sides
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_journalentry_balanced';
    END IF;
    PERFORM set_config('app.tenant_id', scope_before, true);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER credit_journalentry_balanced AFTER INSERT ON credit_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION credit_entry_balanced();
"""

# A posting may only join an entry of its own transaction: otherwise a balanced entry could be
# unbalanced later, after its deferred check has run.
SAME_TRANSACTION = """
ALTER TABLE credit_journalentry ADD COLUMN booked_xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE FUNCTION credit_posting_joins_new_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM fresh p JOIN credit_journalentry e
            ON e.tenant_id = p.tenant_id AND e.id = p.entry_id
        WHERE e.booked_xid <> pg_current_xact_id()
    ) THEN
        RAISE EXCEPTION 'a posting was added to an entry already booked'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_posting_joins_new_entry';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER credit_posting_new_entry AFTER INSERT ON credit_posting
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION credit_posting_joins_new_entry();
"""

# Business acts are booked into the open day only; the close itself still posts its accruals and
# adjustments into the day it is closing.
OPEN_DAY = """
CREATE FUNCTION credit_entry_in_open_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT tenant_id, booked_on, kind FROM fresh) f
        LEFT JOIN credit_businessday d ON d.tenant_id = f.tenant_id AND d."on" = f.booked_on
        WHERE d.status IS DISTINCT FROM 'open'
          AND NOT coalesce(d.status = 'closing' AND f.kind IN ('accrual', 'adjustment'), false)
    ) THEN
        RAISE EXCEPTION 'booked into a day that is not open'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_booked_into_open_day';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION credit_event_in_open_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT tenant_id, booked_on FROM fresh) f
        LEFT JOIN credit_businessday d ON d.tenant_id = f.tenant_id AND d."on" = f.booked_on
        WHERE d.status IS DISTINCT FROM 'open'
    ) THEN
        RAISE EXCEPTION 'booked into a day that is not open'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_booked_into_open_day';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER credit_journalentry_open_day AFTER INSERT ON credit_journalentry
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION credit_entry_in_open_day();
CREATE TRIGGER credit_loanevent_open_day AFTER INSERT ON credit_loanevent
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION credit_event_in_open_day();
"""

FORWARD_ONLY = """
CREATE FUNCTION credit_day_forward_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW."on" <> OLD."on"
       OR (OLD.status = 'closed' AND NEW IS DISTINCT FROM OLD)
       OR (OLD.status = 'closing' AND NEW.status = 'open') THEN
        RAISE EXCEPTION 'a business day only moves forward'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_day_forward_only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER credit_businessday_forward BEFORE UPDATE OR DELETE ON credit_businessday
    FOR EACH ROW EXECUTE FUNCTION credit_day_forward_only();
"""

PUBLISHED_IS_FINAL = """
CREATE FUNCTION credit_published_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.status <> 'draft' AND (
        NEW.terms IS DISTINCT FROM OLD.terms OR NEW.sha256 <> OLD.sha256
        OR NEW.number <> OLD.number OR NEW.status = 'draft')) THEN
        RAISE EXCEPTION 'published terms do not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_published_is_final';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER credit_productversion_final BEFORE UPDATE OR DELETE ON credit_productversion
    FOR EACH ROW EXECUTE FUNCTION credit_published_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("credit", "0002_initial"), ("kernel", "0001_kernel")]

    operations = [
        migrations.RunSQL(
            BALANCED, "DROP FUNCTION credit_entry_balanced CASCADE"
        ),
        migrations.RunSQL(
            SAME_TRANSACTION,
            "DROP FUNCTION credit_posting_joins_new_entry CASCADE;"
            "ALTER TABLE credit_journalentry DROP COLUMN booked_xid",
        ),
        migrations.RunSQL(
            OPEN_DAY, "DROP FUNCTION credit_entry_in_open_day CASCADE;"
            "DROP FUNCTION credit_event_in_open_day CASCADE"
        ),
        migrations.RunSQL(
            FORWARD_ONLY, "DROP FUNCTION credit_day_forward_only CASCADE"
        ),
        migrations.RunSQL(
            PUBLISHED_IS_FINAL, "DROP FUNCTION credit_published_is_final CASCADE"
        ),
    ]
