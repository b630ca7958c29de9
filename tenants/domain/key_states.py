"""How far a key is, at a moment."""

from datetime import datetime, timedelta
from typing import Final

from tenants.enums import KeyState

SOON: Final = timedelta(days=30)


def state_of(
    not_before: datetime,
    not_after: datetime | None,
    revoked_at: datetime | None,
    *,
    awaits_second: bool,
    at: datetime,
) -> KeyState:
    """What the door would say, and whether the end is near."""
    if revoked_at is not None:
        return KeyState.REVOKED
    if awaits_second:
        return KeyState.WAITING
    if at < not_before:
        return KeyState.COMING
    if not_after is None:
        return KeyState.IN_FORCE
    if at >= not_after:
        return KeyState.OVER
    return KeyState.ENDING if not_after - at <= SOON else KeyState.IN_FORCE
