"""How a partner's server talks to us: JSON, signed, with the standard library alone."""

import base64
import hashlib
import hmac
import json
import secrets
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any


class ApiRefused(Exception):
    """The API said no: its status and its problem document."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.problem = problem
        super().__init__(f"{status} {problem.get('code', '')}: {problem.get('detail', '')}")


@dataclass(frozen=True)
class Api:
    """The partner API at `base` (scheme and host) under one HMAC key."""

    base: str
    key_id: str
    secret: str

    def call(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, locale: str = "zh-hans"
    ) -> dict[str, Any]:
        """One request; the answer's object, its words in `locale`. Raises ApiRefused.

        The Idempotency-Key is made from the request itself: the same act again is the same act.
        """
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        act = hashlib.sha256(f"{method} {path} ".encode() + raw).hexdigest()[:40]
        request = urllib.request.Request(  # noqa: S310 -- the address is the operator's own
            self.base + path,
            data=raw or None,
            method=method,
            headers={
                "Authorization": self._signed(method, path, raw),
                "Content-Type": "application/json",
                "Accept-Language": locale,
                "Idempotency-Key": act,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                return dict(json.load(answer))
        except urllib.error.HTTPError as refusal:
            raise ApiRefused(refusal.code, _problem(refusal.read())) from None

    def _signed(self, method: str, path: str, raw: bytes) -> str:
        timestamp, nonce = int(time.time()), secrets.token_hex(16)
        message = f"{method}\n{path}\n{timestamp}\n{nonce}\n".encode() + raw + b"\n"
        digest = hmac.digest(self.secret.encode(), message, hashlib.sha256)
        signature = base64.b64encode(digest).decode()
        return (
            f'BT-HMAC-SHA256 key_id="{self.key_id}",nonce="{nonce}",'
            f'timestamp="{timestamp}",signature="{signature}"'
        )


def _problem(raw: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(raw))
    except ValueError:
        return {"code": "unreadable", "detail": raw[:200].decode("utf-8", "replace")}
