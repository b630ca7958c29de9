"""Scorecards: which versions there are, what is in one, and letting one in or giving it up."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from risk.domain.canonical import canonical
from risk.errors import ScorecardNotFound
from risk.interfaces.console.challenger_words import FIT_WORDS, ladder_steps, ladder_why
from risk.interfaces.console.scorecard_words import (
    bin_words,
    chart,
    metric_cells,
    metric_rows,
)
from risk.models import Scorecard
from risk.operations import scorecards as operations
from risk.queries.ladder import ladder_standing
from risk.queries.scorecards import ScorecardView, list_scorecards, scorecard_view
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role

LARGEST_FILE: Final = 2_000_000
Verb = Callable[[str, str, str, datetime], Any]


@require_GET
@console_view(Role.STAFF)
def listing(request: ConsoleRequest) -> HttpResponse:
    """The rung the platform stands on, every version, and the ways to another one."""
    rows = [(row, metric_cells(row.metrics)) for row in list_scorecards()]
    stands = ladder_standing(on=clock.today())
    context = {
        "rows": rows,
        "steps": ladder_steps(stands) if stands else [],
        "why": ladder_why(stands) if stands else "",
        "fits": FIT_WORDS,
    }
    return render(request, "console/risk/scorecards.html", context)


@require_GET
@console_view(Role.STAFF)
def detail(request: ConsoleRequest, scorecard_id: str) -> HttpResponse:
    """One version: how good it is, its bins and points, who said what, what comes next."""
    found = _found(scorecard_id)
    keys = [feature.key for feature in found.features]
    key = request.GET.get("feature", "")
    chosen = found.features[keys.index(key) if key in keys else 0] if keys else None
    said = {one.who for one in found.approvals if one.kind == "champion"}
    context = {
        "found": found,
        "row": found.row,
        "metrics": metric_rows(found.row.metrics),
        "chosen": chosen,
        "bins": [(one, bin_words(one)) for one in chosen.bins] if chosen else [],
        "chart": chart(chosen) if chosen else None,
        "is_drafter": found.row.drafted_by == request.member.id,
        "has_said": request.member.name in said,
        "is_open": found.row.status in {"draft", "validated", "shadow"},
    }
    return render(request, "console/risk/scorecard.html", context)


@require_GET
@console_view(Role.STAFF)
def download(request: ConsoleRequest, scorecard_id: str) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """The card as it is hashed."""
    row = _found(scorecard_id).row
    answer = HttpResponse(canonical(row.body), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="scorecard-{row.version}.json"'
    return answer


@require_POST
@console_view(Role.STAFF)
def register(request: ConsoleRequest) -> HttpResponse:
    """Keep the two files of `fit_scorecard` as the next version."""
    try:
        body, metrics = (_uploaded(request, name) for name in ("card", "metrics"))
        card = operations.register_scorecard(
            body=body, metrics=metrics, actor=request.member.id, at=clock.now()
        )
    except _Unreadable as problem:
        messages.error(request, str(problem))
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, _("Kept as a draft. Another person validates it."))
        return redirect("console:scorecard-detail", card.id)
    return redirect("console:scorecard-list")


@require_POST
@console_view(Role.STAFF)
def act(request: ConsoleRequest, scorecard_id: str, verb: str) -> HttpResponse:
    """Validate, put in shadow, approve or retire."""
    if verb not in ACTS:
        raise Http404
    does, said = ACTS[verb]
    comment = request.POST.get("comment", "")[:500]
    try:
        does(scorecard_id, comment, request.member.id, clock.now())
    except ScorecardNotFound as refusal:
        raise Http404(say(refusal)) from None
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, str(said))
    return redirect("console:scorecard-detail", scorecard_id)


def _validate(card: str, comment: str, actor: str, at: datetime) -> Scorecard:
    return operations.validate_scorecard(scorecard_id=card, comment=comment, actor=actor, at=at)


def _shadow(card: str, _comment: str, actor: str, at: datetime) -> Scorecard:
    return operations.shadow_scorecard(scorecard_id=card, actor=actor, at=at)


def _approve(card: str, comment: str, actor: str, at: datetime) -> Scorecard:
    return operations.approve_scorecard(scorecard_id=card, comment=comment, actor=actor, at=at)


def _retire(card: str, comment: str, actor: str, at: datetime) -> Scorecard:
    return operations.retire_scorecard(scorecard_id=card, reason=comment, actor=actor, at=at)


ACTS: Final[dict[str, tuple[Verb, Any]]] = {
    "validate": (_validate, gettext_lazy("Validated. It never changes from here on.")),
    "shadow": (_shadow, gettext_lazy("It is the challenger now.")),
    "approve": (_approve, gettext_lazy("Your approval is recorded.")),
    "retire": (_retire, gettext_lazy("Retired. Decisions made with it still replay.")),
}


class _Unreadable(Exception):
    """The file cannot be used; the text says so to the person."""


def _uploaded(request: ConsoleRequest, name: str) -> Any:
    """The JSON object of a file; the metrics may be left out."""
    file = request.FILES.get(name)
    if file is None:
        if name == "metrics":
            return {}
        raise _Unreadable(_("Choose the card's file."))
    if (file.size or 0) > LARGEST_FILE:
        raise _Unreadable(_("The file is too large for a scorecard."))
    try:
        found = json.loads(file.read(), parse_constant=_no_constant)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _Unreadable(_("The file is not what fit_scorecard writes."))
    return found


def _no_constant(name: str) -> None:
    """NaN and infinity are no JSON."""
    raise ValueError(name)


def _found(scorecard_id: str) -> ScorecardView:
    try:
        return scorecard_view(scorecard_id)
    except ScorecardNotFound as refusal:
        raise Http404(say(refusal)) from None
