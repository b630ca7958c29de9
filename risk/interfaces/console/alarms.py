"""Acts on alarms and on what metrics are held to; the page that shows them is analytics'."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from risk.enums import MonitorMetric
from risk.errors import AlarmNotFound
from risk.operations import alarms as operations
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role

PAGE = "console:monitoring"


@require_POST
@console_view(Role.STAFF)
def act(request: ConsoleRequest, alarm_id: str, verb: str) -> HttpResponse:
    """Acknowledge or close."""
    if verb not in {"acknowledge", "close"}:
        raise Http404
    try:
        if verb == "acknowledge":
            operations.acknowledge_alarm(alarm_id=alarm_id, actor=request.member.id, at=clock.now())
            said = _("You are on it. What the alarm stops stays stopped until it is closed.")
        else:
            operations.close_alarm(
                alarm_id=alarm_id,
                reason=request.POST.get("reason", "")[:500],
                quiet_days=_whole(request.POST.get("quiet_days", "")),
                actor=request.member.id,
                at=clock.now(),
            )
            said = _("Closed. What it stopped goes on from now.")
    except AlarmNotFound as refusal:
        raise Http404(say(refusal)) from None
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, said)
    return redirect(PAGE)


@require_POST
@console_view(Role.STAFF)
def set_rule(request: ConsoleRequest, metric: str) -> HttpResponse:
    """Hold a metric to another limit, or let it stop auto-approval or not."""
    if metric not in MonitorMetric.values:
        raise Http404
    try:
        operations.set_monitor_rule(
            metric=MonitorMetric(metric),
            limit=_number(request.POST.get("limit", "")),
            stops_auto_approval=request.POST.get("stops") == "1",
            reason=request.POST.get("reason", "")[:500],
            actor=request.member.id,
            at=clock.now(),
        )
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, _("Kept. The limit holds from the next night on."))
    return redirect(PAGE)


def _whole(text: str) -> int:
    """Days as written; what is no whole number is refused as too many."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1  # noqa: PLR2004 -- digits


def _number(text: str) -> Decimal:
    """A limit as written; what is no number is refused as too small."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() else Decimal(0)
