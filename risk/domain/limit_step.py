"""From the limit a merchant has to the one it should have, without fluttering.

A raise needs room of a tenth at least, is a third at most, and comes once in thirty days. A cut
waits for a warning sign, comes at once, and never goes below what is used and held: there the line
is frozen instead, so that nobody owes more than the limit because of us.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from risk.enums import LimitAction, Outcome

LEAST_RAISE: Final = Fraction(11, 10)
MOST_RAISE: Final = Fraction(13, 10)
DAYS_BETWEEN_RAISES: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A line as it stands; amounts in fen."""

    limit_minor: int
    taken_minor: int  # used and held
    is_frozen: bool  # by risk or arrears; a line suspended for another reason is not reviewed
    last_raise_on: date | None


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, and the limit afterwards."""

    action: LimitAction
    limit_minor: int


def next_step(
    now: Standing, *, outcome: Outcome, target_minor: int, warns: bool, freezes: bool,
    step_minor: int, on: date,
) -> Step:  # fmt: skip
    """One step from the limit there is towards `target_minor`, what the formulas give today.

    `warns` says that a sign shows, `freezes` that one shows which stops drawing.
    """
    kept = Step(LimitAction.KEEP, now.limit_minor)
    if freezes or (warns and outcome == Outcome.DECLINE):
        return kept if now.is_frozen else Step(LimitAction.FREEZE, now.limit_minor)
    if warns:
        return _cut(now, target_minor, step_minor)
    if now.is_frozen:
        return Step(LimitAction.RESUME, now.limit_minor) if outcome == Outcome.APPROVE else kept
    if outcome != Outcome.APPROVE or target_minor < now.limit_minor * LEAST_RAISE:
        return kept
    if now.last_raise_on and on < now.last_raise_on + timedelta(days=DAYS_BETWEEN_RAISES):
        return kept
    most = int(now.limit_minor * MOST_RAISE // step_minor) * step_minor
    raised = min(target_minor, max(most, now.limit_minor + step_minor))
    return Step(LimitAction.RAISE, raised) if raised > now.limit_minor else kept


def _cut(now: Standing, target_minor: int, step_minor: int) -> Step:
    taken = -(-now.taken_minor // step_minor) * step_minor
    limit = max(target_minor, taken)
    if limit < now.limit_minor:
        return Step(LimitAction.CUT, limit)
    if target_minor < now.limit_minor and not now.is_frozen:
        return Step(LimitAction.FREEZE, now.limit_minor)
    return Step(LimitAction.KEEP, now.limit_minor)
