"""The first form of a scorecard's body, in which bins stood inside their features.

Cards in that form stay as they are, since decisions name them by their hash; they are read by
lifting them into today's form.
"""

from typing import Any, Final

from risk.domain.scorecard_reading import dicts, keys, refuse

_CARD_KEYS: Final = {"base_points", "pdo", "score_600_odds", "features", "calibration"}
_FEATURE_KEYS: Final = {"key", "label", "dtype", "sign", "reason_code", "mean_points", "bins"}
_BIN_KEYS: Final = {"range": {"kind", "lo", "hi", "points"}, "missing": {"kind", "points"}}


def lifted(body: dict[str, Any]) -> dict[str, Any]:
    """The same card as rows. Raises InvalidScorecard; what it leaves unread, the reader checks."""
    keys("card", body, _CARD_KEYS)
    keys("calibration", body["calibration"], {"a", "b"})
    features = dicts("features", body["features"])
    for item in features:
        keys("feature", item, _FEATURE_KEYS)
    return {
        "format": 2,
        "scaling": {"pdo": body["pdo"], "score": 600, "odds": body["score_600_odds"]},
        "base": {"handling": "separate", "points": body["base_points"]},
        "calibration": body["calibration"] | {"offsets": []},
        "features": [
            {name: item[name] for name in ("key", "label", "dtype", "sign", "mean_points")}
            | {"null_meaning": "unknown"}
            for item in features
        ],
        "rows": [
            _row(item, number, one)
            for item in features
            for number, one in enumerate(dicts(str(item["key"]), item["bins"]))
        ],
        "development": None,
    }


def _row(item: dict[str, Any], number: int, one: dict[str, Any]) -> dict[str, Any]:
    kind = one.get("kind")
    if kind not in list(_BIN_KEYS):
        refuse(f"{item['key']} has a bin of an unknown kind")
    keys(f"a bin of {item['key']}", one, _BIN_KEYS[str(kind)])
    return {
        "feature": item["key"],
        "ord": number,
        "kind": "numeric" if kind == "range" else "missing",
        "lo": one.get("lo"),
        "hi": one.get("hi"),
        "levels": None,
        "n": None,
        "bad": None,
        "woe": None,
        "points": one["points"],
        "reason_code": item["reason_code"],
    }
