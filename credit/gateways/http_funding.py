"""A funding source with an HTTP interface: signed bodies, time-outs, no redirects, no retries.

    POST {url}/instructions          {"key", "amount", "currency", "drawdown", "order_no"}
    GET  {url}/instructions/{key}

Both answer 200 with {"status": "funded" | "failed" | "pending", "reference", "code"}; a question
about a key that never arrived is answered 404 with {"status": "not_found"}. Anything else (another
status, a body that cannot be read, silence) is unknown. `BT-Signature` is the hex HMAC-SHA256 of
timestamp, method, path and body, each ended by a line feed.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

import requests

from credit.enums import FundingOutcome
from credit.gateways.funding import FundingAnswer, FundingOrder
from platform_app.kernel import clock

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 15.0
MOST_BYTES: Final = 16_384
_SAID: Final = {
    "funded": FundingOutcome.FUNDED,
    "failed": FundingOutcome.FAILED,
    "pending": FundingOutcome.PENDING,
}


def signature(secret: str, *, timestamp: int, method: str, path: str, body: bytes) -> str:
    """What proves that we sent it."""
    message = f"{timestamp}\n{method}\n{path}\n".encode() + body + b"\n"
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpFunding:
    """One source's interface at `url`, with our key there and its secret."""

    url: str
    key_id: str
    secret: str
    now: Callable[[], datetime] = clock.now

    def request(self, order: FundingOrder) -> FundingAnswer:
        body = {
            "key": order.key,
            "amount": order.amount_minor,
            "currency": "CNY",
            "drawdown": order.drawdown_id,
            "order_no": order.order_no,
        }
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return self._talk("POST", f"{self.url}/instructions", text, order.key)

    def ask(self, key: str) -> FundingAnswer:
        return self._talk("GET", f"{self.url}/instructions/{quote(key, safe='')}", b"", key)

    def _talk(self, method: str, url: str, body: bytes, key: str) -> FundingAnswer:
        timestamp = int(self.now().timestamp())
        signed = signature(
            self.secret, timestamp=timestamp, method=method, path=urlsplit(url).path, body=body
        )
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.request(
                    method,
                    url,
                    data=body or None,
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
                    raw = answer.raw.read(MOST_BYTES, decode_content=True)
        except (requests.RequestException, OSError) as fault:
            return FundingAnswer(FundingOutcome.UNKNOWN, detail=type(fault).__name__)
        return _understood(method, answer.status_code, raw)


def _understood(method: str, status: int, raw: bytes) -> FundingAnswer:
    try:
        said: Any = json.loads(raw)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        return FundingAnswer(FundingOutcome.UNKNOWN, detail=f"http {status}")
    word = str(said.get("status"))
    if method == "GET" and status == requests.codes.not_found:
        is_certain = word == "not_found"
        outcome = FundingOutcome.NOT_FOUND if is_certain else FundingOutcome.UNKNOWN
        return FundingAnswer(outcome, detail="http 404")
    if status != requests.codes.ok or word not in _SAID:
        return FundingAnswer(FundingOutcome.UNKNOWN, detail=f"http {status}")
    return FundingAnswer(
        _SAID[word],
        reference=str(said.get("reference") or "")[:100],
        detail=str(said.get("code") or "")[:100],
    )
