"""SM2 signatures over SM3 (GB/T 32918, 32905), as Chinese back ends send them.

The user id is `1234567812345678`, the signature is r and s in ASN.1, a public key is PEM. The curve
itself is gmssl's, which is installed where the scheme is offered; what it does not check is checked
here: the ranges of r and s, and that a key is a point of the curve.
"""

import base64
from importlib import import_module
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

P: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
N: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
# SubjectPublicKeyInfo: id-ecPublicKey on sm2p256v1, then an uncompressed point.
_HEAD: Final = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")
_FIRST, _LAST = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"
_LINE: Final = 64


def point_of(public_key_pem: str) -> str:
    """The point in 128 hex digits. Raises ValueError: no PEM, another curve, not on the curve."""
    text = "".join(public_key_pem.split())
    first, last = ("".join(mark.split()) for mark in (_FIRST, _LAST))
    if not (text.startswith(first) and text.endswith(last)):
        raise ValueError("pem")
    try:
        raw = base64.b64decode(text[len(first) : -len(last)], validate=True)
    except ValueError:
        raise ValueError("pem") from None
    if not raw.startswith(_HEAD) or len(raw) != len(_HEAD) + 64:
        raise ValueError("curve")
    point = raw[len(_HEAD) :]
    x, y = int.from_bytes(point[:32]), int.from_bytes(point[32:])
    if not (x < P and y < P and (y * y - (x**3 - 3 * x + B)) % P == 0):
        raise ValueError("point")
    return point.hex()


def pem_of(point: str) -> str:
    """The PEM of a point, as `openssl pkey -pubout` writes it."""
    coded = base64.b64encode(_HEAD + bytes.fromhex(point)).decode()
    lines = [coded[at : at + _LINE] for at in range(0, len(coded), _LINE)]
    return "\n".join([_FIRST, *lines, _LAST]) + "\n"


def matches(public_key_pem: str, message: bytes, signature: str) -> bool:
    """Whether the holder of the private key signed exactly these bytes."""
    try:
        raw = base64.b64decode(signature, validate=True)
        r, s = decode_dss_signature(raw)
        point = point_of(public_key_pem)
    except ValueError:
        return False
    if not (0 < r < N and 0 < s < N):
        return False
    return bool(_curve("", point).verify_with_sm3(f"{r:064x}{s:064x}", message))


def sign(private_key: str, message: bytes, *, once: str) -> str:
    """Base64 of the ASN.1 signature. Both arguments are 64 hex digits; `once` is never used twice.

    For vectors and clients of tests: we sign nothing with SM2 ourselves.
    """
    point = public_point(private_key)
    signed = str(_curve(private_key, point).sign_with_sm3(message, once))
    return base64.b64encode(
        encode_dss_signature(int(signed[:64], 16), int(signed[64:], 16))
    ).decode()


def public_point(private_key: str) -> str:
    """The point that belongs to a private key."""
    curve = _curve(private_key, "")
    return str(curve._kg(int(private_key, 16), curve.ecc_table["g"]))  # noqa: SLF001 -- gmssl names it no other way


def sm3(message: bytes) -> str:
    """The hash in 64 hex digits."""
    return str(import_module("gmssl.sm3").sm3_hash(list(message)))


def _curve(private_key: str, point: str) -> Any:
    found = import_module("gmssl.sm2").CryptSM2(private_key=private_key, public_key="")
    found.public_key = point  # its constructor would strip leading zeros and fours of a point
    return found
