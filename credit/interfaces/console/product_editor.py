"""Products in the making: a new one, the next version, the form of a draft with its preview."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from credit.enums import ProductStatus
from credit.interfaces.console.product_forms import PERCENT, Editor, NewProductForm
from credit.interfaces.console.product_previews import stored_preview, typed_preview
from credit.interfaces.console.products import DECIDERS, found
from credit.operations import product_versions as operations
from credit.operations.products import create_product
from credit.queries import products
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view


@require_http_methods(["GET", "POST"])
@console_view(*DECIDERS)
def new(request: ConsoleRequest) -> HttpResponse:
    """Name a product; its first draft opens for editing."""
    rows = products.list_products()
    form = NewProductForm(
        request.POST or None,
        sources=products.funding_sources(),
        products=[(row.product.id, row.product.name) for row in rows],
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            version = create_product(
                code=said["code"], name=said["name"], kind=said["kind"],
                like_product_id=said["like"] or None, funding_source_id=said["funding_source"],
                lowest_rate=said["lowest_rate"] / PERCENT,
                highest_rate=said["highest_rate"] / PERCENT,
                actor=request.member.id, at=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, say(refusal))
        else:
            messages.success(request, _("Here is its first draft. Two people publish it."))
            return redirect("console:product-edit", version.id)
    status = 422 if form.errors else 200
    return render(request, "console/credit/product_new.html", {"form": form}, status=status)


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
    version = found(version_id)
    if version.status != ProductStatus.DRAFT:
        return redirect("console:product-version", version.id)
    editor = Editor.of(request.POST or None, version, products.funding_sources())
    if request.method == "POST" and editor.is_valid():
        try:
            operations.edit_product_version(
                version_id=version.id, terms=editor.terms(),
                actor=request.member.id, at=clock.now(), **editor.form.facts,
            )  # fmt: skip
        except DomainError as refusal:
            fields = editor.form.fields
            editor.form.add_error(refusal.field if refusal.field in fields else None, say(refusal))
        else:
            messages.success(request, _("The draft is saved."))
            return redirect("console:product-version", version.id)
    context = {
        "form": editor.form, "options": editor.options, "fees": editor.fees,
        "rules_form": editor.rules, **stored_preview({}, version),
    }  # fmt: skip
    status = 422 if editor.is_wrong else 200
    return render(request, "console/credit/product_edit.html", context, status=status)


@require_POST
@console_view(*DECIDERS)
def tried(request: ConsoleRequest, version_id: str) -> HttpResponse:
    """The preview of what is being typed; nothing is saved."""
    editor = Editor.of(request.POST, found(version_id), products.funding_sources())
    context = typed_preview(request.POST.dict(), editor)
    return render(request, "console/credit/_product_preview.html", context)
