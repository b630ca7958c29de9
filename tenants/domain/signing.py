"""How a partner signs a request: pure, dependency-light, meant to be copied into clients.

The string to sign is five parts, each ended by a line feed: method, path with the raw query exactly
as sent, timestamp in seconds, nonce of 32 hex digits, and the raw body. Sign the bytes you send.
"""

import base64
import hashlib
import hmac
import re
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

HMAC: Final = "BT-HMAC-SHA256"
RSA: Final = "BT-SHA256-RSA2048"
SM2: Final = "BT-SM2-SM3"
SCHEMES: Final = (HMAC, RSA, SM2)
WINDOW_SECONDS: Final = 300

_FIELD: Final = re.compile(r'\s*([a-z_]+)="([^"\\]*)"\s*')
_REQUIRED: Final = {
    "key_id": re.compile(r"[a-z0-9_]{1,64}"),
    "nonce": re.compile(r"[0-9a-fA-F]{32}"),
    "timestamp": re.compile(r"[1-9][0-9]{0,11}"),
    "signature": re.compile(r"[A-Za-z0-9+/]+={0,2}"),
}


class Authorization(NamedTuple):
    """The Authorization header, taken apart."""

    scheme: str
    key_id: str
    nonce: str
    timestamp: int
    signature: str


def string_to_sign(method: str, target: str, timestamp: int, nonce: str, body: bytes) -> bytes:
    """The bytes to sign. `target` is the path and, behind `?`, the raw query."""
    head = f"{method}\n{target}\n{timestamp}\n{nonce}\n"
    return head.encode("latin-1") + body + b"\n"


def answer_to_sign(timestamp: int, nonce: str, body: bytes) -> bytes:
    """The bytes we sign of an answer; `nonce` is the request's own, so no answer fits another."""
    return f"{timestamp}\n{nonce}\n".encode("latin-1") + body + b"\n"


def sign_hmac(secret: str, message: bytes) -> str:
    """Base64 of HMAC-SHA256."""
    return base64.b64encode(hmac.digest(secret.encode(), message, hashlib.sha256)).decode()


def sign_rsa(private_key: RSAPrivateKey, message: bytes) -> str:
    """Base64 of RSASSA-PKCS1-v1_5 with SHA-256."""
    return base64.b64encode(private_key.sign(message, PKCS1v15(), SHA256())).decode()


def hmac_matches(secret: str, message: bytes, signature: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(sign_hmac(secret, message), signature)


def rsa_matches(public_key_pem: str, message: bytes, signature: str) -> bool:
    """Whether the holder of the private key signed exactly these bytes."""
    key = load_pem_public_key(public_key_pem.encode())
    if not isinstance(key, RSAPublicKey):
        return False
    try:
        key.verify(base64.b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def authorization(scheme: str, *, key_id: str, nonce: str, timestamp: int, signature: str) -> str:
    """The header to send."""
    fields = {"key_id": key_id, "nonce": nonce, "timestamp": timestamp, "signature": signature}
    return f"{scheme} " + ",".join(f'{name}="{value}"' for name, value in fields.items())


def parse_authorization(header: str) -> Authorization:
    """Read the header. Raises ValueError naming the part that is missing, doubled or misshapen.

    `app_id` may be there and is ignored: the key decides.
    """
    scheme, _, rest = header.strip().partition(" ")
    if scheme not in SCHEMES:
        raise ValueError("scheme")
    fields: dict[str, str] = {}
    for part in rest.split(","):
        match = _FIELD.fullmatch(part)
        if match is None or match[1] in fields:
            raise ValueError(match[1] if match else "syntax")
        fields[match[1]] = match[2]
    for name, shape in _REQUIRED.items():
        if not shape.fullmatch(fields.get(name, "")):
            raise ValueError(name)
    return Authorization(
        scheme, fields["key_id"], fields["nonce"], int(fields["timestamp"]), fields["signature"]
    )
