"""Why does my signature not match? In test mode only: what we saw, and what was signed instead."""

import base64
import hashlib
from typing import Any, Final

from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_app.kernel import clock
from platform_app.kernel.drf import ApiView
from platform_app.kernel.errors import gettext_noop
from platform_app.kernel.rest import Output, operation
from tenants.access import signature
from tenants.domain import signing
from tenants.domain.signing_mistakes import MISTAKES, PARTS, Difference, difference, mistakes
from tenants.errors import TestOnly
from tenants.queries.sandboxes import mode_of
from tenants.values import Caller

SIGNED_STRING: Final = "BT-Signed-String"
SHOWN: Final = 16_384


class NamedKey(signature.SignatureAuthentication):
    """Whoever names a key of a platform in test mode; the signature is what is looked at."""

    def authenticate(self, request: Request) -> tuple[Caller, Caller]:
        raw = request._request  # noqa: SLF001 -- DRF has no public name
        key = signature.key_of(signature.read_header(raw), clock.machine_now())
        if not signature.rehearses(key):
            raise TestOnly
        caller = Caller(key.tenant_id, key.id, frozenset(key.scopes), mode_of(key))
        return caller, caller


class MistakeOutput(Output):
    code = serializers.CharField()
    message = serializers.CharField()


class DifferenceOutput(Output):
    part = serializers.ChoiceField(choices=PARTS)
    at = serializers.IntegerField(help_text=gettext_noop("Byte of the part, from 0."))


class SignatureDebugOutput(Output):
    object = serializers.CharField()
    matches = serializers.BooleanField(help_text=gettext_noop("The signature is right."))
    string_to_sign = serializers.CharField(
        help_text=gettext_noop("As we built it from what reached us; the first 16 KiB.")
    )
    canonical_sha256 = serializers.CharField()
    body_sha256 = serializers.CharField()
    body_length = serializers.IntegerField()
    seconds_off = serializers.IntegerField(
        help_text=gettext_noop("Your timestamp less our clock; up to 300 is good.")
    )
    mistakes = MistakeOutput(
        many=True, help_text=gettext_noop("With each of these the signature would have matched.")
    )
    difference = DifferenceOutput(
        allow_null=True,
        help_text=gettext_noop(
            "With a header `BT-Signed-String`, base64 of what you signed: where it first differs."
        ),
    )
    server_time = serializers.DateTimeField()


@operation(
    "signature_debug-show",
    tag="Start",
    summary=gettext_noop("Find out why a signature does not match"),
    description=gettext_noop(
        "Test mode only. Send here what is refused elsewhere, with any body, signed as you sign: "
        "the answer shows the string to sign as we saw it and names the usual mistake with which "
        "your signature would match. The signature need not be right and the nonce is not used up."
    ),
    answer=SignatureDebugOutput,
    refusals=[TestOnly],
)
class SignatureDebug(ApiView):
    authentication_classes = (NamedKey,)
    bucket = "debug"

    def post(self, request: Request) -> Response:
        raw = request._request  # noqa: SLF001 -- DRF has no public name
        said = signature.read_header(raw)
        key = signature.key_of(said, clock.machine_now())
        secret = signature.secret_of(key)
        message = signature.signed_bytes(raw, said)

        def fits(other: bytes) -> bool:
            return signature.matches(key, secret, other, said.signature)

        is_right = fits(message)
        target = signature.target_of(raw)
        is_dear = said.scheme == signing.SM2  # thirty checks would cost a second of processor time
        tried = not (is_right or is_dear)
        found = mistakes(str(raw.method), target, said, raw.body, fits) if tried else []
        facts = {
            "object": "signature_debug",
            "matches": is_right,
            "string_to_sign": message[:SHOWN].decode("utf-8", "replace"),
            "canonical_sha256": hashlib.sha256(message).hexdigest(),
            "body_sha256": hashlib.sha256(raw.body).hexdigest(),
            "body_length": len(raw.body),
            "seconds_off": said.timestamp - int(clock.machine_now().timestamp()),
            "mistakes": [{"code": code, "message": gettext(MISTAKES[code])} for code in found],
            "difference": _difference(request, message),
            "server_time": clock.machine_now(),
        }
        return Response(SignatureDebugOutput(facts).data)


def _difference(request: Request, message: bytes) -> dict[str, Any] | None:
    told = request.headers.get(SIGNED_STRING, "")
    try:
        signed = base64.b64decode(told, validate=True)
    except ValueError:
        signed = b""
    found: Difference | None = difference(message, signed) if signed else None
    return found._asdict() if found else None
