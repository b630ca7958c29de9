"""Consents given on the partner's own pages, with the texts to show there."""

from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_app.kernel import clock
from platform_app.kernel.drf import ApiView, StrictSerializer, actor_of
from platform_app.kernel.errors import Invalid, NotFound, gettext_noop
from platform_app.kernel.rest import (
    KeyedView,
    ObjectOutput,
    Output,
    head,
    list_of,
    missing,
    operation,
    query,
)
from platform_app.kernel.rest_fields import known_id
from tenants.enums import ConsentCode
from tenants.models import ConsentRecord
from tenants.operations.consents import give_consents
from tenants.queries.consents import consent_text, consents_asked, missing_consents
from tenants.queries.merchants import merchant as find_merchant
from tenants.values import LOCALES

TAG = "Consents"


class EvidenceInput(StrictSerializer):
    ip = serializers.CharField(max_length=100, required=False)
    user_agent = serializers.CharField(max_length=500, required=False)
    session = serializers.CharField(max_length=100, required=False)
    read_ms = serializers.IntegerField(
        min_value=0, max_value=10**9, required=False,
        help_text=gettext_noop("How long the text was open."),
    )  # fmt: skip
    sms_ticket = serializers.CharField(max_length=100, required=False)


class ConsentInput(StrictSerializer):
    codes = serializers.ListField(
        child=serializers.ChoiceField(choices=ConsentCode.values), min_length=1, max_length=10
    )
    locale = serializers.ChoiceField(
        choices=LOCALES, help_text=gettext_noop("The language the texts were shown in.")
    )
    evidence = EvidenceInput(
        help_text=gettext_noop("What proves that the merchant's own person agreed.")
    )


class ConsentOutput(ObjectOutput):
    merchant = serializers.CharField()
    code = serializers.CharField()
    text_version = serializers.CharField()
    text_sha256 = serializers.CharField()
    locale = serializers.CharField()
    given_at = serializers.DateTimeField()


class ConsentTextOutput(Output):
    code = serializers.CharField()
    version = serializers.CharField()
    locale = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    sha256 = serializers.CharField(help_text=gettext_noop("Of exactly these words."))
    is_given = serializers.BooleanField()


ConsentTexts = list_of(ConsentTextOutput)
Consents = list_of(ConsentOutput)


def body_of(record: ConsentRecord) -> dict[str, Any]:
    return head(
        "consent",
        record,
        status="given",
        created_at=record.at,
        merchant=record.merchant_id,
        code=record.code,
        text_version=record.version,
        text_sha256=record.text_sha256,
        locale=record.locale,
        given_at=record.at,
    )


@operation(
    "consent-list",
    tag=TAG,
    summary=gettext_noop("Texts to be agreed to"),
    description=gettext_noop(
        "Show each text whole and ask for each separately. A new version of a text, or another "
        "lender, makes `is_given` false again."
    ),
    answer=ConsentTexts,
    query=[query("locale", ", ".join(LOCALES))],
    refusals=[NotFound, Invalid],
)
class ConsentList(ApiView):
    def get(self, request: Request, merchant_id: str) -> Response:
        merchant = find_merchant(merchant_id)
        locale = request.query_params.get("locale") or str(get_language())
        codes = consents_asked()
        asked = set(missing_consents(merchant.id, codes))
        texts = [consent_text(code, locale) for code in codes]
        facts = [
            {
                "code": text.code,
                "version": text.version,
                "locale": text.locale,
                "title": text.title,
                "text": text.text,
                "sha256": text.sha256,
                "is_given": text.code not in asked,
            }
            for text in texts
        ]
        return Response(ConsentTexts({"data": facts}).data)


@operation(
    "consent-give",
    tag=TAG,
    summary=gettext_noop("Record consents"),
    description=gettext_noop(
        "For partners with pages of their own; our embedded pages do this by themselves. Needs "
        "our written agreement, because the evidence becomes yours to keep."
    ),
    status=201,
    answer=Consents,
    refusals=[NotFound],
)
class ConsentGive(KeyedView):
    scope = "pool"
    input = ConsentInput

    def post(self, request: Request, merchant_id: str) -> Response:
        said = self.body(request)
        known_id("mch", merchant_id, missing("merchant"))

        def act() -> tuple[int, Any]:
            given = give_consents(
                merchant_id=merchant_id, **said, actor=actor_of(request), at=clock.now()
            )
            return 201, Consents({"data": [body_of(record) for record in given]}).data

        return self.once(request, act)
