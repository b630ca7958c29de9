"""回电: the calls of a day, what came of them, and how many a time holds."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.interfaces.console import forms as made
from campaigns.interfaces.console.rights import PLANNERS, READERS, WORKERS
from campaigns.models import FollowUp
from campaigns.operations import follow_ups as operations
from campaigns.queries import follow_ups as queries
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.queries.members import member_names
from tenants.queries.merchants import list_people


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """The calls of a day with how near they are."""
    return _day_page(request, _day(request.GET.get("on", "")), None)


@require_POST
@console_view(*READERS)
def capacity(request: ConsoleRequest) -> HttpResponse:
    """Change how many calls a time of one day holds."""
    if request.member.role not in PLANNERS:
        raise PermissionDenied
    form = made.CapacityForm(request.POST)
    on = _day(request.POST.get("on", ""))
    if form.is_valid() and not _refused(
        form, operations.set_slot_capacity, actor=request.member.id, **form.cleaned_data
    ):
        messages.success(request, _("Changed."))
        return redirect(f"{reverse('console:follow_up-list')}?on={on.isoformat()}")
    return _day_page(request, on, form)


@require_GET
@console_view(*READERS)
def detail(request: ConsoleRequest, follow_up_id: str) -> HttpResponse:
    """One call-back: whom, when, what about; the calls that were made."""
    return _call_page(request, _found(follow_up_id), None)


@require_POST
@console_view(*READERS)
def act(request: ConsoleRequest, follow_up_id: str, verb: str) -> HttpResponse:
    """Take it, or write down a call."""
    if verb not in {"assign", "record"}:
        raise Http404
    if request.member.role not in WORKERS:
        raise PermissionDenied
    found = _found(follow_up_id)
    by: dict[str, Any] = {"follow_up_id": found.id, "actor": request.member.id}
    if verb == "assign":
        try:
            operations.assign_call_back(assignee=request.member.id, at=clock.now(), **by)
        except DomainError as refusal:
            messages.error(request, say(refusal))
        else:
            messages.success(request, _("It is yours now."))
        return redirect("console:follow_up-detail", found.id)
    form = made.CallForm(request.POST, slots=_slots())
    if not form.is_valid() or _refused(form, operations.record_call, **by, **form.told()):
        return _call_page(request, found, form)
    messages.success(request, _("Written down."))
    return redirect("console:follow_up-detail", found.id)


def _refused(form: forms.Form, does: Callable[..., object], **told: Any) -> bool:
    """Do it now; what is refused is said at the form."""
    try:
        does(at=clock.now(), **told)
    except DomainError as refusal:
        field = {"slot": "next"}.get(refusal.field or "", refusal.field)
        form.add_error(field if field in form.fields else None, say(refusal))
        return True
    return False


def _day_page(request: ConsoleRequest, on: date, form: made.CapacityForm | None) -> HttpResponse:
    at = clock.now()
    rows = queries.calls_of_day(on, at=at)
    names = member_names([row.call_back.assignee for row in rows])
    refusal = queries.quiet_hours(at=at)
    context = {
        "filters": made.DayFilter(request.GET or {"on": on.isoformat()}),
        "on": on,
        "rows": [(row, names.get(row.call_back.assignee, "")) for row in rows],
        "waiting_count": sum(bool(row.urgency) for row in rows),
        "times": queries.capacities(on),
        "form": form or made.CapacityForm(initial={"on": on}),
        "quiet": say(refusal) if refusal else "",
        "may_plan": request.member.role in PLANNERS,
    }
    status = 422 if form is not None else 200
    return render(request, "console/campaigns/calls.html", context, status=status)


def _call_page(
    request: ConsoleRequest, found: FollowUp, form: made.CallForm | None
) -> HttpResponse:
    made_calls = list(queries.calls(found.id))
    names = member_names([found.assignee, *(one.actor for one in made_calls)])
    refusal = queries.quiet_hours(at=clock.now())
    context = {
        "call_back": found,
        "people": list_people(found.merchant_id),
        "calls": [(one, names.get(one.actor, "")) for one in made_calls],
        "assignee": names.get(found.assignee, ""),
        "is_mine": found.assignee == request.member.id,
        "quiet": say(refusal) if refusal else "",
        "may_work": request.member.role in WORKERS,
        "form": form or made.CallForm(slots=_slots()),
    }
    status = 422 if form is not None else 200
    return render(request, "console/campaigns/call.html", context, status=status)


def _slots() -> list[Any]:
    days = queries.choices(at=clock.now())
    return [one.slot for _day, found in days for one in found if one.left > 0]


def _found(follow_up_id: str) -> FollowUp:
    try:
        return queries.call_back(follow_up_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return clock.today()
