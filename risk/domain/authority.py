"""What a person may decide in place of the policy: how much alone, and for how long."""

from enum import StrEnum
from typing import Final

from risk.enums import Outcome, OverrideDirection

# Up to here one reviewer grants alone what the formulas give.
ALONE_UP_TO_MINOR: Final = 10_000_000
# What a person decided is looked at again after so many days.
OVERRIDE_DAYS: Final = 180


class Why(StrEnum):
    """Why one reviewer is not enough."""

    DECLINED_BEFORE = "declined_before"
    ABOVE_FORMULAS = "above_formulas"
    ABOVE_AUTHORITY = "above_authority"


def second_needed(
    *, machine: Outcome, outcome: Outcome, limit_minor: int, suggested_minor: int
) -> Why | None:
    """Why a second reviewer has to agree, or None. Saying no never needs one. Amounts in fen."""
    if outcome != Outcome.APPROVE:
        return None
    if machine == Outcome.DECLINE:
        return Why.DECLINED_BEFORE
    if limit_minor > suggested_minor:
        return Why.ABOVE_FORMULAS
    return Why.ABOVE_AUTHORITY if limit_minor > ALONE_UP_TO_MINOR else None


def direction_of(
    *, machine: Outcome, outcome: Outcome, limit_minor: int, suggested_minor: int
) -> OverrideDirection:
    """Whether a person gave more or less than the policy answered or its formulas give."""
    if outcome != Outcome.APPROVE:
        is_less = machine != Outcome.DECLINE and suggested_minor > 0
        return OverrideDirection.DOWN if is_less else OverrideDirection.NONE
    if machine == Outcome.DECLINE or limit_minor > suggested_minor:
        return OverrideDirection.UP
    return OverrideDirection.DOWN if limit_minor < suggested_minor else OverrideDirection.NONE
