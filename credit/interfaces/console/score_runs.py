"""评分批次: how far tonight's scores are, what the current ones say, and who moved far."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from credit.operations import score_runs as operations
from platform_app.kernel import clock, ids
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from risk.enums import Outcome, ScoreRunStatus
from risk.errors import ScoreRunNotFound
from risk.models import ScoreRun
from risk.queries.score_runs import current_run, list_score_runs, movers_of
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role

PAGE: Final = "console:score_run-list"


@require_GET
@console_view(Role.STAFF)
def listing(request: ConsoleRequest) -> HttpResponse:
    """The runs with their progress, the current run's mix, and the merchants that moved far."""
    runs, current = list_score_runs(), current_run()
    newest = runs[0].run if runs else None
    running = newest is not None and newest.status == ScoreRunStatus.RUNNING
    context = {
        "runs": runs,
        "newest": newest,
        "current": current,
        "is_running": running,
        "mixes": _mixes(current) if current else [],
        "movers": movers_of(current) if current else [],
    }
    return render(request, "console/credit/score_runs.html", context)


@require_POST
@console_view(Role.STAFF)
def start(request: ConsoleRequest) -> HttpResponse:
    """Score everybody now, without waiting for the night."""
    try:
        run = operations.start_run(key=ids.new_id("key"), actor=request.member.id, at=clock.now())
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        if run is None:
            messages.error(request, _("The platform has no merchants to score yet."))
        else:
            messages.success(request, _("Started. The old scores stay in use until all are in."))
    return redirect(PAGE)


@require_POST
@console_view(Role.STAFF)
def retry(request: ConsoleRequest, run_id: str) -> HttpResponse:
    """Let a failed run go on where it stopped."""
    try:
        operations.retry_run(run_id=run_id, actor=request.member.id, at=clock.now())
    except ScoreRunNotFound as refusal:
        raise Http404(say(refusal)) from None
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, _("It goes on. What was done is kept."))
    return redirect(PAGE)


def _mixes(run: ScoreRun) -> list[dict[str, Any]]:
    """Merchants by grade and by outcome, beside those of the run before."""
    before = run.previous.counts if run.previous else {}
    kinds = {
        "grade": (_("By grade"), {name: name for name in sorted(run.counts["grade"])}),
        "outcome": (_("By outcome"), {str(name): str(text) for name, text in Outcome.choices}),
    }
    return [
        {
            "kind": kind,
            "label": label,
            "rows": [
                (text, run.counts[kind][name], before.get(kind, {}).get(name))
                for name, text in words.items()
            ],
            "chart": {
                "kind": "bars",
                "x": list(words.values()),
                "unit": "",
                "series": [
                    {
                        "name": _("Merchants"),
                        "color": "orders",
                        "values": [run.counts[kind][name] for name in words],
                    }
                ],
            },
        }
        for kind, (label, words) in kinds.items()
    ]
