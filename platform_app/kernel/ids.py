"""Public ids: `mch_01jd…`: a prefix and a UUIDv7 in Crockford base 32 (the TypeID layout).

Sortable by time of creation, 16 bytes in the database, never guessable from one another.
"""

import uuid
from typing import Final

import uuid_utils.compat

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES: Final = {letter: value for value, letter in enumerate(ALPHABET)}
_LENGTH: Final = 26


def new_uuid() -> uuid.UUID:
    """A fresh UUIDv7."""
    return uuid_utils.compat.uuid7()


def new_id(prefix: str) -> str:
    """A fresh public id with this prefix."""
    return from_uuid(prefix, new_uuid())


def from_uuid(prefix: str, value: uuid.UUID) -> str:
    """Write a stored UUID as its public id."""
    number = value.int
    letters = ["0"] * _LENGTH
    for position in range(_LENGTH - 1, -1, -1):
        letters[position] = ALPHABET[number & 31]
        number >>= 5
    return f"{prefix}_{''.join(letters)}"


def to_uuid(prefix: str, text: str) -> uuid.UUID:
    """Read a public id back. Raises ValueError for another prefix, length or letter."""
    head, _, tail = text.rpartition("_")
    if head != prefix or len(tail) != _LENGTH or tail[0] not in "01234567":
        msg = f"not a {prefix} id"
        raise ValueError(msg)
    number = 0
    for letter in tail:
        if letter not in _VALUES:
            msg = f"not a {prefix} id"
            raise ValueError(msg)
        number = (number << 5) | _VALUES[letter]
    return uuid.UUID(int=number)
