"""The close monitor: one day's buckets and checks, and the drawdowns it left behind."""

from django.contrib import messages
from django.db import Error
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from credit.operations.close_exceptions import repair_close, sign_off_exception
from credit.queries.closes import close_of
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role

READERS = (Role.OWNER, Role.FINANCE)


@require_GET
@console_view(*READERS)
def detail(request: ConsoleRequest, day_id: str) -> HttpResponse:
    """How one day closed, or how far it is."""
    close = close_of(day_id)
    if close is None:
        raise Http404(_("There is no such business day."))
    return render(request, "console/credit/close.html", {"close": close, "day": close.day})


@require_POST
@console_view(*READERS)
def sign_off(request: ConsoleRequest, day_id: str, exception_id: str) -> HttpResponse:
    """Let the day close without one drawdown; the reason is asked and kept."""
    note = request.POST.get("note", "").strip()
    if not note:
        messages.error(request, _("Say why the day may close without this drawdown."))
        return redirect("console:day-detail", day_id)
    try:
        sign_off_exception(
            exception_id=exception_id, note=note, actor=request.member.id, at=clock.now()
        )
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, _("Signed off. The next run of the close takes it from here."))
    return redirect("console:day-detail", day_id)


@require_POST
@console_view(*READERS)
def repair(request: ConsoleRequest, day_id: str, exception_id: str) -> HttpResponse:
    """Do the missed days for one drawdown."""
    try:
        repair_close(exception_id=exception_id, actor=request.member.id, at=clock.now())
    except DomainError as refusal:
        messages.error(request, say(refusal))
    except Error as error:
        problem = str(error).splitlines()[0]
        messages.error(request, _("It fails still: {problem}").format(problem=problem))
    else:
        messages.success(request, _("Repaired. Its missed days are booked on the open day."))
    return redirect("console:day-detail", day_id)
