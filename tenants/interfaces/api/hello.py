"""Does my signature work? The first call of every integration."""

import hashlib

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_app.kernel import clock
from platform_app.kernel.drf import ApiView, caller_of
from platform_app.kernel.errors import gettext_noop
from platform_app.kernel.rest import Output, operation
from tenants.access.signature import signed_bytes
from tenants.domain.signing import parse_authorization
from tenants.queries.tenants import current_tenant
from tenants.values import Caller


class HelloTenant(Output):
    id = serializers.CharField()
    slug = serializers.CharField()
    name = serializers.CharField()
    status = serializers.CharField()
    mode = serializers.CharField(help_text=gettext_noop("`live`, or `test` for a sandbox's key."))


class HelloKey(Output):
    id = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())


class HelloOutput(Output):
    object = serializers.CharField()
    tenant = HelloTenant()
    key = HelloKey()
    canonical_sha256 = serializers.CharField(
        help_text=gettext_noop("SHA-256 of the string to sign as we built it; compare with yours.")
    )
    server_time = serializers.DateTimeField()


@operation(
    "hello-show",
    tag="Start",
    summary=gettext_noop("Check your signature"),
    description=gettext_noop("Says who you are and what we understood of the request."),
    answer=HelloOutput,
)
class Hello(ApiView):
    def get(self, request: Request) -> Response:
        caller: Caller = caller_of(request)
        said = parse_authorization(request.headers["Authorization"])
        facts = {
            "object": "hello",
            "tenant": current_tenant(),
            "key": {"id": caller.key_id, "scopes": sorted(caller.scopes)},
            "canonical_sha256": hashlib.sha256(signed_bytes(request._request, said)).hexdigest(),  # noqa: SLF001 -- DRF offers no public way to the raw request
            "server_time": clock.now(),
        }
        return Response(HelloOutput(facts).data)
