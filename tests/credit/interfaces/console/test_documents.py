"""Papers on the console: issued by a press, found again, taken away with a line in the audit."""

from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from credit.models import Document, Drawdown
from credit.operations.documents import issue_receipt
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.analytics import desk
from tests.callers import browser
from tests.credit import lives
from tests.credit.papers import text_of

pytestmark = pytest.mark.django_db
PAGE = "/console/documents"


def drawn(tenant: Tenant, at: datetime, number: int = 1) -> Drawdown:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade(f"M-{number}", at), at)
        return lives.drawn(line, 100_000, f"PO-{number}", at)


def issued(tenant: Tenant, at: datetime, number: int = 1) -> Document:
    drawdown = drawn(tenant, at, number)
    with tenant_scope(tenant.id):
        return issue_receipt(drawdown_id=drawdown.id, actor="usr", at=at)


def kinds(tenant: Tenant) -> list[str]:
    with tenant_scope(tenant.id):
        return list(Document.objects.order_by("id").values_list("kind", flat=True))


def press(client: Client, path: str, **fields: str) -> Any:
    return client.post(path, fields, follow=True)


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_list_costs_the_same_for_any_length(
    tenant: Tenant, at: datetime, item_count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(item_count):
        issued(tenant, at, number)
    client = desk.at_the_desk("finance", tenant, at)

    with django_assert_num_queries(5):
        page = client.get(PAGE)

    assert len(page.context["page"].rows) == item_count


def test_papers_are_found_by_number_order_merchant_and_kind(tenant: Tenant, at: datetime) -> None:
    first, second = issued(tenant, at, 1), issued(tenant, at, 2)
    client = desk.at_the_desk("owner", tenant, at)

    def found(**query: str) -> list[str]:
        return [row.id for row in client.get(PAGE, query).context["page"].rows]

    assert found() == [second.id, first.id]
    assert found(search=first.number.lower()) == found(search="PO-1") == [first.id]
    assert found(search="宠物店M-2") == [second.id]
    assert found(kind="statement") == found(search="nothing") == []


def test_a_download_is_the_bytes_and_a_line_in_the_audit(tenant: Tenant, at: datetime) -> None:
    paper = issued(tenant, at)
    who = desk.member("finance", tenant, at)
    answer = desk.sign_in(Client(), who).get(f"{PAGE}/{paper.id}.pdf")
    assert answer.content == bytes(paper.content)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%80%9F")
    with tenant_scope(tenant.id):
        record = AuditRecord.objects.get(action="document.download")
        assert (record.actor, record.subject) == (who.id, paper.id)


def test_another_platforms_papers_are_not_there(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    paper = issued(other_tenant, at)
    client = desk.at_the_desk("owner", tenant, at)
    assert client.get(PAGE).context["page"].rows == []
    for path in (
        f"{PAGE}/{paper.id}.pdf", f"{PAGE}/nonsense.pdf",
        f"/console/drawdowns/{paper.drawdown_id}/documents", "/console/drawdowns/x/documents",
        f"/console/merchants/{paper.merchant_id}/documents", "/console/merchants/x/documents",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
        assert browser(None).get(path).status_code == 302, path
    with tenant_scope(other_tenant.id):
        assert AuditRecord.objects.filter(action="document.download").count() == 0


def test_a_viewer_may_not_take_papers(tenant: Tenant, at: datetime) -> None:
    paper = issued(tenant, at)
    for role in ("viewer", "developer"):
        client = desk.at_the_desk(role, tenant, at)
        assert client.get(f"{PAGE}/{paper.id}.pdf").status_code == 403
        path = f"/console/drawdowns/{paper.drawdown_id}/documents"
        assert client.post(path, {"kind": "receipt"}).status_code == 403
    assert kinds(tenant) == ["receipt"]


def test_what_can_be_issued_follows_the_drawdown(tenant: Tenant, at: datetime) -> None:
    drawdown = drawn(tenant, at)
    client = desk.at_the_desk("operator", tenant, at)
    path = f"/console/drawdowns/{drawdown.id}/documents"
    assert [kind.value for kind in client.get(path).context["kinds"]] == ["receipt"]
    for kind in ("receipt", "payoff_certificate", "overdue_notice"):
        assert len(press(client, path, kind=kind).context["messages"]) == 1
    assert press(client, path, kind="poem").status_code == 404
    assert kinds(tenant) == ["receipt"]
    with tenant_scope(tenant.id):
        late = lives.close_until(date(2026, 4, 11))
    possible = client.get(path).context["kinds"]
    assert [kind.value for kind in possible] == ["receipt", "overdue_notice"]
    press(client, path, kind="overdue_notice")
    with tenant_scope(tenant.id):
        lives.repaid(drawdown, 200_000, "PAY-1", late)
    possible = client.get(path).context["kinds"]
    assert [kind.value for kind in possible] == ["receipt", "payoff_certificate"]
    page = press(client, path, kind="payoff_certificate")
    assert len(page.context["page"].rows) == 3
    assert kinds(tenant) == ["receipt", "overdue_notice", "payoff_certificate"]


def test_a_statement_and_the_agreement_from_the_merchants_page(
    tenant: Tenant, at: datetime
) -> None:
    drawdown = drawn(tenant, at)
    client = desk.at_the_desk("owner", tenant, at)
    path = f"/console/merchants/{drawdown.merchant_id}/documents"
    period = {"from_on": "2026-03-02", "to_on": "2026-03-31"}
    assert len(press(client, path, **period).context["messages"]) == 1
    assert client.post(path, {**period, "to_on": "soon"}).status_code == 422
    assert client.post(path, {}).status_code == 422
    assert kinds(tenant) == []
    with tenant_scope(tenant.id):
        lives.close_until(date(2026, 4, 1))
    initial = client.get(path).context["form"].initial
    assert initial == {"from_on": date(2026, 3, 1), "to_on": date(2026, 3, 31)}
    press(client, path, **period)
    press(client, path, line=drawdown.line_id)
    client.post(path, {"line": "lin_other"})
    assert kinds(tenant) == ["statement", "contract"]
    with tenant_scope(tenant.id):
        statement = Document.objects.get(kind="statement")
    assert "合计0.001,000.000.000.001,000.00" in text_of(statement.content)


def test_links_stand_where_the_papers_come_from(tenant: Tenant, at: datetime) -> None:
    drawdown = drawn(tenant, at)
    for role, is_shown in (("finance", True), ("viewer", False)):
        client = desk.at_the_desk(role, tenant, at)
        for path in (
            f"/console/drawdowns/{drawdown.id}", f"/console/merchants/{drawdown.merchant_id}",
        ):  # fmt: skip
            text = client.get(path).content.decode()
            assert (f'href="{path}/documents"' in text) is is_shown
