"""The pool: who is in it, how many of each tier somebody has spoken to, one member."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from campaigns.domain.pool import is_entry_visible, may_move
from campaigns.enums import PoolStatus, PoolTier
from campaigns.interfaces.console.pool_forms import MemberReasonForm, PoolFilter
from campaigns.models import PoolMember
from campaigns.operations.pool_members import invite_member, remove_member, restore_member
from campaigns.queries.pool import (
    TierCoverage,
    list_pool_members,
    newest_import,
    pool_member,
    tier_coverage,
)
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import page

READERS: Final = (Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.VIEWER)
ACTORS: Final = (Role.OWNER, Role.OPERATOR)
# The parts of a bar of the chart: how far members have come, and the color that stands for it.
_PARTS: Final = (
    (gettext_lazy("Not pre-screened"), "other", (PoolStatus.IMPORTED, PoolStatus.MATCHED)),
    (PoolStatus.PRESCREENED.label, "drawn", (PoolStatus.PRESCREENED,)),
    (PoolStatus.INVITED.label, "held", (PoolStatus.INVITED,)),
    (PoolStatus.APPLIED.label, "orders", (PoolStatus.APPLIED,)),
    (PoolStatus.ACTIVE.label, "repaid", (PoolStatus.ACTIVE,)),
    (PoolStatus.DORMANT.label, "overdue", (PoolStatus.DORMANT,)),
)


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Coverage by tier, and the members behind it."""
    filters = PoolFilter(request.GET)
    tiers = tier_coverage()
    rows = list_pool_members(
        tier=filters.value("tier"), status=filters.value("status"), search=filters.value("search")
    )
    shown = page(request, rows)
    for member in shown.rows:
        member.is_entry_visible = is_entry_visible(member.status, member.prescreen_result)
    context = {
        "filters": filters,
        "page": shown,
        "tiers": [(PoolTier(one.tier).label if one.tier else _("No tier"), one) for one in tiers],
        "total": sum(one.total for one in tiers),
        "covered": sum(one.covered for one in tiers),
        "chart": _chart(tiers),
        "newest": newest_import(),
        "may_act": _may_act(request),
    }
    return render(request, "console/campaigns/pool.html", context)


@require_http_methods(["GET", "POST"])
@console_view(*READERS)
def detail(request: ConsoleRequest, member_id: str) -> HttpResponse:
    """One member; a POST takes it out, puts it back or says that it was invited."""
    row = _member(member_id)
    form = MemberReasonForm(request.POST or None)
    act = request.POST.get("act", "")
    if request.method == "POST":
        if not _may_act(request):
            raise Http404
        if act == "invite" or form.is_valid():
            return _acted(request, row, act, form.data.get("reason", ""))
    context = {
        "member": row,
        "form": form,
        "is_entry_visible": is_entry_visible(row.status, row.prescreen_result),
        "may_act": _may_act(request),
        "may_invite": may_move(row.status, PoolStatus.INVITED),
        "is_removed": row.status == PoolStatus.REMOVED,
    }
    status = 422 if form.errors else 200
    return render(request, "console/campaigns/pool_member.html", context, status=status)


def _acted(request: ConsoleRequest, row: PoolMember, act: str, reason: str) -> HttpResponse:
    by: dict[str, Any] = {"member_id": row.id, "actor": request.member.id, "at": clock.now()}
    try:
        if act == "invite":
            invite_member(**by)
        elif act == "restore":
            restore_member(**by, reason=reason)
        elif act == "remove":
            remove_member(**by, reason=reason)
        else:
            raise Http404
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, _("Done, and noted under your name."))
    return redirect("console:pool_member-detail", row.id)


def _member(member_id: str) -> PoolMember:
    try:
        return pool_member(member_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None


def _may_act(request: ConsoleRequest) -> bool:
    return request.member.role in {*ACTORS, Role.STAFF}


def _chart(tiers: list[TierCoverage]) -> dict[str, Any]:
    """Members of each tier, stacked by how far they have come."""
    return {
        "kind": "bars",
        "stacked": True,
        "digits": 0,
        "unit": "",
        "x": [str(PoolTier(one.tier).label) if one.tier else _("No tier") for one in tiers],
        "series": [
            {
                "name": str(name),
                "color": color,
                "values": [sum(one.counts[status] for status in statuses) for one in tiers],
            }
            for name, color, statuses in _PARTS
        ],
    }
