"""A bench checks its own result and leaves nothing behind."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from credit.management.benches import hot_line
from tenants.models import Tenant
from tests.platform_app.kernel import sql


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["posting", "posting_one", "import_orders"])
def test_a_bench_measures_checks_and_vanishes(name: str) -> None:
    out = StringIO()
    call_command("bench", name, size=3, as_json=True, stdout=out)
    result = json.loads(out.getvalue())
    assert (result["name"], result["size"], result["checked"]) == (name, 3, True)
    assert result["ratio"] > 0
    assert Tenant.objects.count() == 0


@pytest.mark.django_db
def test_a_bench_needs_a_size() -> None:
    with pytest.raises(CommandError, match="at least 1"):
        call_command("bench", "posting", size=0)


@pytest.mark.slow
@pytest.mark.django_db
def test_another_ledger_beside_ours_has_a_database_of_its_own() -> None:
    before = databases()
    out, name = StringIO(), "posting_hordak_bulk"
    call_command("bench", name, size=2, as_json=True, stdout=out)
    result = json.loads(out.getvalue())
    assert (result["name"], result["size"], result["checked"]) == (name, 2, True)
    assert "django-hordak" in result["versions"]
    assert Tenant.objects.count() == 0
    assert databases() == before


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_bench_of_a_whole_platform_rounds_its_size_to_its_clients(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hot_line, "CLIENTS", 8)
    out = StringIO()
    call_command("bench", "hot_line", size=20, as_json=True, stdout=out)
    result = json.loads(out.getvalue())
    assert (result["name"], result["size"], result["checked"]) == ("hot_line", 16, True)
    assert result["ratio"] > 0


def databases() -> list[str]:
    # Other workers of the same run have databases of their own: test_….
    found = sql.rows("SELECT datname::text FROM pg_database ORDER BY 1")
    return [name for (name,) in found if not name.startswith("test_")]
