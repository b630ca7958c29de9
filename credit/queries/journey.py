"""Where a merchant stands: one frozen answer from which every page of theirs is built.

Stages are computed from rows and dates, none is stored; their words are in `stages.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import F, QuerySet
from django.utils.translation import gettext

from credit.domain.reviews import answer_by
from credit.enums import ApplicationStatus, DrawdownStatus, LineStatus, OfferStatus, ProductStatus
from credit.errors import ProductUnavailable
from credit.models import Application, CreditLine, Drawdown, Offer, PlanRow, ProductVersion
from credit.queries.asks import first_due_on
from credit.queries.business_day import open_day
from credit.queries.calendar import workday_test
from credit.queries.drawdowns import overdue
from credit.queries.onboarding import STEP_MINUTES, Progress, progress_of
from credit.queries.reviews import review_of
from credit.queries.stages import STAGES
from credit.queries.status import days_past_due
from platform_app.kernel import clock
from platform_app.kernel.errors import NotFound
from platform_app.kernel.templatetags.money import day as day_words
from risk.queries.champions import champions

ORDER_CREDIT: Final = "order_credit"
# Stages in which a new application may go in.
MAY_APPLY: Final = frozenset({"none", "draft", "expired", "withdrawn", "closed"})
RUNNING: Final = (DrawdownStatus.REPAYING, DrawdownStatus.PARTIALLY_CAPTURED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A merchant's stage with the rows behind it; `badge` and the rest in the active language."""

    stage: str
    application: Application | None = None
    offer: Offer | None = None
    line: CreditLine | None = None
    until_on: date | None = None
    days: int = 0
    progress: Progress | None = None

    @property
    def section(self) -> str:
        return STAGES[self.stage].section

    @property
    def actor(self) -> str:
        return STAGES[self.stage].actor

    @property
    def tone(self) -> str:
        return STAGES[self.stage].tone

    @property
    def badge(self) -> str:
        return self._say(STAGES[self.stage].badge)

    @property
    def button(self) -> str:
        return self._say(STAGES[self.stage].button)

    @property
    def next_line(self) -> str:
        return self._say(STAGES[self.stage].next_line)

    def _say(self, msgid: str) -> str:
        text = gettext(msgid).replace("{until}", day_words(self.until_on))
        text = text.replace("{days}", str(self.days))
        if self.progress is not None:
            text = text.replace("{percent}", str(self.progress.percent))
            text = text.replace("{left}", str(self.progress.left_count))
            text = text.replace("{minutes}", str(self.progress.left_count * STEP_MINUTES))
        return text


def journey(merchant_id: str, *, at: datetime) -> Journey:
    """Where the merchant stands with order credit at `at`.

    The worst of its drawdowns decides for an open line. Raises NoBusinessDay.
    """
    line = (
        CreditLine.objects.select_related("product_version__funding_source", "offer")
        .filter(merchant_id=merchant_id, product__code=ORDER_CREDIT)
        .exclude(status=LineStatus.CLOSED)
        .first()
    )
    if line is not None:
        return _servicing(line)
    application = (
        Application.objects.select_related("decision")
        .filter(merchant_id=merchant_id, product__code=ORDER_CREDIT)
        .order_by("-submitted_at", "-id")
        .first()
    )
    if application is None:
        return _fresh(merchant_id, None)
    return _ONBOARDING[ApplicationStatus(application.status)](application, at)


def _servicing(line: CreditLine) -> Journey:
    on = open_day()
    late = overdue(on).filter(line=line).order_by("oldest_unpaid_on").first()
    if late is not None:
        return Journey(stage="overdue", line=line, days=days_past_due(late, on))
    unpaid = Drawdown.objects.filter(line=line, oldest_unpaid_on__lt=on)
    graced = [
        due_on + timedelta(days=grace_days)
        for due_on, grace_days in unpaid.values_list("oldest_unpaid_on", "grace_days")
        if due_on is not None
    ]
    if graced:
        return Journey(stage="in_grace", line=line, until_on=min(graced))
    return Journey(stage=str(line.status), line=line)


def _submitted(application: Application, at: datetime) -> Journey:  # noqa: ARG001 -- one shape for all
    return Journey(stage="submitted", application=application)


def _in_review(application: Application, at: datetime) -> Journey:
    """A reviewer answers by the moment that was promised when it was passed on."""
    review = review_of(application.id)
    until = review.due_at if review else answer_by(application.decided_at or at, workday_test())
    return Journey(stage="in_review", application=application, until_on=clock.day_of(until))


def _approved(application: Application, at: datetime) -> Journey:
    offer = Offer.objects.select_related(
        "cost_sheet", "merchant", "product_version__funding_source"
    ).get(application=application)
    is_open = offer.status == OfferStatus.OPEN and at < offer.expires_at
    return Journey(
        stage="approved" if is_open else "expired",
        application=application,
        offer=offer,
        until_on=clock.day_of(offer.expires_at),
    )


def _declined(application: Application, at: datetime) -> Journey:
    again_on = application.reapply_on
    if again_on is None or clock.day_of(at) >= again_on:
        return _fresh(application.merchant_id, application)
    return Journey(stage="declined", application=application, until_on=again_on)


def _action_required(application: Application, at: datetime) -> Journey:  # noqa: ARG001 -- one shape for all
    until_on = first_due_on(application.id) or clock.day_of(application.created_at)
    return Journey(stage="action_required", application=application, until_on=until_on)


def _draft(application: Application, at: datetime) -> Journey:  # noqa: ARG001 -- one shape for all
    return _fresh(application.merchant_id, application)


def _ended(application: Application, at: datetime) -> Journey:  # noqa: ARG001 -- one shape for all
    stage = "closed" if application.status == ApplicationStatus.ACTIVATED else application.status
    return Journey(stage=str(stage), application=application)


def _fresh(merchant_id: str, application: Application | None) -> Journey:
    """Nothing has gone in: a draft once the consents are given."""
    try:
        progress = progress_of(merchant_id)
    except NotFound:  # another platform's merchant stands nowhere here
        return Journey(stage="none")
    stage = "none" if "consents" in progress.left else "draft"
    return Journey(stage=stage, application=application, progress=progress)


_ONBOARDING: Final[dict[str, Callable[[Application, datetime], Journey]]] = {
    ApplicationStatus.DRAFT: _draft,
    ApplicationStatus.SUBMITTED: _submitted,
    ApplicationStatus.IN_REVIEW: _in_review,
    ApplicationStatus.ACTION_REQUIRED: _action_required,
    ApplicationStatus.WITHDRAWN: _ended,
    ApplicationStatus.APPROVED: _approved,
    ApplicationStatus.DECLINED: _declined,
    ApplicationStatus.EXPIRED: _ended,
    ApplicationStatus.ACTIVATED: _ended,  # its line was closed since
}


def published_version() -> ProductVersion:
    """What is on offer now, with its lender. Raises ProductUnavailable."""
    version: ProductVersion | None = (
        ProductVersion.objects.select_related("funding_source")
        .filter(product__code=ORDER_CREDIT, status=ProductStatus.PUBLISHED)
        .first()
    )
    if version is None:
        raise ProductUnavailable
    return version


def price_range() -> tuple[Decimal, Decimal]:
    """Lowest and highest annual rate of the policy in force. Raises NoChampion."""
    policy = champions().policy
    prices = [*policy.price.values()]
    if policy.term_price is not None:
        prices = [rate for row in policy.term_price.rates.values() for rate in row]
    return min(prices), max(prices)


def list_bills(merchant_id: str) -> QuerySet[Any]:
    """Unpaid installments of captured drawdowns, the next due first.

    `owed_minor` is what each still asks for by its plan, in fen; penalty interest is added live.
    """
    rows: QuerySet[Any] = (
        PlanRow.objects.select_related("drawdown")
        .annotate(owed_minor=F("unpaid_minor"))
        .filter(drawdown__merchant_id=merchant_id, paid_off_on=None)
        .order_by("due_on", "id")
    )
    return rows


def list_drawdowns(merchant_id: str) -> QuerySet[Drawdown]:
    """The merchant's drawdowns, newest first."""
    rows: QuerySet[Drawdown] = Drawdown.objects.filter(merchant_id=merchant_id).order_by("-id")
    return rows


def order_drawdown(merchant_id: str, order_no: str) -> Drawdown | None:
    """The living drawdown of an order, if it was paid with the line already."""
    found: Drawdown | None = (
        Drawdown.objects.filter(merchant_id=merchant_id, order_no=order_no)
        .exclude(status__in=[DrawdownStatus.CANCELED, DrawdownStatus.EXPIRED])
        .first()
    )
    return found
