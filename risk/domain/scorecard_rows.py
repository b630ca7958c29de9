"""The rows of one feature: values first, then `missing`, then for levels `other`."""

from typing import Any, Final

from risk.domain.facts import DECIMAL, INTEGER
from risk.domain.scorecard import CATEGORY, Bin, Feature
from risk.domain.scorecard_reading import decimal, keys, parts_of, refuse, text

NUMERIC: Final = "numeric"
CATEGORICAL: Final = "categorical"
MISSING: Final = "missing"
OTHER: Final = "other"

ROW_KEYS: Final = {
    "feature", "ord", "kind", "lo", "hi", "levels", "n", "bad", "woe", "points", "reason_code",
}  # fmt: skip
SIGNS: Final = {"+": 1, "-": -1, "0": 0}
_FEATURE_KEYS: Final = {"key", "label", "dtype", "sign", "null_meaning", "mean_points"}
_ENDS: Final = {INTEGER: [MISSING], DECIMAL: [MISSING], CATEGORY: [MISSING, OTHER]}


def read_feature(
    item: dict[str, Any], rows: list[dict[str, Any]], codes: tuple[str, ...]
) -> Feature:
    """One feature with its bins. Raises InvalidScorecard."""
    keys("feature", item, _FEATURE_KEYS)
    key, dtype = str(item["key"]), item["dtype"]
    if dtype not in list(_ENDS):
        refuse(f"{key} has the unknown type {dtype}")
    for name in ("label", "null_meaning"):
        text(f"the {name} of {key}", item[name])
    if item["sign"] not in list(SIGNS):
        refuse(f"{key} has an unknown sign")
    values = _values(key, dtype, rows)
    parts = tuple(parts_of(key, row["points"]) for row in rows)
    _counts(key, rows)
    _order(key, SIGNS[item["sign"]], parts[: len(values)], dtype)
    if max(parts[len(values) :]) > min(parts[: len(values)]):
        refuse(f"{key} rewards a missing or new value")
    mean = parts_of(key, item["mean_points"])
    return Feature(
        key=key,
        dtype=dtype,
        sign=SIGNS[item["sign"]],
        mean_parts=mean,
        edges=() if dtype == CATEGORY else _edges(key, values),
        levels=_levels(key, values) if dtype == CATEGORY else {},
        bins=tuple(
            Bin(number, one, max(mean - one, 0), codes.index(row["reason_code"]))
            for number, (one, row) in enumerate(zip(parts, rows, strict=True))
        ),
        missing=len(values),
        other=len(rows) - 1,
    )


def _values(key: str, dtype: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of values; refuses when those after them, or the numbering, are not as they must."""
    ends = _ENDS[dtype]
    if [row["ord"] for row in rows] != list(range(len(rows))) or len(rows) <= len(ends):
        refuse(f"{key} needs rows numbered from 0 on")
    kind = CATEGORICAL if dtype == CATEGORY else NUMERIC
    if [row["kind"] for row in rows] != [kind] * (len(rows) - len(ends)) + ends:
        refuse(f"{key} needs {kind} rows and then {', '.join(ends)}")
    for row in rows:
        is_range, is_levels = row["kind"] == NUMERIC, row["kind"] == CATEGORICAL
        if (row["lo"], row["hi"]) != (None, None) and not is_range:
            refuse(f"{key} has bounds where there is no range")
        if (row["levels"] is not None) != is_levels:
            refuse(f"{key} has levels where there are none, or none where there must be")
    return rows[: len(rows) - len(ends)]


def _edges(key: str, ranges: list[dict[str, Any]]) -> tuple[float, ...]:
    if ranges[0]["lo"] is not None or ranges[-1]["hi"] is not None:
        refuse(f"{key} leaves values outside its bins")
    found = tuple(decimal(key, row["lo"]) for row in ranges[1:])
    if found != tuple(decimal(key, row["hi"]) for row in ranges[:-1]):
        refuse(f"{key} has a gap or an overlap between bins")
    edges = tuple(_double(key, edge) for edge in found)
    if list(edges) != sorted(set(edges)):
        refuse(f"{key} has bins out of order")
    return edges


def _double(key: str, edge: Any) -> float:
    number = float(edge)
    if number in {float("inf"), float("-inf")}:
        refuse(f"{key} must be finite")
    return number


def _levels(key: str, rows: list[dict[str, Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, row in enumerate(rows):
        if not isinstance(row["levels"], list) or not row["levels"]:
            refuse(f"the levels of {key} must be a list")
        for level in row["levels"]:
            if text(f"a level of {key}", level) in found:
                refuse(f"{key} names a level twice")
            found[level] = number
    return found


def _order(key: str, sign: int, parts: tuple[int, ...], dtype: str) -> None:
    if dtype == CATEGORY:
        if sign:
            refuse(f"{key} has levels, so it can have no sign")
    elif sign and list(parts) != sorted(parts, reverse=sign < 0):
        refuse(f"{key} has points against its sign")


def _counts(key: str, rows: list[dict[str, Any]]) -> None:
    """What was counted in development; all unknown in a card an expert wrote."""
    for row in rows:
        counts = (row["n"], row["bad"])
        if counts == (None, None) and row["woe"] is None:
            continue
        if not all(type(count) is int for count in counts) or not 0 <= row["bad"] <= row["n"]:
            refuse(f"{key} has impossible counts")
        decimal(f"the weight of evidence of {key}", row["woe"])
