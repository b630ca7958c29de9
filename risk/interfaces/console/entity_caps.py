"""Caps of legal entities over all tenants: lowered by one person, raised by two, never named."""

from typing import Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from risk.enums import CapChangeStatus
from risk.errors import CapChangeNotFound
from risk.operations.entity_caps import decide_entity_cap, propose_entity_cap
from risk.queries.entities import cap_changes, largest_entities
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role

MOST_YUAN: Final = 10**10
_ACTS: Final = {
    "approve": gettext_lazy("The higher cap holds from now on."),
    "reject": gettext_lazy("Rejected. Nothing has changed."),
}


class CapForm(forms.Form):
    """The company by its credit code, of which only a keyed hash is kept."""

    use_required_attribute = False
    registration_no = forms.CharField(
        label=gettext_lazy("Unified social credit code"), max_length=32
    )
    cap = forms.IntegerField(
        label=gettext_lazy("Cap over all platforms (¥)"), required=False, min_value=0,
        max_value=MOST_YUAN,
        help_text=gettext_lazy("Empty: the cap that holds for everybody."),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=500)


@require_http_methods(["GET", "POST"])
@console_view(Role.STAFF)
def listing(request: ConsoleRequest) -> HttpResponse:
    """What is out and capped, what waits for a second person, and the form."""
    form = CapForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _proposed(request, form):
        return redirect("console:entity_cap-list")
    context = {
        "form": form,
        "entities": largest_entities(),
        "changes": cap_changes(),
        "everybody_minor": settings.ENTITY_CAP_MINOR,
        "me": request.member.id,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "console/risk/entity_caps.html", context, status=status)


@require_POST
@console_view(Role.STAFF)
def act(request: ConsoleRequest, change_id: str, verb: str) -> HttpResponse:
    """Approve or turn down a proposed higher cap."""
    if verb not in _ACTS:
        raise Http404
    try:
        decide_entity_cap(
            change_id=change_id, is_approved=verb == "approve", actor=request.member.id,
            at=clock.now(),
        )  # fmt: skip
    except CapChangeNotFound as refusal:
        raise Http404(say(refusal)) from None
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, str(_ACTS[verb]))
    return redirect("console:entity_cap-list")


def _proposed(request: ConsoleRequest, form: CapForm) -> bool:
    told = form.cleaned_data
    try:
        change = propose_entity_cap(
            registration_no=told["registration_no"],
            cap_minor=None if told["cap"] is None else told["cap"] * 100,
            reason=told["reason"], actor=request.member.id, at=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, say(refusal))
        return False
    if change.status == CapChangeStatus.IN_FORCE:
        messages.success(request, _("The cap holds from now on."))
    else:
        messages.success(request, _("Proposed. Another person approves it."))
    return True
