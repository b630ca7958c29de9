"""审批台: what waits for a reviewer by when, what it stands on, and answering it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from credit.domain.reviews import urgency
from credit.enums import ApplicationStatus, ReviewKind, ReviewStatus
from credit.interfaces.console import words
from credit.interfaces.console.act_forms import YuanField
from credit.interfaces.console.ask_forms import ASK_DAYS, AskForm
from credit.models import Review
from credit.operations import reviews as operations
from credit.queries import portfolio
from credit.queries.asks import list_asks
from credit.queries.reviews import list_reviews, review
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from platform_app.kernel.money import format_yuan
from risk.enums import Outcome, OverrideReason
from risk.queries.proposals import ALONE_UP_TO_MINOR, parts_of, proposal_of
from risk.queries.reasons import reasons_for
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import FilterForm, choice_field, page
from tenants.queries.merchants import list_people
from tenants.queries.onboarding import account_of, list_attachments

_MINE: Final = "mine"
SHOWN_FILES: Final = 20


class ReviewFilter(FilterForm):
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[
            ("", gettext_lazy("All that wait")),
            *ReviewStatus.choices,
            ("all", gettext_lazy("All ever")),
        ],
    )
    kind = choice_field(gettext_lazy("Came from"), ReviewKind.choices)
    whose = choice_field(gettext_lazy("Whose"), [(_MINE, gettext_lazy("Mine"))])


class AnswerForm(forms.Form):
    """A reviewer's answer; `limit` in yuan, left empty with a refusal."""

    use_required_attribute = False
    outcome = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        choices=[
            (Outcome.APPROVE.value, gettext_lazy("Approve")),
            (Outcome.DECLINE.value, gettext_lazy("Decline")),
        ],
    )
    limit = YuanField(label=gettext_lazy("Limit in yuan"), required=False)
    reason_code = forms.ChoiceField(
        label=gettext_lazy("It rests on"), choices=OverrideReason.choices
    )
    comment = forms.CharField(
        label=gettext_lazy("What you looked at"), max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("outcome") == Outcome.APPROVE and not found.get("limit"):
            self.add_error("limit", _("Approving needs a limit."))
        return found

    def answer(self) -> dict[str, Any]:
        """As `decide_review` takes it."""
        told = self.cleaned_data
        outcome = Outcome(told["outcome"])
        return {
            "outcome": outcome,
            "limit_minor": told["limit"] if outcome == Outcome.APPROVE else 0,
            "reason_code": OverrideReason(told["reason_code"]),
            "comment": told["comment"],
        }


@require_GET
@console_view(Role.STAFF)
def listing(request: ConsoleRequest) -> HttpResponse:
    """What waits; decided ones are one filter away."""
    filters = ReviewFilter(request.GET)
    status = filters.value("status") or "waiting"
    rows = list_reviews(
        status="" if status == "all" else status,
        kind=filters.value("kind"),
        assignee=request.member.id if filters.value("whose") == _MINE else "",
    )
    found = page(request, rows)
    names = words.names([one.assignee for one in found.rows])
    now = clock.now()
    context = {
        "filters": filters,
        "page": found,
        "rows": [
            {"review": one, "urgency": urgency(one.due_at, now), "assignee": names(one.assignee)}
            for one in found.rows
        ],
        "status": status,
    }
    return render(request, "console/credit/reviews.html", context)


@require_GET
@console_view(Role.STAFF)
def detail(request: ConsoleRequest, review_id: str) -> HttpResponse:
    """Evidence on the left, the answer on the right."""
    return review_page(request, found_review(review_id))


@require_POST
@console_view(Role.STAFF)
def act(request: ConsoleRequest, review_id: str, verb: str) -> HttpResponse:
    """Claim, take over, answer, confirm or give back."""
    if verb not in _ACTS:
        raise Http404
    found = found_review(review_id)
    by: dict[str, Any] = {"review_id": found.id, "actor": request.member.id, "at": clock.now()}
    told: dict[str, Any] = {}
    if verb == "decide":
        form = AnswerForm(request.POST)
        if not form.is_valid():
            return review_page(request, found, form)
        told = form.answer()
    elif verb == "return":
        told = {"comment": request.POST.get("comment", "")[:500]}
    does, said = _ACTS[verb]
    try:
        after = does(**by, **told)
    except DomainError as refusal:
        if verb == "decide":
            field = refusal.field if refusal.field in form.fields else None
            form.add_error("limit" if refusal.field == "limit_minor" else field, say(refusal))
            return review_page(request, found, form)
        messages.error(request, say(refusal))
    else:
        messages.success(request, _said(after, str(said)))
    return redirect("console:review-detail", found.id)


def _said(after: Review, said: str) -> str:
    if after.status == ReviewStatus.PROPOSED:
        return _("Kept. A second reviewer has to agree.")
    return said


def _take_over(**told: Any) -> Review:
    return operations.claim_review(takes_over=True, **told)


_ACTS: Final[dict[str, tuple[Callable[..., Review], Any]]] = {
    "claim": (operations.claim_review, gettext_lazy("It is yours now.")),
    "take_over": (_take_over, gettext_lazy("It is yours now.")),
    "decide": (operations.decide_review, gettext_lazy("Decided. The merchant is told.")),
    "confirm": (operations.confirm_review, gettext_lazy("Decided. The merchant is told.")),
    "return": (operations.return_review, gettext_lazy("Given back to the first reviewer.")),
}


def found_review(review_id: str) -> Review:
    """One review. Raises Http404."""
    try:
        return review(review_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None


def review_page(
    request: ConsoleRequest,
    found: Review,
    form: AnswerForm | None = None,
    ask_form: AskForm | None = None,
) -> HttpResponse:
    """The desk of one review, with what was typed when a form is shown again."""
    decision = found.decision
    proposal = proposal_of(decision)
    names = words.names([found.assignee, found.proposed_by, _second(found)])
    mine = request.member.id
    first = {"outcome": Outcome.APPROVE, "limit": format_yuan(proposal.limit_minor)}
    context = {
        "review": found,
        "merchant": found.application.merchant,
        "decision": decision,
        "urgency": urgency(found.due_at, clock.now()),
        "proposal": proposal,
        "bounds": [
            (words.bound(name), amount, name == proposal.binding)
            for name, amount in sorted(proposal.bounds.items(), key=lambda one: one[1])
        ],
        "parts": [
            (_(one.label), words.fact(one.key, one.value), one) for one in parts_of(decision)
        ],
        "reasons": [_(reason.wording) for reason in reasons_for(decision.reasons)],
        "earlier": [one for one in portfolio.decisions(decision.merchant_id) if one != decision],
        "alone_up_to_minor": ALONE_UP_TO_MINOR,
        "asks": list_asks(found.application_id),
        "ask_form": ask_form
        or AskForm(initial={"due_on": clock.today() + timedelta(days=ASK_DAYS)}),
        "files": list_attachments(found.application.merchant_id)[:SHOWN_FILES],
        "people": list_people(found.application.merchant_id),
        "account": account_of(found.application.merchant_id),
        "form": form or AnswerForm(initial=first if proposal.limit_minor else {}),
        "assignee": names(found.assignee),
        "proposed_by": names(found.proposed_by),
        "second_by": names(_second(found)),
        "is_mine": found.assignee in {"", mine},
        "may_answer": found.status == ReviewStatus.OPEN and found.assignee in {"", mine},
        "is_asked": found.application.status == ApplicationStatus.ACTION_REQUIRED,
        "may_ask": found.status == ReviewStatus.OPEN and found.kind == ReviewKind.REFERRED,
        "may_confirm": found.status == ReviewStatus.PROPOSED and found.proposed_by != mine,
    }
    status = 422 if form is not None or ask_form is not None else 200
    return render(request, "console/credit/review.html", context, status=status)


def _second(found: Review) -> str:
    return found.override.second_by if found.override else ""
