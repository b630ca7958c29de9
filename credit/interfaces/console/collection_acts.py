"""What is done on a case page: each act is a form sent to its own address."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from credit.enums import ContactChannel, ContactResult, DisputeReason
from credit.interfaces.console import collection_forms as made
from credit.interfaces.console import collections as pages
from credit.models import CollectionCase
from credit.operations import collections as cases
from credit.operations import contacts, disputes, extensions, promises
from credit.queries import collections, portfolio
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view

Data = dict[str, Any]
Do = Callable[[CollectionCase, Data, Data], object]


@dataclass(frozen=True, slots=True)
class Act:
    """A form, what it does with (case, cleaned data, who and when), and what is said then."""

    form: type[forms.Form]
    do: Do
    said: str
    roles: frozenset[Any] = pages.WORKERS


def _contact(case: CollectionCase, data: Data, who: Data) -> object:
    return contacts.begin_contact(
        case_id=case.id,
        channel=ContactChannel(data["channel"]),
        person_role=data["person_role"],
        role=who["role"],
        actor=who["actor"],
        at=who["at"],
    )


def _as(who: Data) -> Data:
    return {"actor": who["actor"], "at": who["at"]}


ACTS: Final[dict[str, Act]] = {
    "assign": Act(
        made.AssignForm,
        lambda case, data, who: cases.assign_case(
            case_id=case.id, member_id=data["member"], reason=data["reason"], **_as(who)
        ),
        gettext_noop("The case has its owner."),
    ),
    "place": Act(
        made.PlaceForm,
        lambda case, data, who: cases.place_with_agency(case_id=case.id, **data, **_as(who)),
        gettext_noop("The case is with the agency."),
    ),
    "contact": Act(
        made.ContactForm, _contact, gettext_noop("Go ahead. Write the result down afterwards.")
    ),
    "result": Act(
        made.ResultForm,
        lambda _case, data, who: contacts.finish_contact(
            contact_id=data["contact"], result=ContactResult(data["result"]), note=data["note"],
            **_as(who),
        ),
        gettext_noop("Written down."),
    ),
    "incoming": Act(
        made.IncomingForm,
        lambda case, data, who: contacts.note_incoming(
            case_id=case.id, channel=ContactChannel(data["channel"]), note=data["note"], **_as(who)
        ),
        gettext_noop("Written down."),
    ),
    "promise": Act(
        made.PromiseForm,
        lambda case, data, who: promises.make_promise(
            merchant_id=case.merchant_id, amount_minor=data["amount"], by_on=data["by_on"],
            note=data["note"], **_as(who),
        ),
        gettext_noop("The promise is noted; the case rests until then."),
    ),
    "withdraw": Act(
        made.IdForm,
        lambda _case, data, who: promises.withdraw_promise(promise_id=data["id"], **_as(who)),
        gettext_noop("The promise is withdrawn."),
    ),
    "dispute": Act(
        made.DisputeForm,
        lambda _case, data, who: disputes.open_dispute(
            drawdown_id=data["drawdown"], reason=DisputeReason(data["reason"]),
            words=data["words"], **_as(who),
        ),
        gettext_noop("The dispute is open; collection rests until it is answered."),
    ),
    "uphold": Act(
        made.AnswerForm,
        lambda _case, data, who: disputes.uphold_dispute(
            dispute_id=data["id"], answer=data["answer"], **_as(who)
        ),
        gettext_noop("The dispute is upheld."),
    ),
    "reject": Act(
        made.AnswerForm,
        lambda _case, data, who: disputes.reject_dispute(
            dispute_id=data["id"], answer=data["answer"], **_as(who)
        ),
        gettext_noop("The dispute is rejected; collection goes on."),
    ),
    "approve": Act(
        made.AnswerForm,
        lambda _case, data, who: extensions.approve_extension(
            request_id=data["id"], answer=data["answer"], **_as(who)
        ),
        gettext_noop("The extension is granted and booked."),
        pages.DECIDERS,
    ),
    "decline": Act(
        made.AnswerForm,
        lambda _case, data, who: extensions.decline_extension(
            request_id=data["id"], answer=data["answer"], **_as(who)
        ),
        gettext_noop("The extension is declined."),
        pages.DECIDERS,
    ),
    "block": Act(
        made.BlockForm,
        lambda case, data, who: contacts.block_contact(
            merchant_id=case.merchant_id, channel=ContactChannel(data["channel"]),
            person_role=data["person_role"], reason=data["reason"], **_as(who),
        ),
        gettext_noop("Nobody will contact them this way any more."),
    ),
    "lift": Act(
        made.IdForm,
        lambda _case, data, who: contacts.lift_block(block_id=data["id"], **_as(who)),
        gettext_noop("This way of contact is open again."),
    ),
}  # fmt: skip


@require_POST
@console_view(*pages.READERS)
def act(request: ConsoleRequest, case_id: str, name: str) -> HttpResponse:
    """Do it and show the case again; what is refused is said at the form, nothing has moved."""
    known = ACTS.get(name)
    if known is None:
        raise Http404
    if request.member.role not in known.roles:
        raise PermissionDenied
    case = pages.found_case(case_id)
    form = _form(known.form, request, case, name)
    if not form.is_valid():
        return pages.case_page(request, case, {name: form})
    who = {"role": request.member.role, "actor": request.member.id, "at": clock.now()}
    try:
        known.do(case, form.cleaned_data, who)
    except NotFound as refused:
        raise Http404(say(refused)) from None
    except DomainError as refused:
        field = refused.field if refused.field in form.fields else None
        form.add_error(field, say(refused))
        return pages.case_page(request, case, {name: form})
    messages.success(request, _(known.said))
    return redirect("console:collection-detail", case.id)


def _form(
    kind: type[forms.Form], request: ConsoleRequest, case: CollectionCase, name: str
) -> forms.Form:
    if kind is made.AssignForm:
        return made.AssignForm(request.POST, members=pages.members(), auto_id=f"{name}_%s")
    if kind is made.DisputeForm:
        row = collections.case_row(case, on=portfolio.business_today())
        return made.DisputeForm(request.POST, drawdowns=pages.orders(row), auto_id=f"{name}_%s")
    return kind(request.POST, auto_id=f"{name}_%s")
