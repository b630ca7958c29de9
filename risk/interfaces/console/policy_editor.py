"""The editor of a draft: one stage at a time, or the limit and the prices.

Every button sends the whole form, so that it works without scripts and nothing typed is lost: what
is refused, and what is only moved about, comes back as it was typed.
"""

from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from risk.domain.fact_words import FACT_WORDS
from risk.domain.policy import STAGES, facts_of_stage
from risk.domain.policy_findings import Finding
from risk.domain.policy_gate import findings_of
from risk.domain.price_findings import PRICE
from risk.domain.reasons import REASONS
from risk.enums import VersionStatus
from risk.errors import InvalidPolicy
from risk.interfaces.console.policies import found_row
from risk.interfaces.console.policy_cells import HINTS, WORDS
from risk.interfaces.console.policy_form import RowForm, StageForm, answers_of
from risk.interfaces.console.policy_prices import PricesForm
from risk.interfaces.console.policy_terms import TermsForm
from risk.interfaces.console.policy_words import row_findings, stage_findings
from risk.interfaces.console.price_words import costs_in_words
from risk.models import Policy
from risk.operations.policy_drafts import edit_policy
from risk.queries.policy_findings import fact_label, stage_label
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role

TERMS: Final = "terms"
PRICES: Final = "prices"
_SAVED: Final = gettext_lazy("The draft is saved.")


@require_http_methods(["GET", "POST"])
@console_view(Role.STAFF)
def edit(request: ConsoleRequest, policy_id: str) -> HttpResponse:
    """The form of one stage of a draft, or of its limit and prices."""
    row = found_row(request, policy_id)
    if row.status != VersionStatus.DRAFT or row.drafted_by != request.member.id:
        messages.error(request, _("Only its drafter edits a draft. Draft a version from this one."))
        return redirect("console:policy-detail", row.id)
    stage = request.GET.get("stage", "")
    if stage == TERMS:
        return _edit_terms(request, row)
    if stage == PRICES:
        return _edit_prices(request, row)
    return _edit_stage(request, row, stage if stage in STAGES else STAGES[0])


def _edit_terms(request: ConsoleRequest, row: Policy) -> HttpResponse:
    form = TermsForm.of_body(row.body)
    if request.method == "POST":
        form = TermsForm(request.POST.dict())
        body = form.changed(row.body)
        if body is not None and _is_kept(request, row, body):
            return _again(row, TERMS)
    status = 422 if request.method == "POST" else 200
    context = {"row": row, "form": form, **_tabs(TERMS)}
    return render(request, "console/risk/policy_terms_edit.html", context, status=status)


def _edit_prices(request: ConsoleRequest, row: Policy) -> HttpResponse:
    form, is_saving = PricesForm.of_body(row.body), False
    lgd = Decimal(row.body["limit"]["lgd"])
    body: dict[str, Any] | None = row.body
    if request.method == "POST":
        form = PricesForm.of_post(request.POST.dict())
        is_saving = request.POST.get("do", "check") == "save"
        if request.POST.get("do") == "fill":
            form.fill(lgd)
        body = form.changed(row.body)
        if is_saving and body is not None and _is_kept(request, row, body):
            return _again(row, PRICES)
    findings, problem = _findings(body)
    context = {
        "row": row, "form": form, "problem": problem, "costs": costs_in_words(form.costs(lgd)),
        "findings": stage_findings(findings, PRICE), **_tabs(PRICES),
    }  # fmt: skip
    status = 422 if is_saving else 200
    return render(request, "console/risk/policy_prices_edit.html", context, status=status)


def _edit_stage(request: ConsoleRequest, row: Policy, stage: str) -> HttpResponse:
    stored = _rows(row.body, stage)
    taken = [one["id"] for name in STAGES if name != stage for one in _rows(row.body, name)]
    form, is_saving = StageForm.of_rows(stage, stored), False
    if request.method == "POST":
        form = StageForm.of_post(stage, request.POST)
        does = request.POST.get("do", "check")
        if does == "column":
            does = f"column:{request.POST.get('new-column', '')}"
        is_saving = does == "save"
        form.do(does)
    rows = form.rows_body(taken)
    body = None if rows is None else _with_rows(row.body, stage, rows)
    if is_saving and body is not None and _is_kept(request, row, body):
        return _again(row, stage)
    findings, problem = _findings(body)
    context = {
        "row": row, "form": form, "stage": stage, "problem": problem,
        "is_unsaved": rows is None or rows != stored,
        "is_mistyped": body is None,
        **_table(form, findings), **_tabs(stage),
    }  # fmt: skip
    status = 422 if is_saving else 200
    return render(request, "console/risk/policy_edit.html", context, status=status)


def _is_kept(request: ConsoleRequest, row: Policy, body: dict[str, Any]) -> bool:
    """Keep the body as the draft's; a refusal is said, and the form stays as it was typed."""
    try:
        edit_policy(policy_id=row.id, body=body, actor=request.member.id, at=clock.now())
    except DomainError as refusal:
        messages.error(request, say(refusal))
        return False
    messages.success(request, str(_SAVED))
    return True


def _again(row: Policy, stage: str) -> HttpResponse:
    answer = redirect("console:policy-edit", row.id)
    answer["Location"] += f"?stage={stage}"
    return answer


def _rows(body: dict[str, Any], stage: str) -> list[dict[str, Any]]:
    return next(one["rows"] for one in body["stages"] if one["name"] == stage)


def _with_rows(body: dict[str, Any], stage: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    stages = [one | {"rows": rows} if one["name"] == stage else one for one in body["stages"]]
    return {**body, "stages": stages}


def _findings(body: dict[str, Any] | None) -> tuple[list[Finding], str]:
    """What the analysis says of the form as it stands; nothing while something is mistyped."""
    if body is None:
        return [], ""
    try:
        return findings_of(body), ""
    except InvalidPolicy as refusal:
        return [], say(refusal)


def _tabs(here: str) -> dict[str, Any]:
    stages = [(name, stage_label(name)) for name in STAGES]
    return {
        "tabs": [*stages, (TERMS, _("Limit and price")), (PRICES, _("Prices by term"))],
        "here": here,
    }


def _table(form: StageForm, findings: list[Finding]) -> dict[str, Any]:
    gaps = stage_findings(findings, form.stage)
    return {
        "columns": [
            {
                "fact": fact,
                "label": fact_label(fact),
                "hint": HINTS.get(FACT_WORDS[fact][1], ""),
                "lacks_missing": any(one["fact"] == fact for one in gaps),
            }
            for fact in form.columns
        ],
        "lines": [
            _line(form, number, row, row_findings(findings, form.stage, number + 1))
            for number, row in enumerate(form.rows)
        ],
        "gaps": gaps,
        "cell_words": WORDS,
        "answers": answers_of(form.stage),
        "reasons": [(one.code, _(one.wording)) for one in REASONS.values()],
        "free_columns": [
            (fact, fact_label(fact))
            for fact in FACT_WORDS
            if fact in facts_of_stage(form.stage) and fact not in form.columns
        ],
        "field_count": len(form.rows),
    }


def _line(
    form: StageForm, number: int, row: RowForm, findings: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "at": number,
        "number": number + 1,
        "row": row,
        "cells": [
            {"fact": fact, "label": fact_label(fact), "typed": row.cells[fact],
             "name": f"r{number}-{fact}",
             "has_focus": form.focus == f"r{number}-{fact}-word"}
            for fact in form.columns
        ],
        "findings": findings,
        "has_focus": form.focus == f"r{number}-id",
        "is_first": number == 0,
        "is_last": number == len(form.rows) - 1,
    }  # fmt: skip
