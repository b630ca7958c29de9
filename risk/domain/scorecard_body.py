"""Reading the JSON body of a scorecard: every rule it must keep is checked here, before use."""

from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

from risk.domain.facts import DECIMAL, FACT_TYPES, INTEGER
from risk.domain.reasons import REASONS
from risk.domain.scorecard import Card, Feature
from risk.errors import InvalidScorecard

_SIGNS: Final = {"+": 1, "-": -1}
_MAX_POINTS: Final = 10_000
_MAX_SHIFT: Final = 20
_CARD_KEYS: Final = {"base_points", "pdo", "score_600_odds", "features", "calibration"}
_FEATURE_KEYS: Final = {"key", "label", "dtype", "sign", "reason_code", "mean_points", "bins"}


def parse(body: dict[str, Any]) -> Card:
    """The card in a body. Raises InvalidScorecard with the first problem found.

    Bins of a feature are ranges `[lo, hi)` that meet and together cover everything (the outer
    bounds are null), points follow the declared sign, and exactly one missing bin gets no more
    points than any range: unknown never helps.
    """
    _keys("card", body, _CARD_KEYS)
    _keys("calibration", body["calibration"], {"a", "b"})
    if _int("pdo", body["pdo"]) != 20 or _int("score_600_odds", body["score_600_odds"]) < 1:  # noqa: PLR2004
        _refuse("scaling must be pdo 20 and positive odds at 600")
    features = tuple(_feature(item) for item in _dicts("features", body["features"]))
    if len({f.key for f in features}) != len(features):
        _refuse("a feature appears twice")
    a, b = (_decimal(key, body["calibration"][key]) for key in ("a", "b"))
    if not (abs(a) <= _MAX_SHIFT and 0 < b <= _MAX_SHIFT):
        _refuse("calibration must keep the order of scores and stay small")
    return Card(
        base_points=_int("base_points", body["base_points"]),
        pdo=body["pdo"],
        score_600_odds=body["score_600_odds"],
        features=features,
        a=a,
        b=b,
    )


def _feature(item: dict[str, Any]) -> Feature:
    _keys("feature", item, _FEATURE_KEYS)
    key, dtype = str(item["key"]), str(item["dtype"])
    if FACT_TYPES.get(key) != dtype or dtype not in {INTEGER, DECIMAL}:
        _refuse(f"{key} is not a known number of type {dtype}")
    if not isinstance(item["label"], str):
        _refuse(f"the label of {key} must be text")
    if item["sign"] not in list(_SIGNS) or item["reason_code"] not in list(REASONS):
        _refuse(f"{key} has an unknown sign or reason code")
    bins = _dicts(key, item["bins"])
    missing = [bin_ for bin_ in bins if bin_.get("kind") == "missing"]
    ranges = [bin_ for bin_ in bins if bin_.get("kind") == "range"]
    if len(missing) != 1 or not ranges or len(ranges) + 1 != len(bins):
        _refuse(f"{key} needs ranges and exactly one missing bin")
    for bin_ in ranges:
        _keys(f"a range of {key}", bin_, {"kind", "lo", "hi", "points"})
    _keys(f"the missing bin of {key}", missing[0], {"kind", "points"})
    points = tuple(_int(key, bin_["points"]) for bin_ in ranges)
    feature = Feature(
        key=key,
        dtype=dtype,
        sign=_SIGNS[item["sign"]],
        reason_code=item["reason_code"],
        mean_points=_int(key, item["mean_points"]),
        edges=_edges(key, ranges),
        points=points,
        missing_points=_int(key, missing[0]["points"]),
    )
    if list(points) != sorted(points, reverse=feature.sign < 0):
        _refuse(f"{key} has points against its sign")
    if feature.missing_points > min(points):
        _refuse(f"{key} rewards a missing value")
    return feature


def _edges(key: str, ranges: list[dict[str, Any]]) -> tuple[Decimal, ...]:
    if ranges[0]["lo"] is not None or ranges[-1]["hi"] is not None:
        _refuse(f"{key} leaves values outside its bins")
    edges = tuple(_decimal(key, bin_["lo"]) for bin_ in ranges[1:])
    if edges != tuple(_decimal(key, bin_["hi"]) for bin_ in ranges[:-1]):
        _refuse(f"{key} has a gap or an overlap between bins")
    if list(edges) != sorted(set(edges)):
        _refuse(f"{key} has bins out of order")
    return edges


def _dicts(where: str, found: Any) -> list[dict[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        _refuse(f"{where} must be a list of objects")
    return list(found)


def _keys(where: str, found: Any, wanted: set[str]) -> None:
    if not isinstance(found, dict) or set(found) != wanted:
        _refuse(f"{where} must have exactly {', '.join(sorted(wanted))}")


def _int(where: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _MAX_POINTS:
        _refuse(f"{where} must be a whole number of at most {_MAX_POINTS}")
    return int(value)


def _decimal(where: str, value: Any) -> Decimal:
    """Whole numbers and decimals written as text; a float is refused."""
    if not isinstance(value, int | str) or isinstance(value, bool):
        _refuse(f"{where} must be a number")
    try:
        number = Decimal(value)
    except InvalidOperation:
        _refuse(f"{where} must be a number")
    if not number.is_finite():
        _refuse(f"{where} must be finite")
    return number


def _refuse(problem: str) -> NoReturn:
    raise InvalidScorecard(problem=problem)
