"""`manage.py import_calendar`: look first, then propose; never apply."""

import json
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from credit.models import CalendarDay, CalendarImport
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives

pytestmark = pytest.mark.django_db
REST = "date,is_workday,kind,notice_no\n2026-04-01,0,示例假日,示例〔2026〕1号\n".encode()


def run(*arguments: Any) -> str:
    out = StringIO()
    call_command("import_calendar", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "2026.csv"
    path.write_bytes(REST)
    return path


def test_a_dry_run_lists_the_moves_and_writes_nothing(
    tenant: Tenant, at: datetime, file: Path
) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
        drawdown = lives.drawn(line, 100_000, "PO-1", at)

    assert json.loads(run(file, "--dry-run", "--json")) == {
        "import": None,
        "days": [
            {
                "on": "2026-04-01", "is_workday": False, "kind": "示例假日",
                "notice_no": "示例〔2026〕1号", "was_workday": True,
            }
        ],
        "moves": [
            {
                "tenant": tenant.id, "drawdown": drawdown.id, "seq": 1, "from": "2026-04-01",
                "calendar": "2026-04-02", "to": "2026-04-02", "direction": "later",
            }
        ],
        "moved_count": 1,
    }  # fmt: skip
    assert CalendarImport.objects.count() == 0
    assert CalendarDay.objects.get(on=date(2026, 4, 1)).is_workday


def test_without_it_the_file_waits_for_a_second_person(at: datetime, file: Path) -> None:
    said = run(file)
    found = CalendarImport.objects.get()
    assert said.splitlines() == [
        "2026-04-01  becomes rest  示例假日",
        "1 days, 0 installments move",
        f"{found.id} waits to be applied in the back office",
    ]
    assert (found.status, found.proposed_by, found.file_name) == (
        "proposed", "system:command", "2026.csv",
    )  # fmt: skip
    assert json.loads(run(file, "--json"))["import"] == found.id
    assert CalendarImport.objects.count() == 1


@pytest.mark.parametrize("arguments", [[], ["--dry-run"]])
def test_a_bad_file_is_a_plain_sentence(at: datetime, file: Path, arguments: list[str]) -> None:
    file.write_bytes(REST + b"2026-04-31,0,x,A\n")
    with pytest.raises(CommandError, match="3"):
        run(file, *arguments)
    with pytest.raises(CommandError, match="Cannot read"):
        run(file.with_name("none.csv"), *arguments)
    assert CalendarImport.objects.count() == 0
