"""Servicing in plain words: what each act does, and what one event was."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from credit.enums import Component
from credit.models import LoanEvent
from platform_app.kernel.templatetags.money import percent

# kind → verb of the menu, what it does, the button
ACTS: Final = {
    "refund": (
        gettext_noop("Refund goods"),
        gettext_noop(
            "Goods came back: principal falls from the last installment on, with the interest it "
            "bore. It comes off the platform's next settlement."
        ),
        gettext_noop("Refund"),
    ),
    "payout_refund": (
        gettext_noop("Take a payout back"),
        gettext_noop("The platform returned money we had paid out; it pays what is owed."),
        gettext_noop("Take it back"),
    ),
    "overpayment_refund": (
        gettext_noop("Return overpayment"),
        gettext_noop("Pay money that waits here back to the merchant."),
        gettext_noop("Return the money"),
    ),
    "fee": (
        gettext_noop("Charge a fee"),
        gettext_noop("A fee of the signed cost sheet joins the installment of its due date."),
        gettext_noop("Charge the fee"),
    ),
    "waiver": (
        gettext_noop("Waive"),
        gettext_noop("Forgive part of what is owed, the oldest first. We bear it."),
        gettext_noop("Waive"),
    ),
    "goodwill": (
        gettext_noop("Goodwill credit"),
        gettext_noop("We pay part of the debt ourselves, as a concession."),
        gettext_noop("Give the credit"),
    ),
    "pause": (
        gettext_noop("Pause interest"),
        gettext_noop("No interest and no penalty until a day; due dates stay."),
        gettext_noop("Pause interest"),
    ),
    "extension": (
        gettext_noop("Extend"),
        gettext_noop("An installment and all after it fall due later; interest runs on."),
        gettext_noop("Extend"),
    ),
    "restructure": (
        gettext_noop("Restructure"),
        gettext_noop(
            "What is owed gets a new plan from today. Unpaid interest and fees move into its first "
            "installment."
        ),
        gettext_noop("Restructure"),
    ),
    "rate_change": (
        gettext_noop("Lower the rate"),
        gettext_noop("From a day on the debt earns at a lower rate than was signed."),
        gettext_noop("Change the rate"),
    ),
    "write_off": (
        gettext_noop("Write off"),
        gettext_noop(
            "What is owed leaves the books and the line is suspended. The claim remains: later "
            "money is a recovery."
        ),
        gettext_noop("Write off"),
    ),
    "reversal": (
        gettext_noop("Reverse an event"),
        gettext_noop(
            "As if it had never been: everything after it is worked out anew, the difference is "
            "booked today."
        ),
        gettext_noop("Reverse"),
    ),
}


def act(kind: str) -> dict[str, str]:
    """Title, text and button of an act."""
    title, text, button = ACTS[kind]
    return {"title": _(title), "text": _(text), "button": _(button)}


def details(event: LoanEvent) -> str:
    """What an event adds to its kind and amount."""
    return asked_details(event.kind, event.details)


def asked_details(kind: str, said: dict[str, Any]) -> str:
    """The same for an act that is only asked for."""
    told = _TOLD.get(kind)
    return told(said) if told else ""


def _extension(said: dict[str, Any]) -> str:
    return _("Installment %(row)s and after, %(days)s days later") % {
        "row": said["row_seq"], "days": said["days"],
    }  # fmt: skip


def _plan(said: dict[str, Any]) -> str:
    return _("%(count)s installments, one every %(every)s %(unit)s") % {
        "count": said["plan"]["installments"], "every": said["plan"]["every"],
        "unit": _(UNITS.get(said["plan"]["unit"], said["plan"]["unit"])),
    }  # fmt: skip


UNITS: Final = {
    "month": gettext_noop("months"),
    "week": gettext_noop("weeks"),
    "day": gettext_noop("days"),
}


def _fee(said: dict[str, Any]) -> str:
    due_on = said.get("due_on")
    return f"{said.get('code') or ''} · {due_on}" if due_on else str(said.get("code") or "")


_TOLD: Final[dict[str, Callable[[dict[str, Any]], str]]] = {
    "waiver": lambda said: str(Component(said["component"]).label),
    "fee": _fee,
    "rate_change": lambda said: _("%(rate)s a year") % {"rate": percent(Decimal(said["rate"]))},
    "pause": lambda said: _("until %(on)s") % {"on": said["due_on"]},
    "extension": _extension,
    "restructure": _plan,
    "reversal": lambda said: _("undoes #%(seq)s") % {"seq": said["reverses"]},
}
