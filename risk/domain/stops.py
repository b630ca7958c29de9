"""An open alarm that stops auto-approval turns an approval into a referral; nothing else.

The stops that stood are kept with the facts of the decision, so that it replays without the alarm.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from risk.domain.verdict import Verdict
from risk.enums import Outcome

STOPS: Final = "stops"
_RULE: Final = "stop"


def with_stops(stored: dict[str, Any], stops: Sequence[str]) -> dict[str, Any]:
    """The snapshot with the stops that stood; unchanged, to the byte, when none did."""
    return stored | {STOPS: list(stops)} if stops else stored


def stops_in(stored: dict[str, Any]) -> list[str]:
    """The stops a snapshot was taken under."""
    return list(stored.get(STOPS, ()))


def stopped(verdict: Verdict, stops: Sequence[str]) -> Verdict:
    """What would be approved is referred, with each stop as a rule hit; the rest stays as it is."""
    if not stops or verdict.outcome != Outcome.APPROVE:
        return verdict
    return replace(
        verdict,
        outcome=Outcome.REFER,
        rule_hits=[*verdict.rule_hits, *(f"{_RULE}.{stop}" for stop in stops)],
        bounds={},
        binding_bound="",
        limit_minor=0,
        annual_rate=Decimal(0),
        term_rates={},
    )
