"""Magic values of a sandbox: pure look-ups; whether they may count is asked elsewhere."""

from typing import Final

from tenants.enums import MagicWord

# The last two digits of an amount in fen.
DECLINED_ENDING: Final = 1
TIMES_OUT_ENDING: Final = 2


def word_in(name: str) -> MagicWord | None:
    """The word a name ends with, whatever the case."""
    ending = name.strip().upper()
    return next((word for word in MagicWord if ending.endswith(word.value)), None)
