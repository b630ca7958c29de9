"""An order that will not ship, or not in whole: what is still held for it is given back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from credit.errors import DrawdownNotFound
from credit.interfaces.console.act_forms import ReasonForm
from credit.interfaces.console.drawdowns import show
from credit.interfaces.console.rights import RELEASERS
from credit.operations.holds import release_hold
from credit.queries.portfolio import drawdown as drawdown_of
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view


@require_POST
@console_view(*RELEASERS)
def release(request: ConsoleRequest, drawdown_id: str) -> HttpResponse:
    """Give the rest of a hold back, with a reason."""
    form = ReasonForm(request.POST)
    try:
        drawdown = drawdown_of(drawdown_id)
        if not form.is_valid():
            return show(request, drawdown.id, form)
        release_hold(
            drawdown_id=drawdown.id, reason=form.cleaned_data["reason"], actor=request.member.id,
            at=clock.now(),
        )  # fmt: skip
    except DrawdownNotFound as refusal:
        raise Http404(say(refusal)) from None
    except DomainError as refusal:
        form.add_error(None, say(refusal))
        return show(request, drawdown.id, form)
    messages.success(request, _("Given back: the merchant can use it for another order."))
    return redirect("console:drawdown-detail", drawdown.id)
