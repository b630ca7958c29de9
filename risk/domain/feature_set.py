"""What a feature is, word by word, and an ordered set of them under one hash.

A definition says what is computed, from how long a time, what its absence means and what it may be
used for. Whoever changes what a key means raises its version, and the set has another hash.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from risk.domain.canonical import sha256
from risk.enums import FeatureUse

INTEGER: Final = "integer"
DECIMAL: Final = "decimal"
TEXT: Final = "text"
INTEGERS: Final = "integers"  # one for each month, the oldest first

MONEY: Final = "money"  # fen, shown and typed in yuan
DAYS: Final = "days"
COUNT: Final = "count"
SHARE: Final = "share"
FACTOR: Final = "factor"
LETTER: Final = "letter"

# Where a value is kept in the snapshot of a decision; what is derived is not kept.
TRADE: Final = "trade"
REPAYMENT: Final = "repayment"
DERIVED: Final = "derived"
MORE: Final = "more"
NIGHTLY: Final = "nightly"  # in the snapshots of a night alone

NOT_REPORTED: Final = "not_reported"
NOTHING_TO_MEASURE: Final = "nothing_to_measure"
NOTHING_TO_COMPARE: Final = "nothing_to_compare"
NOTHING_SEEN: Final = "nothing_seen"
NOT_ASKED: Final = "not_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureDef:
    """`sign` is "+" where more of it speaks for a merchant, "-" against, "0" neither.

    `window`, `min_history`, `null_meaning` and `first_known` are codes; `feature_words` has their
    words. `label` and `owner` are words (msgids), and no part of what is hashed.
    """

    key: str
    label: str
    unit: str
    dtype: str
    window: str
    min_history: str
    sign: str
    null_meaning: str
    first_known: str
    part: str
    owner: str
    consent: str
    uses: frozenset[FeatureUse]
    version: int = 1

    def may(self, use: FeatureUse) -> bool:
        """Whether it is allowed to be used so."""
        return use in self.uses

    @property
    def may_be_missing(self) -> bool:
        """Whether there may be nothing to say."""
        return self.null_meaning != NOT_REPORTED or self.part == DERIVED

    def as_json(self) -> dict[str, Any]:
        """What a change of which makes another feature."""
        return {
            "key": self.key, "version": self.version, "unit": self.unit, "dtype": self.dtype,
            "window": self.window, "min_history": self.min_history, "sign": self.sign,
            "null_meaning": self.null_meaning, "first_known": self.first_known,
            "consent": self.consent, "uses": sorted(self.uses),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """Definitions in order; two sets of one hash say the same of every feature."""

    features: tuple[FeatureDef, ...]

    def body(self) -> list[dict[str, Any]]:
        """Plain JSON: what is kept beside the hash."""
        return [one.as_json() for one in self.features]

    def sha256(self) -> str:
        return sha256({"features": self.body()})


def of_parts(features: Iterable[FeatureDef], *parts: str) -> FeatureSet:
    """Those kept in these parts of a snapshot, in their order."""
    return FeatureSet(tuple(one for one in features if one.part in parts))
