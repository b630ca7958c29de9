"""One way to write a value: equal values, equal bytes."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from risk.domain.canonical import canonical, moment_text, rate_text, sha256


def test_keys_are_sorted_and_chinese_stays() -> None:
    assert canonical({"b": [1, None, True], "a": "白条"}) == '{"a":"白条","b":[1,null,true]}'
    assert sha256({"a": 1, "b": 2}) == sha256({"b": 2, "a": 1})


@pytest.mark.parametrize("value", [1.0, [1.0], {"a": {"b": (0, float("nan"))}}])
def test_a_float_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="float"):
        canonical(value)


def test_a_rate_reads_as_the_database_keeps_it() -> None:
    assert rate_text(Decimal("0.072")) == rate_text(Decimal("0.07200000")) == "0.07200000"
    assert rate_text(Decimal(0)) == "0.00000000"


def test_a_moment_is_the_same_in_every_zone() -> None:
    utc = datetime(2026, 5, 20, 2, tzinfo=UTC)
    china = utc.astimezone(timezone(timedelta(hours=8)))
    assert moment_text(utc) == moment_text(china) == "2026-05-20T02:00:00.000000+00:00"
