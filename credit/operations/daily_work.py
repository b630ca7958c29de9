"""What a day asks of one platform, step by step: the jobs do it as time passes, a test clock as it
is advanced. Inside the platform's scope; each step can be done again and then finds nothing to do.
"""

from collections.abc import Iterator
from datetime import date, datetime

import structlog

from credit.enums import ApplicationStatus
from credit.gateways.bank import connected_bank
from credit.models import Application
from credit.operations.applications import decide_application
from credit.operations.breaks import reconcile
from credit.operations.business_day import close_day, finish_closing_days
from credit.operations.collections import work_collections
from credit.operations.direct_debits import ask_debits
from credit.operations.flow_matching import match_flows
from credit.operations.funding_pursuit import pursue
from credit.operations.holds import tell_hold_ends, tell_late_orders
from credit.operations.limit_ends import tell_limit_ends
from credit.operations.limit_reviews import review_limits
from credit.operations.offers import expire_offers
from credit.operations.reminders import make_reminders, send_reminders
from credit.operations.seasonal_limits import grant_seasonal_limits
from credit.operations.settlements import pay_settlements
from credit.operations.withdrawals import expire_asks
from credit.queries.business_day import open_day
from credit.queries.instructions import due_instructions
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from risk.errors import ReportConsentMissing
from risk.operations.reports import fetch_reports
from tenants.operations.drafts import purge_drafts

logger = structlog.get_logger(__name__)
MOST_ROUNDS = 3


def close_over() -> Iterator[date]:
    """Close every business day that is over, in order, with what follows a close; yield each."""
    finish_closing_days(at=clock.now())
    while clock.now() >= clock.end_of(day := open_day()):
        close_day(at=clock.now())
        pay_settlements(actor="system:close", at=clock.now())
        work_collections(day=open_day(), at=clock.now())
        yield day


def compare_night(*, at: datetime) -> None:
    """After the close: bank, orders and drawdowns compared."""
    work_collections(day=open_day(), at=at)
    reconcile(actor="system:reconcile", at=at)


def end_unanswered(*, at: datetime) -> int:
    """End applications whose requests went unanswered, and drafts nobody came back to."""
    count = expire_asks(at=at)
    purge_drafts(at=at)
    return count


def move_limits(*, at: datetime) -> None:
    """Before the morning: limits looked at again, and stretched for the season ahead."""
    review_limits(at=at)
    grant_seasonal_limits(at=at)


def remind() -> int:
    """Tell which temporary limits end soon; make today's reminders and send their text messages.

    Returns how many messages went out.
    """
    on, at = open_day(), clock.now()
    if on != clock.day_of(at):  # yesterday is not closed yet: its figures are not today's
        return 0
    tell_limit_ends(on=on, at=at)
    make_reminders(on=on, at=at)
    return send_reminders(on=on, at=at)


def tell_uncaptured() -> int:
    """Tell the platform of orders that are late to be captured, and of holds that end; how many."""
    actor, at = "system:holds", clock.now()
    return tell_late_orders(actor=actor, at=at) + tell_hold_ends(actor=actor, at=at)


def decide_waiting() -> int:
    """End offers that ran out, decide submitted applications; return how many were decided.

    One that is refused (the product may not be sold at the price decided) is logged, stays
    submitted, and holds up nobody else.
    """
    count = 0
    expire_offers(at=clock.now())
    waiting = Application.objects.filter(status=ApplicationStatus.SUBMITTED)
    for application_id in list(waiting.order_by("id").values_list("id", flat=True)):
        try:
            ask_and_decide(application_id)
        except DomainError as refusal:
            logger.warning("decide.refused", application=application_id, code=refusal.code)
        else:
            count += 1
    return count


def ask_and_decide(application_id: str) -> None:
    """Ask the bureau and the bank first; what they do not answer stays unknown to the decision.

    So does everything of a merchant that withdrew its consent to being asked about.
    """
    rows = Application.objects.filter(pk=application_id, status=ApplicationStatus.SUBMITTED)
    for merchant_id in rows.values_list("merchant_id", flat=True):
        try:
            fetch_reports(merchant_id=merchant_id, actor="system:decide", at=clock.now())
        except ReportConsentMissing:
            logger.info("decide.nobody_asked", application=application_id)
    decide_application(application_id=application_id, actor="system:decide", at=clock.now())


def run_errands() -> None:
    """What goes on all day: applications, lenders, debits, money that came in. No transaction."""
    decide_waiting()
    for _ in range(MOST_ROUNDS):
        due = due_instructions(clock.now())
        if not due:
            break
        for _tenant, instruction_id in due:
            pursue(instruction_id=instruction_id)
    ask_debits(bank=connected_bank(), at=clock.now())
    match_flows(actor="system:reconcile", at=clock.now())
