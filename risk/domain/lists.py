"""What a list makes of an answer: blocked is declined, watched is decided by a person.

The lists a merchant was on are kept with the facts of the decision, so that it replays after they
have changed. The merchant is told no more than that it was an overall assessment.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from risk.domain.verdict import Verdict
from risk.enums import Outcome, WatchKind

LISTS: Final = "lists"
REASON: Final = "overall_assessment"


def with_lists(stored: dict[str, Any], lists: Sequence[str]) -> dict[str, Any]:
    """The snapshot with the lists; unchanged, to the byte, when there are none."""
    return stored | {LISTS: list(lists)} if lists else stored


def lists_in(stored: dict[str, Any]) -> list[str]:
    """The lists a snapshot was taken under."""
    return list(stored.get(LISTS, ()))


def listed(verdict: Verdict, lists: Sequence[str]) -> Verdict:
    """The verdict under these lists, each a rule hit in front; a refusal stays one."""
    if not lists:
        return verdict
    is_blocked = any(name.startswith(f"{WatchKind.BLOCK}.") for name in lists)
    hits = [*(f"list.{name}" for name in lists), *verdict.rule_hits]
    if verdict.outcome == Outcome.DECLINE:
        return replace(verdict, rule_hits=hits)
    return replace(
        verdict,
        outcome=Outcome.DECLINE if is_blocked else Outcome.REFER,
        rule_hits=hits,
        bounds={},
        binding_bound="",
        limit_minor=0,
        annual_rate=Decimal(0),
        term_rates={},
        reasons=[REASON],
    )
