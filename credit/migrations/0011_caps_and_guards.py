"""The caps and the LPR as known in November 2026, and the guards of what two people decide.

Not legal advice: each row says where it was read. Counsel confirms the table before live money.
"""

from datetime import date
from decimal import Decimal

from django.db import migrations

NINE = "金规〔2025〕9号 (商业银行互联网助贷业务), gov.cn 政策库 content_7017135; 24 % 为司法实践口径"
MICROLOAN = "《小额贷款公司综合融资成本管理工作指引》 (2025-12), 据公开报道, 原文待核对"
COURT = "最高人民法院 民间借贷司法解释 (2020-12-29 修正) 第二十五、二十八、二十九条"

# licence, from, to, kind, value, severity, basis, source
CAPS = [
    ("bank", date(2025, 10, 1), None, "fixed", "0.24", "block",
     "综合融资成本不超过年化 24 %", NINE),
    ("microloan", date(2025, 12, 1), None, "fixed", "0.24", "block",
     "综合融资成本不超过年化 24 %", MICROLOAN),
    ("microloan", date(2025, 12, 1), date(2028, 1, 1), "lpr_multiple", "4", "warn",
     "新发放贷款逐步降至 1 年期 LPR 的 4 倍以内", MICROLOAN),
    ("microloan", date(2028, 1, 1), None, "lpr_multiple", "4", "block",
     "新发放贷款不超过 1 年期 LPR 的 4 倍", MICROLOAN),
    ("none", date(2021, 1, 1), None, "lpr_multiple", "4", "block",
     "利息、逾期利息、违约金与其他费用合计不超过 1 年期 LPR 的 4 倍", COURT),
]  # fmt: skip

LPR = [
    (date(2025, 5, 20), "0.0300",
     "https://www.cnbc.com/2026/02/24/china-central-bank-pboc-loan-prime-rates-yuan-strength-growth-slows.html",
     "1 年期 3.00 %, 自 2025-05-20 起; 2026-02-24 报道连续第十个月未变, 2026-09 报道仍为 3.00 %"),
]  # fmt: skip


def fill(apps, schema_editor):
    cap_rule = apps.get_model("credit", "CapRule")
    for licence, from_on, to_on, kind, value, severity, basis, source in CAPS:
        cap_rule.objects.create(
            licence_type=licence, from_on=from_on, to_on=to_on, kind=kind, value=Decimal(value),
            severity=severity, basis=basis, source=source,
        )  # fmt: skip
    lpr_rate = apps.get_model("credit", "LprRate")
    for on, value, source_url, notice in LPR:
        lpr_rate.objects.create(
            term="1Y", on=on, value=Decimal(value), source_url=source_url, notice=notice
        )


# Caps and LPR change only by a change that another person has approved; what is seeded above stands.
REFERENCE_GUARD = """
CREATE FUNCTION credit_reference_by_two_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.change_id IS NULL
       OR (TG_OP = 'UPDATE' AND NEW.change_id IS NOT DISTINCT FROM OLD.change_id)
       OR NOT EXISTS (SELECT 1 FROM credit_referencechange c
                      WHERE c.id = NEW.change_id AND c.status = 'approved') THEN
        RAISE EXCEPTION 'reference data changes only by an approved change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_reference_by_two_people';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER credit_lprrate_by_two_people BEFORE INSERT OR UPDATE OR DELETE ON credit_lprrate
    FOR EACH ROW EXECUTE FUNCTION credit_reference_by_two_people();
CREATE TRIGGER credit_caprule_by_two_people BEFORE INSERT OR UPDATE OR DELETE ON credit_caprule
    FOR EACH ROW EXECUTE FUNCTION credit_reference_by_two_people();
CREATE FUNCTION credit_reference_change_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status <> 'proposed' OR NEW.kind <> OLD.kind
       OR NEW.payload IS DISTINCT FROM OLD.payload OR NEW.proposed_by <> OLD.proposed_by THEN
        RAISE EXCEPTION 'a proposed change is decided once and never edited'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_reference_change_is_final';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER credit_referencechange_final BEFORE UPDATE OR DELETE ON credit_referencechange
    FOR EACH ROW EXECUTE FUNCTION credit_reference_change_is_final();
"""

# A draft is edited freely; what waits for approval is what will be approved; what was published
# only retires. The columns listed are what a version *is*.
PUBLISHED_IS_FINAL = """
CREATE OR REPLACE FUNCTION credit_published_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (OLD.status <> 'draft' AND (
           NEW.terms IS DISTINCT FROM OLD.terms OR NEW.sha256 <> OLD.sha256
           OR NEW.number <> OLD.number OR NEW.product_id <> OLD.product_id
           OR NEW.funding_source_id <> OLD.funding_source_id
           OR NEW.lowest_rate IS DISTINCT FROM OLD.lowest_rate
           OR NEW.highest_rate IS DISTINCT FROM OLD.highest_rate
           OR NEW.drafted_by <> OLD.drafted_by OR NEW.is_bootstrap <> OLD.is_bootstrap))
       OR (OLD.status IN ('published', 'retired') AND (
           NEW.status NOT IN (OLD.status, 'retired')
           OR NEW.submitted_by <> OLD.submitted_by OR NEW.approved_by <> OLD.approved_by
           OR NEW.published_at IS DISTINCT FROM OLD.published_at))
       OR (OLD.status = 'draft' AND NEW.status IN ('published', 'retired'))
       OR (OLD.status = 'submitted' AND NEW.status = 'retired') THEN
        RAISE EXCEPTION 'published terms do not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_published_is_final';
    END IF;
    RETURN NEW;
END $$;
"""

BEFORE_THIS = """
CREATE OR REPLACE FUNCTION credit_published_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.status <> 'draft' AND (
        NEW.terms IS DISTINCT FROM OLD.terms OR NEW.sha256 <> OLD.sha256
        OR NEW.number <> OLD.number OR NEW.status = 'draft')) THEN
        RAISE EXCEPTION 'published terms do not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_published_is_final';
    END IF;
    RETURN NEW;
END $$;
"""

# Nothing off the sheet can be charged: a fee event names a code that the line's cost sheet lists.
# Read through jsonb, so that an event without the column or the code is refused all the same.
FEE_ON_COST_SHEET = """
CREATE FUNCTION credit_fee_on_cost_sheet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM credit_drawdown d
        JOIN credit_creditline l ON l.tenant_id = d.tenant_id AND l.id = d.line_id
        JOIN credit_offer o ON o.tenant_id = l.tenant_id AND o.id = l.offer_id
        JOIN credit_costsheetitem i
            ON i.tenant_id = o.tenant_id AND i.cost_sheet_id = o.cost_sheet_id
        WHERE d.tenant_id = NEW.tenant_id AND d.id = NEW.drawdown_id
          AND i.code = to_jsonb(NEW) -> 'details' ->> 'code'
    ) THEN
        RAISE EXCEPTION 'a fee that is not on the cost sheet'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_fee_on_cost_sheet';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER credit_loanevent_fee_on_cost_sheet AFTER INSERT ON credit_loanevent
    FOR EACH ROW WHEN (NEW.kind = 'fee') EXECUTE FUNCTION credit_fee_on_cost_sheet();
"""


class Migration(migrations.Migration):
    dependencies = [("credit", "0010_products_by_two_people")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunSQL(
            REFERENCE_GUARD,
            "DROP FUNCTION credit_reference_by_two_people CASCADE;"
            "DROP FUNCTION credit_reference_change_is_final CASCADE",
        ),
        migrations.RunSQL(PUBLISHED_IS_FINAL, BEFORE_THIS),
        migrations.RunSQL(FEE_ON_COST_SHEET, "DROP FUNCTION credit_fee_on_cost_sheet CASCADE"),
    ]
