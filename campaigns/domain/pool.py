"""The life of a pool member as one closed table, and what a pre-screen answers."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

# From each status to those that may follow it. Whatever is not here does not happen: a merchant
# may be ahead of us (it applies before anybody pre-screened it), but never goes back a step, save
# that a pre-screen may be done again and that who was taken out may be put back.
MOVES: Final[Mapping[str, frozenset[str]]] = {
    "imported": frozenset({"matched", "removed"}),
    "matched": frozenset({"prescreened", "invited", "applied", "active", "removed"}),
    "prescreened": frozenset({"prescreened", "invited", "applied", "active", "removed"}),
    "invited": frozenset({"applied", "active", "removed"}),
    "applied": frozenset({"active", "removed"}),
    "active": frozenset({"dormant", "removed"}),
    "dormant": frozenset({"active", "removed"}),
    "removed": frozenset({"imported", "matched"}),
}
# What a merchant must have done on the platform to be worth a look; the policy asks again.
MIN_ORDERS: Final = 3
MIN_TENURE_DAYS: Final = 61
MAX_RECENCY_DAYS: Final = 120
# After so many calendar months without a drawdown a member sleeps.
DORMANT_MONTHS: Final = 6


@dataclass(frozen=True, slots=True)
class Screened:
    """What a pre-screen answers: result, the one reason, and a limit in fen to speak of."""

    result: str
    reason: str
    limit_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is known of a merchant when it is pre-screened; `outcome` is empty without a score."""

    order_count: int
    tenure_days: int | None
    recency_days: int | None
    passes_doors: bool
    is_blocked: bool
    outcome: str
    limit_minor: int


def may_move(status: str, to: str) -> bool:
    """Whether a member may go from one status to another."""
    return to in MOVES[status]


def entry_hidden_reason(status: str, result: str) -> str:
    """Why this member's entry is hidden, or nothing when the pool does not hide it."""
    if status == "removed":
        return "pool_removed"
    if status == "prescreened" and result == "reject":
        return "pool_rejected"
    return ""


def is_entry_visible(status: str, result: str) -> bool:
    """Whether the pool lets the entry be shown: only of a firm that we know as a merchant."""
    return status != "imported" and not entry_hidden_reason(status, result)


def prescreen(case: Case) -> Screened:
    """Lists first, then the doors, then last night's score.

    Unknown never passes: whoever came through the doors without a score is for a person.
    """
    if case.is_blocked:
        return Screened("reject", "on_list")
    if not case.passes_doors:
        return Screened("reject", _door(case))
    if case.outcome == "approve":
        return Screened("pass", "scored", case.limit_minor)
    if case.outcome == "decline":
        return Screened("reject", "declined")
    return Screened("manual", "needs_review" if case.outcome else "not_scored")


def _door(case: Case) -> str:
    """The first door that stayed shut."""
    if not case.order_count:
        return "no_trade"
    if case.order_count < MIN_ORDERS:
        return "few_orders"
    if case.tenure_days is None or case.tenure_days < MIN_TENURE_DAYS:
        return "too_new"
    return "inactive"


def months_before(day: date, count: int) -> date:
    """The same day `count` calendar months ago, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
