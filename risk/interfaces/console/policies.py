"""Policies: which versions there are, what is in one, the evidence for it, and its life."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, Invalid
from platform_app.kernel.http import say
from risk.domain.canonical import canonical
from risk.domain.policy_difference import Difference
from risk.domain.policy_floor import own_body
from risk.domain.price_findings import PRICE
from risk.enums import PolicyApprovalKind, VersionStatus
from risk.errors import PolicyFindings, PolicyNotFound
from risk.interfaces.console.policy_evidence import (
    backtest_in_words,
    gate_in_words,
    shadow_in_words,
)
from risk.interfaces.console.policy_words import (
    difference_in_words,
    grades_in_words,
    stage_findings,
    stages_in_words,
    terms_in_words,
)
from risk.interfaces.console.price_words import price_changes_in_words, prices_in_words
from risk.models import Policy
from risk.operations import policy_life as life
from risk.operations.backtests import keep_backtest
from risk.operations.policy_drafts import draft_policy, validate_policy
from risk.queries.policies import PolicyView, list_policies, policy_row, policy_view
from risk.queries.policy_findings import told_in_words
from risk.queries.shadow import compared, list_differences
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.models import Merchant

READERS: Final = (Role.OWNER, Role.OPERATOR, Role.VIEWER)
MOST_MONTHS: Final = 36
Verb = Callable[[str, QueryDict, str, datetime], Policy | None]


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Every version, the newest first; drafts are for our own staff."""
    rows = list_policies(with_drafts=is_staff(request))
    return render(request, "console/risk/policies.html", {"rows": rows})


@require_GET
@console_view(*READERS)
def detail(request: ConsoleRequest, policy_id: str) -> HttpResponse:
    """One version: its tables and findings, what it changes, the evidence, what comes next."""
    found = _found(request, policy_id)
    row, now = found.row, clock.now()
    differences = list_differences(row.id)
    shadow = compared(row.id)
    names = dict(
        Merchant.objects.filter(pk__in=[one.live.merchant_id for one in differences]).values_list(
            "id", "name"
        )
    )
    kept = found.backtest
    context = {
        "found": found,
        "row": row,
        "is_installed": row.drafted_by.startswith("system:"),
        "stages": stages_in_words(row.body, found.findings, found.difference),
        "terms": terms_in_words(row.body, found.difference),
        "floors": row.body.get("floors", []),
        "grades": grades_in_words(row.body, found.difference),
        "prices": prices_in_words(row.body, found.difference.prices if found.difference else ()),
        "price_findings": stage_findings(found.findings, PRICE),
        "changes": _changes(found.difference),
        "backtest": backtest_in_words(kept, request.GET.get("by", "")) if kept else None,
        "gate": gate_in_words(found, now),
        "shadow": shadow,
        "shadow_lines": shadow_in_words(shadow),
        "differences": [(one, names.get(one.live.merchant_id, "")) for one in differences],
        **_rights(request, found),
    }
    return render(request, "console/risk/policy.html", context)


def _changes(found: Difference | None) -> list[dict[str, str]]:
    """Rows and terms, then prices by term."""
    if not found:
        return []
    return [*difference_in_words(found), *price_changes_in_words(found.prices)]


@require_GET
@console_view(*READERS)
def download(request: ConsoleRequest, policy_id: str) -> HttpResponse:
    """The policy as it is hashed."""
    row = found_row(request, policy_id)
    answer = HttpResponse(canonical(row.body), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="policy-{row.version}.json"'
    return answer


@require_POST
@console_view(Role.STAFF)
def act(request: ConsoleRequest, policy_id: str, verb: str) -> HttpResponse:
    """Draft from it, validate, back-test, put in shadow, waive, approve, revert or retire."""
    if verb not in ACTS:
        raise Http404
    does, said = ACTS[verb]
    to = policy_id
    try:
        policy = does(policy_id, request.POST, request.member.id, clock.now())
    except PolicyNotFound as refusal:
        raise Http404(say(refusal)) from None
    except PolicyFindings as refusal:
        for words in (say(refusal), *told_in_words(refusal.facts["findings"])):
            messages.error(request, words)
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, str(said))
        to = policy.id if policy else policy_id
    is_new = verb == "draft" and to != policy_id
    return redirect("console:policy-edit" if is_new else "console:policy-detail", to)


def is_staff(request: ConsoleRequest) -> bool:
    """Drafts are seen, and anything is moved, by our own staff only."""
    return bool(request.member.role == Role.STAFF)


def found_row(request: ConsoleRequest, policy_id: str) -> Policy:
    """The version, or a page that says there is none."""
    try:
        return policy_row(policy_id, with_drafts=is_staff(request))
    except PolicyNotFound as refusal:
        raise Http404(say(refusal)) from None


def _found(request: ConsoleRequest, policy_id: str) -> PolicyView:
    try:
        return policy_view(policy_id, with_drafts=is_staff(request))
    except PolicyNotFound as refusal:
        raise Http404(say(refusal)) from None


def _rights(request: ConsoleRequest, found: PolicyView) -> dict[str, Any]:
    """What this person may do next, and why not."""
    row, me = found.row, request.member.id
    approved = {one.actor for one in found.signed(PolicyApprovalKind.CHAMPION)}
    return {
        "is_staff": is_staff(request),
        "is_drafter": row.drafted_by == me,
        "has_said": me in approved,
        "is_agreed": len(approved) >= life.APPROVERS,
        "is_waived": bool(found.signed(PolicyApprovalKind.WAIVER)),
        "is_open": row.status in {"draft", "validated", "shadow"},
        "may_revert": row.status == VersionStatus.CHAMPION and row.succeeded_id is not None,
    }


def _draft(policy_id: str, _said: QueryDict, actor: str, at: datetime) -> Policy:
    return draft_policy(body=own_body(policy_row(policy_id).body), actor=actor, at=at)


def _validate(policy_id: str, said: QueryDict, actor: str, at: datetime) -> Policy:
    return validate_policy(policy_id=policy_id, comment=_comment(said), actor=actor, at=at)


def _backtest(policy_id: str, said: QueryDict, actor: str, at: datetime) -> None:
    months = said.get("months", "")
    if not (months.isdecimal() and 1 <= int(months) <= MOST_MONTHS):
        raise Invalid(field="months")
    keep_backtest(policy_id=policy_id, months=int(months), actor=actor, at=at)


def _shadow(policy_id: str, said: QueryDict, actor: str, at: datetime) -> Policy:
    effective_from = None
    day = said.get("effective_on", "")
    if day:
        try:
            effective_from = clock.moment_on(date.fromisoformat(day))
        except ValueError:
            raise Invalid(field="effective_on") from None
    return life.start_shadow(policy_id=policy_id, effective_from=effective_from, actor=actor, at=at)


def _waive(policy_id: str, said: QueryDict, actor: str, at: datetime) -> Policy:
    return life.waive_shadow(policy_id=policy_id, reason=_comment(said), actor=actor, at=at)


def _approve(policy_id: str, said: QueryDict, actor: str, at: datetime) -> Policy:
    return life.approve_policy(policy_id=policy_id, comment=_comment(said), actor=actor, at=at)


def _revert(policy_id: str, said: QueryDict, actor: str, at: datetime) -> Policy:
    return life.revert_policy(policy_id=policy_id, reason=_comment(said), actor=actor, at=at)


def _retire(policy_id: str, said: QueryDict, actor: str, at: datetime) -> Policy:
    return life.retire_policy(policy_id=policy_id, reason=_comment(said), actor=actor, at=at)


def _comment(said: QueryDict) -> str:
    return said.get("comment", "")[:500]


ACTS: Final[dict[str, tuple[Verb, Any]]] = {
    "draft": (_draft, gettext_lazy("A draft of your own. Nobody is answered by it yet.")),
    "validate": (_validate, gettext_lazy("Validated. It never changes from here on.")),
    "backtest": (_backtest, gettext_lazy("The back-test is kept with this version.")),
    "shadow": (_shadow, gettext_lazy("It answers in shadow beside the policy in force.")),
    "waive": (_waive, gettext_lazy("Your waiver is recorded.")),
    "approve": (_approve, gettext_lazy("Your approval is recorded.")),
    "revert": (_revert, gettext_lazy("This version is in force again.")),
    "retire": (_retire, gettext_lazy("Retired. Decisions made with it still replay.")),
}
