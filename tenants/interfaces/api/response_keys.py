"""The public halves of the keys with which we sign answers to whoever signs with a key pair."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_app.kernel.drf import ApiView
from platform_app.kernel.errors import gettext_noop
from platform_app.kernel.rest import Output, list_of, operation
from platform_app.kernel.scope import mode_word
from tenants.access.response_keys import response_keys


class ResponseKeyOutput(Output):
    id = serializers.CharField(help_text=gettext_noop("What `BT-Key-Id` of an answer says."))
    object = serializers.CharField()
    mode = serializers.CharField()
    algorithm = serializers.CharField()
    public_key_pem = serializers.CharField()


@operation(
    "response_key-list",
    tag="Start",
    summary=gettext_noop("List the keys that sign our answers"),
    description=gettext_noop(
        "For keys that are a pair: every answer to a signed request carries `BT-Timestamp`, "
        "`BT-Nonce` (the nonce of the request), `BT-Key-Id` and `BT-Signature` over timestamp, "
        "nonce and raw body, each ended by a line feed. Keep these keys by their id; a key that "
        "will sign next is listed before it does. Answers to a shared secret are signed with it."
    ),
    answer=list_of(ResponseKeyOutput),
)
class ResponseKeyList(ApiView):
    def get(self, request: Request) -> Response:  # noqa: ARG002 -- DRF's signature
        return Response({"data": [_body(one) for one in response_keys()]})


def _body(key: Any) -> dict[str, Any]:
    facts = {
        "id": key.id, "object": "response_key", "mode": mode_word(), "algorithm": key.algorithm,
        "public_key_pem": key.public_key_pem,
    }  # fmt: skip
    return dict(ResponseKeyOutput(facts).data)
