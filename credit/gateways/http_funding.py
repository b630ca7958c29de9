"""A funding source with an HTTP interface (see `platform_app/kernel/signed_http.py`).

    POST {url}/instructions          {"key", "amount", "currency", "drawdown", "order_no"}
    GET  {url}/instructions/{key}

Both answer 200 with {"status": "funded" | "failed" | "pending", "reference", "code"}; a question
about a key that never arrived is answered 404 with {"status": "not_found"}. Anything else (another
status, a body that cannot be read, silence) is unknown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

import requests

from credit.enums import FundingOutcome
from credit.gateways.funding import FundingAnswer, FundingOrder
from platform_app.kernel import clock
from platform_app.kernel.signed_http import Said, SignedHttp

_SAID: Final = {
    "funded": FundingOutcome.FUNDED,
    "failed": FundingOutcome.FAILED,
    "pending": FundingOutcome.PENDING,
}


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
        return _understood(self._party().call("POST", "/instructions", key=order.key, body=body))

    def ask(self, key: str) -> FundingAnswer:
        path = f"/instructions/{quote(key, safe='')}"
        said = self._party().call("GET", path, key=key, body=None)
        if said.status == requests.codes.not_found:
            is_certain = said.body is not None and said.body.get("status") == "not_found"
            outcome = FundingOutcome.NOT_FOUND if is_certain else FundingOutcome.UNKNOWN
            return FundingAnswer(outcome, detail=said.detail)
        return _understood(said)

    def _party(self) -> SignedHttp:
        return SignedHttp(url=self.url, key_id=self.key_id, secret=self.secret, now=self.now)


def _understood(said: Said) -> FundingAnswer:
    word = str((said.body or {}).get("status"))
    if said.body is None or said.status != requests.codes.ok or word not in _SAID:
        return FundingAnswer(FundingOutcome.UNKNOWN, detail=said.detail)
    return FundingAnswer(
        _SAID[word],
        reference=str(said.body.get("reference") or "")[:100],
        detail=str(said.body.get("code") or "")[:100],
    )
