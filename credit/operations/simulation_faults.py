"""Calls that go wrong: the process dies before the commit, the answer is lost, it comes twice."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.db import transaction

from credit.domain.simulated import FAULTS, thrown
from platform_app.kernel.errors import DomainError

Call = Callable[[], Any]


class NotOnce(Exception):
    """A call that was repeated did something else the second time."""


@dataclass(slots=True)
class Delivery:
    """Sends calls to the operations with faults, and counts what was sent and what went wrong."""

    sent: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    again: list[tuple[Call, str]] = field(default_factory=list)

    def send(self, what: str, call: Call, chance: Random) -> Any:
        """Make the call in spite of its fault; None when it is refused.

        Raises NotOnce when a repetition answers with another object than the first call.
        """
        fault = thrown(FAULTS, chance)
        self.sent[what] += 1
        try:
            if fault == "crash":
                _die_before_commit(call)
            answer = call()
        except DomainError as refusal:
            self.refused[refusal.code] += 1
            return None
        if fault:
            self.faults[fault] += 1
        if fault == "time_out":
            _same(call, answer.pk)
        if fault == "duplicate":
            self.again.append((call, answer.pk))
        return answer

    def send_again(self) -> None:
        """Deliver the day's duplicates, after everything else."""
        for call, answer in self.again:
            _same(call, answer)
        self.again.clear()


def _die_before_commit(call: Call) -> None:
    with transaction.atomic():
        call()
        transaction.set_rollback(True)


def _same(call: Call, first: str) -> None:
    second = call()
    if second.pk != first:
        msg = f"{first} the first time, {second.pk} the second"
        raise NotOnce(msg)
