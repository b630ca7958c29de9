"""Every case that we hold agrees to the fen; a case that cannot be judged counts as failed."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from credit.domain.conformance import CaseResult, run_cases
from credit.management.commands.conformance import Command

HERE = Path(__file__).parent
SCHEDULES = (HERE / "schedules.jsonl").read_text(encoding="utf-8").splitlines()
REPLAYS = (HERE / "replays.jsonl").read_text(encoding="utf-8").splitlines()
CASE = json.loads(SCHEDULES[0])


@pytest.mark.parametrize("line", SCHEDULES, ids=lambda line: json.loads(line)["source"])
def test_schedule(line: str) -> None:
    assert list(run_cases([line])) == [CaseResult(json.loads(line)["source"], None)]


@pytest.mark.parametrize("line", REPLAYS, ids=lambda line: json.loads(line)["source"])
def test_replay(line: str) -> None:
    assert list(run_cases([line])) == [CaseResult(json.loads(line)["source"], None)]


def first_difference(**changes: object) -> str | None:
    (result,) = run_cases([json.dumps({**CASE, **changes})])
    assert result.source == CASE["source"]
    return result.difference


def expect(row: int, column: int, cell: str) -> list[list[str]]:
    rows = [list(cells) for cells in CASE["expect"]]
    rows[row][column] = cell
    return rows


@pytest.mark.parametrize(
    ("row", "column", "cell", "difference"),
    [
        (0, 0, "2026-02-02", "row 1 due: expected 2026-02-02, got 2026-02-01"),
        (1, 1, "499.98", "row 2 principal: expected 499.98, got 499.99"),
        (1, 2, "5.86", "row 2 interest: expected 5.86, got 5.85"),
        (2, 3, "0.01", "row 3 balance: expected 0.01, got 0.00"),
    ],
)
def test_the_first_differing_cell_is_named(
    row: int, column: int, cell: str, difference: str
) -> None:
    assert first_difference(expect=expect(row, column, cell)) == difference


def test_a_missing_row_is_a_difference() -> None:
    assert first_difference(expect=CASE["expect"][:2]) == "rows: expected 2, got 3"


def test_amounts_compare_as_numbers() -> None:
    rows = [[cells[0], *map(float, cells[1:])] for cells in CASE["expect"]]
    assert first_difference(expect=rows, principal=1500) is None


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"kind": "riddle"}, "kind 'riddle' is not supported"),
        ({"terms": {**CASE["terms"], "grace": 3}}, "unknown terms: grace"),
        ({"terms": {"method": "flat"}}, "missing terms: annual_rate"),
        ({"terms": {**CASE["terms"], "method": "balloon"}}, "'balloon' is not a valid Method"),
        ({"principal": "15.001"}, "15.001 is not a whole number of fen"),
        ({"principal": "many"}, "cannot be run"),
        ({"expect": [[]]}, "cannot be run"),
        ({"terms": None}, "cannot be run"),
    ],
)
def test_a_case_that_cannot_be_run_fails(changes: dict[str, object], part: str) -> None:
    difference = first_difference(**changes)
    assert difference is not None
    assert part in difference


def test_a_broken_line_fails_under_its_number_and_blank_lines_are_none() -> None:
    results = list(run_cases(["", "{", "  ", '{"source": "C1"}']))
    assert [result.source for result in results] == ["line 2", "C1"]
    assert results[1].difference == "the case lacks 'kind'"
    assert all(result.difference for result in results)


# the command


def run(path: Path, *arguments: str) -> tuple[str, int]:
    out, code = io.StringIO(), 0
    try:
        call_command(Command(), str(path), *arguments, stdout=out)
    except SystemExit as error:
        code = int(str(error.code))
    return out.getvalue(), code


def test_the_command_passes_only_if_every_case_does() -> None:
    assert run(HERE / "schedules.jsonl") == ("88/88\n", 0)


def test_the_command_prints_one_line_for_a_failing_case(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    wrong = json.dumps({**CASE, "expect": expect(1, 2, "5.86")})
    path.write_text(f"{SCHEDULES[0]}\n{wrong}\n", encoding="utf-8")
    assert run(path) == (
        f"{CASE['source']}: row 2 interest: expected 5.86, got 5.85\n1/2\n",
        1,
    )
    out, code = run(path, "--json")
    assert (json.loads(out), code) == ({"cases": 2, "passed": 1, "failed": [CASE["source"]]}, 1)


def test_the_command_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot read"):
        run(tmp_path / "none.jsonl")
