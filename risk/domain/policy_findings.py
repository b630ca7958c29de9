"""What the analysis of a policy's tables may find, and how it is said.

A gap, a row that is unreachable or asks for the impossible, and a fact without a row for the case
that it is missing keep a version from being published, and so does a price table in which a worse
grade is cheaper or which stops short of the term. An overlap is a note: the earlier row wins, and
somebody should have meant it; so is a rate below its cost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from platform_app.kernel.errors import gettext_noop
from risk.domain.facts import Fact

GAP: Final = "gap"
UNREACHABLE: Final = "unreachable"
IMPOSSIBLE: Final = "impossible"
NO_MISSING_ROW: Final = "no_missing_row"
OVERLAP: Final = "overlap"
PRICE_ORDER: Final = "price_order"
PRICE_GAP: Final = "price_gap"
PRICE_BELOW_COST: Final = "price_below_cost"
_NOTES: Final = {OVERLAP, PRICE_BELOW_COST}

WORDING: Final = {
    GAP: gettext_noop("{stage}: no row catches {example}."),
    UNREACHABLE: gettext_noop("{stage}: row {row} is never reached, row {others} comes first."),
    IMPOSSIBLE: gettext_noop("{stage}: row {row} asks for a value that does not exist."),
    NO_MISSING_ROW: gettext_noop("{stage}: no row says what happens when {fact} is missing."),
    OVERLAP: gettext_noop(
        "{stage}: row {row} and row {others} both fit {example}; the first wins."
    ),
    PRICE_ORDER: gettext_noop("{stage}: a worse grade would be cheaper than a better, {example}."),
    PRICE_GAP: gettext_noop("{stage}: no column reaches the term the limit is set for, {example}."),
    PRICE_BELOW_COST: gettext_noop("{stage}: the rate does not cover its cost, {example}."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding in one table. Rows are numbered from 1.

    `row` is the row it is about, None for a gap; `others` are the earlier rows it has to do with;
    `example` is an input that shows it, None standing for missing.
    """

    code: str
    stage: str
    row: int | None = None
    others: tuple[int, ...] = ()
    fact: str | None = None
    example: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def is_blocking(self) -> bool:
        return self.code not in _NOTES

    def as_json(self) -> dict[str, Any]:
        """Plain JSON, decimals as text."""
        return {
            "code": self.code,
            "stage": self.stage,
            "row": self.row,
            "others": list(self.others),
            "fact": self.fact,
            "example": {
                name: f"{fact:f}" if isinstance(fact, Decimal) else fact
                for name, fact in self.example.items()
            },
        }
