"""Signing requests to Baitiao and checking its webhooks: Python 3.10 or later, nothing to install.

为白条接口签名、验证通知：Python 3.10 以上，无需安装依赖。
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import time

WINDOW_SECONDS = 300


def signature(
    secret: str, method: str, target: str, timestamp: int, nonce: str, body: bytes
) -> str:
    """Base64 over method, path with query, timestamp, nonce and body, each ended by a line feed."""
    head = f"{method}\n{target}\n{timestamp}\n{nonce}\n".encode("latin-1")
    digest = hmac.new(secret.encode(), head + body + b"\n", hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def authorization(key_id: str, secret: str, method: str, target: str, body: bytes) -> str:
    """The Authorization header; send exactly the bytes of `body` that were signed."""
    timestamp, nonce = int(time.time()), secrets.token_hex(16)
    signed = signature(secret, method, target, timestamp, nonce, body)
    return (
        f'BT-HMAC-SHA256 key_id="{key_id}",nonce="{nonce}",'
        f'timestamp="{timestamp}",signature="{signed}"'
    )


def is_genuine(
    secret: str,
    message_id: str,
    timestamp: str,
    signatures: str,
    raw: bytes,
    now: float | None = None,
) -> bool:
    """Whether a webhook is ours and of the last five minutes; `raw` is the body as received.

    In Django take `request.body`, in Flask `request.get_data()`, in FastAPI `await request.body()`.
    """
    _must_be_raw(raw)
    moment = time.time() if now is None else now
    if (
        not (timestamp.isascii() and timestamp.isdigit())
        or abs(moment - int(timestamp)) > WINDOW_SECONDS
    ):
        return False
    coded = secret.removeprefix("whsec_")
    message = f"{message_id}.{timestamp}.".encode() + raw
    wanted = hmac.new(base64.b64decode(coded), message, hashlib.sha256).digest()
    for part in signatures.split(" "):
        if not part.startswith("v1,"):
            continue
        try:
            given = base64.b64decode(part[3:], validate=True)
        except binascii.Error:
            continue  # another signature may still be ours
        if hmac.compare_digest(given, wanted):
            return True
    return False


def is_genuine_answer(
    secret: str,
    sent_authorization: str,
    timestamp: str,
    nonce: str,
    given: str,
    raw: bytes,
    now: float | None = None,
) -> bool:
    """Whether an answer is ours, to this very request, and of the last five minutes.

    `timestamp`, `nonce` and `given` are the headers BT-Timestamp, BT-Nonce and BT-Signature of the
    answer, `sent_authorization` is the header you sent, `raw` the body of the answer as received.
    """
    _must_be_raw(raw)
    moment = time.time() if now is None else now
    if (
        not (timestamp.isascii() and timestamp.isdigit())
        or abs(moment - int(timestamp)) > WINDOW_SECONDS
        or f'nonce="{nonce}"' not in sent_authorization
    ):
        return False
    message = f"{timestamp}\n{nonce}\n".encode("latin-1") + raw + b"\n"
    wanted = base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest())
    return hmac.compare_digest(wanted, given.encode("latin-1", "replace"))


def _must_be_raw(raw: object) -> None:
    if not isinstance(raw, bytes):
        raise TypeError(f"the raw bytes of the body are signed, not a parsed {type(raw).__name__}")
