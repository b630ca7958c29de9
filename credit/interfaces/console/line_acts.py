"""What Baitiao's staff do with a line: limits, suspension, the cap, its end."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from credit.enums import SuspensionReason
from credit.errors import TemporaryLimitNotFound
from credit.interfaces.console.act_keys import act_key
from credit.interfaces.console.line_forms import FORMS, form_of
from credit.interfaces.console.lines import found, show
from credit.interfaces.console.rights import LINE_ACTORS
from credit.models import CreditLine
from credit.operations import lines
from credit.operations.merchant_caps import set_merchant_cap
from credit.operations.temporary_limits import end_temporary_limit, grant_temporary_limit
from credit.queries.lines import temporary_limits
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view

Verb = Callable[[CreditLine, dict[str, Any], dict[str, Any], Any], object]


def _temporary(line: CreditLine, said: dict[str, Any], by: dict[str, Any], post: Any) -> object:
    return grant_temporary_limit(
        line_id=line.id, amount_minor=said["amount"], from_on=said["from_on"],
        until_on=said["until_on"], key=act_key(post.get("key", "")), **by,
    )  # fmt: skip


def _end(line: CreditLine, _said: dict[str, Any], by: dict[str, Any], post: Any) -> object:
    wanted = post.get("limit", "")
    if wanted not in {one.id for one in temporary_limits(line.id)}:
        raise TemporaryLimitNotFound
    return end_temporary_limit(limit_id=wanted, **by)


_VERBS: Final[dict[str, tuple[Verb, str]]] = {
    "limit": (
        lambda line, said, by, _: lines.change_limit(
            line_id=line.id, limit_minor=said["limit"], **by
        ),
        gettext_noop("The limit is changed."),
    ),
    "temporary": (_temporary, gettext_noop("The temporary limit is granted.")),
    "end": (_end, gettext_noop("The temporary limit has ended.")),
    "suspend": (
        lambda line, said, by, _: lines.suspend_line(
            line_id=line.id, because=SuspensionReason(said["because"]), **by
        ),
        gettext_noop("Suspended: nothing can be drawn; shipments and repayments go on."),
    ),
    "resume": (
        lambda line, _said, by, _: lines.resume_line(line_id=line.id, **by),
        gettext_noop("The line can be drawn on again."),
    ),
    "close": (
        lambda line, _said, by, _: lines.close_line(line_id=line.id, **by),
        gettext_noop("The line is closed."),
    ),
    "cap": (
        lambda line, said, by, _: set_merchant_cap(
            merchant_id=line.merchant_id, cap_minor=said["cap"], **by
        ),
        gettext_noop("The cap across all lines is set."),
    ),
}


@require_POST
@console_view(*LINE_ACTORS)
def act(request: ConsoleRequest, line_id: str, kind: str) -> HttpResponse:
    """Do one act with its reason; what is wrong is said under its field, in place."""
    if kind not in FORMS:
        raise Http404
    line = found(line_id)
    form = form_of(kind, request.POST)
    if not form.is_valid():
        return show(request, line, {kind: form})
    by = {
        "reason": form.cleaned_data["reason"], "actor": request.member.id, "at": clock.now(),
    }  # fmt: skip
    verb, text = _VERBS[kind]
    try:
        verb(line, form.cleaned_data, by, request.POST)
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, say(refusal))
        return show(request, line, {kind: form})
    messages.success(request, _(text))
    return redirect("console:line-detail", line.id)
