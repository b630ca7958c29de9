"""What the calling key can do now, and what is missing for the rest."""

from typing import Any

from django.utils.translation import gettext, override
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.domain.capabilities import Need, Standing
from credit.queries.capabilities import capabilities
from platform_app.kernel import clock
from platform_app.kernel.drf import ApiView, caller_of
from platform_app.kernel.errors import gettext_noop
from platform_app.kernel.rest import Output, operation
from platform_app.kernel.scope import mode_word
from tenants.values import Caller


class NeedOutput(Output):
    code = serializers.CharField(help_text=gettext_noop("Stable."))
    actor = serializers.CharField(help_text=gettext_noop("Who adds it: `partner` or `us`."))
    how = serializers.CharField(help_text=gettext_noop("In the language of the request."))
    how_en = serializers.CharField()


class CapabilityOutput(Output):
    code = serializers.CharField(help_text=gettext_noop("Stable."))
    name = serializers.CharField(help_text=gettext_noop("In the language of the request."))
    name_en = serializers.CharField()
    enabled = serializers.BooleanField(help_text=gettext_noop("Nothing is missing for it."))
    missing = NeedOutput(many=True, help_text=gettext_noop("Empty when it is enabled."))
    operations = serializers.ListField(
        child=serializers.CharField(), help_text=gettext_noop("Operation ids of this document.")
    )


class CapabilityListOutput(Output):
    object = serializers.CharField(help_text=gettext_noop("The kind of object."))
    mode = serializers.CharField(
        help_text=gettext_noop("`live` or `test`: whether this is a sandbox's.")
    )
    key = serializers.CharField(help_text=gettext_noop("The key whose scopes counted."))
    data = CapabilityOutput(many=True)  # type: ignore[assignment]  # a field, not the property


def body_of(standing: Standing) -> dict[str, Any]:
    one = standing.capability
    return {
        "code": one.code,
        "name": gettext(one.title),
        "name_en": _english(one.title),
        "enabled": standing.is_on,
        "missing": [_need(need) for need in standing.missing],
        "operations": list(one.operations),
    }


def _need(need: Need) -> dict[str, Any]:
    return {
        "code": need.code,
        "actor": need.actor,
        "how": gettext(need.how),
        "how_en": _english(need.how),
    }


def _english(text: str) -> str:
    with override("en"):
        return gettext(text)


@operation(
    "capability-list",
    tag="Start",
    summary=gettext_noop("See what is enabled"),
    description=gettext_noop(
        "What your key and your platform can do now, and for what they cannot, what is missing, "
        "who adds it and how. Read from what is set, each time you ask."
    ),
    answer=CapabilityListOutput,
)
class CapabilityList(ApiView):
    def get(self, request: Request) -> Response:
        caller: Caller = caller_of(request)
        found = capabilities(at=clock.machine_now(), scopes=caller.scopes)
        facts = {
            "object": "capabilities",
            "mode": mode_word(),
            "key": caller.key_id,
            "data": [body_of(one) for one in found],
        }
        return Response(CapabilityListOutput(facts).data)
