"""Public ids: `mch_01jd…`: a prefix and a UUIDv7 in Crockford base 32 (the TypeID layout).

Sortable by time of creation, 16 bytes in the database, never guessable from one another.
"""

import uuid
from typing import Final

import uuid_utils
import uuid_utils.compat

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
# Python reads base 32 with the digits 0-9a-v; ten bits at a time are written from a table.
_TO_PYTHON: Final = str.maketrans(ALPHABET, "0123456789abcdefghijklmnopqrstuv")
_PAIRS: Final = tuple(high + low for high in ALPHABET for low in ALPHABET)
_SHIFTS: Final = tuple(range(120, -1, -10))
_LENGTH: Final = 26
_ALLOWED: Final = frozenset(ALPHABET)


def new_uuid() -> uuid.UUID:
    """A fresh UUIDv7."""
    return uuid_utils.compat.uuid7()


def new_uuid_text() -> str:
    """A fresh UUIDv7 as text, for rows written by the thousand: eight times as fast."""
    return str(uuid_utils.uuid7())


def new_id(prefix: str) -> str:
    """A fresh public id with this prefix."""
    return from_uuid(prefix, new_uuid())


def from_uuid(prefix: str, value: uuid.UUID) -> str:
    """Write a stored UUID as its public id."""
    number = value.int
    return prefix + "_" + "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


def to_uuid(prefix: str, text: str) -> uuid.UUID:
    """Read a public id back. Raises ValueError for another prefix, length or letter."""
    head, _, tail = text.rpartition("_")
    if (
        head != prefix
        or len(tail) != _LENGTH
        or tail[0] not in "01234567"
        or not _ALLOWED.issuperset(tail)
    ):
        msg = f"not a {prefix} id"
        raise ValueError(msg)
    return uuid.UUID(int=int(tail.translate(_TO_PYTHON), 32))
