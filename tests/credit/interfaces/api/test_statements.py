"""Statements over HTTP: issued once, the figures of the paper, the paper itself."""

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit.models import CreditLine, Document, Drawdown
from credit.operations.documents import issue_receipt
from platform_app.kernel import clock, ids
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives
from tests.tenants.interfaces.api.client import Partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def later(tenant: Tenant, line: CreditLine, at: datetime) -> datetime:
    """Two days on: one order drawn on the first, part of it repaid on the second."""
    with tenant_scope(tenant.id):
        drawdown = lives.drawn(line, 1_000_000, "SO-1", at)
        moment = lives.close_until(date(2026, 3, 3))
        lives.repaid(drawdown, 400_000, "PAY-1", moment)
        return lives.close_until(date(2026, 3, 4))


def asked(
    line: CreditLine, from_on: str = "2026-03-02", to_on: str = "2026-03-03"
) -> dict[str, Any]:
    return {"merchant": line.merchant_id, "from_on": from_on, "to_on": to_on}


def test_a_statement_from_asking_to_paper(
    tenant: Tenant, owner: Partner, line: CreditLine, later: datetime
) -> None:
    with clock.travel(later):
        answer = owner.post("statements", asked(line))
        assert answer.status_code == 201
        one = answer.json()
        again = owner.post("statements", asked(line)).json()
        assert again == one
        assert owner.get(f"statements/{one['id']}").json() == one
        assert owner.get(f"statements?merchant={line.merchant_id}").json()["data"] == [one]
        paper = owner.get(f"statements/{one['id']}/file")
    [row] = one["rows"]
    totals = one["totals"]
    assert (row["order_no"], one["object"], one["status"]) == ("SO-1", "statement", "issued")
    assert {name: row[name] for name in totals} == totals
    assert (totals["opening"], totals["drawn"], totals["received"]) == (0, 1_000_000, 400_000)
    assert totals["closing"] == 1_000_000 - totals["principal"]
    assert totals["principal"] + totals["interest"] == 400_000
    assert paper.headers["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    assert paper.headers["BT-Content-SHA256"] == one["sha256"]
    assert hashlib.sha256(paper.content).hexdigest() == one["sha256"]
    with tenant_scope(tenant.id):
        assert Document.objects.count() == 1
        assert AuditRecord.objects.filter(action="document.download").count() == 1


@pytest.mark.parametrize(
    ("from_on", "to_on", "code"),
    [
        ("2026-03-03", "2026-03-02", "period_invalid"),
        ("2024-03-02", "2026-03-03", "period_invalid"),
        ("2026-03-02", "2026-03-04", "period_not_closed"),
        ("2026-13-02", "2026-03-03", "invalid"),
    ],
)
def test_periods_that_cannot_be(
    tenant: Tenant, owner: Partner, line: CreditLine, later: datetime,
    from_on: str, to_on: str, code: str,
) -> None:  # fmt: skip
    with clock.travel(later):
        answer = owner.post("statements", asked(line, from_on, to_on))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    with tenant_scope(tenant.id):
        assert Document.objects.count() == 0


def test_another_platform_and_other_papers(
    tenant: Tenant, owner: Partner, neighbor: Partner, line: CreditLine, later: datetime
) -> None:
    with clock.travel(later):
        one = owner.post("statements", asked(line)).json()
        assert neighbor.post("statements", asked(line)).status_code == 404
        for path in (f"statements/{one['id']}", f"statements/{one['id']}/file"):
            assert neighbor.get(path).status_code == 404
        assert neighbor.get("statements").json()["data"] == []
        for unknown in (ids.new_id("doc"), "doc_malformed"):
            assert owner.get(f"statements/{unknown}").status_code == 404
        with tenant_scope(tenant.id):
            receipt = issue_receipt(
                drawdown_id=Drawdown.objects.get().id, actor=lives.ACTOR, at=later
            )
        assert owner.get(f"statements/{receipt.id}/file").status_code == 404


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_list_costs_the_same_for_any_length(
    tenant: Tenant, owner: Partner, line: CreditLine, later: datetime, item_count: int
) -> None:
    with clock.travel(later):
        for number in range(item_count):
            day = (date(2026, 3, 3) - timedelta(days=number)).isoformat()
            assert owner.post("statements", asked(line, day)).status_code == 201
        with CaptureQueriesContext(connection) as said:
            rows = owner.get("statements").json()["data"]
    assert (len(rows), len(said)) == (item_count, 2)
