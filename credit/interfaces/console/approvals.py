"""待审批: what waits for a second person, and deciding on it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from credit.enums import ApprovalStatus
from credit.interfaces.console import act_words, words
from credit.interfaces.console.act_forms import ReasonForm
from credit.interfaces.console.forms import ApprovalFilter
from credit.interfaces.console.rights import READERS, may_decide
from credit.models import Approval
from credit.operations.approvals import approve as approve_act
from credit.operations.approvals import reject as reject_act
from credit.queries.approvals import approval, list_approvals
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.forms import page


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """What waits first; every decision ever made is one filter away."""
    return _page(request)


@require_POST
@console_view(*READERS)
def approve(request: ConsoleRequest, approval_id: str) -> HttpResponse:
    """Agree: the act is done now."""
    return _decide(request, approval_id, approve_act, _("Approved, done and booked."))


@require_POST
@console_view(*READERS)
def reject(request: ConsoleRequest, approval_id: str) -> HttpResponse:
    """Say no: nothing moves."""
    return _decide(request, approval_id, reject_act, _("Rejected. Nothing moved."))


def _decide(request: ConsoleRequest, approval_id: str, verb: Any, text: str) -> HttpResponse:
    try:
        found = approval(approval_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    if not may_decide(request.member.role, found.kind):
        raise PermissionDenied
    why = ReasonForm(request.POST)
    if not why.is_valid():
        return _page(request, wrong=found, why=why)
    try:
        verb(
            approval_id=found.id, reason=why.cleaned_data["reason"], actor=request.member.id,
            at=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, text)
    return redirect("console:approval-list")


def _page(
    request: ConsoleRequest, wrong: Approval | None = None, why: ReasonForm | None = None
) -> HttpResponse:
    filters = ApprovalFilter(request.GET)
    status = filters.value("status") or ApprovalStatus.PENDING
    found = page(request, list_approvals(status=status, kind=filters.value("kind")))
    names = words.names([who for one in found.rows for who in (one.requested_by, one.decided_by)])
    rows = [
        {
            "approval": one,
            "title": act_words.act(one.kind)["title"],
            "details": act_words.asked_details(one.kind, one.payload["details"]),
            "asked_by": names(one.requested_by),
            "decided_by": names(one.decided_by),
            "may_decide": one.status == ApprovalStatus.PENDING
            and may_decide(request.member.role, one.kind)
            and one.requested_by != request.member.id,
            "is_own": one.requested_by == request.member.id,
            "why": why if wrong and wrong.id == one.id else ReasonForm(auto_id=f"{one.id}-%s"),
        }
        for one in found.rows
    ]
    context = {"filters": filters, "page": found, "rows": rows, "status": status}
    code = 422 if wrong else 200
    return render(request, "console/credit/approvals.html", context, status=code)
