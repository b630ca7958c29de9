"""Servicing a drawdown: fill in, see both sides, confirm with a reason."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from credit.enums import AccountCode, ApprovalStatus
from credit.errors import DrawdownNotServiceable
from credit.interfaces.console import act_words
from credit.interfaces.console.act_forms import FORMS, ActForm, ReasonForm, Subject, say_where
from credit.interfaces.console.act_keys import act_key
from credit.interfaces.console.rights import READERS, may_service
from credit.models import Approval, Drawdown
from credit.operations.approvals import do_or_ask
from credit.operations.servicing import Act
from credit.operations.servicing_acts import try_act
from credit.queries import portfolio
from credit.queries.loan_events import is_booked, loan_events, signed_fees, undone_by
from credit.queries.plans import derived, happenings
from credit.queries.previews import Figures, Preview
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from platform_app.kernel.money import format_yuan
from tenants.access.console import ConsoleRequest, console_view


@dataclass(frozen=True, slots=True)
class Side:
    """One figure on both sides of an act."""

    label: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


@require_http_methods(["GET", "POST"])
@console_view(*READERS)
def act(request: ConsoleRequest, drawdown_id: str, kind: str) -> HttpResponse:
    """The form of one act; a POST shows what it would do, and does it once it is confirmed."""
    if kind not in FORMS:
        raise Http404
    if not may_service(request.member.role, kind):
        raise PermissionDenied
    drawdown = _drawdown(drawdown_id)
    key = act_key(request.POST.get("key", ""))
    if request.method == "POST" and is_booked(kind, key):
        return redirect("console:drawdown-detail", drawdown.id)
    form = FORMS[kind](_subject(drawdown), request.POST or None, initial=request.GET)
    why = ReasonForm(request.POST if "confirm" in request.POST else None)
    if request.method == "GET":
        return _page(request, drawdown, form, why, key=key, shown=None)
    shown = _try(drawdown, form)
    if shown is not None and "confirm" in request.POST and why.is_valid():
        done = _do(request, drawdown, form, why, key)
        if done:
            return redirect("console:drawdown-detail", drawdown.id)
        shown = None
    return _page(request, drawdown, form, why, key=key, shown=shown)


def _drawdown(drawdown_id: str) -> Drawdown:
    try:
        drawdown = portfolio.drawdown(drawdown_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    if not drawdown.event_count:
        raise Http404(say(DrawdownNotServiceable()))
    return drawdown


def _subject(drawdown: Drawdown) -> Subject:
    events = loan_events(drawdown.id)
    answer = derived(drawdown, happenings(drawdown.id), as_of=portfolio.business_today())
    return Subject(
        answer=answer,
        events=events,
        undone=undone_by([(one.seq, one.id, one.details) for one in events]),
        fees=signed_fees(drawdown.id),
    )


def _try(drawdown: Drawdown, form: ActForm) -> Preview | None:
    if not form.is_valid():
        return None
    try:
        return try_act(drawdown.id, form.asked())
    except DomainError as refusal:
        say_where(form, refusal.field, say(refusal))
        return None


def _do(
    request: ConsoleRequest, drawdown: Drawdown, form: ActForm, why: ReasonForm, key: str
) -> bool:
    """Do it or ask for a second person; say which. False when it was refused after all."""
    asked = form.asked()
    wanted = Act(
        drawdown_id=drawdown.id, external_id=key, actor=request.member.id, at=clock.now(),
        value_on=asked.value_on,
    )  # fmt: skip
    try:
        done = do_or_ask(wanted, asked, reason=why.cleaned_data["reason"])
    except DomainError as refusal:
        say_where(form, refusal.field, say(refusal))
        return False
    if isinstance(done, Approval) and done.status == ApprovalStatus.PENDING:
        messages.success(request, _("Asked for. Nothing moves until a second person approves."))
    else:
        title = act_words.act(asked.kind)["title"]
        messages.success(request, _("Done and booked: %(act)s.") % {"act": title})
    return True


def _page(
    request: ConsoleRequest,
    drawdown: Drawdown,
    form: ActForm,
    why: ReasonForm,
    *,
    key: str,
    shown: Preview | None,
) -> HttpResponse:
    context = {
        "drawdown": drawdown,
        "kind": form.kind,
        "words": act_words.act(form.kind),
        "form": form,
        "why": why,
        "key": key,
        "preview": shown,
        "on": portfolio.business_today(),
    }
    if shown is not None:
        context |= {
            "sides": sides(shown.before, shown.after),
            "books": [
                (AccountCode(code).value, AccountCode(code).label, amount)
                for code, amount in shown.postings.items()
            ],
            "chart": _chart(shown),
        }
    status = 422 if form.errors or why.errors else 200
    return render(request, "console/credit/act.html", context, status=status)


def sides(before: Figures, after: Figures) -> list[Side]:
    """Every figure of both sides that is not nothing on both."""
    labels = {
        "payoff_minor": _("Pays everything off today ¥"),
        "due_minor": _("Due and past due ¥"),
        "principal_minor": _("Principal outstanding ¥"),
        "interest_minor": _("Interest so far ¥"),
        "fee_minor": _("Fees ¥"),
        "penalty_minor": _("Penalty interest so far ¥"),
        "to_come_minor": _("Interest of days to come ¥"),
        "waiting_minor": _("Waiting as overpayment ¥"),
        "waived_minor": _("Waived ¥"),
        "written_off_minor": _("Written off ¥"),
        "next_due_minor": _("Next installment ¥"),
    }
    found = [
        Side(label, format_yuan(getattr(before, name)), format_yuan(getattr(after, name)))
        for name, label in labels.items()
        if getattr(before, name) or getattr(after, name)
    ]
    return [
        *found,
        Side(_("Due next on"), _on(before.next_due_on), _on(after.next_due_on)),
        Side(_("Last due"), _on(before.maturity_on), _on(after.maturity_on)),
        Side(_("Installments open"), str(before.open_count), str(after.open_count)),
    ]


def _on(when: date | None) -> str:
    return f"{when:%Y-%m-%d}" if when else "—"


def _chart(shown: Preview) -> dict[str, Any]:
    """What each due date asks for, before and after, in yuan."""
    days = sorted({row.due_on for side in (shown.before, shown.after) for row in side.rows})
    return {
        "kind": "bars",
        "x": [f"{on:%Y-%m-%d}" for on in days],
        "unit": "¥",
        "series": [
            {"name": name, "color": color, "values": [_owed(side, on) / 100 for on in days]}
            for name, color, side in (
                (_("Before"), "other", shown.before),
                (_("After"), "drawn", shown.after),
            )
        ],
    }


def _owed(side: Figures, on: date) -> int:
    return sum(row.owed_minor for row in side.rows if row.due_on == on)
