"""A bureau or a bank with an HTTP interface (see `platform_app/kernel/signed_http.py`).

    POST {url}/reports  {"key", "kind", "registration_no", "on", "consent",
                         "consent_sha256"}

answers 200 with {"status": "found", "on": "2026-12-05", "values": {…}} or {"status": "no_record"}.
Anything else (another status, a body that cannot be read, silence) is unknown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import requests

from platform_app.kernel import clock
from platform_app.kernel.signed_http import Said, SignedHttp
from risk.enums import ReportOutcome
from risk.gateways.reports import ReportAnswer, ReportOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpReports:
    """One party's interface at `url`, with our key there and its secret."""

    url: str
    key_id: str
    secret: str
    now: Callable[[], datetime] = clock.now

    def fetch(self, order: ReportOrder) -> ReportAnswer:
        body = {
            "key": order.key,
            "kind": str(order.kind),
            "registration_no": order.registration_no,
            "on": order.on.isoformat(),
            "consent": order.consent_id,
            "consent_sha256": order.consent_sha256,
        }
        party = SignedHttp(url=self.url, key_id=self.key_id, secret=self.secret, now=self.now)
        return _understood(party.call("POST", "/reports", key=order.key, body=body))


def _understood(said: Said) -> ReportAnswer:
    unknown = ReportAnswer(outcome=ReportOutcome.UNKNOWN, detail=said.detail)
    if said.body is None or said.status != requests.codes.ok:
        return unknown
    if said.body.get("status") == "no_record":
        return ReportAnswer(outcome=ReportOutcome.NO_RECORD)
    values = said.body.get("values")
    try:
        on = date.fromisoformat(str(said.body.get("on")))
    except ValueError:
        return unknown
    if said.body.get("status") != "found" or not isinstance(values, dict):
        return unknown
    return ReportAnswer(outcome=ReportOutcome.FOUND, on=on, values=values)
