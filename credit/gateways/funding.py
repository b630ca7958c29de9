"""Telling a funding source to pay: the protocol, and a source that lives in this process.

A source pays one key once, however often it is requested; that is part of every contract with one.
No method raises: what cannot be understood is *unknown*, and unknown is asked about.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Protocol

from credit.enums import FundingOutcome
from tenants.enums import MagicWord


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingOrder:
    """What is to be paid: `key` is the source's to pay once, the amount in fen."""

    key: str
    amount_minor: int
    drawdown_id: str
    order_no: str
    word: MagicWord | None = None  # in a sandbox only: what the merchant's name asks for


@dataclass(frozen=True, slots=True)
class FundingAnswer:
    """What a source said: funded, failed, pending, unknown, or (to a question) not found."""

    outcome: FundingOutcome
    reference: str = ""
    detail: str = ""


class FundingGateway(Protocol):
    """One funding source, as we talk to it."""

    def request(self, order: FundingOrder) -> FundingAnswer:
        """Ask it to pay. Never raises."""
        ...

    def ask(self, key: str) -> FundingAnswer:
        """Ask what became of a key. Never raises."""
        ...


class Script(Enum):
    """How the source in this process behaves towards one order."""

    PAY = "pay"
    DECLINE = "decline"
    PAY_LATER = "pay_later"
    PAY_AND_TIME_OUT = "pay_and_time_out"
    LOSE = "lose"


_BY_ENDING: Final = {
    77_01: Script.DECLINE,
    77_02: Script.PAY_AND_TIME_OUT,
    77_03: Script.PAY_LATER,
    77_04: Script.LOSE,
}


def by_amount(order: FundingOrder) -> Script:
    """The sandbox's rule: amounts that end in 77.01 to 77.04 yuan go wrong, each in its way."""
    return _BY_ENDING.get(order.amount_minor % 10_000, Script.PAY)


@dataclass(slots=True)
class InProcessFunding:
    """A source for tests, demo and sandbox: does what `script` says, remembers what it paid.

    `payouts` has one entry per payment that really went out: a key twice would be the worst fault
    this platform could have. A lost order is lost the first time only.
    """

    script: Callable[[FundingOrder], Script] = by_amount
    payouts: list[str] = field(default_factory=list)
    _known: dict[str, FundingOutcome] = field(default_factory=dict)
    _lost: set[str] = field(default_factory=set)

    def request(self, order: FundingOrder) -> FundingAnswer:
        known = self._known.get(order.key)
        if known is not None:
            return self._answer(order.key, known)
        script = self.script(order)
        if script is Script.LOSE and order.key not in self._lost:
            self._lost.add(order.key)
            return FundingAnswer(FundingOutcome.UNKNOWN, detail="time-out")
        if script is Script.DECLINE:
            self._known[order.key] = FundingOutcome.FAILED
            return self._answer(order.key, FundingOutcome.FAILED)
        self.payouts.append(order.key)
        self._known[order.key] = FundingOutcome.FUNDED
        if script is Script.PAY_AND_TIME_OUT:
            return FundingAnswer(FundingOutcome.UNKNOWN, detail="time-out")
        if script is Script.PAY_LATER:
            return FundingAnswer(FundingOutcome.PENDING)
        return self._answer(order.key, FundingOutcome.FUNDED)

    def ask(self, key: str) -> FundingAnswer:
        return self._answer(key, self._known.get(key, FundingOutcome.NOT_FOUND))

    def _answer(self, key: str, outcome: FundingOutcome) -> FundingAnswer:
        if outcome == FundingOutcome.FAILED:
            return FundingAnswer(outcome, detail="account_closed")
        is_paid = outcome == FundingOutcome.FUNDED
        return FundingAnswer(outcome, reference=f"SIM-{_digest(key)}" if is_paid else "")


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:12]


SIMULATED: Final = InProcessFunding()
