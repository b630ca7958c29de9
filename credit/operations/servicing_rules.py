"""What each servicing act may do: the checks before anything moves."""

from datetime import date
from decimal import Decimal

from django.db.models import Sum

from credit.domain.allocation import Component
from credit.domain.derived import Derived
from credit.domain.options import BadTerms
from credit.domain.terms import DrawdownTerms
from credit.errors import (
    BadPeriod,
    BadPlan,
    EventNotFound,
    EventNotReversible,
    FeeNotOnCostSheet,
    NothingOwed,
    OverpaymentTooSmall,
    RateNotAllowed,
    RefundTooLarge,
)
from credit.models import CostSheet, Drawdown, LoanEvent
from credit.operations.booking import Change, agreed, as_happening
from credit.queries.business_day import open_day
from credit.queries.plans import derived, happenings
from platform_app.kernel.errors import gettext_noop

LONGEST_MOVE_DAYS = 180
MOST_INSTALLMENTS = 60


def check_refund(drawdown: Drawdown, change: Change) -> None:
    """Goods and payouts come back at most once."""
    gone = LoanEvent.objects.filter(drawdown=drawdown, kind__in=["refund", "payout_refund"])
    undone = _undone(drawdown)
    back = gone.exclude(seq__in=undone).aggregate(total=Sum("amount_minor"))["total"] or 0
    remaining = drawdown.captured_minor - back
    if change.amount_minor > remaining:
        raise RefundTooLarge(field="amount", remaining_minor=remaining)


def check_charge(drawdown: Drawdown, change: Change) -> None:
    """Nothing off the cost sheet is charged."""
    code = (change.details or {}).get("code")
    sheet = CostSheet.objects.filter(
        pk__in=Drawdown.objects.filter(pk=drawdown.pk).values("line__offer__cost_sheet")
    ).get()
    listed = {item["code"] for part in ("items", "contingent") for item in sheet.body[part]}
    if code not in listed:
        raise FeeNotOnCostSheet(field="code")


def check_waiver(drawdown: Drawdown, change: Change) -> None:
    part = Component((change.details or {})["component"])
    owed = _answer(drawdown).owed_minor(part)
    if change.amount_minor > owed:
        raise NothingOwed(field="amount", owed_minor=owed)


def check_write_off(drawdown: Drawdown, change: Change) -> None:  # noqa: ARG001 -- one shape for all
    """Only what is owed is written off: the line is suspended for a loss, not for nothing."""
    if not _answer(drawdown).payoff_minor:
        raise NothingOwed(owed_minor=0)


def check_overpayment(drawdown: Drawdown, change: Change) -> None:
    waiting = sum(_answer(drawdown).unspent.values())
    if change.amount_minor > waiting:
        raise OverpaymentTooSmall(field="amount", waiting_minor=waiting)


def check_rate(drawdown: Drawdown, change: Change) -> None:
    signed = DrawdownTerms.from_json(drawdown.terms).annual_rate
    if not 0 <= Decimal((change.details or {})["rate"]) <= signed:
        raise RateNotAllowed(field="annual_rate", signed=f"{signed:.2%}")


def check_pause(drawdown: Drawdown, change: Change) -> None:  # noqa: ARG001 -- one shape for all
    until = date.fromisoformat((change.details or {})["due_on"])
    _in_reach((until - change.value_on).days, "until_on")


def check_extension(drawdown: Drawdown, change: Change) -> None:
    """An extension moves an open installment, and not to a day that has passed as well."""
    details, answer = change.details or {}, _answer(drawdown)
    rows = {row.seq: row for row in answer.rows if row.unpaid_minor}
    if details["row_seq"] not in rows:
        raise BadPlan(field="row_seq", reason=gettext_noop("that installment is not open"))
    late_days = (answer.as_of - rows[details["row_seq"]].due_on).days
    _in_reach(int(details["days"]), "days", least=max(1, late_days))


def check_plan(drawdown: Drawdown, change: Change) -> None:
    """A new plan must be one that `derive` can make, and leave something to pay."""
    plan = (change.details or {})["plan"]
    if not 1 <= int(plan["installments"]) <= MOST_INSTALLMENTS:
        raise BadPlan(field="installments", reason=gettext_noop("between 1 and 60 installments"))
    try:
        answer = preview_of(drawdown, change)
    except (BadTerms, ValueError, KeyError) as error:
        raise BadPlan(field="plan", reason=str(error)) from error
    if not answer.outstanding_principal_minor:
        raise BadPlan(field="plan", reason=gettext_noop("no principal is owed"))


def check_reversal(drawdown: Drawdown, event_id: str) -> LoanEvent:
    event = LoanEvent.objects.filter(drawdown=drawdown, pk=event_id).first()
    if event is None:
        raise EventNotFound(field="event")
    if event.kind == "capture":
        reason = gettext_noop("goods that went out come back as a refund")
        raise EventNotReversible(field="event", reason=reason)
    if event.kind == "reversal":
        raise EventNotReversible(field="event", reason=gettext_noop("book the event anew instead"))
    if event.seq in _undone(drawdown):
        raise EventNotReversible(field="event", reason=gettext_noop("it is reversed already"))
    return event


def preview_of(drawdown: Drawdown, change: Change) -> Derived:
    """What the drawdown would be after `change`: the same function that books it."""
    past = happenings(drawdown.id)
    day = open_day()
    if change.kind in ("extension", "restructure"):
        change = agreed(drawdown, change, past, day)
    return derived(drawdown, [*past, as_happening(drawdown, change, day)], as_of=day)


def _answer(drawdown: Drawdown) -> Derived:
    return derived(drawdown, happenings(drawdown.id), as_of=open_day())


def _undone(drawdown: Drawdown) -> list[int]:
    reversals = LoanEvent.objects.filter(drawdown=drawdown, kind="reversal")
    return [int(seq) for seq in reversals.values_list("details__reverses", flat=True)]


def _in_reach(days: int, field: str, *, least: int = 1) -> None:
    if not least <= days <= LONGEST_MOVE_DAYS:
        raise BadPeriod(field=field, least=least, most=LONGEST_MOVE_DAYS)
