"""Who brought a merchant to a visit: told by the partner, understood by whoever knows salespeople.

Tenants opens visits and knows no salespeople; campaigns hands its reader in when it starts.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from platform_app.kernel.errors import DomainError
from tenants.models import EmbedSession

# Takes merchant_id, session_id, code, token, actor and at by name, inside the visit's transaction.
# Answers what stands against it and never raises it: a visit opens whoever it was opened with.
Reader = Callable[..., DomainError | None]
_READERS: Final[list[Reader]] = []


def hand_in(reader: Reader) -> None:
    """Let this reader hear of every introduction from now on. Handing it in twice counts once."""
    if reader not in _READERS:
        _READERS.append(reader)


def introduce(
    *, session: EmbedSession, code: str, token: str, actor: str, at: datetime
) -> list[DomainError]:
    """Pass on what was told of a salesperson, if anything; what stands against it."""
    if not code and not token:
        return []
    told = [
        reader(
            merchant_id=session.merchant_id, session_id=session.id, code=code, token=token,
            actor=actor, at=at,
        )
        for reader in _READERS
    ]  # fmt: skip
    return [one for one in told if one is not None]
