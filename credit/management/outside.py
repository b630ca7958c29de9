"""A partner's back end as an outsider would write it: own signing, own webhook receiver.

Nothing here imports the product; the guides for partners show the same steps.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Self

import requests


class Partner:
    """Signs every request with an HMAC key and answers (status, body)."""

    def __init__(self, base_url: str, key_id: str, secret: str) -> None:
        self.base_url, self.key_id, self.secret = base_url, key_id, secret

    def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None,
        headers: dict[str, str] | None = None, spoil: bool = False,
    ) -> tuple[int, Any]:  # fmt: skip
        """Send one request; `key` is the idempotency key, `spoil` breaks the signature."""
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        target = f"/api/v1{path}"
        sent = {
            "Authorization": self.sign(method, target, raw, spoil=spoil),
            "Content-Type": "application/json",
            "Accept-Language": "zh-hans",
            **(headers or {}),
        }
        if method == "POST":
            sent["Idempotency-Key"] = key or secrets.token_hex(16)
        answer = requests.request(
            method, self.base_url + target, data=raw, headers=sent, timeout=30
        )
        return answer.status_code, answer.json()

    def sign(self, method: str, target: str, raw: bytes, *, spoil: bool = False) -> str:
        """The Authorization header of one request."""
        nonce, moment = secrets.token_hex(16), str(int(time.time()))
        text = b"".join(
            part + b"\n"
            for part in (method.encode(), target.encode(), moment.encode(), nonce.encode(), raw)
        )
        digest = hmac.new(self.secret.encode(), text, hashlib.sha256).digest()
        signature = base64.b64encode(digest[::-1] if spoil else digest).decode()
        return (
            f'BT-HMAC-SHA256 key_id="{self.key_id}",nonce="{nonce}",timestamp="{moment}",'
            f'signature="{signature}"'
        )


class Receiver:
    """A webhook endpoint on a free port; keeps what verifies, counts what does not."""

    def __init__(self) -> None:
        self.secret = ""
        self.received: list[dict[str, Any]] = []
        self.refused = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(204 if outer.take(self.headers, raw) else 401)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def take(self, headers: Any, raw: bytes) -> bool:
        """Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`."""
        text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + raw
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        expected = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
        given = [part.partition(",")[2] for part in headers["webhook-signature"].split()]
        if not any(hmac.compare_digest(expected, one) for one in given):
            self.refused += 1
            return False
        self.received.append(json.loads(raw))
        return True

    def wait_for(self, event: str, seconds: float) -> bool:
        """Whether an event of this type arrives in time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if any(one["type"].endswith(event) for one in self.received):
                return True
            time.sleep(0.2)
        return False
