"""What holds for every code by text message, whatever it confirms."""

import math
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

VALID: Final = timedelta(minutes=5)
APART: Final = timedelta(seconds=60)
DIGITS: Final = 6
# To one number, for all firms of a platform together: nobody's phone is flooded by way of many.
MOST_TO_A_PHONE: Final = 10
PHONE_WINDOW: Final = timedelta(hours=1)


def new_digits() -> str:
    """A code nobody can guess."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def seconds_to_wait(sent: Sequence[datetime], at: datetime) -> int:
    """How long until the next code may be sent, after those `sent`; 0 for at once."""
    if not sent or at >= max(sent) + APART:
        return 0
    return math.ceil((max(sent) + APART - at).total_seconds())
