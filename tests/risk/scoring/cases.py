"""Development data the tests of fitting work with."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from risk.domain.facts import DECIMAL
from risk.domain.scorecard import CATEGORY
from risk.scoring.data import Data, read_development

FILES = Path(__file__).parents[1] / "data"
GERMAN = FILES / "german_credit.csv.gz"
LOANS = FILES / "credit_data.csv.gz"


def german() -> Data:
    return read_development(GERMAN, target="creditability", bad="bad")


def loans() -> Data:
    return read_development(LOANS, target="Status", bad="bad")


def data_of(y: Any, time: Any = None, **columns: Any) -> Data:
    return Data(
        columns=columns,
        dtypes={
            key: CATEGORY if column.dtype == object else DECIMAL for key, column in columns.items()
        },
        y=np.asarray(y, np.int64),
        sha256="sample",
        time=time,
    )


def made_up(count: int = 2000, seed: int = 7) -> Data:
    """Turnover helps, age says nothing, the trade matters; every tenth turnover is not known."""
    random = np.random.default_rng(seed)
    turnover = random.lognormal(3, 1, count)
    trade = random.choice(np.array(["cotton", "silk", "wool", "linen"], object), count)
    risk = 1.2 - 0.6 * np.log(turnover) + np.where(trade == "silk", 1.0, 0.0)
    y = random.random(count) < 1 / (1 + np.exp(-risk))
    turnover[random.random(count) < 0.1] = np.nan
    return data_of(y, age=random.integers(20, 60, count).astype(float), turnover=turnover,
                   trade=trade)  # fmt: skip


def in_time(data: Data) -> Data:
    """The same rows, one after another."""
    return replace(data, time=np.arange(len(data.y)))
