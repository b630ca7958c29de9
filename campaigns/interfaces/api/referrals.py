"""Merchants that came with another one's invitation, to look at."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.enums import ReferralReason, ReferralStatus, ReferralWait
from campaigns.models import Referral
from campaigns.queries.referrals import list_referrals
from credit.values import NextAction
from platform_app.kernel.drf import page
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import ListView, ObjectOutput, action, head, operation, page_of, query
from tenants.queries.merchants import merchant as find_merchant

TAG = "Merchants"
LOOK = NextAction(
    actor="partner",
    code="look_at_referral",
    message=gettext_noop("An operator says on the console whether the two are strangers."),
)


class ReferralOutput(ObjectOutput):
    inviter = serializers.CharField()
    invitee = serializers.CharField()
    reason = serializers.CharField(
        allow_null=True,
        help_text=", ".join(ReferralReason.values),
    )
    waits_for = serializers.CharField(
        allow_null=True,
        help_text=", ".join(ReferralWait.values),
    )
    first_shipped_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(
        allow_null=True, help_text=gettext_noop("The first day on which both coupons can come.")
    )
    until_on = serializers.DateField(help_text=gettext_noop("Afterwards it lapses."))
    rewarded_at = serializers.DateTimeField(allow_null=True)
    inviter_coupon = serializers.CharField(allow_null=True)
    invitee_coupon = serializers.CharField(allow_null=True)


def body_of(row: Referral) -> dict[str, Any]:
    is_waiting = row.status == ReferralStatus.REVIEW
    given, welcome = row.inviter_coupon, row.invitee_coupon
    facts = head(
        "referral",
        row,
        status=row.status,
        version=row.version,
        next_action=action(LOOK) if is_waiting else None,
        created_at=row.joined_at,
        inviter=row.inviter_id,
        invitee=row.invitee_id,
        reason=row.reason or None,
        waits_for=row.waits_for or None,
        first_shipped_on=row.first_shipped_on,
        due_on=row.due_on,
        until_on=row.until_on,
        rewarded_at=row.rewarded_at,
        inviter_coupon=None if given is None else given.discount_id,
        invitee_coupon=None if welcome is None else welcome.discount_id,
    )
    return dict(ReferralOutput(facts).data)


@operation(
    "referral-list",
    tag=TAG,
    summary=gettext_noop("List merchants that came by invitation"),
    description=gettext_noop(
        "Who came with whose invitation and what became of it, refused ones with their reason. The "
        "program is begun and ended in the console, and coupons come by themselves."
    ),
    answer=page_of(ReferralOutput),
    refusals=[NotFound],
    query=[
        query("merchant", gettext_noop("Only where this merchant invited or was invited.")),
        query("status", ", ".join(ReferralStatus.values)),
    ],
)
class ReferralList(ListView):
    def get(self, request: Request) -> Response:
        asked, whose = request.query_params, ""
        if asked.get("merchant"):
            whose = find_merchant(asked["merchant"]).id
        status = asked.get("status", "").replace("\x00", "")
        return page(request, list_referrals(status=status, merchant_id=whose), body_of)
