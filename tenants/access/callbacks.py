"""The door of services that call us back: their signature over the bytes, and how old it is."""

import hmac
from datetime import datetime
from typing import Final

from django.http import HttpRequest

from platform_app.kernel.signed_http import signature
from tenants.errors import CallbackSignatureInvalid, CallbackStale

SKEW_SECONDS: Final = 300
_LONGEST_TIMESTAMP: Final = 12


def check_callback(request: HttpRequest, *, secrets: list[str], at: datetime) -> bytes:
    """The body of a POST that one of `secrets` signed within five minutes of `at`.

    `BT-Signature` is what we would send over the same timestamp, path and body. Without a
    secret nothing is believed. Raises CallbackSignatureInvalid, CallbackStale.
    """
    text = request.headers.get("BT-Timestamp", "")
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_TIMESTAMP):
        raise CallbackSignatureInvalid
    timestamp, said = int(text), request.headers.get("BT-Signature", "").encode()
    wanted = [
        signature(
            secret, timestamp=timestamp, method="POST", path=request.path, body=request.body
        ).encode()
        for secret in secrets
    ]
    # Each is compared, so that the time taken does not say which one fits.
    if sum(hmac.compare_digest(one, said) for one in wanted) == 0:
        raise CallbackSignatureInvalid
    if abs(int(at.timestamp()) - timestamp) > SKEW_SECONDS:
        raise CallbackStale
    return request.body
