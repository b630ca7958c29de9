"""Reading the JSON body of a scorecard: every rule it must keep is checked here, before use.

    {"format": 2,
     "scaling": {"pdo": 20, "score": 600, "odds": 50},
     "base": {"handling": "separate", "points": …},
     "calibration": {"a": …, "b": …, "offsets": [{"tenant_id", "from_on", "a"} and maybe "b"]},
     "features": [{"key", "label", "dtype", "sign", "null_meaning", "mean_points"}],
     "rows": [{"feature", "ord", "kind", "lo", "hi", "levels", "n", "bad", "woe", "points",
               "reason_code"}],
     "development": null or {"binner", "seed", "rows", "bad", "data_sha256"}, and of a card fitted
                    on stored decisions {"rung", "label_sha256", "platforms", "cohorts"}}

Whole numbers are numbers, decimals are text, and no float has a place here.
"""

from datetime import date
from typing import Any, Final

from risk.domain import scorecard_first
from risk.domain.facts import FACT_TYPES
from risk.domain.features import is_forbidden
from risk.domain.ladder import FITTED_RUNGS
from risk.domain.odds import Odds
from risk.domain.reasons import REASONS
from risk.domain.scorecard import CATEGORY, Card, Offset
from risk.domain.scorecard_reading import (
    decimal,
    dicts,
    integer,
    keys,
    parts_of,
    refuse,
    text,
)
from risk.domain.scorecard_rows import ROW_KEYS, read_feature
from risk.enums import FeatureUse

FORMAT: Final = 2
BASE_SCORE: Final = 600
PDO: Final = 20
SEPARATE: Final = "separate"  # the base stands by itself, not spread over the features
_MAX_SHIFT: Final = 20
_CARD_KEYS: Final = {
    "format", "scaling", "base", "calibration", "features", "rows", "development",
}  # fmt: skip
_DEVELOPMENT_KEYS: Final = {"binner", "seed", "rows", "bad", "data_sha256"}
LADDER_KEYS: Final = {"rung", "label_sha256", "platforms", "cohorts"}


def parse(body: dict[str, Any]) -> Card:
    """The card in a body. Raises InvalidScorecard with the first problem found.

    Every feature has ranges `[lo, hi)` that meet and cover everything, or levels each named once;
    one `missing` bin; for levels one `other` bin. Points follow the declared sign, and neither
    `missing` nor `other` gets more points than any value: unknown never helps.
    """
    if "format" not in body:
        body = scorecard_first.lifted(body)
    keys("card", body, _CARD_KEYS)
    if body["format"] != FORMAT:
        refuse(f"format must be {FORMAT}")
    _development(body["development"])
    declared = dicts("features", body["features"])
    rows = dicts("rows", body["rows"])
    for row in rows:
        keys("a row", row, ROW_KEYS)
    names = [text("the key of a feature", item.get("key")) for item in declared]
    if len(set(names)) != len(names):
        refuse("a feature appears twice")
    if any(row["feature"] not in names for row in rows):
        refuse("a row belongs to no feature")
    codes = tuple(dict.fromkeys(text("a reason code", row["reason_code"]) for row in rows))
    return Card(
        base_parts=_base(body["base"]),
        odds=_odds(body["scaling"], body["calibration"]),
        features=tuple(
            read_feature(item, [row for row in rows if row["feature"] == item["key"]], codes)
            for item in declared
        ),
        codes=codes,
        offsets=_offsets(body["calibration"]),
    )


def parse_for_facts(body: dict[str, Any]) -> Card:
    """`parse` for a card that decides: it speaks only of facts and reasons we know."""
    card = parse(body)
    for feature in card.features:
        if is_forbidden(feature.key, FeatureUse.DECISION):
            refuse(f"{feature.key} may not be used for decisions")
        if FACT_TYPES.get(feature.key) != feature.dtype or feature.dtype == CATEGORY:
            refuse(f"{feature.key} is not a known number of type {feature.dtype}")
    for code in card.codes:
        if code not in REASONS:
            refuse(f"{code} is not a reason we give")
    return card


def _base(base: Any) -> int:
    keys("base", base, {"handling", "points"})
    if base["handling"] != SEPARATE:
        refuse(f"base handling must be {SEPARATE}")
    return parts_of("base points", base["points"])


def _odds(scaling: Any, calibration: Any) -> Odds:
    keys("scaling", scaling, {"pdo", "score", "odds"})
    keys("calibration", calibration, {"a", "b", "offsets"})
    if integer("pdo", scaling["pdo"]) != PDO or integer("score", scaling["score"]) != BASE_SCORE:
        refuse(f"scaling must be pdo {PDO} at {BASE_SCORE}")
    if integer("odds", scaling["odds"]) < 1:
        refuse("odds must be positive")
    a, b = (decimal(key, calibration[key]) for key in ("a", "b"))
    if not (abs(a) <= _MAX_SHIFT and 0 < b <= _MAX_SHIFT):
        refuse("calibration must keep the order of scores and stay small")
    return Odds(pdo=scaling["pdo"], odds_600=scaling["odds"], a=a, b=b)


def _offsets(calibration: dict[str, Any]) -> tuple[Offset, ...]:
    found = []
    for item in dicts("offsets", calibration["offsets"]):
        keys("an offset", item, {"tenant_id", "from_on", "a"} | ({"b"} & set(item)))
        a, b = decimal("an offset", item["a"]), decimal("an offset", item.get("b", "1"))
        if abs(a) > _MAX_SHIFT or not 0 < b <= _MAX_SHIFT:
            refuse("an offset must stay small")
        tenant_id = text("a tenant", item["tenant_id"])
        found.append(Offset(tenant_id=tenant_id, from_on=_day(item), a=a, b=b))
    if len({(offset.tenant_id, offset.from_on) for offset in found}) != len(found):
        refuse("a tenant has two offsets from one day")
    return tuple(found)


def _day(item: dict[str, Any]) -> date:
    try:
        return date.fromisoformat(text("the day of an offset", item["from_on"]))
    except ValueError:
        refuse("the day of an offset must be a date")


def _development(found: Any) -> None:
    if found is None:
        return
    told = LADDER_KEYS if isinstance(found, dict) and "rung" in found else set()
    keys("development", found, _DEVELOPMENT_KEYS | told)
    if told and found["rung"] not in FITTED_RUNGS:
        refuse("the rung of the development is none we fit")
    for name in ("seed", "rows", "bad", *({"platforms"} & told)):
        if type(found[name]) is not int or found[name] < 0:
            refuse(f"{name} of the development must be a whole number")
    for name in ("binner", "data_sha256", *({"label_sha256"} & told)):
        text(f"{name} of the development", found[name])
