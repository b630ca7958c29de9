"""`manage.py export_training`: matured cases with what they were decided on and their weight."""

import csv
import json
import zlib
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from analytics.queries.outcomes import matured_outcomes
from credit.operations.applications import decide_application, submit_application
from credit.operations.launch import ORDER_CREDIT
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.domain.experiment import Arm, arm_at, place_of
from risk.domain.labels import label_def
from risk.enums import ArmKind
from risk.operations.outcomes import keep_outcomes
from risk.queries.experiments import arms_of
from risk.queries.training import matured_cases
from risk.queries.training_rows import training_rows
from tenants.models import Tenant
from tenants.operations.sandbox import fake_registration_no
from tests.credit import lives
from tests.risk import trials

pytestmark = pytest.mark.django_db
LATE = date(2026, 8, 31)
CELL = Arm(
    name="explore", kind=ArmKind.EXPLORE, share=300, max_pd=Decimal("0.9"), limit_minor=500_000
)


def lived(tenant: Tenant, at: datetime) -> None:
    """One line as ever, paid; one explored, never paid back."""
    with tenant_scope(tenant.id):
        good = lives.line_of(lives.merchant_with_trade("A", at), at)
        drawn = lives.drawn(good, 100_000, "PO-A", at)
        trial = trials.started(CELL, at=at, until_at=at.replace(year=2027))
        number = 0
        while True:
            number += 1
            company = fake_registration_no(zlib.crc32(f"X{number}".encode()))
            if arm_at(arms_of(trial), place_of(trial.salt, company)).name == "explore":
                break
        merchant = lives.merchant_with_trade(f"X{number}", at, weeks=4)
        application = submit_application(
            merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, actor="a", at=at
        )
        decided = decide_application(
            application_id=application.id, actor="a", at=at, trade=trials.near_the_cut()
        )
        assert decided.decision.binding_bound == "exploration"
        line = trials.signed(application.id, at)
        lives.drawn(line, 100_000, "PO-X", at)
        lives.repaid(drawn, 102_000, "R-A", lives.close_until(date(2026, 4, 1)))
        lives.close_until(LATE)


def exported(path: Path, *arguments: str) -> list[dict[str, str]]:
    out = StringIO()
    call_command("export_training", "--tenant", "pets", "--out", str(path), *arguments, stdout=out)
    with path.open() as file:
        return list(csv.DictReader(file))


def test_an_explored_case_weighs_one_over_its_propensity(
    tenant: Tenant, other_tenant: Tenant, at: datetime, tmp_path: Path
) -> None:
    lived(tenant, at)
    rows = exported(tmp_path / "t.csv")
    told = [
        (row["bad"], row["arm"], row["propensity"], row["weight"], row["decided_on"])
        for row in sorted(rows, key=lambda row: row["arm"])
    ]
    assert told == [
        ("0", "", "", "1", "2026-03-02"), ("1", "explore", "300", "33.333333", "2026-03-02"),
    ]  # fmt: skip
    assert rows[0]["cohort_on"] == "2026-03-01"
    explored = next(row for row in rows if row["arm"])
    facts = ("tenure_days", "return_rate", "linked_merchants_count")
    assert [explored[name] for name in facts] == ["100", "0.12", ""]
    with tenant_scope(tenant.id):
        keep_outcomes(outcomes=matured_outcomes(on=LATE), on=LATE)
        cases = matured_cases(label_def(LATE), on=LATE)
        assert sorted(one.weight for one in cases) == [1.0, 10_000 / 300]
    with tenant_scope(other_tenant.id):
        assert list(training_rows(matured_outcomes(on=LATE))) == []
    with no_scope(), pytest.raises(NoScope):
        list(training_rows(matured_outcomes(on=LATE)))


def test_before_anything_matures_there_is_a_head_only(
    tenant: Tenant, at: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    out = StringIO()
    call_command("export_training", "--tenant", "pets", "--out", str(path), "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"on": "2026-03-01", "rows": 0, "bad": 0}
    assert path.read_text().startswith("decision_id,merchant_id,decided_on,cohort_on,")
    with pytest.raises(CommandError, match="no platform nobody"):
        call_command("export_training", "--tenant", "nobody", "--out", str(path))
