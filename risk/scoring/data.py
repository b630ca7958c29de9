"""Development data as columns, and a file of them: declared by what is in it, frozen by a hash."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from risk.domain.facts import DECIMAL
from risk.domain.scorecard import CATEGORY
from risk.errors import CannotFit
from risk.scoring.evidence import Flags

# How files say that something is not known. "none" is a level like any other.
BLANK: Final = ("", "NA", "N/A", "NaN", "nan", "NULL", "null")


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """Columns (doubles with NaN, objects with None), their types, outcomes (1 is bad).

    `time` orders rows for what must be judged out of time; without it the order says nothing.
    Rows of one group (a legal entity) are never on both sides of a split. `weight` is 1 over the
    chance a row had to be there at all, where cases were let in at random.
    """

    columns: Mapping[str, Any]
    dtypes: Mapping[str, str]
    y: Flags
    sha256: str
    time: Any = None
    groups: Any = None
    weight: Any = None

    def take(self, rows: Any) -> "Data":
        """Some of the rows."""
        return Data(
            columns={key: column[rows] for key, column in self.columns.items()},
            dtypes=self.dtypes,
            y=self.y[rows],
            sha256=self.sha256,
            time=None if self.time is None else self.time[rows],
            groups=None if self.groups is None else self.groups[rows],
            weight=None if self.weight is None else self.weight[rows],
        )

    def even_weight(self) -> Any:
        """Weights that average 1, or None where every row counts the same."""
        return None if self.weight is None else self.weight * (len(self.y) / self.weight.sum())

    def first_half(self, seed: int) -> Any:
        """Which rows make the first half: the earlier ones, or any when there is no time."""
        if self.time is None:
            order = np.random.default_rng(seed).permutation(len(self.y))
        else:
            order = np.argsort(self.time, kind="stable")
        half = np.zeros(len(self.y), bool)
        half[order[: len(order) // 2]] = True
        return half


def read_texts(path: Path) -> Any:
    """A file of comma-separated values as a frame of texts, nothing taken for missing yet."""
    import pandas as pd

    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, UnicodeDecodeError, ValueError) as problem:
        raise CannotFit(problem=f"{path.name} cannot be read: {problem}") from problem


def read_development(
    path: Path,
    *,
    target: str,
    bad: str,
    time: str | None = None,
    weight: str | None = None,
    leave: Sequence[str] = (),
) -> Data:
    """Every column of a file but the target, the time, the weight and those to leave.

    A column whose known values are all numbers is one of numbers, any other one of levels. Rows
    without an outcome are left out. Raises CannotFit, also for a weight that is not above zero.
    """
    frame = read_texts(path)
    apart = [name for name in (target, time, weight, *leave) if name is not None]
    for name in apart:
        if name not in frame.columns:
            raise CannotFit(problem=f"there is no column {name}")
    frame = frame[~frame[target].isin(BLANK)].reset_index(drop=True)
    y = (frame[target] == bad).to_numpy(np.int64)
    if not 0 < y.sum() < len(y):
        raise CannotFit(problem=f"{target} must hold {bad} and something else")
    chosen = [name for name in frame.columns if name not in apart]
    columns = {name: column_of(frame[name]) for name in chosen}
    return Data(
        columns=columns,
        dtypes={
            name: CATEGORY if column.dtype == object else DECIMAL
            for name, column in columns.items()
        },
        y=y,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        time=None if time is None else times_of(frame[time]),
        weight=None if weight is None else _weights(frame[weight]),
    )


def _weights(texts: Any) -> Any:
    weights, _ = numbers_of(texts)
    if not (weights > 0).all():  # unknown is no weight either
        raise CannotFit(problem=f"every row's {texts.name} must be a number above zero")
    return weights


def column_of(texts: Any) -> Any:
    """Doubles when every known value is a number, otherwise texts; unknown is NaN or None."""
    import pandas as pd

    blank = texts.isin(BLANK)
    numbers = pd.to_numeric(texts.where(~blank), errors="coerce")
    if not (numbers.isna() & ~blank).any() and not blank.all():
        return finite(numbers)
    return levels(texts)


def numbers_of(texts: Any) -> tuple[Any, int]:
    """Doubles, unknown where a text is no number; and how many were not."""
    import pandas as pd

    blank = texts.isin(BLANK)
    numbers = pd.to_numeric(texts.where(~blank), errors="coerce")
    return finite(numbers), int((numbers.isna() & ~blank).sum())


def levels(texts: Any) -> Any:
    return np.array([None if text in BLANK else text for text in texts], object)


def finite(numbers: Any) -> Any:
    found = numbers.to_numpy(np.float64, copy=True)
    found[~np.isfinite(found)] = np.nan
    return found


def times_of(texts: Any) -> Any:
    """What orders the rows: numbers as numbers, dates in ISO form as their texts."""
    numbers, unread = numbers_of(texts)
    return np.asarray(texts, str) if unread else numbers
