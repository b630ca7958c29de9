"""One experiment on decisions: its arms side by side, and the button that stops it."""

from datetime import timedelta
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from analytics.domain.proportions import Share
from analytics.queries.experiments import ArmResult, experiment_results
from credit.queries.portfolio import business_today
from platform_app.kernel.http import say
from risk.enums import ArmKind
from risk.errors import ExperimentNotFound
from risk.operations.experiment_checks import BAD_COUNT, BAD_RATE, OTHER_CONTROL, UNTIL
from risk.queries.experiment_figures import mismatch
from risk.queries.experiments import arms_of, experiment_row, version_numbers
from risk.queries.people import names_of
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role

UNLIKELY: Final = 0.001
ENDS: Final = {
    UNTIL: gettext_lazy("Its last day has passed."),
    OTHER_CONTROL: gettext_lazy("What it was compared with is no longer in force."),
    BAD_COUNT: gettext_lazy("Its stop rule: too many bad ones in an arm."),
    BAD_RATE: gettext_lazy("Its stop rule: an arm surely lost more than allowed."),
}


@require_GET
@console_view(Role.STAFF)
def detail(request: ConsoleRequest, experiment_id: str) -> HttpResponse:
    """The arms against the control, each difference with its interval."""
    try:
        row = experiment_row(experiment_id)
    except ExperimentNotFound as refusal:
        raise Http404(say(refusal)) from None
    on = business_today() - timedelta(days=1)
    results = experiment_results(row, on=on)
    likely = mismatch([one.figures for one in results])
    names = names_of([row.proposed_by, row.started_by, row.stopped_by])
    context = {
        "row": row,
        "on": on,
        "rows": _rows(row, results),
        "is_mismatched": likely is not None and likely < UNLIKELY,
        "is_proposer": row.proposed_by == request.member.id,
        "proposed_by": names.get(row.proposed_by, row.proposed_by),
        "started_by": names.get(row.started_by, row.started_by),
        "stopped_by": names.get(row.stopped_by, row.stopped_by),
        "why": ENDS.get(row.stop_reason, row.stop_reason),
        "has_cell": any(one["kind"] == ArmKind.EXPLORE for one in row.arms),
    }
    return render(request, "console/analytics/experiment.html", context)


def _rows(row: Any, results: list[ArmResult]) -> list[dict[str, Any]]:
    arms = arms_of(row)
    numbers = version_numbers(arms)
    return [
        {
            "one": one,
            "label": _label(arm.kind, numbers.get(arm.version_id)),
            "arm": arm,
            "share": f"{arm.share / 100:g} %",
            "approval": _share(one.approval),
            "approval_gap": _gap(one.approval_gap),
            "bad": _share(one.bad),
            "bad_gap": _gap(one.bad_gap),
        }
        for arm, one in zip(arms, results, strict=True)
    ]


def _label(kind: ArmKind, number: int | None) -> str:
    if number is None:
        return str(kind.label)
    words = {"kind": kind.label, "number": number}
    return _("%(kind)s, version %(number)s") % words


def _share(found: Share | None) -> dict[str, str] | None:
    if found is None:
        return None
    return {"value": f"{found.value:.1%}", "span": f"{found.low:.1%} – {found.high:.1%}"}


def _gap(found: Share | None) -> dict[str, Any] | None:
    """Percentage points against the control; sure when the interval leaves zero out."""
    if found is None:
        return None
    value, low, high = (100 * one for one in (found.value, found.low, found.high))
    is_sure = low > 0 or high < 0
    return {"value": f"{value:+.1f}", "span": f"{low:+.1f} … {high:+.1f}", "is_sure": is_sure}
