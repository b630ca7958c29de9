"""Whether a merchant is shown the way in on the partner's pages, what it says, and why not.

Closed unless there is a reason to open: who is unknown, blocked, declined or has no trade yet sees
nothing. Whoever has a line always sees it, for repaying must stay possible.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from credit.enums import ApplicationStatus, LineStatus, OfferStatus, ProductStatus
from credit.errors import NoBusinessDay
from credit.models import Application, CreditLine, Offer, PlanRow, ProductVersion
from credit.queries.business_day import open_day
from credit.queries.drawdowns import overdue
from credit.queries.journey import ORDER_CREDIT
from credit.queries.status import application_next_action, line_next_action
from credit.values import NextAction
from platform_app.kernel.errors import gettext_noop
from risk.enums import Outcome, WatchKind
from risk.queries.score_runs import current_scores
from risk.queries.watch_list import in_force
from tenants.enums import TenantStatus
from tenants.models import Merchant, Tenant, TradeOrder

SOON: Final = timedelta(days=3)
# Why there is nothing to see; the words are for the operator, never for the merchant.
HIDDEN: Final = {
    "no_such_merchant": gettext_noop("The platform has not told us of this merchant."),
    "platform_suspended": gettext_noop("The platform is suspended: nobody sees the entry."),
    "no_product": gettext_noop("No product is published."),
    "on_list": gettext_noop("The merchant is on a list that blocks credit."),
    "declined_until": gettext_noop("An application was declined; the next is possible on {until}."),
    "below_minimum_trade": gettext_noop("There is no order of this merchant on the platform yet."),
    "pool_removed": gettext_noop("The merchant was taken out of the pool."),
    "pool_rejected": gettext_noop("The pre-screen of the pool rejected the merchant."),
    "not_eligible": gettext_noop("Last night's run would decline the merchant."),
}
# What a visible entry says, by state: the button.
BUTTONS: Final = {
    "eligible": gettext_noop("See your limit"),
    "draft": gettext_noop("Continue your application"),
    "in_progress": gettext_noop("See the progress"),
    "offer": gettext_noop("See the offer"),
    "active": gettext_noop("Pay with the line"),
    "suspended": gettext_noop("See the reason"),
    "due_soon": gettext_noop("See the bill"),
    "overdue": gettext_noop("Repay now"),
}
VISIBLE: Final = {
    "eligible": gettext_noop("The merchant may apply."),
    "draft": gettext_noop("An application was begun."),
    "in_progress": gettext_noop("An application is being decided."),
    "offer": gettext_noop("An offer waits to be accepted."),
    "active": gettext_noop("The credit line is open."),
    "suspended": gettext_noop("The line is suspended; repaying stays possible."),
    "due_soon": gettext_noop("An installment is due within three days."),
    "overdue": gettext_noop("An installment is overdue."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the partner's page is told. Amounts in fen, the rate as an annual fraction.

    `limit_hint_minor` is never without `cost_hint_rate`: a limit is shown with its price.
    """

    reason: str
    state: str = ""
    limit_hint_minor: int | None = None
    cost_hint_rate: Decimal | None = None
    due_on: date | None = None
    due_minor: int | None = None
    until_on: date | None = None
    line_status: str | None = None
    next_action: NextAction | None = None

    @property
    def is_visible(self) -> bool:
        return bool(self.state)

    @property
    def why(self) -> str:
        """The reason as a msgid; `{until}` stands for `until_on`."""
        return VISIBLE.get(self.reason) or HIDDEN[self.reason]


def entry(external_id: str, *, at: datetime) -> Entry:
    """The entry of the merchant the platform knows by this number: at most five statements."""
    on = _today(at)
    merchant = _merchants(on).filter(external_id=external_id.replace("\x00", "")).first()
    if merchant is None:
        return Entry(reason="no_such_merchant")
    return _entry_of(merchant, on, at)


def entry_of(merchant_id: str, *, at: datetime) -> Entry:
    """The same by our id, for the page that says why."""
    on = _today(at)
    merchant = _merchants(on).filter(pk=merchant_id).first()
    return _entry_of(merchant, on, at) if merchant else Entry(reason="no_such_merchant")


def _today(at: datetime) -> date:
    try:
        return open_day()
    except NoBusinessDay:
        return at.date()


def _merchants(on: date) -> QuerySet[Any]:
    """Firms with everything about them that can be a reason, in one statement."""
    suspended = Tenant.objects.filter(pk=OuterRef("tenant_id"), status=TenantStatus.SUSPENDED)
    published = ProductVersion.objects.filter(
        product__code=ORDER_CREDIT, status=ProductStatus.PUBLISHED
    )
    blocked = in_force(on).filter(merchant_id=OuterRef("pk"), kind=WatchKind.BLOCK)
    rows: QuerySet[Any] = Merchant.objects.annotate(
        is_of_suspended=Exists(suspended),
        has_product=Exists(published),
        is_blocked=Exists(blocked),
        has_trade=Exists(TradeOrder.objects.filter(merchant_id=OuterRef("pk"))),
    )
    return rows


def _entry_of(merchant: Any, on: date, at: datetime) -> Entry:
    if merchant.is_of_suspended:
        return Entry(reason="platform_suspended")
    line = _line(merchant.id, on)
    if line is not None:
        return _servicing(line, on)
    if not merchant.has_product:
        return Entry(reason="no_product")
    if merchant.is_blocked:
        return Entry(reason="on_list")
    application = _application(merchant.id)
    known = _onboarding(application, on, at) if application else None
    return known or _eligible(merchant)


def _line(merchant_id: str, on: date) -> Any:
    """The open line with the day its oldest debt fell due and what is due next."""
    late = overdue(on).filter(line_id=OuterRef("pk")).order_by("oldest_unpaid_on")
    unpaid = PlanRow.objects.filter(
        drawdown__line_id=OuterRef("pk"), paid_off_on=None, unpaid_minor__gt=0
    ).order_by("due_on", "id")
    return (
        CreditLine.objects.filter(merchant_id=merchant_id, product__code=ORDER_CREDIT)
        .exclude(status=LineStatus.CLOSED)
        .annotate(
            late_on=Subquery(late.values("oldest_unpaid_on")[:1]),
            due_on=Subquery(unpaid.values("due_on")[:1]),
            due_minor=Subquery(unpaid.values("unpaid_minor")[:1]),
        )
        .first()
    )


def _servicing(line: Any, on: date) -> Entry:
    """A line speaks of its worst debt first. What is blocked promises no limit."""
    state = str(line.status)
    if line.late_on is not None:
        state = "overdue"
    elif line.due_on is not None and line.due_on <= on + SOON:
        state = "due_soon"
    can_draw = line.status == LineStatus.ACTIVE and state != "overdue"
    repay = NextAction(
        "merchant", "repay", gettext_noop("Repay the installment that is due."),
        line.due_on.isoformat() if line.due_on else None,
    )  # fmt: skip
    return Entry(
        reason=state,
        state=state,
        limit_hint_minor=line.available_minor if can_draw else None,
        cost_hint_rate=line.annual_rate,
        due_on=line.due_on,
        due_minor=line.due_minor if line.due_on else None,
        line_status=line.status,
        next_action=repay if state in {"overdue", "due_soon"} else line_next_action(line),
    )


def _application(merchant_id: str) -> Any:
    offers = Offer.objects.filter(application_id=OuterRef("pk"))
    return (
        Application.objects.filter(merchant_id=merchant_id, product__code=ORDER_CREDIT)
        .annotate(
            offer_status=Subquery(offers.values("status")[:1]),
            offer_until=Subquery(offers.values("expires_at")[:1]),
            offer_minor=Subquery(offers.values("limit_minor")[:1]),
            offer_rate=Subquery(offers.values("annual_rate")[:1]),
        )
        .order_by("-submitted_at", "-id")
        .first()
    )


def _onboarding(application: Any, on: date, at: datetime) -> Entry | None:
    """An application that is under way or was declined; None when it has ended."""
    status = application.status
    if status == ApplicationStatus.DRAFT:
        return _under_way("draft", application)
    if status in {ApplicationStatus.SUBMITTED, ApplicationStatus.IN_REVIEW}:
        return _under_way("in_progress", application)
    is_open = application.offer_status == OfferStatus.OPEN and at < application.offer_until
    if status == ApplicationStatus.APPROVED and is_open:
        return Entry(
            reason="offer",
            state="offer",
            limit_hint_minor=application.offer_minor,
            cost_hint_rate=application.offer_rate,
            next_action=NextAction(
                "merchant", "accept_offer",
                gettext_noop("Read the cost sheet and accept the offer."),
                application.offer_until.isoformat(),
            ),
        )  # fmt: skip
    again_on = application.reapply_on
    if status == ApplicationStatus.DECLINED and again_on and on < again_on:
        return Entry(reason="declined_until", until_on=again_on)
    return None


def _under_way(state: str, application: Application) -> Entry:
    return Entry(reason=state, state=state, next_action=application_next_action(application))


def _eligible(merchant: Any) -> Entry:
    """By last night's run; a merchant that is in none yet may apply, without a limit to hope for.

    One that would be declined sees nothing, nor one that the pool hides.
    """
    if merchant.entry_hidden_reason:
        return Entry(reason=merchant.entry_hidden_reason)
    if not merchant.has_trade:
        return Entry(reason="below_minimum_trade")
    score = current_scores([merchant.id]).get(merchant.id)
    if score is not None and score.outcome == Outcome.DECLINE:
        return Entry(reason="not_eligible")
    is_priced = score is not None and score.outcome == Outcome.APPROVE
    return Entry(
        reason="eligible",
        state="eligible",
        limit_hint_minor=score.limit_minor if score and is_priced else None,
        cost_hint_rate=score.annual_rate if score and is_priced else None,
        next_action=NextAction("merchant", "apply", gettext_noop("Estimate the limit and apply.")),
    )
