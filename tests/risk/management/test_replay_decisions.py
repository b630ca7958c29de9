"""`replay_decisions` finds all of them identical, or says which is not."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from platform_app.kernel import ids
from platform_app.kernel.postgres.role import as_owner
from platform_app.kernel.tenancy import no_scope
from risk.models import Decision
from risk.queries import champions
from tests.platform_app.kernel import sql
from tests.risk.cast import ask_many, crowd


def run(**options: Any) -> dict[str, int]:
    out = StringIO()
    try:
        with no_scope():
            call_command("replay_decisions", as_json=True, stdout=out, **options)
    finally:
        champions.forget_versions()
    found: dict[str, int] = json.loads(out.getvalue())
    return found


def test_every_decision_replays(tenant_id: str) -> None:
    ask_many(crowd(6))
    assert run() == {"replayed": 6, "identical": 6}
    assert run(sample=4) == {"replayed": 4, "identical": 4}
    with no_scope(), pytest.raises(CommandError, match="at least 1"):
        call_command("replay_decisions", sample=0)


def test_an_altered_decision_is_found(tenant_id: str) -> None:
    ask_many(crowd(3))
    altered = Decision.objects.order_by("id")[1].id
    with as_owner():
        sql.rows("ALTER TABLE risk_decision DISABLE TRIGGER append_only")
        sql.rows("ALTER TABLE risk_decision NO FORCE ROW LEVEL SECURITY")
        sql.rows("UPDATE risk_decision SET score = score + 1 WHERE id = %s", uuid_of(altered))
    with (
        no_scope(),
        pytest.raises(CommandError, match=f"1 decisions differ, the first is {altered}"),
    ):
        call_command("replay_decisions", stdout=StringIO())


def uuid_of(decision_id: str) -> str:
    return str(ids.to_uuid("dec", decision_id))
