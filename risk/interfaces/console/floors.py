"""Floors under every policy: what holds, what is proposed, and the second person's say."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from risk.domain.fact_words import FACT_WORDS, MONEY
from risk.domain.facts import FACT_TYPES
from risk.domain.odds import GRADES
from risk.domain.policy import KNOCK_OUT
from risk.domain.reasons import REASONS
from risk.enums import FloorLayer, FloorStatus
from risk.errors import FloorNotFound
from risk.interfaces.console.policy_cells import HINTS, Mistyped, Typed, number_of, stored_cell
from risk.interfaces.console.policy_words import row_words, value_words
from risk.models import PolicyFloor
from risk.operations import floors as operations
from risk.queries.floors import list_floors
from risk.queries.policy_findings import fact_label
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role

LINES: Final = 4  # knock-outs of one floor that the form takes
_ACTS: Final = {
    "approve": gettext_lazy("It holds for every policy validated from now on."),
    "reject": gettext_lazy("Rejected. Nothing has changed."),
}


@require_http_methods(["GET", "POST"])
@console_view(Role.STAFF)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Every floor, and the form that proposes one; what is refused stays as it was typed."""
    said = request.POST.dict()
    lines = [
        {
            "number": number,
            "fact": said.get(f"fact-{number}", ""),
            "low": said.get(f"low-{number}", ""),
            "high": said.get(f"high-{number}", ""),
            "reason": said.get(f"reason-{number}", "overall_assessment"),
            "error": "",
        }
        for number in range(1, LINES + 1)
    ]
    errors: dict[str, str] = {}
    if request.method == "POST" and _proposed(request, said, lines, errors):
        return redirect("console:floor-list")
    context = {
        "rows": [_row(floor, request.member.id) for floor in list_floors()],
        "said": said, "lines": lines, "errors": errors, "grades": GRADES,
        "layers": FloorLayer.choices,
        "facts": [(fact, _labelled(fact)) for fact in FACT_WORDS if fact in FACT_TYPES],
        "reasons": [(one.code, _(one.wording)) for one in REASONS.values()],
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "console/risk/floors.html", context, status=status)


@require_POST
@console_view(Role.STAFF)
def act(request: ConsoleRequest, floor_id: str, verb: str) -> HttpResponse:
    """Approve or reject a proposed floor."""
    if verb not in _ACTS:
        raise Http404
    who: dict[str, Any] = {"floor_id": floor_id, "actor": request.member.id, "at": clock.now()}
    try:
        if verb == "approve":
            operations.approve_floor(**who)
        else:
            operations.reject_floor(**who, reason=request.POST.get("comment", "")[:500])
    except FloorNotFound as refusal:
        raise Http404(say(refusal)) from None
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, str(_ACTS[verb]))
    return redirect("console:floor-list")


def _proposed(
    request: ConsoleRequest,
    said: dict[str, str],
    lines: list[dict[str, Any]],
    errors: dict[str, str],
) -> bool:
    """Propose what was typed; a mistake is said beside its field, a refusal above the form."""
    cap = None
    try:
        if said.get("max_limit", "").strip():
            cap = number_of(MONEY, said["max_limit"], is_whole=True)
    except Mistyped as mistake:
        errors["max_limit"] = str(mistake)
    rows = [row for line in lines if line["fact"] for row in _knock_outs(line)]
    if errors or any(line["error"] for line in lines):
        return False
    try:
        operations.propose_floor(
            layer=said.get("layer", ""), funder=said.get("funder", ""),
            body={
                "knock_outs": rows, "max_limit_minor": cap,
                "min_grade": said.get("min_grade") or None,
            },
            reason=said.get("reason", "")[:500], actor=request.member.id, at=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        messages.error(request, say(refusal))
        return False
    messages.success(request, _("Proposed. Another person approves it."))
    return True


def _knock_outs(line: dict[str, Any]) -> list[dict[str, Any]]:
    """A line of the form as two rows: its range, and the same fact missing."""
    fact = line["fact"]
    if fact not in FACT_TYPES:
        line["error"] = _("Choose one of the list.")
        return []
    try:
        cell = stored_cell(fact, Typed("range", line["low"], line["high"]), KNOCK_OUT)
    except Mistyped as mistake:
        line["error"] = str(mistake)
        return []
    then = {"outcome": "decline", "reason": line["reason"]}
    return [
        {"id": f"k{line['number']}-unknown", "when": {fact: {"missing": True}}, "then": then},
        {"id": f"k{line['number']}-range", "when": {fact: cell}, "then": then},
    ]


def _row(floor: PolicyFloor, me: str) -> dict[str, Any]:
    body = floor.body
    return {
        "floor": floor,
        "knock_outs": [row_words(KNOCK_OUT, row) for row in body["knock_outs"]],
        "cap": value_words(MONEY, body["max_limit_minor"]) if body["max_limit_minor"] else "",
        "grade": body["min_grade"] or "",
        "is_open": floor.status == FloorStatus.PROPOSED,
        "is_own": floor.proposed_by == me,
    }


def _labelled(fact: str) -> str:
    hint = HINTS.get(FACT_WORDS[fact][1], "")
    return f"{fact_label(fact)} ({hint})" if hint else fact_label(fact)
