"""The platform's own RSA keys: answers to whoever signs with a key pair are signed with one.

A shared secret proves to both sides who speaks; a partner's public key proves nothing about us, so
there we sign with a key of ours, whose public half every partner may fetch by its id.
"""

import hashlib
import secrets
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from platform_app.kernel import crypto
from tenants.domain import signing

PURPOSE: Final = "response_key"
FILE: Final = "response-key"
BITS: Final = 2048


class ResponseKey(NamedTuple):
    """One key of ours; the id is a hash of the public half, so it cannot name another key."""

    id: str
    algorithm: str
    public_key_pem: str
    private: RSAPrivateKey


def signing_key() -> ResponseKey:
    """The key that signs now."""
    text = settings.RESPONSE_KEY
    return _read(text) if text else _kept(Path(settings.DATA))


def response_keys() -> list[ResponseKey]:
    """The key that signs now, and the one that will sign next where it is known."""
    following = settings.NEXT_RESPONSE_KEY
    return [signing_key(), *([_read(following)] if following else [])]


@lru_cache(maxsize=4)
def _read(text: str) -> ResponseKey:
    try:
        private = load_pem_private_key(text.replace("\\n", "\n").encode(), password=None)
    except (ValueError, TypeError) as error:
        msg = "BAITIAO_RESPONSE_KEY must be an RSA private key in PEM form"
        raise ImproperlyConfigured(msg) from error
    if not isinstance(private, RSAPrivateKey):
        msg = "BAITIAO_RESPONSE_KEY must be an RSA key"
        raise ImproperlyConfigured(msg)
    public = private.public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return ResponseKey(f"rsk_{hashlib.sha256(der).hexdigest()[:24]}", signing.RSA, pem, private)


@lru_cache(maxsize=4)
def _kept(folder: Path) -> ResponseKey:
    """The development key of this data directory, made at its first use and kept sealed."""
    file = folder / FILE
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        private = rsa.generate_private_key(65537, BITS)
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        made = file.with_name(f"{FILE}.{secrets.token_hex(8)}")
        made.touch(mode=0o600)
        made.write_bytes(crypto.seal_for_platform(pem, purpose=PURPOSE))
        with suppress(FileExistsError):  # another process was first: its key is the one
            file.hardlink_to(made)
        made.unlink()
    return _read(crypto.unseal_for_platform(file.read_bytes(), purpose=PURPOSE))
