"""The entry tile of the partner's pages: whether it is shown, and what it says."""

import hashlib
import json
from typing import Any, Final

from django.utils.cache import get_conditional_response
from django.utils.translation import gettext, override
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.queries.entry import BUTTONS, Entry, entry
from platform_app.kernel import clock
from platform_app.kernel.drf import ApiView
from platform_app.kernel.errors import gettext_noop
from platform_app.kernel.rest import NextActionOutput, Output, action, operation, query
from platform_app.kernel.rest_fields import RateField

TAG = "Entry"
SECONDS: Final = 60


class DisplayOutput(Output):
    state = serializers.CharField(
        help_text=gettext_noop(
            "eligible, draft, in_progress, offer, active, suspended, due_soon or overdue."
        )
    )
    limit_hint_minor = serializers.IntegerField(
        allow_null=True,
        help_text=gettext_noop("In fen: what can be drawn, or a likely limit; null to show none."),
    )
    cost_hint_rate = RateField(
        allow_null=True, help_text=gettext_noop("Annual, simple. Show it wherever a limit is.")
    )
    due_on = serializers.DateField(allow_null=True)
    due_minor = serializers.IntegerField(
        allow_null=True, help_text=gettext_noop("In fen, of the installment due next.")
    )
    cta = serializers.CharField(help_text=gettext_noop("The button, in the request's language."))


class EntryOutput(Output):
    object = serializers.CharField(help_text=gettext_noop("The kind of object."))
    external_id = serializers.CharField()
    visible = serializers.BooleanField(
        help_text=gettext_noop("Show the tile only when this is true; hide it on any error.")
    )
    reason = serializers.CharField(
        help_text=gettext_noop("Why it is shown or not. For your logs, never for the merchant.")
    )
    reason_message = serializers.CharField(
        help_text=gettext_noop("The reason in the language of the request.")
    )
    reason_message_en = serializers.CharField()
    display = DisplayOutput(allow_null=True)
    line_status = serializers.CharField(allow_null=True)
    next_action = NextActionOutput(allow_null=True)


def body_of(external_id: str, found: Entry) -> dict[str, Any]:
    with override("en"):
        english = _said(found)
    display = {
        "state": found.state,
        "limit_hint_minor": found.limit_hint_minor,
        "cost_hint_rate": found.cost_hint_rate,
        "due_on": found.due_on,
        "due_minor": found.due_minor,
        "cta": gettext(BUTTONS[found.state]) if found.is_visible else "",
    }
    facts = {
        "object": "entry",
        "external_id": external_id,
        "visible": found.is_visible,
        "reason": found.reason,
        "reason_message": _said(found),
        "reason_message_en": english,
        "display": display if found.is_visible else None,
        "line_status": found.line_status,
        "next_action": action(found.next_action),
    }
    return dict(EntryOutput(facts).data)


def _said(found: Entry) -> str:
    until = found.until_on.isoformat() if found.until_on else ""
    return gettext(found.why).replace("{until}", until)


@operation(
    "entry-show",
    tag=TAG,
    summary=gettext_noop("Ask whether to show the entry"),
    description=gettext_noop(
        "Never 404: a merchant you have not told us of is not visible. The answer is good for "
        "sixty seconds and has an ETag. Whatever goes wrong, hide the tile and go on."
    ),
    answer=EntryOutput,
    query=[query("external_id", gettext_noop("Your number of the merchant."))],
)
class EntryShow(ApiView):
    def get(self, request: Request) -> Response:
        external_id = request.query_params.get("external_id", "")
        body = body_of(external_id, entry(external_id, at=clock.now()))
        text = json.dumps(body, sort_keys=True, default=str)
        tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
        held = get_conditional_response(request._request, etag=tag)  # noqa: SLF001 -- DRF has no public name
        status = held.status_code if held is not None else 200
        response = Response(None if status == 304 else body, status=status)  # noqa: PLR2004
        response["ETag"] = tag
        response["Cache-Control"] = f"private, max-age={SECONDS}"
        return response
