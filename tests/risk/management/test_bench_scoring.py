"""`bench scoring` checks its own answers, leaves nothing behind, and says who stood beside."""

import json
from importlib.util import find_spec
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from risk.domain.defaults import scorecard_body
from risk.domain.scorecard_body import parse_for_facts
from risk.management.benches import scoring
from tests.platform_app.kernel import sql

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_scoring_measures_checks_and_vanishes() -> None:
    out = StringIO()
    call_command("bench", "scoring", "--merchants", "3000", as_json=True, stdout=out)
    result = json.loads(out.getvalue())
    assert (result["name"], result["size"], result["checked"]) == ("scoring", 3000, True)
    assert min(result["rows_per_cpu_second"], result["single_per_second"]) > 0
    assert result["db_to_db_seconds"] == result["seconds"] > 0
    assert sorted(result["stages"]) == ["bins", "pd", "reasons", "whole"]
    assert sorted(result["beside"]) == ["optbinning", "scorecardpy", "shap"]
    for name, found in result["beside"].items():
        assert (found == {"installed": False}) is (find_spec(name) is None)
    assert sql.rows("SELECT relname FROM pg_class WHERE relname LIKE 'bench%%'") == []


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("DELETE FROM bench_answers WHERE score > 620", "missing or doubled"),
        ("UPDATE bench_answers SET reasons = '\\x01020304'", "one by one"),
        ("UPDATE bench_answers SET grade = 4 - grade WHERE grade <> 2", "one by one|SQL gives"),
    ],
)
def test_a_fast_wrong_answer_fails(damage: str, problem: str) -> None:
    card = parse_for_facts(scorecard_body())
    with connection.cursor() as cursor:
        scoring.fill(cursor, card, scoring.made_up(card, 300))
        scoring.table_to_table(cursor.cursor, card, 300)
        scoring.check(cursor, card, 300)
        cursor.execute(damage)
        with pytest.raises(CommandError, match=problem):
            scoring.check(cursor, card, 300)
