"""Who brought a merchant to a visit: told by the partner, understood by whoever knows them.

Tenants opens visits and knows neither salespeople nor invitations; campaigns hands its readers in
when it starts.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from platform_app.kernel.errors import DomainError
from tenants.models import EmbedSession

# Takes merchant_id, session_id, actor, at and what it asks for by name, inside the visit's
# transaction. Answers what stands against it and never raises it: a visit opens whoever it was
# opened with.
Reader = Callable[..., DomainError | None]
_READERS: Final[dict[Reader, tuple[str, ...]]] = {}


def hand_in(reader: Reader, *, asks: tuple[str, ...]) -> None:
    """Let this reader hear of every visit that tells one of the words it asks for; once."""
    _READERS[reader] = asks


def introduce(
    *, session: EmbedSession, told: Mapping[str, str], actor: str, at: datetime
) -> list[DomainError]:
    """Pass on what was told of whoever brought the merchant, if anything; what stands against it.

    Readers hear in the order in which they were handed in.
    """
    answers = [
        reader(
            merchant_id=session.merchant_id, session_id=session.id, actor=actor, at=at,
            **{word: told.get(word, "") for word in asks},
        )
        for reader, asks in _READERS.items()
        if any(told.get(word) for word in asks)
    ]  # fmt: skip
    return [one for one in answers if one is not None]
