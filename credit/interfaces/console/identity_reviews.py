"""人工核身: who wants to be seen by a person instead of a face check, and what was seen."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from credit.domain.reviews import urgency
from credit.interfaces.console import words
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import IdentityReviewStatus, IdentityReviewWay, Role
from tenants.forms import FilterForm, page
from tenants.models import IdentityReview
from tenants.operations.identity_reviews import (
    ANSWERS,
    NOTE_LENGTH,
    answer_identity_review,
    is_answerable,
)
from tenants.queries.identity_reviews import identity_review, list_identity_reviews

ASKED = IdentityReviewStatus.ASKED
CHOSEN = [("", gettext_lazy("Please choose"))]


class IdentityReviewFilter(FilterForm):
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[
            ("", gettext_lazy("All that wait")),
            *[one for one in IdentityReviewStatus.choices if one[0] != ASKED],
            ("all", gettext_lazy("All ever")),
        ],
    )


class IdentityAnswerForm(forms.Form):
    use_required_attribute = False
    status = forms.ChoiceField(
        label=gettext_lazy("Is it the person?"),
        choices=CHOSEN + [(one.value, one.label) for one in ANSWERS],
    )
    way = forms.ChoiceField(
        label=gettext_lazy("How you saw the person"), choices=CHOSEN + IdentityReviewWay.choices
    )
    note = forms.CharField(
        label=gettext_lazy("What you looked at"),
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy("No numbers and no names: they are on record already."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_GET
@console_view(Role.STAFF)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Who waits for a call; answered ones are one filter away."""
    filters = IdentityReviewFilter(request.GET)
    status, now = filters.value("status") or ASKED, clock.now()
    found = page(request, list_identity_reviews(status="" if status == "all" else status, at=now))
    context = {
        "filters": filters,
        "page": found,
        "rows": [(one, urgency(one.due_at, now)) for one in found.rows],
        "is_waiting": status == ASKED,
    }
    return render(request, "console/credit/identity_reviews.html", context)


@require_GET
@console_view(Role.STAFF)
def detail(request: ConsoleRequest, review_id: str) -> HttpResponse:
    """Whom to call about what, and the answer."""
    return _page(request, _found(review_id), IdentityAnswerForm())


@require_POST
@console_view(Role.STAFF)
def answer(request: ConsoleRequest, review_id: str) -> HttpResponse:
    """Write down what was seen; the merchant is told and goes on where it stopped."""
    found, form = _found(review_id), IdentityAnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    told: dict[str, Any] = form.cleaned_data
    try:
        answer_identity_review(review_id=found.id, actor=request.member.id, at=clock.now(), **told)
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, say(refusal))
        return _page(request, _found(review_id), form, status=422)
    messages.success(request, _("Written down. The merchant is told."))
    return redirect("console:identity_review-detail", found.id)


def _found(review_id: str) -> IdentityReview:
    try:
        return identity_review(review_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None


def _page(
    request: ConsoleRequest, found: IdentityReview, form: IdentityAnswerForm, status: int = 200
) -> HttpResponse:
    now = clock.now()
    context = {
        "review": found,
        "urgency": urgency(found.due_at, now),
        "is_answerable": is_answerable(found, at=now),
        "is_signing": found.subject != found.person_id,
        "decided_by": words.names([found.decided_by])(found.decided_by),
        "form": form,
    }
    return render(request, "console/credit/identity_review.html", context, status=status)
