"""额度变动: limits that were raised, cut, frozen or released, and the signs they rest on."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from credit.enums import LimitCause
from credit.interfaces.console.rights import READERS
from credit.queries.limit_reviews import list_limit_reviews
from risk.enums import LimitAction
from risk.queries.limit_steps import sign_wording
from tenants.access.console import ConsoleRequest, console_view
from tenants.forms import FilterForm, choice_field, page


class LimitReviewFilter(FilterForm):
    action = choice_field(gettext_lazy("What was done"), LimitAction.choices)
    cause = choice_field(gettext_lazy("Came from"), LimitCause.choices)


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """What moved, newest first; what was looked at and kept is one filter away."""
    filters = LimitReviewFilter(request.GET)
    rows = list_limit_reviews(action=filters.value("action"), cause=filters.value("cause"))
    found = page(request, rows)
    context = {
        "filters": filters,
        "page": found,
        "rows": [(one, [_(sign_wording(code)) for code in one.signs]) for one in found.rows],
    }
    return render(request, "console/credit/limit_reviews.html", context)
