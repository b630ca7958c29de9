"""Uploading a file of orders and reading how it fared."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant, TradeImport
from tenants.operations.imports import import_file
from tests.analytics import desk

pytestmark = pytest.mark.django_db
HEAD = "order_no,merchant_no,ordered_on,quantity,amount_yuan\n"
GOOD = "A-1,M-1,2026-02-01,3,120.50\n"
BAD = "A-2,M-1,2026-13-01,3,120.50\n"


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(client: Client, text: str, name: str = "orders.csv") -> Any:
    file = SimpleUploadedFile(name, text.encode(), "text/csv")
    return client.post("/console/imports", {"file": file})


def imported(client: Client, tenant: Tenant, text: str) -> TradeImport:
    upload(client, text)
    with tenant_scope(tenant.id):
        row = TradeImport.objects.order_by("-id")[0]
        return import_file(import_id=row.id)


def test_an_upload_is_stored_and_can_be_watched(tenant: Tenant, at: datetime) -> None:
    client = desk.at_the_desk("operator", tenant, at)

    answer = upload(client, HEAD + GOOD)

    with tenant_scope(tenant.id):
        row = TradeImport.objects.get()
    assert answer.headers["Location"] == f"/console/imports/{row.id}"
    progress = client.get(f"/console/imports/{row.id}/progress")
    assert progress.context["percent"] == 0
    assert b'hx-trigger="every 1s"' in progress.content
    assert "HX-Refresh" not in progress.headers


def test_a_finished_import_stops_asking_and_shows_reasons(tenant: Tenant, at: datetime) -> None:
    client = desk.at_the_desk("operator", tenant, at)
    row = imported(client, tenant, HEAD + GOOD + BAD)

    progress = client.get(f"/console/imports/{row.id}/progress")
    page = client.get(f"/console/imports/{row.id}")
    file: Any = client.get(f"/console/imports/{row.id}/errors.csv")

    assert progress.headers["HX-Refresh"] == "true"
    assert (progress.context["percent"], page.context["is_moving"]) == (100, False)
    assert [(e.line_no, e.code) for e in page.context["errors"]] == [(3, "bad_date")]
    assert b"A-2,M-1,2026-13-01" in b"".join(file.streaming_content)
    assert file.headers["Content-Disposition"] == 'attachment; filename="orders.csv.errors.csv"'


def test_an_import_without_refusals_has_no_file_of_them(tenant: Tenant, at: datetime) -> None:
    client = desk.at_the_desk("operator", tenant, at)
    row = imported(client, tenant, HEAD + GOOD)

    assert client.get(f"/console/imports/{row.id}/errors.csv").status_code == 404


def test_another_kind_of_file_is_refused_at_the_field(tenant: Tenant, at: datetime) -> None:
    answer = upload(desk.at_the_desk("operator", tenant, at), "x", "orders.exe")

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["file"]
    with tenant_scope(tenant.id):
        assert TradeImport.objects.count() == 0


def test_the_list_can_be_narrowed_to_refusals(tenant: Tenant, at: datetime) -> None:
    client = desk.at_the_desk("operator", tenant, at)
    imported(client, tenant, HEAD + GOOD)
    wrong = imported(client, tenant, HEAD + BAD)

    assert client.get("/console/imports").context["page"].total == 2
    rows = client.get("/console/imports?state=errors").context["page"].rows
    assert [row.id for row in rows] == [wrong.id]


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_list_costs_the_same_for_any_length(
    tenant: Tenant,
    at: datetime,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = desk.at_the_desk("operator", tenant, at)
    for _ in range(item_count):
        imported(client, tenant, HEAD + GOOD)

    with django_assert_num_queries(5):
        assert len(client.get("/console/imports").context["page"].rows) == item_count


@pytest.mark.parametrize("path", ["", "/progress", "/errors.csv"])
def test_another_platforms_import_is_not_there(
    tenant: Tenant, other_tenant: Tenant, at: datetime, path: str
) -> None:
    theirs = imported(desk.at_the_desk("owner", other_tenant, at), other_tenant, HEAD + BAD)
    client = desk.at_the_desk("owner", tenant, at)

    assert client.get(f"/console/imports/{theirs.id}{path}").status_code == 404
    assert Client().get(f"/console/imports/{theirs.id}{path}").status_code == 302
