"""Asking for a higher limit, and the answer."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from credit.models import LimitReview
from credit.operations.limit_reviews import ask_limit
from credit.queries.journey import journey
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
    context = {
        "tenant": current_tenant(),
        "journey": where,
        "line": where.line,
        "answer": answer,
        "reasons": _reasons(answer),
        "wanted": wanted,
        "error": error,
    }
    status = 422 if error else 200
    return render(request, "merchant/credit/limit.html", context, status=status)


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
