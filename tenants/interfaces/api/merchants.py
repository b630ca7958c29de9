"""Merchants: say what you know of a firm, hand over its verification, look it up."""

from typing import Any

from django.db import transaction
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_app.kernel import clock, crypto
from platform_app.kernel.drf import ApiView, StrictSerializer, actor_of, page
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import ListView, ObjectOutput, action, head, operation, page_of, query
from tenants.enums import KybStatus, MerchantKind
from tenants.errors import BadRegistrationNumber, RegistrationLocked, RegistrationMissing
from tenants.interfaces.api.next_actions import merchant_next_action
from tenants.models import Merchant
from tenants.operations.merchants import register_merchant, upsert_merchant, verify_merchant
from tenants.queries import merchants

TAG = "Merchants"


class MerchantInput(StrictSerializer):
    name = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=MerchantKind.values, required=False)
    registration_no = serializers.CharField(
        max_length=40,
        required=False,
        help_text=gettext_noop("Unified social credit code, 18 characters; needed to verify."),
    )
    category = serializers.CharField(max_length=200, required=False, allow_blank=True)
    region = serializers.CharField(max_length=200, required=False, allow_blank=True)
    joined_on = serializers.DateField(
        required=False, help_text=gettext_noop("First day on your platform.")
    )
    registered = serializers.BooleanField(
        default=False, help_text=gettext_noop("The firm has agreed to be registered with us.")
    )
    verified = serializers.BooleanField(
        default=False,
        help_text=gettext_noop(
            "You have verified the firm and hand the result over to us. Cannot be taken back here."
        ),
    )


class MerchantOutput(ObjectOutput):
    name = serializers.CharField(help_text=gettext_noop("Masked for natural persons."))
    kind = serializers.CharField()
    registration_no = serializers.CharField(allow_null=True)
    category = serializers.CharField(allow_blank=True)
    region = serializers.CharField(allow_blank=True)
    joined_on = serializers.DateField(allow_null=True)
    verified_at = serializers.DateTimeField(allow_null=True)


def body_of(merchant: Merchant) -> dict[str, Any]:
    is_person = merchant.kind == MerchantKind.NATURAL_PERSON
    facts = head(
        "merchant",
        merchant,
        external_id=merchant.external_id,
        status=merchant.kyb_status,
        version=merchant.version,
        next_action=action(merchant_next_action(merchant)),
        created_at=merchant.created_at,
        name=crypto.mask_name(merchant.name) if is_person else merchant.name,
        kind=merchant.kind,
        registration_no=merchant.registration_no or None,
        category=merchant.category,
        region=merchant.region,
        joined_on=merchant.joined_on,
        verified_at=merchant.verified_at,
    )
    return dict(MerchantOutput(facts).data)


@operation(
    "merchant-put",
    tag=TAG,
    summary=gettext_noop("Create or update a merchant"),
    description=gettext_noop(
        "Addressed by your own number. What is left out keeps its value, and the same content "
        "again changes nothing. With `registered` or `verified` you hand over how far you have "
        "checked the firm: everything of one call counts, or nothing."
    ),
    also=[201],
    answer=MerchantOutput,
    refusals=[BadRegistrationNumber, RegistrationMissing, RegistrationLocked],
)
class MerchantPut(ApiView):
    scope = "pool"
    input = MerchantInput

    def put(self, request: Request, external_id: str) -> Response:
        said = self.body(request)
        is_registered, is_verified = said.pop("registered"), said.pop("verified")
        by: dict[str, Any] = {"actor": actor_of(request), "at": clock.now()}
        with transaction.atomic():
            merchant, is_new = upsert_merchant(external_id=external_id, **said, **by)
            if is_verified:
                merchant = verify_merchant(
                    merchant_id=merchant.id, registration_no=said.get("registration_no"), **by
                )
            elif is_registered:
                merchant = register_merchant(merchant_id=merchant.id, **by)
        return Response(body_of(merchant), status=201 if is_new else 200)


@operation(
    "merchant-show-by-number",
    tag=TAG,
    summary=gettext_noop("Look up a merchant by your number"),
    answer=MerchantOutput,
    refusals=[NotFound],
)
class MerchantShowByNumber(ApiView):
    def get(self, request: Request, external_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        return Response(body_of(merchants.merchant_by_external_id(external_id)))


@operation(
    "merchant-show",
    tag=TAG,
    summary=gettext_noop("Look up a merchant"),
    answer=MerchantOutput,
    refusals=[NotFound],
)
class MerchantShow(ApiView):
    def get(self, request: Request, merchant_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        return Response(body_of(merchants.merchant(merchant_id)))


@operation(
    "merchant-list",
    tag=TAG,
    summary=gettext_noop("List merchants"),
    answer=page_of(MerchantOutput),
    query=[
        query("search", gettext_noop("Part of the name, or the beginning of your number.")),
        query("status", ", ".join(KybStatus.values)),
        query("category", gettext_noop("Exactly this category.")),
    ],
)
class MerchantList(ListView):
    def get(self, request: Request) -> Response:
        asked = request.query_params
        rows = merchants.list_merchants(
            search=asked.get("search", ""),
            kyb_status=asked.get("status", ""),
            category=asked.get("category", ""),
        )
        return page(request, rows, body_of)
