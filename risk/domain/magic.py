"""An answer that a sandbox asked for by name, kept with the facts so that the decision replays."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from risk.domain.canonical import rate_text
from risk.domain.policy import PolicyTables
from risk.domain.verdict import TOO_SMALL, Verdict
from risk.enums import Outcome
from tenants.enums import MagicWord

KEY: Final = "magic"
LIMIT_MINOR: Final = 5_000_000
_NO: Final[Mapping[MagicWord, tuple[Outcome, str]]] = {
    MagicWord.REVIEW: (Outcome.REFER, "overall_assessment"),
    MagicWord.DECLINE_LIMIT: (Outcome.DECLINE, TOO_SMALL),
}


def with_magic(
    stored: dict[str, Any], word: MagicWord | None, policy: PolicyTables, verdict: Verdict
) -> dict[str, Any]:
    """The snapshot with what the word asks for; unchanged, to the byte, where it asks nothing.

    An approval is 50,000 yuan, or the policy's highest if that is less, at the price of the grade.
    """
    if word is not None and word in _NO:
        outcome, reason = _NO[word]
        asked: dict[str, Any] = {"outcome": str(outcome), "reasons": [reason]}
    elif word in {MagicWord.APPROVE, MagicWord.FUNDER_TIMEOUT, MagicWord.FUNDER_FAIL}:
        terms = policy.limit
        limit = min(LIMIT_MINOR, terms.max_limit_minor) // terms.step_minor * terms.step_minor
        by_term = policy.term_price.of(verdict.grade) if policy.term_price else {}
        asked = {
            "outcome": str(Outcome.APPROVE), "reasons": [], "limit_minor": limit,
            "annual_rate": rate_text(policy.price[verdict.grade]), "term_rates": by_term,
        }  # fmt: skip
    else:
        return stored
    return stored | {KEY: {"word": str(word), **asked}}


def magicked(verdict: Verdict, stored: Mapping[str, Any]) -> Verdict:
    """The verdict that was asked for, or the one there is."""
    asked = stored.get(KEY)
    if asked is None:
        return verdict
    return replace(
        verdict,
        outcome=Outcome(asked["outcome"]),
        reasons=list(asked["reasons"]),
        rule_hits=[],
        bounds={},
        binding_bound="",
        limit_minor=asked.get("limit_minor", 0),
        annual_rate=Decimal(asked.get("annual_rate", 0)),
        term_rates=dict(asked.get("term_rates", {})),
    )
