"""Challengers: trees in shadow beside the card, what they are and how both did."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from risk.domain.canonical import canonical
from risk.domain.fact_words import FACT_WORDS
from risk.domain.labels import label_def
from risk.errors import ScorecardNotFound
from risk.interfaces.console.challenger_words import compared_rows
from risk.interfaces.console.scorecard_words import metric_rows
from risk.interfaces.console.scorecards import ACTS
from risk.models import Scorecard
from risk.operations.challengers import fit_challenger
from risk.operations.ladder import fit_own, recalibrate
from risk.queries.challengers import ChallengerView, challenger_view, pairs
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role

Fits = Callable[[date, str, datetime], Scorecard]
_STEPS: Final = ("validate", "shadow", "retire")


@require_GET
@console_view(Role.STAFF)
def detail(request: ConsoleRequest, scorecard_id: str) -> HttpResponse:
    """One challenger: what it asks about, how it did beside the card, what comes next."""
    found = _found(scorecard_id)
    today = clock.today()
    context = {
        "found": found,
        "row": found.row,
        "metrics": metric_rows(found.row.metrics),
        "features": [(FACT_WORDS[one.key][0], one.sign) for one in found.forest.features],
        "compared": compared_rows(pairs(found.row.id, label_def(today), on=today)),
        "is_drafter": found.row.drafted_by == request.member.id,
        "is_open": found.row.status in {"draft", "validated", "shadow"},
    }
    return render(request, "console/risk/challenger.html", context)


@require_GET
@console_view(Role.STAFF)
def download(request: ConsoleRequest, scorecard_id: str) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """The trees as they are hashed."""
    row = _found(scorecard_id).row
    answer = HttpResponse(canonical(row.body), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="challenger-{row.version}.json"'
    return answer


@require_POST
@console_view(Role.STAFF)
def act(request: ConsoleRequest, scorecard_id: str, verb: str) -> HttpResponse:
    """Validate, put in shadow or retire; there is no putting in force."""
    if verb not in _STEPS:
        raise Http404
    _found(scorecard_id)
    does, said = ACTS[verb]
    comment = request.POST.get("comment", "")[:500]
    try:
        does(scorecard_id, comment, request.member.id, clock.now())
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, str(said))
    return redirect("console:challenger-detail", scorecard_id)


@require_POST
@console_view(Role.STAFF)
def fit(request: ConsoleRequest, verb: str) -> HttpResponse:
    """Fit the next rung, or a challenger, on the platform's matured cases: always a draft."""
    if verb not in FITS:
        raise Http404
    does, page = FITS[verb]
    try:
        card = does(clock.today(), request.member.id, clock.now())
    except DomainError as refusal:
        messages.error(request, say(refusal))
        return redirect("console:scorecard-list")
    messages.success(request, _("Kept as a draft. Another person validates it."))
    return redirect(page, card.id)


def _recalibrate(on: date, actor: str, at: datetime) -> Scorecard:
    return recalibrate(on=on, actor=actor, at=at)


def _own(on: date, actor: str, at: datetime) -> Scorecard:
    return fit_own(on=on, actor=actor, at=at)


def _challenger(on: date, actor: str, at: datetime) -> Scorecard:
    return fit_challenger(on=on, actor=actor, at=at)


FITS: Final[dict[str, tuple[Fits, str]]] = {
    "offset": (_recalibrate, "console:scorecard-detail"),
    "own": (_own, "console:scorecard-detail"),
    "challenger": (_challenger, "console:challenger-detail"),
}


def _found(scorecard_id: str) -> ChallengerView:
    try:
        return challenger_view(scorecard_id)
    except ScorecardNotFound as refusal:
        raise Http404(say(refusal)) from None
