"""老带新: who came with whose invitation, one of them, and what a person says about it."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.enums import ReferralStatus
from campaigns.errors import ReferralNotFound
from campaigns.interfaces.console.referral_forms import ReferralFilter
from campaigns.models import Referral
from campaigns.operations import invitations, referrals
from campaigns.queries.referrals import (
    link_of,
    list_referrals,
    program_now,
    referral_counts,
    referral_of,
)
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from risk.enums import TraitKind
from risk.queries.shared_traits import shared_with
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import page

READERS: Final = (Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.VIEWER)
ACTORS: Final = (Role.OWNER, Role.OPERATOR)
LIST: Final = "console:referral-list"


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """The terms in force, how many stand where, and everybody who came."""
    filters, counts = ReferralFilter(request.GET), referral_counts()
    context = {
        "filters": filters,
        "page": page(request, list_referrals(status=filters.value("status"))),
        "program": program_now(),
        "rewarded_count": counts.get(ReferralStatus.REWARDED, 0),
        "review_count": counts.get(ReferralStatus.REVIEW, 0),
        "total": sum(counts.values()),
        "may_act": _may_act(request),
    }
    return render(request, "console/campaigns/referrals.html", context)


@require_GET
@console_view(*READERS)
def detail(request: ConsoleRequest, referral_id: str) -> HttpResponse:
    """One of them: the way it went, what the two share, and what can be done."""
    row = _found(referral_id)
    shared = shared_with(row.invitee_id, [row.inviter_id]).get(row.inviter_id, set())
    link = link_of(row.inviter_id)
    context = {
        "row": row,
        "shared": [TraitKind(kind).label for kind in sorted(shared)],
        "is_barred": link is not None and link.is_barred,
        "may_act": _may_act(request),
    }
    return render(request, "console/campaigns/referral.html", context)


@require_POST
@console_view(*ACTORS)
def act(request: ConsoleRequest, referral_id: str, verb: str) -> HttpResponse:
    """Let it go on, refuse it, take the reward back, or end the inviter's invitations."""
    row = _found(referral_id)
    by: dict[str, Any] = {"actor": request.member.id, "at": clock.now()}
    why = {"reason": request.POST.get("reason", "")}
    this, whose = {"referral_id": row.id}, {"merchant_id": row.inviter_id}
    acts: dict[str, tuple[Callable[..., Any], dict[str, str], str]] = {
        "release": (
            referrals.release_referral, this | why, _("It goes on; coupons come tonight if due."),
        ),
        "refuse": (referrals.refuse_referral, this | why, _("It does not count.")),
        "take-back": (
            referrals.take_back_referral, this | why,
            _("Taken back, except what an order holds or used."),
        ),
        "bar": (
            invitations.bar_inviter, whose | why, _("The inviter's link no longer counts."),
        ),
        "allow": (invitations.allow_inviter, whose, _("The merchant may invite again.")),
    }  # fmt: skip
    if verb not in acts:
        raise Http404
    does, said, done = acts[verb]
    try:
        does(**said, **by)
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, done)
    return redirect("console:referral-detail", row.id)


def _may_act(request: ConsoleRequest) -> bool:
    return request.member.role in {*ACTORS, Role.STAFF}


def _found(referral_id: str) -> Referral:
    try:
        return referral_of(referral_id)
    except ReferralNotFound as refusal:
        raise Http404(say(refusal)) from None
