"""Which servicing acts one person may not do alone, and from which amount, in fen."""

from collections.abc import Mapping
from typing import Final

# More than this leaves the books, or our hands, only when two people agree.
ALONE_UP_TO_MINOR: Final[Mapping[str, int]] = {
    "write_off": 0,
    "refund": 5_000_000,
    "payout_refund": 5_000_000,
    "overpayment_refund": 5_000_000,
}


def needs_second_person(kind: str, amount_minor: int) -> bool:
    """Whether an act of this kind at stake of this amount has to be approved by somebody else."""
    return kind in ALONE_UP_TO_MINOR and amount_minor > ALONE_UP_TO_MINOR[kind]
