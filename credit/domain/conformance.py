"""Runs conformance cases: expected figures of a public reference against our own engine.

A case is one JSON object a line. Its ``kind`` names the runner that judges it: a function from
the case to its first difference, or ``None`` where everything agrees. A kind without a runner, a
broken line and a case that our engine refuses all count as failed; nothing is skipped.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from credit.domain.amortization import ScheduleRow, schedule
from credit.domain.conformance_replay import REPLAY_WORDS, Replay
from credit.domain.interest import (
    DayCount,
    InterestFrom,
    InterestPeriod,
    LeapDay,
    PeriodUnit,
    Rounding,
)
from credit.domain.schedule_terms import Method, ScheduleTerms

MINOR_UNITS = 100
COLUMNS = ("due", "principal", "interest", "balance")
OPTIONAL_WORDS: dict[str, Callable[[str], Any]] = {
    "down_payment": Decimal,
    "fixed_length": int,
    "leap_day": LeapDay,
    "interest_from": InterestFrom,
}
REQUIRED_WORDS: dict[str, Callable[[str], Any]] = {
    "method": Method,
    "annual_rate": Decimal,
    "installments": int,
    "every": int,
    "unit": PeriodUnit,
    "day_count": DayCount,
    "interest_period": InterestPeriod,
    "rounding": Rounding,
}

Case = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case; ``difference`` is the first cell that differs, ``None`` where none does."""

    source: str
    difference: str | None


def run_cases(lines: Iterable[str]) -> Iterator[CaseResult]:
    """Judge every line that is not blank, in order. Never raises for what a line contains."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _run_line(number, line)


def parse_terms(words: Mapping[str, Any]) -> ScheduleTerms:
    """Translate a case's terms. Raises ``ValueError`` for a word that is unknown or missing."""
    given = dict(words)
    multiple = given.pop("installment_multiple", None)
    known = {**REQUIRED_WORDS, **OPTIONAL_WORDS}
    if unknown := sorted(given.keys() - known.keys()):
        raise ValueError(f"unknown terms: {', '.join(unknown)}")
    if missing := sorted(REQUIRED_WORDS.keys() - given.keys()):
        raise ValueError(f"missing terms: {', '.join(missing)}")
    return ScheduleTerms(
        **{name: known[name](word) for name, word in given.items()},
        installment_multiple_minor=None if multiple is None else parse_minor(multiple),
    )


def parse_minor(amount: str | Decimal) -> int:
    """Translate an amount in yuan to fen. Raises ``ValueError`` for a part of a fen."""
    minor = Decimal(amount) * MINOR_UNITS
    if minor != int(minor):
        raise ValueError(f"{amount} is not a whole number of fen")
    return int(minor)


def run_schedule(case: Case) -> str | None:
    """Compare the plan of one drawdown, row by row."""
    rows = schedule(
        parse_terms(case["terms"]),
        principal_minor=parse_minor(case["principal"]),
        drawn_on=date.fromisoformat(case["drawn_on"]),
    )
    expected = case["expect"]
    for number, (row, cells) in enumerate(zip(rows, expected, strict=False), start=1):
        wanted: tuple[date | int, ...] = (
            date.fromisoformat(cells[0]),
            *map(parse_minor, cells[1:]),
        )
        for column, want, got in zip(COLUMNS, wanted, _cells(row), strict=True):
            if want != got:
                return f"row {number} {column}: expected {_shown(want)}, got {_shown(got)}"
    if len(rows) != len(expected):
        return f"rows: expected {len(expected)}, got {len(rows)}"
    return None


def run_replay(case: Case) -> str | None:
    """Book a life step by step and compare the rows wherever the case looks at them."""
    words = dict(case["terms"])
    own = {name: words.pop(name) for name in REPLAY_WORDS if name in words}
    replay = Replay(parse_terms(words), own)
    for step in case["steps"]:
        if step["do"] == "expect":
            if difference := replay.difference(step, parse_minor):
                return difference
        else:
            replay.step(step, parse_minor)
    return None


RUNNERS: dict[str, Callable[[Case], str | None]] = {
    "schedule": run_schedule,
    "replay": run_replay,
}


def _run_line(number: int, line: str) -> CaseResult:
    source = f"line {number}"
    try:
        case = json.loads(line, parse_float=Decimal)
        source = str(case["source"])
        kind = case["kind"]
        if kind not in RUNNERS:
            return CaseResult(source, f"kind {kind!r} is not supported")
        return CaseResult(source, RUNNERS[kind](case))
    except KeyError as error:
        return CaseResult(source, f"the case lacks {error}")
    except (ValueError, TypeError, IndexError, ArithmeticError) as error:
        return CaseResult(source, f"the case cannot be run: {error!r}")


def _cells(row: ScheduleRow) -> tuple[date | int, ...]:
    return row.due_on, row.principal_minor, row.interest_minor, row.balance_minor


def _shown(cell: date | int) -> str:
    if isinstance(cell, date):
        return cell.isoformat()
    return str(Decimal(cell).scaleb(-2))
