"""Codes leave through here. Who answers the number stays sealed: the gateway gets a person.

A real gateway unseals the number of `person_id` itself. The one in this process keeps what it was
given: tests read it there, and virtual platforms never send.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final, Protocol

KEPT: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMessage:
    """One code to one person of a merchant. `key` makes a repeated sending harmless."""

    key: str
    tenant_id: str
    person_id: str
    code: str


class CodeGateway(Protocol):
    """Takes a code over for sending. Does not raise: who gets none asks for another."""

    def send(self, message: CodeMessage) -> None: ...


@dataclass(slots=True)
class InProcessCodes:
    """Keeps the last codes."""

    sent: deque[CodeMessage] = field(default_factory=lambda: deque(maxlen=KEPT))

    def send(self, message: CodeMessage) -> None:
        self.sent.append(message)


IN_PROCESS: Final = InProcessCodes()


def gateway() -> CodeGateway:
    """The gateway in use."""
    return IN_PROCESS
