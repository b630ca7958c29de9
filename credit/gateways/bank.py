"""The bank that receives repayments, behind one protocol: account numbers, mandates, debits.

We instruct and ask; the bank moves the money. A call that times out raises `TimeoutError`, and then
nobody knows: only `ask` may answer, never a second debit under another key.
"""

from dataclasses import dataclass
from typing import Final, Literal, Protocol

Ended = Literal["succeeded", "failed", "running", "not_received"]


@dataclass(frozen=True, slots=True)
class DebitAnswer:
    """How a debit stands at the bank; `reason` says why it failed."""

    ended: Ended
    reason: str = ""


class Bank(Protocol):
    """What every bank we instruct can do. The same key always means the same act."""

    def open_account(self, *, key: str) -> str:
        """The number of the account that is this key's own."""
        ...

    def sign_mandate(self, *, key: str, account_no: str) -> str:
        """The bank's reference of the mandate."""
        ...

    def debit(self, *, key: str, mandate: str, amount_minor: int) -> DebitAnswer:
        """Take this many fen from the mandate's account. Raises TimeoutError: outcome unknown."""
        ...

    def ask(self, *, key: str, amount_minor: int) -> DebitAnswer:
        """How the debit of this key ended. Raises TimeoutError."""
        ...


class InProcessBank:
    """A bank inside our own process, for tests, demo and sandbox; the last two digits decide.

    `…01` fails for lack of money, `…02` times out though the money moves, `…03` times out before
    the bank has it; everything else succeeds.
    """

    NO_MONEY: Final = 1
    TIMES_OUT_AFTER: Final = 2
    TIMES_OUT_BEFORE: Final = 3

    def __init__(self) -> None:
        self.moved: dict[str, int] = {}

    def open_account(self, *, key: str) -> str:
        return f"VA-{key.upper()}"

    def sign_mandate(self, *, key: str, account_no: str) -> str:  # noqa: ARG002 -- the protocol's
        return f"MND-{key.upper()}"

    def debit(self, *, key: str, mandate: str, amount_minor: int) -> DebitAnswer:  # noqa: ARG002 -- the protocol's
        magic = amount_minor % 100
        if magic == self.TIMES_OUT_BEFORE:
            raise TimeoutError
        if magic == self.NO_MONEY:
            return DebitAnswer("failed", "insufficient_funds")
        self.moved.setdefault(key, amount_minor)
        if magic == self.TIMES_OUT_AFTER:
            raise TimeoutError
        return DebitAnswer("succeeded")

    def ask(self, *, key: str, amount_minor: int) -> DebitAnswer:
        """Another process may have sent it: what moved is told from the digits as well."""
        magic = amount_minor % 100
        if key in self.moved or magic == self.TIMES_OUT_AFTER:
            return DebitAnswer("succeeded")
        if magic == self.NO_MONEY:
            return DebitAnswer("failed", "insufficient_funds")
        if magic == self.TIMES_OUT_BEFORE:
            return DebitAnswer("failed", "not_received")
        return DebitAnswer("not_received")


_in_process: Final = InProcessBank()


def connected_bank() -> Bank:
    """The bank this installation instructs."""
    return _in_process
