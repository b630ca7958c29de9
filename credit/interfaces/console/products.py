"""Products: versions and their state, one version with a live preview, drafting, approving."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from credit.domain.terms import ProductTerms
from credit.interfaces.console import product_pages
from credit.interfaces.console.product_fields import option_words
from credit.interfaces.console.product_previews import stored_preview
from credit.models import ProductVersion
from credit.operations import product_versions as operations
from credit.operations.partnerships import name_lenders
from credit.queries import portfolio, products
from credit.queries.caps import judge_version
from credit.queries.named_lenders import further_lenders, lenders_of
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role

READERS: Final = (Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.VIEWER)
DECIDERS: Final = (Role.OWNER,)


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Each product with its versions, newest first."""
    rows = products.list_products()
    context = {"rows": rows, "may_decide": _may_decide(request)}
    return render(request, "console/credit/products.html", context)


@require_GET
@console_view(*READERS)
def detail(request: ConsoleRequest, version_id: str) -> HttpResponse:
    """One version: what it says beside the published one, what it costs, who has to act."""
    version = found(version_id)
    terms = ProductTerms.from_json(version.terms)
    options = {option.code: option_words(option) for option in terms.options}
    judgement = judge_version(version, on=portfolio.business_today())
    names = products.names_of(
        [version.drafted_by, version.submitted_by, version.approved_by, version.rejected_by]
    )
    published = products.published_version(version.product_id)
    context = {
        "version": version,
        "published": published,
        "terms": product_pages.terms_in_words(version, published),
        "blocks": product_pages.findings_in_words(judgement.blocks, options),
        "warnings": product_pages.findings_in_words(judgement.warnings, options),
        "people": {
            "drafted": names.get(version.drafted_by, version.drafted_by),
            "submitted": names.get(version.submitted_by, version.submitted_by),
            "approved": names.get(version.approved_by, version.approved_by),
            "rejected": names.get(version.rejected_by, version.rejected_by),
        },
        "lenders": lenders_of(version),
        "further": further_lenders(version) if request.member.role == Role.STAFF else [],
        "next_action": products.version_next_action(version),
        "may_decide": _may_decide(request),
        "is_own": version.submitted_by == request.member.id,
        **stored_preview(request.GET, version),
    }
    return render(request, "console/credit/product_version.html", context)


@require_GET
@console_view(*READERS)
def previewed(request: ConsoleRequest, version_id: str) -> HttpResponse:
    """The preview alone, for what is being typed."""
    context = stored_preview(request.GET, found(version_id))
    return render(request, "console/credit/_product_preview.html", context)


@require_POST
@console_view(*DECIDERS)
def submit(request: ConsoleRequest, version_id: str) -> HttpResponse:
    """Ask another person for approval."""
    return _act(
        request, version_id, operations.submit_product_version,
        _("Submitted. Another person has to approve it."),
    )  # fmt: skip


@require_POST
@console_view(*DECIDERS)
def approve(request: ConsoleRequest, version_id: str) -> HttpResponse:
    """Publish what another person submitted."""
    return _act(
        request, version_id, operations.approve_product_version,
        _("Published. New lines are offered on these terms."),
    )  # fmt: skip


@require_POST
@console_view(*DECIDERS)
def reject(request: ConsoleRequest, version_id: str) -> HttpResponse:
    """Send it back with a reason."""
    reason = request.POST.get("reason", "")[:500]
    return _act(
        request, version_id, operations.reject_product_version,
        _("Sent back as a draft, with your reason."), reason=reason,
    )  # fmt: skip


@require_POST
@console_view(Role.STAFF)
def name_further(request: ConsoleRequest, version_id: str) -> HttpResponse:
    """Name one more lender in the contract, before anybody is offered it."""
    version = found(version_id)
    choices = dict(further_lenders(version))
    lender = request.POST.get("lender", "")
    if lender not in choices:
        raise Http404
    try:
        name_lenders(
            product_version_id=version.id, funding_source_ids=[lender],
            actor=request.member.id, at=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(
            request, _("{lender} is named in cost sheet and contract from now on.").format(
                lender=choices[lender]
            )
        )  # fmt: skip
    return redirect("console:product-version", version.id)


def _act(
    request: ConsoleRequest, version_id: str, verb: Callable[..., Any], said: str, **more: Any
) -> HttpResponse:
    version = found(version_id)
    try:
        verb(version_id=version.id, actor=request.member.id, at=clock.now(), **more)
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, said)
    return redirect("console:product-version", version.id)


def found(version_id: str) -> ProductVersion:
    """The version, or the 404 page: also for what belongs to somebody else."""
    try:
        return products.product_version(version_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None


def _may_decide(request: ConsoleRequest) -> bool:
    return request.member.role in {*DECIDERS, Role.STAFF}
