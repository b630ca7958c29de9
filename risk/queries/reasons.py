"""Reason codes in words a merchant reads."""

from collections.abc import Iterable

from risk.domain.reasons import REASONS
from risk.values import Reason


def reasons_for(codes: Iterable[str]) -> list[Reason]:
    """The wording (msgids) of each code, in order. Raises KeyError for a code we never gave."""
    return [REASONS[code] for code in codes]
