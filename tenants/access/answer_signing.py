"""How answers of the partner API are signed, so that a partner can trust an “authorized”.

Signed are three parts, each ended by a line feed: our timestamp, the nonce of the request, the raw
body. The nonce ties an answer to its request: a recorded one fits no other. Only a request whose
signature matched gets a signed answer; to anybody else we would be lending a partner's secret.
"""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest

from platform_app.kernel import clock
from platform_app.kernel.http import ANSWER_SIGNER
from tenants.access.response_keys import signing_key
from tenants.domain import signing

PROBE: Final = "BT-Probe"


def will_sign(request: HttpRequest, *, key_id: str, secret: str, nonce: str, is_test: bool) -> None:
    """From here on answers to the request are signed: with the shared secret, or with our own key.

    A probe (test mode only) gets a wrong signature on purpose and says so in `BT-Probe`.
    """
    probed = is_test and request.headers.get(PROBE) == "1"
    sign = _shared(key_id, secret) if secret else _ours
    request.META[ANSWER_SIGNER] = lambda body: _headers(body, nonce, sign, probed=probed)


def _headers(
    body: bytes, nonce: str, sign: Callable[[bytes], tuple[str, str]], *, probed: bool
) -> dict[str, str]:
    timestamp = int(clock.machine_now().timestamp())
    signed_body = body + b"probe" if probed else body
    key_id, signature = sign(signing.answer_to_sign(timestamp, nonce, signed_body))
    return {
        "BT-Timestamp": str(timestamp),
        "BT-Nonce": nonce,
        "BT-Key-Id": key_id,
        "BT-Signature": signature,
        **({PROBE: "1"} if probed else {}),
    }


def _shared(key_id: str, secret: str) -> Callable[[bytes], tuple[str, str]]:
    return lambda message: (key_id, signing.sign_hmac(secret, message))


def _ours(message: bytes) -> tuple[str, str]:
    key = signing_key()
    return key.id, signing.sign_rsa(key.private, message)
