"""Submitting, and watching how the application fares."""

from datetime import datetime, timedelta

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from credit.domain.reviews import REQUEST_DAYS
from credit.enums import ApplicationStatus
from credit.operations.applications import (
    NEEDED_CONSENTS,
    decide_application,
    submit_application,
)
from credit.operations.reviews import request_review
from credit.operations.withdrawals import OPEN as WITHDRAWABLE
from credit.queries.journey import MAY_APPLY, ORDER_CREDIT, Journey, journey
from credit.queries.onboarding import progress_of
from credit.queries.reviews import review_of
from platform_app.kernel import clock, jobs
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from risk.queries.reasons import reasons_for
from risk.queries.reports import asks_outside
from tenants.access.answers import go, page
from tenants.access.embed import MerchantRequest
from tenants.queries.merchants import list_people
from tenants.queries.onboarding import account_of, list_attachments
from tenants.queries.tenants import current_tenant


@page
@require_http_methods(["GET", "POST"])
def submit(request: MerchantRequest) -> HttpResponseBase:
    """Everything once more on one page; submitting starts the check at once."""
    merchant = request.embed.merchant
    if journey(merchant.id, at=clock.now()).stage not in MAY_APPLY:
        return go("journey-home")
    progress = progress_of(merchant.id)
    if progress.next_page != "application-submit":
        return go(progress.next_page)
    if request.method == "GET":
        context = {
            "merchant": merchant,
            "tenant": current_tenant(),
            "place": progress.place("submit")[0],
            "people": list_people(merchant.id),
            "account": account_of(merchant.id),
            "files": list_attachments(merchant.id),
            "consent_count": len(NEEDED_CONSENTS),
        }
        return render(request, "merchant/credit/submit.html", context)
    actor, at = f"merchant:{merchant.id}", clock.now()
    application = submit_application(
        merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, actor=actor, at=at
    )
    if asks_outside():
        jobs.enqueue(
            "credit.decide_application",
            tenant_id=application.tenant_id, application_id=application.id,
        )  # fmt: skip
    else:
        decide_application(
            application_id=application.id, actor="system:merchant-pages", at=clock.now()
        )
    return go("application-progress")


@page
@require_safe
def progress(request: MerchantRequest) -> HttpResponseBase:
    """The time line of the application; the script asks again while somebody is at work."""
    where = journey(request.embed.merchant_id, at=clock.now())
    if where.application is None:
        return go("journey-home")
    context = {
        "tenant": current_tenant(),
        "journey": where,
        "application": where.application,
        "is_waiting": where.stage in {"submitted", "in_review"},
        "reasons": _reasons(where),
        "review": review_of(where.application.id) if where.stage == "declined" else None,
        "may_ask": _may_ask(where.application.decided_at),
        "may_withdraw": where.application.status in WITHDRAWABLE,
        "may_apply": where.stage in MAY_APPLY,
    }
    return render(request, "merchant/credit/progress.html", context)


def _may_ask(decided_at: datetime | None) -> bool:
    return decided_at is not None and clock.now() < decided_at + timedelta(days=REQUEST_DAYS)


@page
@require_http_methods(["GET", "POST"])
def review(request: MerchantRequest) -> HttpResponseBase:
    """Ask a person to look at a refusal, in one's own words."""
    where = journey(request.embed.merchant_id, at=clock.now())
    if where.stage != "declined" or where.application is None:
        return go("application-progress")
    error, note = "", request.POST.get("note", "")
    if request.method == "POST":
        try:
            request_review(
                application_id=where.application.id, note=note,
                actor=f"merchant:{request.embed.merchant_id}", at=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            error = say(refusal)
        else:
            return go("application-progress")
    context = {"tenant": current_tenant(), "journey": where, "error": error, "note": note}
    status = 422 if error else 200
    return render(request, "merchant/credit/review.html", context, status=status)


def _reasons(where: Journey) -> list[object]:
    application = where.application
    if application is None or application.status != ApplicationStatus.DECLINED:
        return []
    return list(reasons_for(application.decision.reasons))
