"""Calendar files in the back office: two people, a dry run, and nothing done by looking."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from credit.models import CalendarDay, CalendarImport, PlanRow
from credit.queries.calendar import forget_calendar
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Member, Tenant
from tenants.operations.members import create_member
from tests.callers import PASSWORD, browser, member
from tests.credit import lives

pytestmark = pytest.mark.django_db
LIST = "/admin/credit/calendarimport/"
REST = "date,is_workday,kind,notice_no\n2026-04-01,0,示例假日,示例〔2026〕1号\n".encode()


@pytest.fixture(autouse=True)
def _calendar_of_the_table() -> Iterator[None]:
    yield
    forget_calendar()


def staff(name: str, at: datetime) -> Member:
    return create_member(
        email=f"{name}@staff.example", name="李示例", role="staff", tenant_id=None, is_staff=True,
        password=PASSWORD, actor="system:test", at=at,
    )  # fmt: skip


def upload(client: Client, data: bytes) -> Any:
    return client.post(f"{LIST}propose/", {"file": SimpleUploadedFile("2026.csv", data)})


def test_one_proposes_another_applies(
    tenant: Tenant, at: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
        drawdown = lives.drawn(line, 100_000, "PO-1", at)
    first, second = browser(staff("one", at)), browser(staff("two", at))
    assert b"propose/" in first.get(LIST).content

    answer = upload(first, REST)
    found = CalendarImport.objects.get()
    assert answer["Location"] == f"{LIST}{found.id}/change/"
    mine = first.get(answer["Location"]).content.decode()
    assert f"{LIST}{found.id}/apply/" not in mine
    assert f"{LIST}{found.id}/reject/" in mine
    theirs = second.get(answer["Location"]).content.decode()
    for text in (drawdown.id, "PO-1", "萌宠采购网", "2026-04-02", "示例〔2026〕1号"):
        assert text in theirs
    assert f"{LIST}{found.id}/apply/" in theirs
    refused = first.post(f"{LIST}{found.id}/apply/", follow=True)
    assert len(refused.context["messages"]) == 1
    assert second.get(f"{LIST}{found.id}/apply/").status_code == 403
    found.refresh_from_db()
    assert found.status == "proposed"
    assert CalendarDay.objects.get(on=date(2026, 4, 1)).is_workday

    with django_capture_on_commit_callbacks(execute=True):
        second.post(f"{LIST}{found.id}/apply/")

    found.refresh_from_db()
    assert (found.status, found.moved_count) == ("applied", 1)
    assert not CalendarDay.objects.get(on=date(2026, 4, 1)).is_workday
    with tenant_scope(tenant.id):
        assert PlanRow.objects.get().due_on == date(2026, 4, 2)
    done = second.get(f"{LIST}{found.id}/change/").content.decode()
    assert f"{LIST}{found.id}/apply/" not in done
    again = second.post(f"{LIST}{found.id}/reject/", follow=True)
    assert len(again.context["messages"]) == 1
    found.refresh_from_db()
    assert found.status == "applied"


def test_a_bad_file_is_said_on_the_page_and_kept_nowhere(at: datetime) -> None:
    client = browser(staff("one", at))
    answer = upload(client, b"date,is_workday,kind,notice_no\n2026-02-30,1,x,A\n")
    assert answer.status_code == 422
    assert len(answer.context["form"].errors["file"]) == 1
    assert client.post(f"{LIST}propose/").status_code == 422
    assert CalendarImport.objects.count() == 0


def test_a_proposal_is_rejected_and_a_stranger_knows_no_door(tenant: Tenant, at: datetime) -> None:
    client = browser(staff("one", at))
    upload(client, REST)
    found = CalendarImport.objects.get()
    for path in ("propose/", f"{found.id}/apply/", f"{found.id}/reject/", f"{found.id}/change/"):
        assert browser(None).post(LIST + path).status_code == 302
        partner = browser(member(tenant, "owner", at) if path == "propose/" else None)
        assert partner.post(LIST + path).status_code == 302
    assert client.post(f"{LIST}cim_nonsense/apply/").status_code == 404
    client.post(f"{LIST}{found.id}/reject/")
    found.refresh_from_db()
    assert found.status == "rejected"
