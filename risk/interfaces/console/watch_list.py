"""名单: who is blocked or watched, until when and why; adding, answering appeals, taking off."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from risk.enums import WatchKind, WatchReason, WatchStatus
from risk.errors import WatchEntryNotFound
from risk.operations import watch_list as operations
from risk.queries.watch_list import list_watch_entries
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import DateInput, FilterForm, choice_field, page
from tenants.models import Merchant

_USUAL_DAYS = 90


class WatchFilter(FilterForm):
    kind = choice_field(gettext_lazy("List"), WatchKind.choices)
    status = choice_field(gettext_lazy("Status"), WatchStatus.choices)


class WatchForm(forms.Form):
    """A new entry; the merchant by the platform's own number."""

    use_required_attribute = False
    merchant_no = forms.CharField(label=gettext_lazy("Merchant number"), max_length=64)
    kind = forms.ChoiceField(label=gettext_lazy("List"), choices=WatchKind.choices)
    reason_code = forms.ChoiceField(label=gettext_lazy("Reason"), choices=WatchReason.choices)
    expires_on = forms.DateField(label=gettext_lazy("Until"), widget=DateInput())
    comment = forms.CharField(label=gettext_lazy("What you know"), max_length=500)

    def clean_merchant_no(self) -> str:
        number = self.cleaned_data["merchant_no"].strip()
        found = Merchant.objects.filter(external_id=number).values_list("id", flat=True).first()
        if found is None:
            raise forms.ValidationError(_("The platform has no merchant of this number."))
        return str(found)


@require_GET
@console_view(Role.STAFF)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Who is on a list, and the form to add somebody."""
    until = clock.today() + timedelta(days=_USUAL_DAYS)
    return _page(request, WatchForm(initial={"expires_on": until}))


@require_POST
@console_view(Role.STAFF)
def add(request: ConsoleRequest) -> HttpResponse:
    """Put a merchant on a list."""
    form = WatchForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    told = form.cleaned_data
    try:
        operations.add_watch_entry(
            merchant_id=told["merchant_no"], kind=WatchKind(told["kind"]),
            reason_code=WatchReason(told["reason_code"]), comment=told["comment"],
            expires_on=told["expires_on"], actor=request.member.id, at=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, say(refusal))
        return _page(request, form)
    messages.success(request, _("On the list from today."))
    return redirect("console:watch_entry-list")


@require_POST
@console_view(Role.STAFF)
def act(request: ConsoleRequest, entry_id: str, verb: str) -> HttpResponse:
    """Write an appeal down, or take the merchant off."""
    words = request.POST.get("reason", "")[:500]
    by: dict[str, Any] = {"entry_id": entry_id, "actor": request.member.id, "at": clock.now()}
    try:
        if verb == "appeal":
            operations.appeal_watch_entry(appeal=words, **by)
            said = _("The appeal is written down. Somebody else answers it.")
        elif verb == "end":
            operations.end_watch_entry(reason=words, **by)
            said = _("Off the list from now.")
        else:
            raise Http404
    except WatchEntryNotFound as refusal:
        raise Http404(say(refusal)) from None
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, said)
    return redirect("console:watch_entry-list")


def _page(request: ConsoleRequest, form: WatchForm) -> HttpResponse:
    filters = WatchFilter(request.GET)
    rows = list_watch_entries(status=filters.value("status"), kind=filters.value("kind"))
    found = page(request, rows)
    context = {"filters": filters, "page": found, "form": form, "today": clock.today()}
    status = 422 if form.errors else 200
    return render(request, "console/risk/watch_list.html", context, status=status)
