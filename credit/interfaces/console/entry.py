"""Why a merchant sees the entry on the partner's pages, or does not."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from credit.queries.entry import BUTTONS, HIDDEN, VISIBLE, entry_of
from platform_app.kernel import clock
from platform_app.kernel.errors import NotFound
from platform_app.kernel.http import say
from platform_app.kernel.templatetags.money import day
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.queries.merchants import merchant as merchant_by_id

READERS = (Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.DEVELOPER, Role.VIEWER)


@require_GET
@console_view(*READERS)
def why(request: ConsoleRequest, merchant_id: str) -> HttpResponse:
    """The answer of `GET /api/v1/entry` in words, and every reason there could be."""
    try:
        merchant = merchant_by_id(merchant_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    found = entry_of(merchant.id, at=clock.now())
    context = {
        "merchant": merchant,
        "entry": found,
        "why": _(found.why).replace("{until}", day(found.until_on)),
        "button": _(BUTTONS[found.state]) if found.is_visible else "",
        "reasons": [
            (code, _(words).replace("{until}", "…"), code == found.reason)
            for code, words in (*HIDDEN.items(), *VISIBLE.items())
        ],
    }
    return render(request, "console/credit/entry_why.html", context)
