"""From the review desk: ask the merchant, look at what came, go on without it."""

from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from credit.models import Application, ApplicationAsk
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.operations.attachments import add_attachment
from tenants.operations.sandbox import fake_photo
from tests.callers import callers
from tests.credit.interfaces.console.test_reviews import page_of, read, staff, waiting

pytestmark = pytest.mark.django_db


def question(**changes: Any) -> dict[str, Any]:
    return {
        "ask-what": "lease_contract", "ask-message": "请上传租赁合同", "ask-due_on": "2026-03-09",
    } | changes  # fmt: skip


def test_asked_and_taken_back(tenant: Tenant, at: datetime) -> None:
    [review] = waiting(tenant, at)
    client: Client = staff(tenant, at)
    asked = client.post(page_of(review, "/ask"), question(), follow=True)
    assert (asked.context["is_asked"], asked.context["may_ask"]) == (True, True)
    found = read(tenant, ApplicationAsk)
    assert (found.kind, found.document_kind, found.due_on) == (
        "document", "lease_contract", date(2026, 3, 9),
    )  # fmt: skip
    client.post(page_of(review, "/ask"), question(**{"ask-what": "answer"}))
    with tenant_scope(tenant.id):
        assert ApplicationAsk.objects.filter(kind="answer", document_kind="").count() == 1
    queue = client.get("/console/reviews")
    assert queue.status_code == 200
    done = client.post(page_of(review, "/drop-asks"), follow=True)
    assert done.context["is_asked"] is False
    assert read(tenant, Application).status == "in_review"
    assert client.post(page_of(review, "/drop-asks")).status_code == 302
    assert read(tenant, Application).version == 5


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ask-message": ""}, "message"),
        ({"ask-due_on": "2026-03-02"}, "due_on"),
        ({"ask-due_on": "soon"}, "due_on"),
        ({"ask-what": "poem"}, "what"),
    ],
)
def test_a_refused_question_is_shown_again(
    tenant: Tenant, at: datetime, changes: dict[str, str], field: str
) -> None:
    [review] = waiting(tenant, at)
    page = staff(tenant, at).post(page_of(review, "/ask"), question(**changes))
    assert (page.status_code, list(page.context["ask_form"].errors)) == (422, [field])
    with tenant_scope(tenant.id):
        assert ApplicationAsk.objects.count() == 0


def looks(tenant: Tenant) -> int:
    with tenant_scope(tenant.id):
        found: int = AuditRecord.objects.filter(action="tenants.attachment.open").count()
        return found


def test_files_are_opened_by_our_staff_only_and_on_record(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    [review] = waiting(tenant, at)
    with tenant_scope(tenant.id):
        kept = add_attachment(
            merchant_id=Application.objects.get().merchant_id, kind="business_license",
            upload_key="u1", file_name="a.jpg", content=fake_photo(1), actor="m", at=at,
        )  # fmt: skip
    path = f"/console/attachments/{kept.id}"
    assert callers(tenant, other_tenant, at).statuses(path) == (302, 403, 403)
    assert looks(tenant) == 0
    client = staff(tenant, at)
    assert path in client.get(page_of(review)).content.decode()
    shown = client.get(path)
    assert (shown.content, shown.headers["Content-Type"]) == (fake_photo(1), "image/jpeg")
    assert client.get("/console/attachments/att_1").status_code == 404
    assert looks(tenant) == 1


def test_only_our_own_staff_ask(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    [review] = waiting(tenant, at)
    who = callers(tenant, other_tenant, at)
    for client in (who.stranger, who.neighbor, who.owner):
        for verb in ("/ask", "/drop-asks"):
            assert client.post(page_of(review, verb), question()).status_code in {302, 403}
    elsewhere = staff(other_tenant, at)
    assert elsewhere.post(page_of(review, "/ask"), question()).status_code == 404
    with tenant_scope(tenant.id):
        assert ApplicationAsk.objects.count() == 0
