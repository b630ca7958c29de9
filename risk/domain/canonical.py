"""One way to write a value, so that equal values have equal bytes and one hash.

Decimals are written as text; a float has no place here and is refused.
"""

import hashlib
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

PLACES: Final = Decimal("0.00000001")


def canonical(value: Any) -> str:
    """Key-sorted JSON without spaces. Raises TypeError for floats and unknown types."""
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(value: Any) -> str:
    """Hexadecimal SHA-256 of the canonical text."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def rate_text(value: Decimal) -> str:
    """A rate or probability with the eight places the database keeps."""
    return f"{value.quantize(PLACES):f}"


def moment_text(moment: datetime) -> str:
    """A moment in UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _refuse_floats(value: Any) -> None:
    if isinstance(value, str | int):
        return
    if isinstance(value, float):
        msg = "a float has no canonical form"
        raise TypeError(msg)
    if isinstance(value, dict):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
