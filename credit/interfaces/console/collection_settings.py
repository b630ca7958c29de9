"""How collection works here: conduct rules and ladders, in force, changed, and their history."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from credit.enums import LadderKind
from credit.interfaces.console import collection_settings_forms as made
from credit.interfaces.console import collection_settings_words as said
from credit.interfaces.console import words
from credit.interfaces.console.act_forms import ReasonForm
from credit.interfaces.console.rights import READERS, SETTERS
from credit.operations import delinquency
from credit.queries.collection_settings import own_settings, settings_changes
from credit.queries.delinquency import collection_rules, ladders
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view

_ACTS: Final[dict[str, Callable[..., object]]] = {
    "rules": lambda form, **by: delinquency.set_collection_rules(rules=form.rules(), **by),
    "bucket": lambda form, **by: delinquency.set_buckets(starts=form.cleaned_data["starts"], **by),
    "stage": lambda form, **by: delinquency.set_ladder(
        kind=LadderKind.STAGE, steps=form.steps(), **by
    ),
    "class": lambda form, **by: delinquency.set_ladder(
        kind=LadderKind.CLASS, steps=form.steps(), **by
    ),
}


@require_GET
@console_view(*READERS)
def detail(request: ConsoleRequest) -> HttpResponse:
    """What is in force, whose it is, who changed it and why."""
    return _page(request, {})


@require_POST
@console_view(*READERS)
def change(request: ConsoleRequest, name: str) -> HttpResponse:
    """Replace one setting with its reason; what the law or the ladder forbids is said in place."""
    if name not in _ACTS:
        raise Http404
    if request.member.role not in SETTERS[name]:
        raise PermissionDenied
    form = made.form_of(name, request.POST, collection_rules(), ladders())
    if not form.is_valid():
        return _page(request, {name: form})
    by = {"reason": form.cleaned_data["reason"], "actor": request.member.id, "at": clock.now()}
    try:
        _ACTS[name](form, **by)
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, say(refusal))
        return _page(request, {name: form})
    messages.success(request, _("In force from now on; what happened before stays as it was."))
    return redirect("console:collection_settings-detail")


def _page(request: ConsoleRequest, wrong: dict[str, ReasonForm]) -> HttpResponse:
    rules, standing, own = collection_rules(), ladders(), own_settings()
    changes = settings_changes()
    names = words.names([one.actor for one in changes])
    mine = [name for name in SETTERS if request.member.role in SETTERS[name]]
    forms = {name: made.form_of(name, None, rules, standing) for name in mine} | wrong
    context: dict[str, Any] = {
        "rules": said.rules(asdict(rules)),
        "ladders": [
            {
                "name": kind,
                "title": said.LADDERS[kind][0],
                "text": said.LADDERS[kind][1],
                "steps": said.steps(kind, standing[kind]),
                "is_own": kind in own,
                "form": forms.get(kind),
            }
            for kind in (LadderKind.STAGE.value, LadderKind.BUCKET.value, LadderKind.CLASS.value)
        ],
        "rules_are_own": "rules" in own,
        "form": forms.get("rules"),
        "changes": [(one, names(one.actor), said.difference(one)) for one in changes],
    }
    status = 422 if wrong else 200
    return render(request, "console/credit/collection_settings.html", context, status=status)
