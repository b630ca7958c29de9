"""Text messages leave through here. Who answers the number stays with tenants: we name a person.

A real gateway unseals the number of `person_id` itself, so no number in clear passes through
credit. The one in this process keeps what it was given: tests, demo and sandbox share it.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final, Protocol

KEPT: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One message to one person of a merchant. `key` makes a repeated sending harmless."""

    key: str
    tenant_id: str
    person_id: str
    words: str


class TextGateway(Protocol):
    """Takes a message over. Raises TextNotTaken when it cannot; the same key may be sent again."""

    def send(self, text: Text) -> None: ...


class TextNotTaken(Exception):
    """The provider did not take the message over; it will be tried again."""


@dataclass(slots=True)
class InProcessTexts:
    """Keeps the last messages; one with a key it has seen is not kept twice."""

    sent: deque[Text] = field(default_factory=lambda: deque(maxlen=KEPT))

    def send(self, text: Text) -> None:
        if all(known.key != text.key for known in self.sent):
            self.sent.append(text)


IN_PROCESS: Final = InProcessTexts()


def gateway() -> TextGateway:
    """The gateway in use."""
    return IN_PROCESS
