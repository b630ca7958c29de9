"""What outside parties are asked about merchants: whom, what they answered, asking by hand."""

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
from risk.domain.fact_words import FACT_WORDS, MONEY
from risk.enums import ReportKind, ReportOutcome
from risk.models import Report
from risk.operations.reports import (
    LONGEST_DAYS,
    fetch_reports,
    set_report_source,
    stop_report_source,
)
from risk.queries.policy_findings import fact_label
from risk.queries.reports import list_report_requests, list_report_sources, reports_of
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import FilterForm, choice_field, page
from tenants.models import Merchant

_USUAL_DAYS = 90


class ReportFilter(FilterForm):
    outcome = choice_field(gettext_lazy("Answer"), ReportOutcome.choices)


class SourceForm(forms.Form):
    """Who is asked for one kind of report."""

    use_required_attribute = False
    kind = forms.ChoiceField(label=gettext_lazy("Report"), choices=ReportKind.choices)
    name = forms.CharField(label=gettext_lazy("Who is asked"), max_length=100)
    url = forms.CharField(label=gettext_lazy("Address (https)"), max_length=300, required=False)
    key_id = forms.CharField(label=gettext_lazy("Our key there"), max_length=100, required=False)
    secret = forms.CharField(
        label=gettext_lazy("Secret"), max_length=300, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Never shown again; leave it empty to keep the one that is there."),
    )  # fmt: skip
    kept_days = forms.IntegerField(
        label=gettext_lazy("Days a report counts"), min_value=1, max_value=LONGEST_DAYS
    )


@require_GET
@console_view(Role.STAFF)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Sources, and everything that was asked, newest first."""
    return _page(request, SourceForm(initial={"kept_days": _USUAL_DAYS}))


@require_POST
@console_view(Role.STAFF)
def set_source(request: ConsoleRequest) -> HttpResponse:
    """Connect a source, or replace the one of its kind."""
    form = SourceForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    told = form.cleaned_data | {"kind": ReportKind(form.cleaned_data["kind"])}
    try:
        set_report_source(**told, actor=request.member.id, at=clock.now())
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, say(refusal))
        return _page(request, form)
    messages.success(request, _("The source is connected. It is asked before the next decision."))
    return redirect("console:report-list")


@require_POST
@console_view(Role.STAFF)
def stop_source(request: ConsoleRequest, kind: str) -> HttpResponse:
    """Ask this party no more."""
    if kind not in ReportKind.values:
        raise Http404
    stop_report_source(kind=ReportKind(kind), actor=request.member.id, at=clock.now())
    messages.success(request, _("Nobody is asked there any more."))
    return redirect("console:report-list")


@require_POST
@console_view(Role.STAFF)
def fetch(request: ConsoleRequest) -> HttpResponse:
    """Ask about one merchant now."""
    number = request.POST.get("merchant_no", "").strip()
    merchant = Merchant.objects.filter(external_id=number).first()
    if merchant is None:
        messages.error(request, _("The platform has no merchant of this number."))
        return redirect("console:report-list")
    try:
        asked = fetch_reports(merchant_id=merchant.id, actor=request.member.id, at=clock.now())
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(
            request,
            _("Asked.") if asked else _("Every source has a report in force. Nobody was asked."),
        )
    return redirect("console:report-list")


def _page(request: ConsoleRequest, form: SourceForm) -> HttpResponse:
    filters = ReportFilter(request.GET)
    found = page(request, list_report_requests(outcome=filters.value("outcome")))
    answers = reports_of(found.rows)
    context = {
        "filters": filters,
        "page": found,
        "rows": [(one, answers.get(one.id), _facts(answers.get(one.id))) for one in found.rows],
        "sources": list(list_report_sources()),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "console/risk/reports.html", context, status=status)


def _facts(report: Report | None) -> list[dict[str, Any]]:
    """The facts in words, in the order of the policy editor."""
    known = report.facts if report is not None else {}
    return [
        {"label": fact_label(name), "value": known[name], "is_money": unit == MONEY}
        for name, (_words, unit) in FACT_WORDS.items()
        if name in known
    ]
