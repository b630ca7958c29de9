"""An e-sign bureau with an HTTP interface (see `platform_app/kernel/signed_http.py`).

    POST {url}/signatures          {"key", "digest", "hash", "title", "signer", "registration_no"}
    GET  {url}/signatures/{key}

`digest` is hex; no document leaves. Both answer 200 with {"status": "signed" | "failed" |
"pending", "cms", "code"}, `cms` the detached signature in Base64; a question about a key that never
arrived is answered 404 with {"status": "not_found"}. Anything else (another status, a body that
cannot be read, silence) is unknown.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

import requests

from credit.enums import SigningOutcome
from credit.gateways.signing import SigningAnswer, SigningOrder
from platform_app.kernel import clock
from platform_app.kernel.signed_http import Said, SignedHttp

_SAID: Final = {
    "signed": SigningOutcome.SIGNED,
    "failed": SigningOutcome.FAILED,
    "pending": SigningOutcome.PENDING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSigner:
    """One bureau's interface at `url`, with our key there and its secret."""

    url: str
    key_id: str
    secret: str
    now: Callable[[], datetime] = clock.now

    def sign(self, order: SigningOrder) -> SigningAnswer:
        body = {
            "key": order.key,
            "digest": order.digest.hex(),
            "hash": "sha256",
            "title": order.title,
            "signer": order.signer_name,
            "registration_no": order.registration_no,
        }
        return _understood(self._party().call("POST", "/signatures", key=order.key, body=body))

    def ask(self, key: str) -> SigningAnswer:
        path = f"/signatures/{quote(key, safe='')}"
        said = self._party().call("GET", path, key=key, body=None)
        if said.status == requests.codes.not_found:
            is_certain = said.body is not None and said.body.get("status") == "not_found"
            outcome = SigningOutcome.NOT_FOUND if is_certain else SigningOutcome.UNKNOWN
            return SigningAnswer(outcome, detail=said.detail)
        return _understood(said)

    def _party(self) -> SignedHttp:
        return SignedHttp(url=self.url, key_id=self.key_id, secret=self.secret, now=self.now)


def _understood(said: Said) -> SigningAnswer:
    word = str((said.body or {}).get("status"))
    if said.body is None or said.status != requests.codes.ok or word not in _SAID:
        return SigningAnswer(SigningOutcome.UNKNOWN, detail=said.detail)
    cms = _decoded(said.body.get("cms")) if word == "signed" else b""
    if cms is None:
        return SigningAnswer(SigningOutcome.UNKNOWN, detail="cms_unreadable")
    return SigningAnswer(_SAID[word], cms, str(said.body.get("code") or "")[:100])


def _decoded(text: object) -> bytes | None:
    try:
        return base64.b64decode(str(text or ""), validate=True) or None
    except ValueError:
        return None
