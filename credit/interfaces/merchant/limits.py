"""Asking for a higher limit, and the answer."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from credit.enums import ReviewStatus
from credit.models import LimitReview, Review
from credit.operations.limit_reviews import ask_limit, request_limit_review
from credit.queries.journey import journey
from credit.queries.limit_reviews import last_kept, limit_review_of
from credit.queries.reviews import limit_request_of
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from platform_app.kernel.money import yuan_to_minor
from risk.queries.reasons import reasons_for
from tenants.access.answers import go, page
from tenants.access.embed import MerchantRequest
from tenants.queries.tenants import current_tenant

_TOO_MUCH = 10**15


@page
@require_http_methods(["GET", "POST"])
def ask(request: MerchantRequest) -> HttpResponseBase:
    """How much would help; decided at once, and nobody loses by asking."""
    where = journey(request.embed.merchant_id, at=clock.now())
    if where.line is None or where.stage != "active":
        return go("line-show")
    error, answer = "", None
    wanted = request.POST.get("wanted", "")
    if request.method == "POST":
        try:
            answer = ask_limit(
                line_id=where.line.id, wanted_minor=_minor(wanted),
                actor=f"merchant:{request.embed.merchant_id}", at=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            error = say(refusal)
    kept, review = last_kept(where.line.id, at=clock.now()), limit_request_of(where.line.id)
    context = {
        "tenant": current_tenant(),
        "journey": where,
        "line": where.line,
        "answer": answer,
        "review": review,
        "kept": kept,
        "may_review": kept is not None and _may_review(kept, review),
        "reasons": _reasons(answer),
        "wanted": wanted,
        "error": error,
    }
    status = 422 if error else 200
    return render(request, "merchant/credit/limit.html", context, status=status)


@page
@require_http_methods(["GET", "POST"])
def review(request: MerchantRequest, limit_review_id: str) -> HttpResponseBase:
    """Ask a person to look at a limit that stayed, in one's own words."""
    where = journey(request.embed.merchant_id, at=clock.now())
    asked = limit_review_of(request.embed.merchant_id, limit_review_id)
    error, note = "", request.POST.get("note", "")
    if request.method == "POST":
        try:
            request_limit_review(
                limit_review_id=asked.id, note=note,
                actor=f"merchant:{request.embed.merchant_id}", at=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            error = say(refusal)
        else:
            return go("limit-ask")
    context = {
        "tenant": current_tenant(), "journey": where, "asked": asked, "error": error, "note": note,
    }  # fmt: skip
    status = 422 if error else 200
    return render(request, "merchant/credit/review.html", context, status=status)


def _may_review(kept: LimitReview, review: Review | None) -> bool:
    """Once for each time the limit stayed, and not while an earlier request waits."""
    if review is None:
        return True
    return review.limit_review_id != kept.id and review.status == ReviewStatus.CLOSED


def _minor(yuan: str) -> int:
    """Fen; what is no amount counts as nothing, which is refused as not higher."""
    try:
        return min(yuan_to_minor(yuan), _TOO_MUCH)
    except ValueError:
        return 0


def _reasons(answer: LimitReview | None) -> list[object]:
    if answer is None or answer.action == "raise":
        return []
    return list(reasons_for(answer.decision.reasons))
