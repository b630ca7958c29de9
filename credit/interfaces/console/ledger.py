"""The general ledger: trial balance, statement of an account, one entry."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from credit.interfaces.console.files import csv_file, yuan
from credit.interfaces.console.forms import StatementFilter, TrialBalanceFilter
from credit.queries import portfolio
from credit.queries.account_statement import Cursor, account_statement
from credit.queries.ledger import Basis, TrialBalance, booked_entry, funding_sources, trial_balance
from platform_app.kernel.errors import NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import FilterForm

READERS = (Role.OWNER, Role.FINANCE)


@require_GET
@console_view(*READERS)
def balances(request: ConsoleRequest) -> HttpResponse:
    """What every account stands at on a day; each figure leads to the postings behind it."""
    filters, found = _balances(request)
    context = {"filters": filters, "balance": found, "since": found.on.replace(day=1)}
    return render(request, "console/credit/trial_balance.html", context)


@require_GET
@console_view(*READERS)
def balances_file(request: ConsoleRequest) -> HttpResponse:
    """The same as a file, with its totals."""
    _filters, found = _balances(request)
    head = (
        _("Day"), _("Basis of dates"), _("Lender"), _("Code"), _("Account"), _("Debit ¥"),
        _("Credit ¥"),
    )  # fmt: skip
    basis = _("Booked by then") if found.by == "booked" else _("Counting by then")
    day = found.on.isoformat()
    rows = [
        (day, basis, row.funding_source_name, row.code.value, str(row.code.label),
         yuan(row.debit_minor), yuan(row.credit_minor))
        for row in found.rows
    ]  # fmt: skip
    total = (day, basis, "", "", _("Total"), yuan(found.debit_minor), yuan(found.credit_minor))
    return csv_file(f"trial-balance-{day}-{found.by}.csv", [head, *rows, total])


@require_GET
@console_view(*READERS)
def statement(request: ConsoleRequest, account_id: str) -> HttpResponse:
    """The postings of one account with the balance after each, oldest first."""
    on = portfolio.business_today()
    filters = StatementFilter(request.GET, on)
    until = filters.value("until") or on
    since = min(filters.value("since") or until.replace(day=1), until)
    after = Cursor.read(request.GET.get("after", ""))
    try:
        found = account_statement(account_id, since, until, by=_basis(filters), after=after)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    context = {"filters": filters, "statement": found, "is_first": after is None}
    context["next_after"] = str(found.next_after) if found.next_after else ""
    return render(request, "console/credit/account_statement.html", context)


@require_GET
@console_view(*READERS)
def entry(request: ConsoleRequest, entry_id: str) -> HttpResponse:
    """One entry: both sides, what it is about, why, and what took it back."""
    try:
        found = booked_entry(entry_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    return render(request, "console/credit/entry.html", {"booked": found})


def _balances(request: ConsoleRequest) -> tuple[TrialBalanceFilter, TrialBalance]:
    sources = [(one.id, one.name) for one in funding_sources()]
    today = portfolio.business_today()
    filters = TrialBalanceFilter(request.GET, sources, today)
    on = filters.value("on") or today
    source_id = filters.value("source") or None
    return filters, trial_balance(on=on, by=_basis(filters), funding_source_id=source_id)


def _basis(filters: FilterForm) -> Basis:
    return "value" if filters.value("by") == "value" else "booked"
