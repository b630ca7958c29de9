"""预警名单: lines with a warning sign today, and what was done about each."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from credit.interfaces.console.rights import READERS
from credit.queries.early_warnings import list_early_warnings
from risk.enums import LimitAction
from risk.queries.limit_steps import SIGN_CODES, sign_wording
from tenants.access.console import ConsoleRequest, console_view
from tenants.forms import FilterForm, choice_field, page


class WarningFilter(FilterForm):
    sign = choice_field(
        gettext_lazy("Warning sign"),
        [(code, gettext_lazy(sign_wording(code))) for code in SIGN_CODES],
    )
    action = choice_field(gettext_lazy("What was done"), LimitAction.choices)


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Every line that shows a sign, the latest look first."""
    filters = WarningFilter(request.GET)
    rows = list_early_warnings(sign=filters.value("sign"), action=filters.value("action"))
    found = page(request, rows)
    context = {
        "filters": filters,
        "page": found,
        "rows": [(one, [_(sign_wording(code)) for code in one.signs]) for one in found.rows],
    }
    return render(request, "console/credit/early_warnings.html", context)
