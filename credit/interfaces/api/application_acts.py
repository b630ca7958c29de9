"""What can be done about an application that is under way: withdraw, hand in, send a document."""

import base64
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credit.errors import (
    AnswerMissing,
    ApplicationNotFound,
    AskClosed,
    AskNotFound,
    AsksUnanswered,
    NotWaitingForMerchant,
    WithdrawalTooLate,
)
from credit.interfaces.api.applications import TAG, ApplicationOutput, body_of, rows
from credit.models import Application
from credit.operations.asks import answer_ask, resubmit_application
from credit.operations.withdrawals import withdraw_application
from platform_app.kernel import clock
from platform_app.kernel.drf import StrictSerializer, actor_of
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import KeyedView, ObjectOutput, head, one, operation
from platform_app.kernel.rest_fields import IdField, known_id
from tenants.enums import AttachmentKind
from tenants.errors import (
    AttachmentKeyUsed,
    AttachmentsTooMany,
    AttachmentTooLarge,
    BadAttachment,
    SensitiveConsentMissing,
)
from tenants.operations.attachments import add_attachment

BASE64_LONGEST = 5_400_000


class WithdrawInput(StrictSerializer):
    reason = serializers.CharField(
        max_length=200, required=False, allow_blank=True, default="",
        help_text=gettext_noop("In the merchant's words, for our records."),
    )  # fmt: skip


class AnswerInput(StrictSerializer):
    ask = IdField("ask", AskNotFound)
    answer = serializers.CharField(max_length=500)


class ResubmitInput(StrictSerializer):
    answers = AnswerInput(
        many=True, required=False, default=list,
        help_text=gettext_noop("Words for the requests that ask for an answer."),
    )  # fmt: skip


class DocumentInput(StrictSerializer):
    kind = serializers.ChoiceField(choices=AttachmentKind.values)
    external_id = serializers.CharField(
        max_length=64, help_text=gettext_noop("Your number of the file; once per file.")
    )
    file_name = serializers.CharField(max_length=200, required=False, default="")
    content = serializers.CharField(
        max_length=BASE64_LONGEST, trim_whitespace=False,
        help_text=gettext_noop("Base64 of a JPEG, PNG, WebP or PDF of at most 4 MB."),
    )  # fmt: skip
    ask = IdField(
        "ask", AskNotFound, required=False, allow_null=True, default=None,
        help_text=gettext_noop("The request it answers, if it answers one."),
    )  # fmt: skip


class DocumentOutput(ObjectOutput):
    application = serializers.CharField()
    kind = serializers.CharField()
    content_type = serializers.CharField(help_text=gettext_noop("As found in the content."))
    byte_count = serializers.IntegerField()
    sha256 = serializers.CharField(help_text=gettext_noop("Of the bytes we received."))


@operation(
    "application-withdraw",
    tag=TAG,
    summary=gettext_noop("Withdraw an application"),
    description=gettext_noop(
        "Any time before the line is active. No refusal: the merchant may apply again at once. "
        "Withdrawing a withdrawn application answers it unchanged."
    ),
    answer=ApplicationOutput,
    refusals=[NotFound, WithdrawalTooLate],
)
class ApplicationWithdraw(KeyedView):
    scope = "draw"
    input = WithdrawInput

    def post(self, request: Request, application_id: str) -> Response:
        said = self.body(request)
        known_id("apl", application_id, ApplicationNotFound)

        def act() -> tuple[int, Any]:
            withdraw_application(
                application_id=application_id, reason=said["reason"], actor=actor_of(request),
                at=clock.now(),
            )  # fmt: skip
            return 200, body_of(rows().get(pk=application_id))

        return self.once(request, act)


@operation(
    "application-resubmit",
    tag=TAG,
    summary=gettext_noop("Hand in what the reviewer asked for"),
    description=gettext_noop(
        "Files go to `/documents` first, each with its `ask`; words come here. The application is "
        "then `in_review` again."
    ),
    answer=ApplicationOutput,
    refusals=[NotFound, AskClosed, AnswerMissing, AsksUnanswered, NotWaitingForMerchant],
)
class ApplicationResubmit(KeyedView):
    scope = "draw"
    input = ResubmitInput

    def post(self, request: Request, application_id: str) -> Response:
        said = self.body(request)
        known_id("apl", application_id, ApplicationNotFound)
        by: dict[str, Any] = {
            "application_id": application_id, "actor": actor_of(request), "at": clock.now(),
        }  # fmt: skip

        def act() -> tuple[int, Any]:
            for one_answer in said["answers"]:
                answer_ask(
                    ask_id=one_answer["ask"], answer=one_answer["answer"], attachment_id=None, **by
                )
            resubmit_application(**by)
            return 200, body_of(rows().get(pk=application_id))

        return self.once(request, act)


@operation(
    "application_document-add",
    tag=TAG,
    summary=gettext_noop("Send a document"),
    description=gettext_noop(
        "A photo or PDF of the merchant, kept encrypted and shown only to it and to our staff. The "
        "content decides what it is, not the name. With `ask` it answers that request; then "
        "resubmit."
    ),
    status=201,
    answer=DocumentOutput,
    refusals=[
        NotFound, SensitiveConsentMissing, BadAttachment, AttachmentTooLarge, AttachmentKeyUsed,
        AttachmentsTooMany, AskClosed, AnswerMissing,
    ],
)  # fmt: skip
class ApplicationDocumentAdd(KeyedView):
    scope = "draw"
    input = DocumentInput

    def post(self, request: Request, application_id: str) -> Response:
        said = self.body(request)
        application = one(Application.objects.all(), application_id, ApplicationNotFound)
        content = _decoded(said["content"])
        at, actor = clock.now(), actor_of(request)

        def act() -> tuple[int, Any]:
            kept = add_attachment(
                merchant_id=application.merchant_id, kind=said["kind"], actor=actor, at=at,
                upload_key=said["external_id"], file_name=said["file_name"], content=content,
            )  # fmt: skip
            if said["ask"] is not None:
                answer_ask(
                    application_id=application.id, ask_id=said["ask"], answer="",
                    attachment_id=kept.id, actor=actor, at=at,
                )  # fmt: skip
            facts = head(
                "application_document", kept, external_id=kept.upload_key, status="kept",
                created_at=kept.uploaded_at, application=application.id, kind=kept.kind,
                content_type=kept.content_type, byte_count=kept.byte_count, sha256=kept.sha256,
            )  # fmt: skip
            return 201, dict(DocumentOutput(facts).data)

        return self.once(request, act)


def _decoded(text: str) -> bytes:
    """Raises BadAttachment."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:  # a character that is no base64, or not even ASCII
        raise BadAttachment(field="content") from None
