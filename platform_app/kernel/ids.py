"""Public ids: `mch_01jd…`: a prefix and a UUIDv7 in Crockford base 32 (the TypeID layout).

Sortable by time of creation, 16 bytes in the database, never guessable from one another.
"""

import base64
import uuid
from typing import Final

import uuid_utils.compat

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_STANDARD: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_WRITE: Final = bytes.maketrans(_STANDARD, ALPHABET.encode())
_READ: Final = bytes.maketrans(ALPHABET.encode(), _STANDARD)
_LENGTH: Final = 26
_ALLOWED: Final = frozenset(ALPHABET)


def new_uuid() -> uuid.UUID:
    """A fresh UUIDv7."""
    return uuid_utils.compat.uuid7()


def new_id(prefix: str) -> str:
    """A fresh public id with this prefix."""
    return from_uuid(prefix, new_uuid())


def from_uuid(prefix: str, value: uuid.UUID) -> str:
    """Write a stored UUID as its public id."""
    # 4 + 16 bytes are 32 letters of 5 bits; the last 26 hold the 128 bits of the UUID.
    text = base64.b32encode(b"\0\0\0\0" + value.bytes)[6:].translate(_WRITE)
    return f"{prefix}_{text.decode()}"


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
    raw = base64.b32decode(b"AAAAAA" + tail.encode().translate(_READ))
    return uuid.UUID(bytes=raw[4:])
