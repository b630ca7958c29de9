"""Replaying a time to one endpoint: ask, see how much that is, confirm, watch."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.interfaces.console.forms import ReplayForm
from tenants.interfaces.console.pages import missing
from tenants.interfaces.console.webhooks import READERS
from tenants.models import WebhookEndpoint
from tenants.operations import replays as operations
from tenants.queries import replays, webhooks


@require_http_methods(["GET", "POST"])
@console_view(*READERS)
def ask(request: ConsoleRequest, endpoint_id: str) -> HttpResponse:
    """The form; with a time in it how many events that is; posted, the replay begins."""
    try:
        endpoint = webhooks.endpoint(endpoint_id)
    except NotFound as refusal:
        raise missing(refusal) from None
    said = request.POST if request.method == "POST" else request.GET
    form = ReplayForm(said or None)
    context: dict[str, Any] = {"endpoint": endpoint, "form": form, "count": None}
    if form.is_bound and form.is_valid():
        try:
            if request.method == "POST":
                return _begin(request, endpoint, form)
            context["count"] = operations.count_replay(endpoint=endpoint, **form.asked())
        except DomainError as refusal:
            messages.error(request, say(refusal))
    return render(request, "console/tenants/replay_ask.html", context)


def _begin(request: ConsoleRequest, endpoint: WebhookEndpoint, form: ReplayForm) -> HttpResponse:
    row = operations.request_replay(
        endpoint_id=endpoint.id, actor=request.member.id, at=clock.machine_now(), **form.asked()
    )
    messages.success(request, _("The replay has begun."))
    return redirect("console:webhook_replay-detail", row.id)


@require_GET
@console_view(*READERS)
def detail(request: ConsoleRequest, replay_id: str) -> HttpResponse:
    """How far one replay has come."""
    try:
        row = replays.replay(replay_id)
    except NotFound as refusal:
        raise missing(refusal) from None
    return render(request, "console/tenants/replay.html", {"row": row})
