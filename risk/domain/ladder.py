"""Which rung a platform's card stands on, which one its evidence allows, and why.

A platform starts on the card an expert wrote. From about a hundred bad cases of several platforms
there is a pooled card; a platform then moves its log-odds by an intercept shrunk towards none, and
by a slope once it has a hundred bad cases itself. A card of its own waits for five hundred, and
must win out of time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from risk.enums import Rung

POOLED_FROM_BAD: Final = 100
OFFSET_FROM_BAD: Final = 10
SLOPE_FROM_BAD: Final = 100
OWN_FROM_BAD: Final = 500
FITTED_RUNGS: Final = (str(Rung.POOLED), str(Rung.OWN))


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderStanding:
    """The rung of the card in force; the highest the matured cases allow, and what that rests on.

    `needed_bad` is how many bad cases the rung above `allowed` asks for, None at the top.
    """

    rung: Rung
    allowed: Rung
    bad: int
    good: int
    has_slope: bool
    needed_bad: int | None


def rung_of(body: Mapping[str, Any], tenant_id: str, on: date) -> Rung:
    """The rung a card's body stands on for a tenant and a day.

    A card fitted on a file from elsewhere counts as pooled: it does not rest on this platform.
    """
    development = body.get("development")
    if not development:
        return Rung.EXPERT
    if development.get("rung") == Rung.OWN:
        return Rung.OWN
    return Rung.OFFSET if _offsets(body, tenant_id, on) else Rung.POOLED


def standing(
    body: Mapping[str, Any], tenant_id: str, on: date, *, bad: int, good: int
) -> LadderStanding:
    """Where a platform stands whose matured cases were so many bad and good."""
    rung = rung_of(body, tenant_id, on)
    steps = [(Rung.POOLED, 0), (Rung.OFFSET, OFFSET_FROM_BAD), (Rung.OWN, OWN_FROM_BAD)]
    if rung == Rung.EXPERT:  # no pooled card yet: its offset has nothing to move
        steps = [(Rung.EXPERT, 0), (Rung.POOLED, POOLED_FROM_BAD), (Rung.OWN, OWN_FROM_BAD)]
    allowed = [step for step, needed in steps if bad >= needed][-1]
    above = [needed for _, needed in steps if bad < needed]
    return LadderStanding(
        rung=rung,
        allowed=allowed,
        bad=bad,
        good=good,
        has_slope=any("b" in one for one in _offsets(body, tenant_id, on)),
        needed_bad=above[0] if above else None,
    )


def _offsets(body: Mapping[str, Any], tenant_id: str, on: date) -> list[Mapping[str, Any]]:
    found = body.get("calibration", {}).get("offsets", [])
    return [
        one
        for one in found
        if one["tenant_id"] == tenant_id and date.fromisoformat(one["from_on"]) <= on
    ]
