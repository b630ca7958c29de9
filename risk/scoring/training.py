"""Matured cases as columns, with a hash of exactly what was learned from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from risk.domain.canonical import sha256
from risk.domain.facts import FACT_TYPES
from risk.domain.labels import LabelDef
from risk.queries.training import Case
from risk.scoring.data import Data

OUT_OF_TIME: Final = 3  # of the latest cohorts, held out to judge by


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns of a training table and the cohorts in it, oldest first."""

    data: Data
    cohorts: tuple[date, ...]


def table(cases: Sequence[Case], facts: Sequence[str], label: LabelDef) -> Table:
    """The facts as doubles with NaN for unknown. Whose rows they are is in no column.

    Where cases near the cut were let in at random their rows count for those that were not.
    """
    columns: dict[str, Any] = {
        name: number_of([one.facts[name] for one in cases]) for name in facts
    }
    told = [[one.facts_sha256, one.cohort_on.isoformat(), one.label] for one in cases]
    cohorts = tuple(sorted({one.cohort_on for one in cases}))
    weight = None
    if any(one.weight != 1.0 for one in cases):
        weight = np.array([one.weight for one in cases])
        told = [[*row, repr(float(one))] for row, one in zip(told, weight, strict=True)]
    return Table(
        data=Data(
            columns=columns,
            dtypes={name: FACT_TYPES[name] for name in facts},
            y=np.array([one.label for one in cases], np.int64),
            sha256=sha256([label.sha256, list(facts), told]),
            time=np.array([cohorts.index(one.cohort_on) for one in cases], np.int64),
            groups=np.array([one.entity for one in cases], object).astype(str),
            weight=weight,
        ),
        cohorts=cohorts,
    )


def out_of_time(data: Data, cohorts: int = OUT_OF_TIME) -> tuple[Data, Data] | None:
    """Earlier cohorts, and the last ones; None when a side is empty.

    A legal entity with rows in the last cohorts has none among the earlier: it is on one side.
    """
    if not len(data.time):
        return None
    is_later = data.time > int(data.time.max()) - cohorts
    judged = np.unique(data.groups[is_later])
    is_earlier = ~is_later & ~np.isin(data.groups, judged)
    if not is_later.any() or not is_earlier.any():
        return None
    return data.take(is_earlier), data.take(is_later)


def number_of(facts: Sequence[Any]) -> Any:
    """A column of doubles, NaN where a fact is not known."""
    return np.array([np.nan if one is None else float(one) for one in facts], np.float64)
