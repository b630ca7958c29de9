"""One payment over several drawdowns of a merchant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one drawdown asks for, in fen; `due_on` is the due date of its oldest unpaid row."""

    drawdown_id: str
    due_on: date
    due_minor: int
    payoff_minor: int


def spread(amount_minor: int, claims: Sequence[Claim], *, on: date) -> dict[str, int]:
    """Fen per drawdown, in order of payment; what no drawdown can take is left out.

    1. What is past due or due on `on`, oldest due date first.
    2. The rest pays early, in order of the next due date, each up to its payoff amount.
    """
    ordered = sorted(claims, key=lambda claim: (claim.due_on, claim.drawdown_id))
    taken = dict.fromkeys((claim.drawdown_id for claim in ordered), 0)
    left = amount_minor
    for is_due in (True, False):
        for claim in ordered:
            asked = claim.due_minor if claim.due_on <= on else 0
            room = (asked if is_due else claim.payoff_minor) - taken[claim.drawdown_id]
            part = min(left, max(room, 0))
            taken[claim.drawdown_id] += part
            left -= part
    return {drawdown_id: part for drawdown_id, part in taken.items() if part}
