"""Pool members: how far each merchant of the pool has come."""

from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.domain.pool import is_entry_visible
from campaigns.enums import PoolStatus, PoolTier, PrescreenReason, PrescreenResult
from campaigns.models import PoolMember
from campaigns.queries.pool import list_pool_members, pool_member
from credit.values import NextAction
from platform_app.kernel.drf import ApiView, page
from platform_app.kernel.errors import Invalid, NotFound, gettext_noop
from platform_app.kernel.rest import ListView, ObjectOutput, action, head, operation, page_of, query

TAG = "Pool"
_NEXT: Final = {
    PoolStatus.IMPORTED: NextAction(
        "partner", "push_merchant", gettext_noop("Tell us of the merchant, or send its orders.")
    ),
    PoolStatus.MATCHED: NextAction(
        "us", "prescreen", gettext_noop("We pre-screen the merchant, tonight at the latest.")
    ),
    PoolStatus.INVITED: NextAction(
        "merchant", "apply", gettext_noop("Estimate the limit and apply.")
    ),
}
_SCREENED: Final = {
    PrescreenResult.PASS: NextAction(
        "partner", "invite", gettext_noop("Invite the merchant to apply.")
    ),
    PrescreenResult.MANUAL: NextAction(
        "us", "look", gettext_noop("We look at the merchant when it applies.")
    ),
}


class PoolMemberOutput(ObjectOutput):
    merchant = serializers.CharField(
        allow_null=True, help_text=gettext_noop("Our id of the merchant; null until it is known.")
    )
    name = serializers.CharField(allow_blank=True)
    registration_no = serializers.CharField(allow_null=True)
    category = serializers.CharField(allow_blank=True)
    region = serializers.CharField(allow_blank=True)
    tier = serializers.CharField(allow_null=True, help_text=gettext_noop("A to D, as you said."))
    prescreen_result = serializers.CharField(
        allow_null=True, help_text=gettext_noop("pass, manual or reject.")
    )
    prescreen_reason = serializers.CharField(
        allow_null=True, help_text=", ".join(PrescreenReason.values)
    )
    prescreened_at = serializers.DateTimeField(allow_null=True)
    indicative_limit_minor = serializers.IntegerField(
        allow_null=True, help_text=gettext_noop("In fen. Nothing is promised by it.")
    )
    entry_visible = serializers.BooleanField(
        help_text=gettext_noop("Whether the pool lets the entry be shown; `GET /entry` decides.")
    )
    pool_import = serializers.CharField(help_text=gettext_noop("The import it came by."))
    updated_at = serializers.DateTimeField()


def body_of(row: PoolMember) -> dict[str, Any]:
    facts = head(
        "pool_member",
        row,
        external_id=row.external_id,
        status=row.status,
        version=row.version,
        next_action=action(_next(row)),
        created_at=row.created_at,
        merchant=row.merchant_id,
        name=row.name,
        registration_no=row.registration_no or None,
        category=row.category,
        region=row.region,
        tier=row.tier or None,
        prescreen_result=row.prescreen_result or None,
        prescreen_reason=row.prescreen_reason or None,
        prescreened_at=row.prescreened_at,
        indicative_limit_minor=row.indicative_limit_minor,
        entry_visible=is_entry_visible(row.status, row.prescreen_result),
        pool_import=row.source_import_id,
        updated_at=row.changed_at,
    )
    return dict(PoolMemberOutput(facts).data)


def _next(row: PoolMember) -> NextAction | None:
    if row.status == PoolStatus.PRESCREENED:
        return _SCREENED.get(PrescreenResult(row.prescreen_result))
    return _NEXT.get(PoolStatus(row.status))


@operation(
    "pool_member-list",
    tag=TAG,
    summary=gettext_noop("List pool members"),
    answer=page_of(PoolMemberOutput),
    refusals=[Invalid],
    query=[
        query("tier", ", ".join(PoolTier.values)),
        query("status", ", ".join(PoolStatus.values)),
        query("external_id", gettext_noop("Exactly this number of yours.")),
        query(
            "updated_since",
            gettext_noop("Changed at or after this moment, 2026-12-05T10:00:00+08:00."),
        ),
    ],
)
class PoolMemberList(ListView):
    def get(self, request: Request) -> Response:
        said = request.query_params
        asked = {name: said.get(name, "").replace("\x00", "") for name in said}
        since = asked.get("updated_since", "")
        rows = list_pool_members(
            tier=asked.get("tier", ""),
            status=asked.get("status", ""),
            external_id=asked.get("external_id", ""),
            updated_since=_moment(since) if since else None,
        )
        return page(request, rows, body_of)


@operation(
    "pool_member-show",
    tag=TAG,
    summary=gettext_noop("Look up a pool member"),
    answer=PoolMemberOutput,
    refusals=[NotFound],
)
class PoolMemberShow(ApiView):
    def get(self, request: Request, pool_member_id: str) -> Response:  # noqa: ARG002 -- DRF's signature
        return Response(body_of(pool_member(pool_member_id)))


def _moment(text: str) -> datetime:
    """A moment with its zone; a plus that the query turned into a space is put back."""
    try:
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or timezone.is_naive(found):
        raise Invalid(field="updated_since")
    return found
