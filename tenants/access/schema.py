"""How the OpenAPI document describes the signed request. Imported by the app's `ready`."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class SignatureScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """An API key in the Authorization header is the nearest thing OpenAPI has."""

    target_class = "tenants.access.signature.SignatureAuthentication"
    name = "SignedRequest"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": (
                "`BT-HMAC-SHA256`, `BT-SHA256-RSA2048` or `BT-SM2-SM3` (where it is switched on) "
                "followed by "
                '`key_id="key_…",nonce="32 hex",timestamp="1795190400",signature="base64"`. '
                "Signed are five lines, each ended by a line feed: method, path with the raw query "
                "as sent, timestamp, nonce, raw body. The timestamp may differ from our clock by "
                "300 seconds; a nonce is good once. The answer is signed too: `BT-Timestamp`, "
                "`BT-Nonce` (yours), `BT-Key-Id` and `BT-Signature` over timestamp, nonce and raw "
                "body. `RateLimit-Limit`, `-Remaining` and `-Reset` say what is left of ten "
                "seconds; beyond it 429 with `Retry-After`."
            ),
        }


class NamedKeyScheme(SignatureScheme):  # type: ignore[no-untyped-call]
    """The same header, where the signature is looked at instead of believed."""

    target_class = "tenants.interfaces.api.signature_debug.NamedKey"
    name = "NamedKey"
