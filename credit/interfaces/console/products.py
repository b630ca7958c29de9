"""Products: versions and their state, one version with a live preview, drafting, approving."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from credit.enums import ProductStatus
from credit.interfaces.console import product_pages
from credit.interfaces.console.product_fields import option_words
from credit.interfaces.console.product_forms import (
    PERCENT,
    PreviewForm,
    TermsForm,
    options_formset,
    terms_of,
)
from credit.models import ProductVersion
from credit.operations import product_versions as operations
from credit.queries import portfolio, products
from credit.queries.caps import judge_version
from credit.queries.product_preview import preview
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
    version = _version(version_id)
    judgement = judge_version(version, on=portfolio.business_today())
    names = products.names_of(
        [version.drafted_by, version.submitted_by, version.approved_by, version.rejected_by]
    )
    published = products.published_version(version.product_id)
    context = {
        "version": version,
        "published": published,
        "terms": product_pages.terms_in_words(version, published),
        "blocks": product_pages.findings_in_words(judgement.blocks, version),
        "warnings": product_pages.findings_in_words(judgement.warnings, version),
        "people": {
            "drafted": names.get(version.drafted_by, version.drafted_by),
            "submitted": names.get(version.submitted_by, version.submitted_by),
            "approved": names.get(version.approved_by, version.approved_by),
            "rejected": names.get(version.rejected_by, version.rejected_by),
        },
        "next_action": products.version_next_action(version),
        "may_decide": _may_decide(request),
        "is_own": version.submitted_by == request.member.id,
        **_preview(request, version),
    }
    return render(request, "console/credit/product_version.html", context)


@require_GET
@console_view(*READERS)
def previewed(request: ConsoleRequest, version_id: str) -> HttpResponse:
    """The preview alone, for what is being typed."""
    context = _preview(request, _version(version_id))
    return render(request, "console/credit/_product_preview.html", context)


@require_POST
@console_view(*DECIDERS)
def draft(request: ConsoleRequest, product_id: str) -> HttpResponse:
    """Start the next version, or go on with the open draft."""
    try:
        version = operations.draft_product_version(
            product_id=product_id, actor=request.member.id, at=clock.now()
        )
    except (NotFound, ValueError):
        raise Http404 from None
    except DomainError as refusal:
        messages.error(request, say(refusal))
        return redirect("console:product-list")
    return redirect("console:product-edit", version.id)


@require_http_methods(["GET", "POST"])
@console_view(*DECIDERS)
def edit(request: ConsoleRequest, version_id: str) -> HttpResponse:
    """The form of a draft."""
    version = _version(version_id)
    if version.status != ProductStatus.DRAFT:
        return redirect("console:product-version", version.id)
    form = TermsForm(request.POST or None, version=version, sources=products.funding_sources())
    options = options_formset(request.POST or None, version)
    if request.method == "POST" and form.is_valid() and options.is_valid():
        try:
            operations.edit_product_version(
                version_id=version.id, terms=terms_of(form, options, version),
                actor=request.member.id, at=clock.now(), **form.facts,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, say(refusal))
        else:
            messages.success(request, _("The draft is saved."))
            return redirect("console:product-version", version.id)
    is_wrong = bool(form.errors) or (options.is_bound and not options.is_valid())
    context = {"version": version, "form": form, "options": options}
    return render(
        request, "console/credit/product_edit.html", context, status=422 if is_wrong else 200
    )


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


def _act(
    request: ConsoleRequest, version_id: str, verb: Callable[..., Any], said: str, **more: Any
) -> HttpResponse:
    version = _version(version_id)
    try:
        verb(version_id=version.id, actor=request.member.id, at=clock.now(), **more)
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, said)
    return redirect("console:product-version", version.id)


def _version(version_id: str) -> ProductVersion:
    try:
        return products.product_version(version_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None


def _may_decide(request: ConsoleRequest) -> bool:
    return request.member.role in {*DECIDERS, Role.STAFF}


def _preview(request: ConsoleRequest, version: ProductVersion) -> dict[str, Any]:
    """The form of the preview and, if it can be read, what it shows."""
    form = PreviewForm(request.GET, version=version, on=portfolio.business_today())
    context: dict[str, Any] = {"version": version, "preview_form": form, "shown": None}
    if not form.is_valid():
        return context
    asked = form.cleaned_data
    shown = preview(
        version.terms,
        licence_type=version.funding_source.licence_type,
        product_kind=version.product.kind,
        option_code=asked["option"],
        annual_rate=asked["rate"] / PERCENT,
        amount_minor=int(asked["amount"].scaleb(2)),
        on=asked["on"],
    )
    return context | {
        "shown": shown,
        "option": option_words(shown.terms.option),
        "bars": product_pages.bars(shown),
        "marks": product_pages.cap_marks(shown),
        "rules": [(rule, product_pages.rule_words(rule)) for rule in shown.rules],
        "found_blocks": product_pages.findings_in_words(shown.judgement.blocks, version),
        "found_warnings": product_pages.findings_in_words(shown.judgement.warnings, version),
    }
