"""Who has to do what next: the server owns the state, every surface reads it here."""

from datetime import date, timedelta

from credit.enums import ApplicationStatus, DrawdownStatus, LineStatus
from credit.models import Application, CreditLine, Drawdown, Offer
from credit.queries.asks import first_due_on
from credit.values import NextAction
from platform_app.kernel import clock
from platform_app.kernel.errors import gettext_noop

_APPLICATION: dict[str, tuple[str, str, str]] = {
    ApplicationStatus.DRAFT: ("merchant", "finish_application", gettext_noop("Finish the form.")),
    ApplicationStatus.SUBMITTED: (
        "us", "decide", gettext_noop("We are checking; this usually takes a few minutes."),
    ),
    ApplicationStatus.IN_REVIEW: (
        "us", "review", gettext_noop("A reviewer is looking at the application."),
    ),
    ApplicationStatus.ACTION_REQUIRED: (
        "merchant", "answer_request",
        gettext_noop("The reviewer asks for something; hand it in by the deadline."),
    ),
    ApplicationStatus.APPROVED: (
        "merchant", "accept_offer", gettext_noop("Read the cost sheet and accept the offer."),
    ),
    ApplicationStatus.DECLINED: (
        "merchant", "wait", gettext_noop("A new application is possible later."),
    ),
}  # fmt: skip


def application_next_action(application: Application) -> NextAction | None:
    """What moves an application on; None when it has ended."""
    known = _APPLICATION.get(application.status)
    if known is None:
        return None
    actor, code, message = known
    deadline = None
    if application.status == ApplicationStatus.APPROVED:
        expires_at = Offer.objects.values_list("expires_at", flat=True).get(application=application)
        deadline = expires_at.astimezone(clock.SHANGHAI).isoformat()
    if application.status == ApplicationStatus.DECLINED and application.reapply_on:
        deadline = application.reapply_on.isoformat()
    if application.status == ApplicationStatus.ACTION_REQUIRED:
        due_on = first_due_on(application.id)
        deadline = due_on.isoformat() if due_on else None
    return NextAction(actor, code, message, deadline)


def line_next_action(line: CreditLine) -> NextAction | None:
    """What the merchant can do with a line."""
    if line.status == LineStatus.ACTIVE:
        return NextAction("merchant", "draw", gettext_noop("Pay an order with the credit line."))
    if line.status == LineStatus.SUSPENDED:
        return NextAction(
            "us", "resume", gettext_noop("The line is suspended; drawing is blocked.")
        )
    return None


def drawdown_next_action(drawdown: Drawdown, on: date) -> NextAction | None:
    """What moves a drawdown on, as seen on a business date; None when it has ended."""
    if drawdown.status == DrawdownStatus.AUTHORIZED:
        return NextAction("partner", "capture", gettext_noop("Ship the order and capture it."))
    if drawdown.status == DrawdownStatus.PARTIALLY_CAPTURED:
        return NextAction("partner", "capture", gettext_noop("Capture the rest, or cancel it."))
    if drawdown.status != DrawdownStatus.REPAYING:
        return None
    if is_overdue(drawdown, on):
        return NextAction("merchant", "repay", gettext_noop("An installment is overdue."))
    if drawdown.oldest_unpaid_on:
        until = drawdown.oldest_unpaid_on + timedelta(days=drawdown.grace_days)
        message = gettext_noop("An installment is in its grace period.")
        return NextAction("merchant", "repay", message, until.isoformat())
    due = drawdown.next_event_on
    message = gettext_noop("Repay the next installment by its due date.")
    return NextAction("merchant", "repay", message, due.isoformat() if due else None)


def is_overdue(drawdown: Drawdown, on: date) -> bool:
    """Past due and past grace on a business date: computed, never stored."""
    if drawdown.oldest_unpaid_on is None:
        return False
    return on > drawdown.oldest_unpaid_on + timedelta(days=drawdown.grace_days)


def days_past_due(drawdown: Drawdown, on: date) -> int:
    """Counted from the day after the oldest unpaid due date, whatever the grace."""
    if drawdown.oldest_unpaid_on is None:
        return 0
    return max(0, (on - drawdown.oldest_unpaid_on).days)
