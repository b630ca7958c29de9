"""关联商户: what linked merchants seem to do, what links them, and a person's answer."""

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
from risk.domain.facts import ratio
from risk.enums import FindingKind, FindingStatus, TraitKind, WatchKind
from risk.errors import FindingNotFound
from risk.interfaces.console.link_graph import graph_of
from risk.models import FraudFinding
from risk.operations import findings as operations
from risk.queries.findings import finding_view, list_findings
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import DateInput, FilterForm, choice_field, page

_USUAL_DAYS = 90


class FindingFilter(FilterForm):
    status = forms.ChoiceField(
        label=gettext_lazy("Status"), required=False,
        choices=[
            ("", FindingStatus.OPEN.label),
            *(one for one in FindingStatus.choices if one[0] != FindingStatus.OPEN),
        ],
    )  # fmt: skip
    kind = choice_field(gettext_lazy("Kind"), FindingKind.choices)


class ConfirmForm(forms.Form):
    """Which list all of them go on, and until when."""

    use_required_attribute = False
    watch = forms.ChoiceField(label=gettext_lazy("List"), choices=WatchKind.choices)
    expires_on = forms.DateField(label=gettext_lazy("Until"), widget=DateInput())
    reason = forms.CharField(label=gettext_lazy("What you know"), max_length=500)


@require_GET
@console_view(Role.STAFF)
def listing(request: ConsoleRequest) -> HttpResponse:
    """The queue, the newest first; those past their time say so."""
    filters = FindingFilter(request.GET)
    rows = list_findings(status=filters.value("status"), kind=filters.value("kind"))
    found = page(request, rows)
    now = clock.now()
    context = {
        "filters": filters,
        "page": found,
        "rows": [
            (one, _evidence(one), one.status == FindingStatus.OPEN and one.due_at <= now)
            for one in found.rows
        ],
    }
    return render(request, "console/risk/findings.html", context)


@require_GET
@console_view(Role.STAFF)
def detail(request: ConsoleRequest, finding_id: str) -> HttpResponse:
    """One finding: picture, table, and the two answers."""
    until = clock.today() + timedelta(days=_USUAL_DAYS)
    return _page(request, finding_id, ConfirmForm(initial={"expires_on": until}))


@require_POST
@console_view(Role.STAFF)
def act(request: ConsoleRequest, finding_id: str, verb: str) -> HttpResponse:
    """Confirm or dismiss."""
    by: dict[str, Any] = {
        "finding_id": finding_id, "actor": request.member.id, "at": clock.now(),
    }  # fmt: skip
    form = ConfirmForm(request.POST) if verb == "confirm" else None
    if form is not None and not form.is_valid():
        return _page(request, finding_id, form)
    try:
        if form is not None:
            told = form.cleaned_data
            operations.confirm_finding(
                watch=WatchKind(told["watch"]), expires_on=told["expires_on"],
                reason=told["reason"], **by,
            )  # fmt: skip
            said = _("Confirmed. Every merchant in it is on the list from today.")
        elif verb == "dismiss":
            operations.dismiss_finding(reason=request.POST.get("reason", "")[:500], **by)
            said = _("Dismissed. It comes back only with merchants that were not in it.")
        else:
            raise Http404
    except FindingNotFound as refusal:
        raise Http404(say(refusal)) from None
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, said)
    return redirect("console:finding-detail", finding_id)


def _page(request: ConsoleRequest, finding_id: str, form: ConfirmForm) -> HttpResponse:
    try:
        found = finding_view(finding_id)
    except FindingNotFound as refusal:
        raise Http404(say(refusal)) from None
    context = {
        "found": found,
        "row": found.row,
        "form": form,
        "evidence": _evidence(found.row),
        "graph": graph_of(found),
        "is_late": found.row.status == FindingStatus.OPEN and found.row.due_at <= clock.now(),
    }
    status = 422 if form.errors else 200
    return render(request, "console/risk/finding.html", context, status=status)


def _evidence(row: FraudFinding) -> str:
    told = row.evidence
    if row.kind == FindingKind.ORGANIZER:
        words = _("%(trait)s %(masked)s: %(count)s merchants, %(fresh)s of them new in thirty days")
        said = words % {
            "trait": TraitKind(told["trait"]).label, "masked": told["masked"],
            "count": told["merchants_count"], "fresh": told["fresh_count"],
        }  # fmt: skip
        if "salesperson" not in told:
            return said
        sold = _("%(count)s of these brought by one salesperson, %(who)s")
        return f"{said}; {sold % {'count': told['sold_count'], 'who': told['salesperson']}}"
    words = _("%(count)s orders mirrored by linked merchants, %(share)s of its purchases")
    share = ratio(told["mirrored_minor"], told["total_minor"])
    return words % {"count": told["mirrored_count"], "share": f"{share:.0%}"}
