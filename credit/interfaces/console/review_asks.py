"""The reviewer asks the merchant for something, or no longer needs it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from credit.interfaces.console.ask_forms import AskForm
from credit.interfaces.console.reviews import found_review, review_page
from credit.operations.asks import ask_merchant, drop_asks
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role


@require_POST
@console_view(Role.STAFF)
def ask(request: ConsoleRequest, review_id: str) -> HttpResponse:
    """One document or answer more; the merchant is told."""
    found = found_review(review_id)
    form = AskForm(request.POST)
    if not form.is_valid():
        return review_page(request, found, ask_form=form)
    try:
        ask_merchant(
            application_id=found.application_id, actor=request.member.id, at=clock.now(),
            **form.told(),
        )  # fmt: skip
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, say(refusal))
        return review_page(request, found, ask_form=form)
    messages.success(request, _("Asked. The merchant sees it on its page."))
    return redirect("console:review-detail", found.id)


@require_POST
@console_view(Role.STAFF)
def drop(request: ConsoleRequest, review_id: str) -> HttpResponse:
    """The review goes on without what is still open."""
    found = found_review(review_id)
    try:
        drop_asks(application_id=found.application_id, actor=request.member.id, at=clock.now())
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, _("Taken back. The review goes on."))
    return redirect("console:review-detail", found.id)
