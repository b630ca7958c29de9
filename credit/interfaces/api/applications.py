"""Applications for a line."""

import re
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext, override
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.enums import ApplicationStatus, AskStatus
from credit.errors import (
    ApplicationIncomplete,
    ApplicationNotFound,
    ApplicationOpen,
    ConsentMissing,
    ExternalIdConflict,
    LineExists,
    MerchantNotVerified,
    ProductUnavailable,
    TooEarlyToReapply,
)
from credit.models import Application, ApplicationAsk, Offer
from credit.operations.applications import decide_application, submit_application
from credit.queries.status import application_next_action
from credit.values import NextAction
from platform_app.kernel import clock, ids, jobs
from platform_app.kernel.drf import ApiView, StrictSerializer, actor_of, page
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import (
    KeyedView,
    ListView,
    ObjectOutput,
    Output,
    action,
    head,
    header,
    missing,
    one,
    operation,
    page_of,
    query,
)
from platform_app.kernel.rest_fields import IdField, RateField
from risk.queries.reasons import reasons_for
from risk.queries.reports import asks_outside
from tenants.queries.merchants import merchant as find_merchant

TAG = "Applications"
_ACCEPT: Final = NextAction(
    "merchant", "accept_offer", gettext_noop("Read the cost sheet and accept the offer.")
)
_HAND_IN: Final = NextAction(
    "merchant", "answer_request",
    gettext_noop("The reviewer asks for something; hand it in by the deadline."),
)  # fmt: skip
_TOLD: Final = ("id", "kind", "document_kind", "message", "due_on", "status")
_WAITING: Final = (AskStatus.OPEN, AskStatus.ANSWERED)
_WAIT: Final = re.compile(r"(^|[,;\s])wait(=[0-9]{1,3})?([,;\s]|$)")


class ApplicationInput(StrictSerializer):
    merchant = IdField("mch", missing("merchant"))
    product = serializers.CharField(
        max_length=64, default="order_credit", help_text=gettext_noop("`order_credit`.")
    )
    external_id = serializers.CharField(
        max_length=64, required=False, allow_null=True, default=None,
        help_text=gettext_noop("Your number; the same one again answers the same application."),
    )  # fmt: skip


class ReasonOutput(Output):
    code = serializers.CharField()
    message = serializers.CharField(help_text=gettext_noop("May be shown to the merchant."))
    message_en = serializers.CharField()
    advice = serializers.CharField()
    is_actionable = serializers.BooleanField()


class DeclineOutput(Output):
    reasons = ReasonOutput(many=True)
    reapply_on = serializers.DateField(allow_null=True)


class AskOutput(Output):
    id = serializers.CharField()
    kind = serializers.CharField(help_text=gettext_noop("`document` or `answer`."))
    document_kind = serializers.CharField(
        allow_null=True, help_text=gettext_noop("Which document; null when words are enough.")
    )
    message = serializers.CharField(help_text=gettext_noop("The reviewer's words to the merchant."))
    due_on = serializers.DateField(help_text=gettext_noop("The last day."))
    status = serializers.CharField(
        help_text=gettext_noop("`open`, `answered`, `dropped`, `expired`.")
    )


class ApplicationOutput(ObjectOutput):
    merchant = serializers.CharField()
    product = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    offer = serializers.CharField(allow_null=True, help_text=gettext_noop("Once approved."))
    limit = serializers.IntegerField(
        allow_null=True, help_text=gettext_noop("In fen, once approved.")
    )
    annual_rate = RateField(allow_null=True)
    currency = serializers.CharField()
    decline = DeclineOutput(
        allow_null=True, help_text=gettext_noop("A decline is an answer, not an HTTP error.")
    )
    asks = AskOutput(
        many=True, help_text=gettext_noop("What the reviewer asks the merchant for, oldest first.")
    )


def rows() -> QuerySet[Any]:
    """Applications with all that is shown of them, in one statement."""
    offer = Offer.objects.filter(application=OuterRef("pk"))
    asks = ApplicationAsk.objects.filter(application=OuterRef("pk")).order_by("id")
    found: QuerySet[Any] = Application.objects.select_related("product", "decision").annotate(
        offer_id=Subquery(offer.values("id")[:1]),
        offer_expires_at=Subquery(offer.values("expires_at")[:1]),
        offer_limit_minor=Subquery(offer.values("limit_minor")[:1]),
        offer_annual_rate=Subquery(offer.values("annual_rate")[:1]),
        asks_told=ArraySubquery(asks.values(told=JSONObject(**{name: name for name in _TOLD}))),
    )
    return found


def body_of(application: Any) -> dict[str, Any]:
    """Takes a row of `rows()`."""
    is_approved = application.offer_id is not None
    decision = application.decision
    facts = head(
        "application",
        application,
        external_id=application.external_id,
        status=application.status,
        version=application.version,
        next_action=action(_next_action(application)),
        created_at=application.submitted_at or application.created_at,
        merchant=application.merchant_id,
        product=application.product.code,
        submitted_at=application.submitted_at,
        decided_at=application.decided_at,
        offer=application.offer_id,
        # A reviewer's yes stands beside a decision that gave nothing: the offer says what it is.
        limit=application.offer_limit_minor,
        annual_rate=(decision.annual_rate or application.offer_annual_rate)
        if is_approved
        else None,
        currency="CNY",
        decline=_decline(application),
        asks=[_ask(told) for told in application.asks_told],
    )
    return dict(ApplicationOutput(facts).data)


def _next_action(application: Any) -> Any:
    """`application_next_action` without what `rows()` has read already: offer and requests."""
    if application.status == ApplicationStatus.ACTION_REQUIRED:
        waiting = [told["due_on"] for told in application.asks_told if told["status"] in _WAITING]
        return replace(_HAND_IN, deadline=min(waiting, default=None))
    if application.offer_expires_at is None:
        return application_next_action(application)
    if application.status != ApplicationStatus.APPROVED:
        return None
    deadline = application.offer_expires_at.astimezone(clock.SHANGHAI).isoformat()
    return replace(_ACCEPT, deadline=deadline)


def _ask(told: dict[str, Any]) -> dict[str, Any]:
    return {
        **told,
        "id": ids.from_uuid("ask", UUID(told["id"])),
        "document_kind": told["document_kind"] or None,
    }


def _decline(application: Any) -> dict[str, Any] | None:
    if application.status != ApplicationStatus.DECLINED:
        return None
    reasons = reasons_for(application.decision.reasons)
    with override("en"):
        english = [gettext(reason.wording) for reason in reasons]
    return {
        "reasons": [
            {
                "code": reason.code,
                "message": gettext(reason.wording),
                "message_en": text,
                "advice": gettext(reason.advice),
                "is_actionable": reason.is_actionable,
            }
            for reason, text in zip(reasons, english, strict=True)
        ],
        "reapply_on": application.reapply_on,
    }


@operation(
    "application-submit",
    tag=TAG,
    summary=gettext_noop("Submit an application"),
    description=gettext_noop(
        "The merchant must be verified and have given all consents; what your platform asks for "
        "beside them, the merchant pages collect. Without `Prefer: wait=8` the "
        "answer is `submitted` and the decision follows within minutes, by webhook and by GET; "
        "with it the answer is the decision."
    ),
    status=201,
    answer=ApplicationOutput,
    query=[header("Prefer", gettext_noop("`wait=8` to have it decided before we answer."))],
    refusals=[
        NotFound, ProductUnavailable, MerchantNotVerified, ConsentMissing,
        ApplicationIncomplete, LineExists,
        ApplicationOpen, TooEarlyToReapply, ExternalIdConflict,
    ],
)  # fmt: skip
class ApplicationSubmit(KeyedView):
    scope = "draw"
    input = ApplicationInput

    def post(self, request: Request) -> Response:
        said = self.body(request)
        at, actor = clock.now(), actor_of(request)
        wants_to_wait = bool(_WAIT.search(request.headers.get("Prefer", "")))
        is_waiting = wants_to_wait and not asks_outside()  # nobody waits for a bureau

        def act() -> tuple[int, Any]:
            application = submit_application(
                merchant_id=said["merchant"],
                product_code=said["product"],
                external_id=said["external_id"],
                actor=actor,
                at=at,
            )
            if is_waiting:
                decide_application(application_id=application.id, actor="system:decide", at=at)
            else:
                jobs.enqueue(
                    "credit.decide_application",
                    tenant_id=application.tenant_id,
                    application_id=application.id,
                )
            return 201, body_of(rows().get(pk=application.id))

        response = self.once(request, act)
        if is_waiting:
            response["Preference-Applied"] = "wait"
        return response


@operation(
    "application-show",
    tag=TAG,
    summary=gettext_noop("Look up an application"),
    answer=ApplicationOutput,
    refusals=[NotFound],
)
class ApplicationShow(ApiView):
    def get(self, request: Request, application_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        return Response(body_of(one(rows(), application_id, ApplicationNotFound)))


@operation(
    "application-list",
    tag=TAG,
    summary=gettext_noop("List applications"),
    answer=page_of(ApplicationOutput),
    refusals=[NotFound],
    query=[
        query("merchant", gettext_noop("Only of this merchant.")),
        query("status", ", ".join(ApplicationStatus.values)),
        query("external_id", gettext_noop("Only with this number of yours.")),
    ],
)
class ApplicationList(ListView):
    def get(self, request: Request) -> Response:
        asked = request.query_params
        found = rows()
        if asked.get("merchant"):
            found = found.filter(merchant_id=find_merchant(asked["merchant"]).id)
        for name in ("status", "external_id"):
            if asked.get(name):
                found = found.filter(**{name: asked[name].replace("\x00", "")})
        return page(request, found, body_of)
