"""Settlements and files as a partner reads them."""

import csv
import hashlib
import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit.models import CreditLine, ReconciliationFile, Repayment, SettlementBatch
from credit.operations.deductions import agree_deduction
from credit.operations.reconciliation_files import write_day_file, write_settlement_file
from credit.queries.business_day import open_day
from platform_app.kernel import clock
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives, settling
from tests.tenants.interfaces.api.client import Partner


def table(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def later(tenant: Tenant, line: CreditLine, at: datetime) -> datetime:
    """A day with a capture, a repayment and a refund has been closed."""
    with tenant_scope(tenant.id):
        drawdown = lives.drawn(line, 500_000, "SO-1", at)
        lives.repaid(drawdown, 70_000, "PAY-1", at)
        settling.refunded(120_000, "R-1", at)
        return lives.close_until(date(2026, 3, 3))


def test_a_settlement_explains_itself(owner: Partner, later: datetime) -> None:
    with clock.travel(later):
        [one] = owner.get("settlements").json()["data"]
        assert owner.get(f"settlements/{one['id']}").json() == one
    assert one["totals"] == [
        {"kind": "capture", "count": 1, "amount": 500_000},
        {"kind": "refund", "count": 1, "amount": -120_000},
    ]
    assert (one["amount"], one["due_on"], one["capture_count"]) == (380_000, "2026-03-03", 1)
    assert one["payout_reference"] == one["id"]
    assert one["next_action"]["deadline"] == "2026-03-03"


def test_the_files_of_a_day(owner: Partner, tenant: Tenant, later: datetime) -> None:
    with clock.travel(later):
        [one] = owner.get("settlements").json()["data"]
        answer = owner.get(f"settlements/{one['id']}/file")
        rows = table(answer)
        assert [(row[0], row[4], row[5], row[7]) for row in rows[1:]] == [
            ("capture", "SO-1", rows[1][5], "5000.00"),
            ("refund", "", "R-1", "-1200.00"),
            ("合计(total)", "", "", "3800.00"),
        ]
        assert rows[-1][1] == "2"
        assert answer.headers["BT-Content-SHA256"] == hashlib.sha256(answer.content).hexdigest()
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"

        day, batch = sorted(
            owner.get("reconciliation_files?on=2026-03-02").json()["data"],
            key=lambda row: str(row["kind"]),
        )
        assert (day["kind"], day["row_count"], day["amount"]) == ("day", 3, 690_000)
        assert (batch["kind"], batch["settlement"], batch["revision"]) == (
            "settlement", one["id"], 1,
        )  # fmt: skip
        rows = table(owner.get(f"reconciliation_files/{day['id']}/content"))
        assert [(row[0], row[7]) for row in rows[1:]] == [
            ("capture", "5000.00"), ("repayment", "700.00"), ("refund", "1200.00"),
            ("合计(total)", "6900.00"),
        ]  # fmt: skip
        only = owner.get("reconciliation_files?kind=day&on=2026-03-02").json()["data"]
        assert only == [day]
        wrong = owner.get("reconciliation_files?on=2026-13-02")
        assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid")
    with tenant_scope(tenant.id):
        taken = AuditRecord.objects.filter(action="file.download").order_by("position")
        assert list(taken.values_list("subject", flat=True)) == [batch["id"], day["id"]]


def test_the_same_bytes_are_no_revision_and_other_bytes_are(
    tenant: Tenant, owner: Partner, later: datetime
) -> None:
    with tenant_scope(tenant.id):
        before = list(ReconciliationFile.objects.order_by("id").values())
        batch = SettlementBatch.objects.get()
        write_settlement_file(batch_id=batch.id, at=later)
        write_day_file(on=date(2026, 3, 2), at=later)
        assert list(ReconciliationFile.objects.order_by("id").values()) == before
        # the open day's file grows with the day
        first = write_day_file(on=open_day(), at=later)
        settling.refunded(100, "R-2", later)
        second = write_day_file(on=open_day(), at=later)
        assert (first.revision, second.revision, first.row_count, second.row_count) == (1, 2, 0, 1)
        assert ReconciliationFile.objects.filter(subject="2026-03-03").count() == 2


def test_a_file_of_another_platform(owner: Partner, neighbor: Partner, later: datetime) -> None:
    with clock.travel(later):
        [one] = owner.get("settlements").json()["data"]
        for path in (f"settlements/{one['id']}", f"settlements/{one['id']}/file"):
            assert neighbor.get(path).status_code == 404
        found = owner.get("reconciliation_files").json()["data"]
        assert neighbor.get(f"reconciliation_files/{found[0]['id']}/content").status_code == 404
        assert owner.get("reconciliation_files/rcf_malformed/content").status_code == 404
        assert neighbor.get("reconciliation_files").json()["data"] == []


@pytest.mark.parametrize("item_count", [1, 3])
def test_lists_of_files_cost_the_same_for_any_length(
    tenant: Tenant, owner: Partner, at: datetime, item_count: int
) -> None:
    with tenant_scope(tenant.id):
        later = lives.close_until(clock.day_of(at) + timedelta(days=item_count))
    with clock.travel(later):
        owner.get("hello")
        with CaptureQueriesContext(connection) as said:
            rows = owner.get("reconciliation_files").json()["data"]
    assert (len(rows), len(said)) == (item_count, 2)


def test_a_sale_repays_over_http(
    tenant: Tenant, owner: Partner, line: CreditLine, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        lives.drawn(line, 500_000, "SO-1", at)
    sale = {"merchant": line.merchant_id, "external_id": "S-1", "sale_amount": 100_000}
    refused = owner.post("deductions", sale)
    assert (refused.status_code, refused.json()["code"]) == (422, "deduction_not_agreed")
    with tenant_scope(tenant.id):
        agree_deduction(
            merchant_id=line.merchant_id, fraction=settling.TENTH, actor=lives.ACTOR, at=at
        )
    first = owner.post("deductions", sale)
    again = owner.post("deductions", sale)
    assert (first.status_code, first.json()["amount"]) == (201, 10_000)
    assert again.json() == first.json()
    with tenant_scope(tenant.id):
        assert Repayment.objects.get().amount_minor == 10_000


def test_an_account_number_over_http(
    tenant: Tenant, owner: Partner, neighbor: Partner, line: CreditLine
) -> None:
    with tenant_scope(tenant.id):
        lender = settling.source_id()
    body = {"merchant": line.merchant_id, "lender": lender}
    first = owner.post("virtual_accounts", body).json()
    assert owner.post("virtual_accounts", body).json() == first
    assert first["number"].startswith("VA-")
    assert neighbor.post("virtual_accounts", body).status_code == 404
