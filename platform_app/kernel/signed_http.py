"""Talking to an outside party over HTTP: signed bodies, time-outs, no redirects, no retries.

`BT-Signature` is the hex HMAC-SHA256 of timestamp, method, path and body, each ended by a line
feed. No method raises: silence, and a body that cannot be read, are answers without a body.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import requests

from platform_app.kernel import clock

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 15.0
MOST_BYTES: Final = 16_384


def signature(secret: str, *, timestamp: int, method: str, path: str, body: bytes) -> str:
    """What proves that we sent it."""
    message = f"{timestamp}\n{method}\n{path}\n".encode() + body + b"\n"
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What came back: the status and the JSON object, or None and what went wrong."""

    status: int
    body: dict[str, Any] | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHttp:
    """One party's interface at `url`, with our key there and its secret."""

    url: str
    key_id: str
    secret: str
    now: Callable[[], datetime] = clock.now

    def call(self, method: str, path: str, *, key: str, body: Mapping[str, Any] | None) -> Said:
        """Say it once. `key` is the other side's to act on once, however often it is said."""
        url, raw = f"{self.url}{path}", b""
        if body is not None:
            raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = int(self.now().timestamp())
        signed = signature(
            self.secret, timestamp=timestamp, method=method, path=urlsplit(url).path, body=raw
        )
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.request(
                    method,
                    url,
                    data=raw or None,
                    headers={
                        "Content-Type": "application/json",
                        "Idempotency-Key": key,
                        "BT-Key-Id": self.key_id,
                        "BT-Timestamp": str(timestamp),
                        "BT-Signature": signed,
                    },
                    timeout=(CONNECT_SECONDS, READ_SECONDS),
                    allow_redirects=False,
                    stream=True,
                )
                with answer:
                    text = answer.raw.read(MOST_BYTES, decode_content=True)
        except (requests.RequestException, OSError) as fault:
            return Said(status=0, body=None, detail=type(fault).__name__)
        status = answer.status_code
        return Said(status=status, body=_read(text), detail=f"http {status}")


def _read(text: bytes) -> dict[str, Any] | None:
    try:
        found: Any = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
