"""Collection: the worklist, and one case with everything it takes to work it."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from django import forms
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from credit.enums import CaseStatus, ContactChannel, ContactResult, DebtClass, LadderKind
from credit.interfaces.console import collection_forms as made
from credit.interfaces.console import words
from credit.interfaces.console.timeline import moments
from credit.models import CollectionCase
from credit.queries import collections, portfolio
from credit.queries.contacts import channel_verdicts, list_blocks, refusal
from credit.queries.delinquency import PastDue, grades, ladder
from platform_app.kernel import clock
from platform_app.kernel.errors import NotFound
from platform_app.kernel.http import say
from platform_app.kernel.models import Event
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.queries.members import list_members
from tenants.queries.merchants import list_people

READERS: Final = (Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.VIEWER)
WORKERS: Final = frozenset([Role.OWNER, Role.OPERATOR, Role.STAFF])
DECIDERS: Final = frozenset([Role.OWNER, Role.FINANCE, Role.STAFF])
TOLD: Final = ("collection.", "promise.", "dispute.", "extension.", "installment.", "repayment.")
MOMENTS: Final = 60


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Open cases, the next to be worked first."""
    on = portfolio.business_today()
    buckets = [(step.code, words.bucket(step.code)) for step in ladder(LadderKind.BUCKET).steps]
    owners = [(one.id, one.name) for one in list_members()]
    filters = made.WorkFilter(request.GET, buckets=buckets, owners=owners)
    found = collections.worklist(
        on=on,
        search=filters.value("search"),
        bucket=filters.value("bucket"),
        owner=filters.value("owner"),
        promise=filters.value("promise"),
    )
    context = {
        "filters": filters,
        "work": found,
        "rows": [(row, words.bucket(row.bucket)) for row in found.rows],
        "on": on,
    }
    return render(request, "console/credit/collections.html", context)


@require_GET
@console_view(*READERS)
def detail(request: ConsoleRequest, case_id: str) -> HttpResponse:
    """One case: what is owed, who may be reached now, what was agreed, what to do next."""
    return case_page(request, found_case(case_id), {})


def found_case(case_id: str) -> CollectionCase:
    """The case, or the 404 page: also for what belongs to somebody else."""
    try:
        return collections.case(case_id)
    except NotFound as refused:
        raise Http404(say(refused)) from None


def case_page(
    request: ConsoleRequest, case: CollectionCase, wrong: Mapping[str, forms.Form]
) -> HttpResponse:
    """The page of a case; `wrong` are forms that were refused, by the name of their act."""
    on, at = portfolio.business_today(), clock.now()
    row = collections.case_row(case, on=on)
    role = request.member.role
    contacts = collections.contacts_with_results(case.id)
    verdicts = channel_verdicts(merchant_id=case.merchant_id, role=role, at=at)
    events = Event.objects.filter(merchant_id=case.merchant_id).filter(
        Q(*((Q(name__startswith=f"credit.{noun}")) for noun in TOLD), _connector=Q.OR)
    )
    is_open = case.status == CaseStatus.OPEN
    context = {
        "case": case,
        "row": row,
        "bucket": words.bucket(row.bucket),
        "past_due": _graded(row, on),
        "penalty_minor": sum(one.penalty_minor for one in row.drawdowns),
        "a_day_minor": sum(one.penalty_a_day_minor for one in row.drawdowns),
        "guard": [
            (
                str(ContactChannel(channel).label),
                verdict,
                say(refusal(verdict)) if verdict.code else "",
            )
            for channel, verdict in verdicts.items()
        ],
        "people": list(list_people(case.merchant_id)),
        "contacts": contacts,
        "running": [one for one, outcome in contacts if outcome is None and not one.is_incoming],
        "handovers": collections.handovers(case.id),
        "promises": collections.promises(case.merchant_id),
        "disputes": collections.disputes(case.merchant_id),
        "extensions": collections.extensions(case.merchant_id),
        "blocks": list(list_blocks(case.merchant_id)),
        "reminders": collections.reminders(case.merchant_id),
        "moments": moments(events.order_by("-occurred_at", "-id")[:MOMENTS]),
        "may_work": is_open and role in WORKERS,
        "may_decide": role in DECIDERS,
        "may_answer": role in WORKERS,
        "forms": {**_forms(row), **wrong, **_answers(wrong)},
        "results": ContactResult.choices,
        "on": on,
    }
    status = 422 if wrong else 200
    return render(request, "console/credit/collection.html", context, status=status)


def _graded(row: collections.WorkRow, on: date) -> list[tuple[PastDue, str]]:
    """Past-due drawdowns with their five-category class in words; a caught one says so."""
    found = grades(row.case.merchant_id, [one.drawdown_id for one in row.drawdowns], on=on)
    return [(one, str(DebtClass(found[one.drawdown_id].carried).label)) for one in row.drawdowns]


def _answers(wrong: Mapping[str, forms.Form]) -> dict[str, forms.Form]:
    """One form has two buttons: whichever was refused, it is shown again at the same place."""
    pairs = {"answer_dispute": ("uphold", "reject"), "answer_extension": ("approve", "decline")}
    return {place: wrong[name] for place, names in pairs.items() for name in names if name in wrong}


def _forms(row: collections.WorkRow) -> dict[str, forms.Form]:
    return {
        "assign": made.AssignForm(members=members(), auto_id="assign_%s"),
        "place": made.PlaceForm(auto_id="place_%s"),
        "contact": made.ContactForm(auto_id="contact_%s"),
        "incoming": made.IncomingForm(auto_id="incoming_%s"),
        "promise": made.PromiseForm(auto_id="promise_%s"),
        "dispute": made.DisputeForm(drawdowns=orders(row), auto_id="dispute_%s"),
        "block": made.BlockForm(auto_id="block_%s"),
    }


def members() -> list[tuple[str, str]]:
    """Who a case can be given to; who may not collect is refused by the guard, with the reason."""
    rows = list_members().filter(is_active=True)
    return [(one.id, f"{one.name} · {one.get_role_display()}") for one in rows]


def orders(row: collections.WorkRow) -> list[tuple[str, str]]:
    """The past-due orders of a case."""
    return [(one.drawdown_id, one.order_no) for one in row.drawdowns]
