"""The log of requests: found by what a developer has in hand, and read one by one."""

import json
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from platform_app.kernel.errors import NotFound
from tenants.access.console import ConsoleRequest, console_view
from tenants.forms import FilterForm, choice_field, page, search_field
from tenants.interfaces.console.developer import READERS
from tenants.interfaces.console.forms import moment_field
from tenants.interfaces.console.pages import missing
from tenants.models import Credential
from tenants.queries import api_requests


class RequestFilter(FilterForm):
    request_id = search_field(_("Request id"))
    external_id = search_field(_("Your number"))
    path = search_field(_("Path begins with"))
    outcome = choice_field(_("Result"), [("ok", "2xx"), ("4xx", "4xx"), ("5xx", "5xx")])
    code = search_field(_("Error code"))
    key = forms.ChoiceField(label=_("API key"), required=False)
    since = moment_field(_("From"))
    until = moment_field(_("Ends before"))

    def __init__(self, data: Any, keys: list[Credential]) -> None:
        super().__init__(data)
        choices = [("", _("All")), *((one.id, one.label) for one in keys)]
        self.fields["key"] = forms.ChoiceField(label=_("API key"), required=False, choices=choices)


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Requests, newest first."""
    keys = list(Credential.objects.order_by("id"))
    filters = RequestFilter(request.GET, keys)
    rows = api_requests.list_requests(
        request_id=filters.value("request_id").strip(),
        external_id=filters.value("external_id").strip(),
        path=filters.value("path").strip(),
        outcome=filters.value("outcome"),
        code=filters.value("code").strip(),
        key_id=filters.value("key"),
        since=filters.value("since") or None,
        until=filters.value("until") or None,
    )
    labels = {key.id: key.label for key in keys}
    found = page(request, rows)
    context = {
        "filters": filters,
        "page": found,
        "rows": [(row, labels.get(row.key_id, row.key_id)) for row in found.rows],
    }
    return render(request, "console/tenants/api_requests.html", context)


@require_GET
@console_view(*READERS)
def detail(request: ConsoleRequest, request_id: str) -> HttpResponse:
    """One request: what was asked and answered, masked."""
    try:
        row = api_requests.request(request_id)
    except NotFound as refusal:
        raise missing(refusal) from None
    context = {
        "row": row,
        "key": Credential.objects.filter(pk=row.key_id).first(),
        "asked": _pretty(row.asked),
        "answered": _pretty(row.answered),
    }
    return render(request, "console/tenants/api_request.html", context)


def _pretty(text: str) -> str:
    """Indented where it is whole JSON; as it is kept where it was cut."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text
