"""A visit of a merchant to our pages inside yours."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_app.kernel import clock
from platform_app.kernel.drf import ApiView, StrictSerializer, actor_of
from platform_app.kernel.errors import DomainError, NotFound, gettext_noop
from platform_app.kernel.http import say
from platform_app.kernel.rest import ObjectOutput, Output, action, head, missing, operation
from platform_app.kernel.rest_fields import AmountField, IdField
from tenants.access.order_details import OrderDetailsInput, lines_differ, stored
from tenants.enums import EmbedComponent
from tenants.errors import OriginNotAllowed
from tenants.interfaces.api.next_actions import session_next_action
from tenants.models import EmbedSession
from tenants.operations.embed_sessions import open_session
from tenants.operations.introductions import introduce
from tenants.values import LOCALES

PAGE: Final = "merchant:shell"
# What readers of introductions ask for, by the field of ours that tells it.
TOLD: Final = {
    "code": "salesperson_code", "token": "salesperson_token", "invitation": "invitation_token",
}  # fmt: skip


class EmbedSessionInput(StrictSerializer):
    merchant = IdField("mch", missing("merchant"))
    component = serializers.ChoiceField(choices=EmbedComponent.values)
    origin = serializers.CharField(
        max_length=2000, default="", allow_blank=True,
        help_text=gettext_noop("The site that frames the page; empty when you redirect."),
    )  # fmt: skip
    return_url = serializers.CharField(max_length=2000, default="", allow_blank=True)
    locale = serializers.ChoiceField(choices=LOCALES, default="zh-hans")
    user = serializers.CharField(
        max_length=64, default="", allow_blank=True,
        help_text=gettext_noop(
            "Your id of the person who visits. Once the firm has invited users, roles and caps "
            "hold by it; leave it out for the firm itself."
        ),
    )  # fmt: skip
    order_no = serializers.CharField(max_length=64, default="", allow_blank=True)
    amount = AmountField(
        min_value=0, default=0, help_text=gettext_noop("Of the order, in fen; 0 without one.")
    )
    currency = serializers.ChoiceField(choices=["CNY"], required=False)
    order = OrderDetailsInput(
        required=False,
        help_text=gettext_noop(
            "The buyer's numbers, the invoice and the lines; shown with the drawdown."
        ),
    )
    salesperson_code = serializers.CharField(
        max_length=2000, default="", allow_blank=True,
        help_text=gettext_noop("Your code of the salesperson who brought the merchant, if any."),
    )  # fmt: skip
    salesperson_token = serializers.CharField(
        max_length=2000, default="", allow_blank=True,
        help_text=gettext_noop(
            "What your page was opened with as `bt_sp`. It counts where both are given."
        ),
    )  # fmt: skip
    invitation_token = serializers.CharField(
        max_length=2000, default="", allow_blank=True,
        help_text=gettext_noop(
            "What your page was opened with as `bt_inv`, an invitation of another merchant."
        ),
    )  # fmt: skip


class SessionWarningOutput(Output):
    code = serializers.CharField(help_text=gettext_noop("Stable, as that of a refusal."))
    message = serializers.CharField(help_text=gettext_noop("In the language of the request."))
    message_en = serializers.CharField()


class EmbedSessionOutput(ObjectOutput):
    merchant = serializers.CharField()
    component = serializers.CharField()
    url = serializers.CharField(
        help_text=gettext_noop("Opens once. The secret is in the fragment: it reaches no log.")
    )
    expires_at = serializers.DateTimeField()
    warnings = SessionWarningOutput(
        many=True,
        help_text=gettext_noop(
            "What was told and does not count, such as a salesperson's old QR code, or lines that "
            "do not come to the order's total. "
            "The visit opens all the same."
        ),
    )


def body_of(
    session: EmbedSession, secret: str, warnings: Sequence[DomainError] = ()
) -> dict[str, Any]:
    asked = urlencode({"t": session.tenant_id, "l": session.locale})
    facts = head(
        "embed_session",
        session,
        status="open",
        next_action=action(session_next_action(session)),
        created_at=session.created_at,
        merchant=session.merchant_id,
        component=session.component,
        url=f"{settings.PUBLIC_URL}{reverse(PAGE)}?{asked}#s={secret}",
        expires_at=session.redeem_until,
        warnings=[
            {"code": one.code, "message": say(one), "message_en": say(one, "en")}
            for one in warnings
        ],
    )
    return dict(EmbedSessionOutput(facts).data)


@operation(
    "embed_session-open",
    tag="Embed",
    summary=gettext_noop("Open an embed session"),
    description=gettext_noop(
        "Every call opens a new visit, good for ten minutes until it is opened and once; so it "
        "takes no Idempotency-Key."
    ),
    status=201,
    answer=EmbedSessionOutput,
    refusals=[NotFound, OriginNotAllowed],
)
class EmbedSessionOpen(ApiView):
    scope = "draw"
    input = EmbedSessionInput

    def post(self, request: Request) -> Response:
        said = self.body(request)
        actor = actor_of(request)
        said.pop("currency", None)  # there is one
        amount_minor = said.pop("amount")
        said["order"] = order = stored(said.pop("order", None))
        told = {word: said.pop(field).strip() for word, field in TOLD.items()}
        with transaction.atomic():
            session, secret = open_session(
                merchant_id=said.pop("merchant"),
                amount_minor=amount_minor,
                user_external_id=said.pop("user"),
                **said,
                actor=actor,
                at=clock.machine_now(),
            )
            warnings = introduce(session=session, told=told, actor=actor, at=clock.now())
        if amount_minor:
            warnings = [*warnings, *lines_differ(order, amount_minor=amount_minor)]
        return Response(body_of(session, secret, warnings), status=201)
