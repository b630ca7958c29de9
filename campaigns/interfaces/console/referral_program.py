"""老带新: the terms under which merchants invite, begun and ended."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.interfaces.console.referral_forms import TermsForm
from campaigns.interfaces.console.referrals import ACTORS, LIST
from campaigns.operations.referral_program import end_program, start_program
from campaigns.queries.referrals import list_programs, program_now, reward_batches
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view


@require_http_methods(["GET", "POST"])
@console_view(*ACTORS)
def terms(request: ConsoleRequest) -> HttpResponse:
    """Begin inviting, or replace the terms that hold."""
    now, batches = program_now(), reward_batches()
    form = TermsForm(request.POST or None, batches, initial=_said(now))
    if request.method == "POST" and form.is_valid():
        try:
            start_program(terms=form.terms(), actor=request.member.id, at=clock.now())
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, say(refusal))
        else:
            messages.success(request, _("Merchants in good standing can invite under these terms."))
            return redirect(LIST)
    context = {"form": form, "now": now, "batches": batches, "programs": list_programs()}
    status = 422 if form.errors else 200
    return render(request, "console/campaigns/referral_terms.html", context, status=status)


@require_POST
@console_view(*ACTORS)
def end(request: ConsoleRequest) -> HttpResponse:
    """Nobody new; who came before is rewarded as promised."""
    end_program(actor=request.member.id, at=clock.now())
    messages.success(request, _("Ended. Whoever came before gets what was promised."))
    return redirect(LIST)


def _said(now: object) -> dict[str, object]:
    if now is None:
        return {}
    names = ("cap_count", "hold_days", "window_days", "entry_url")
    sides = {f"{side}_batch": getattr(now, f"{side}_batch_id") for side in ("inviter", "invitee")}
    return {name: getattr(now, name) for name in names} | sides
