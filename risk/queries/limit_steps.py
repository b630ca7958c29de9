"""For credit, which keeps the lines: the signs that show, and the next step of a limit."""

from risk.domain.limit_step import Standing, Step, next_step
from risk.domain.warning_signs import BY_CODE, Sign, signs_of

__all__ = ["SIGN_CODES", "Sign", "Standing", "Step", "next_step", "sign_wording", "signs_of"]

SIGN_CODES = tuple(BY_CODE)


def sign_wording(code: str) -> str:
    """The msgid of a sign. Raises KeyError for a code we never gave."""
    return BY_CODE[code].wording
