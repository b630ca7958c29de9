"""Cases as columns: nothing says whose they are, splits keep a legal entity on one side."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from risk.domain.labels import label_def
from risk.queries.training import Case
from risk.scoring.training import out_of_time, table

MONTHS = [date(2025, month, 1) for month in range(1, 9)]
LABEL = label_def(MONTHS[0])
FACTS = ("tenure_days", "gmv_cv")


def case(
    number: int, entity: str = "", label: int = 0, cv: str | None = "0.5", weight: float = 1.0
) -> Case:
    return Case(
        decision_id=f"dec_{number}", scorecard_id="crd_1", entity=entity or f"firm-{number}",
        cohort_on=MONTHS[number % 8], label=label, pd=0.01,
        facts={"tenure_days": 100 + number, "gmv_cv": None if cv is None else Decimal(cv)},
        facts_sha256=f"{number:064d}", weight=weight,
    )  # fmt: skip


CASES = [case(n, label=n % 2) for n in range(40)]


def test_columns_are_doubles_and_unknown_is_missing() -> None:
    data = table([*CASES, case(40, cv=None)], FACTS, LABEL).data
    assert list(data.columns) == list(FACTS)
    assert data.columns["tenure_days"].tolist() == [100.0 + n for n in range(41)]
    assert np.isnan(data.columns["gmv_cv"]).tolist() == [False] * 40 + [True]
    assert data.y.tolist() == [n % 2 for n in range(40)] + [0]
    assert data.weight is None


def test_the_hash_covers_cases_facts_label_and_weights() -> None:
    told = {
        table(CASES, FACTS, LABEL).data.sha256,
        table(CASES[1:], FACTS, LABEL).data.sha256,
        table(CASES, FACTS[:1], LABEL).data.sha256,
        table([case(0, label=1), *CASES[1:]], FACTS, LABEL).data.sha256,
        table([case(0, weight=20.0), *CASES[1:]], FACTS, LABEL).data.sha256,
    }
    assert len(told) == 5
    assert table(CASES, FACTS, LABEL).data.sha256 in told


def test_a_case_let_in_at_random_counts_for_those_that_were_not() -> None:
    told = {3: 20.0, 7: 4.0}
    data = table([case(n, weight=told.get(n, 1.0)) for n in range(40)], FACTS, LABEL).data
    assert data.weight.tolist() == [told.get(n, 1.0) for n in range(40)]
    assert float(data.even_weight().sum()) == pytest.approx(40)


def test_the_last_cohorts_are_judged_without_those_who_were_there_before() -> None:
    again = [case(0, "firm-5"), *CASES[1:]]  # in January, and with its other case in June
    sides = out_of_time(table(again, FACTS, LABEL).data)
    assert sides is not None
    earlier, later = sides
    assert sorted(set(later.time.tolist())) == [5, 6, 7]
    assert (len(later.y), len(earlier.y)) == (15, 24)
    assert not set(earlier.groups) & set(later.groups)
    assert out_of_time(table(CASES[:1], FACTS, LABEL).data) is None
    assert out_of_time(table([], FACTS, LABEL).data) is None
