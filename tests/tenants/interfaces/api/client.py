"""A partner's back end: signs with its own few lines, knows nothing of our code but the address."""

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from django.test import Client

from platform_app.kernel import clock

ALL = ("read", "draw", "refund", "repay", "pool", "admin")


class Partner:
    """One key of one platform."""

    def __init__(self, key_id: str, secret: str) -> None:
        self.key_id = key_id
        self.secret = secret
        self.http = Client()

    def authorization(self, method: str, target: str, body: bytes) -> str:
        timestamp, nonce = int(clock.now().timestamp()), secrets.token_hex(16)
        message = f"{method}\n{target}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"
        signature = base64.b64encode(
            hmac.new(self.secret.encode(), message, hashlib.sha256).digest()
        ).decode()
        return (
            f'BT-HMAC-SHA256 key_id="{self.key_id}",nonce="{nonce}",'
            f'timestamp="{timestamp}",signature="{signature}"'
        )

    def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str
    ) -> Any:
        """One signed request below /api/v1/; `key` is the Idempotency-Key."""
        target = f"/api/v1/{path}"
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        sent = {"Authorization": self.authorization(method, target, raw), **headers}
        if key is not None:
            sent["Idempotency-Key"] = key
        return self.http.generic(method, target, raw, "application/json", headers=sent)

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        """A POST under a fresh Idempotency-Key unless one is given."""
        return self.call("POST", path, body, key=key or secrets.token_hex(16), **headers)

    def put(self, path: str, body: Any) -> Any:
        return self.call("PUT", path, body)

    def patch(self, path: str, body: Any) -> Any:
        return self.call("PATCH", path, body)


class Stranger(Partner):
    """Somebody without a key."""

    def __init__(self) -> None:
        super().__init__("", "")

    def authorization(self, method: str, target: str, body: bytes) -> str:  # noqa: ARG002
        return ""
