"""Lists over the whole book for people at a desk: merchants with their lines, drawdowns, days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from credit.enums import DrawdownStatus, LineStatus
from credit.errors import DrawdownNotFound, NoBusinessDay
from credit.models import (
    Application,
    BusinessDay,
    CreditLine,
    Drawdown,
    Hold,
    JournalEntry,
    PlanRow,
    Posting,
    SettlementBatch,
)
from credit.queries.business_day import open_day
from credit.queries.drawdowns import overdue
from credit.queries.holds import (
    ENDING_WITHIN_DAYS,
    OLD_AFTER,
    STANDING,
    ending_holds,
    late_holds,
)
from credit.queries.lines import ending_limits
from platform_app.kernel import clock
from risk.models import Decision
from tenants.models import Merchant
from tenants.queries.merchants import list_merchants

_OPEN = (DrawdownStatus.PARTIALLY_CAPTURED, DrawdownStatus.REPAYING)
_HELD = (DrawdownStatus.AUTHORIZED, DrawdownStatus.PARTIALLY_CAPTURED)


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantRow:
    """A merchant of a list with its line and what it has to pay next."""

    merchant: Merchant
    line: CreditLine | None
    next_due_on: date | None
    next_due_minor: int
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NextDue:
    """The oldest unpaid due date and what is due on it, in fen."""

    on: date
    amount_minor: int


def business_today() -> date:
    """The open business day; the calendar day for a platform whose books are not open yet."""
    try:
        return open_day()
    except NoBusinessDay:
        return clock.today()


def merchants(
    *, search: str = "", kyb_status: str = "", region: str = "", line: str = "", on: date
) -> QuerySet[Any]:
    """Firms by name or number, state of verification, region, and state of their line.

    `line` is none, active, suspended or overdue.
    """
    rows = list_merchants(search=search, kyb_status=kyb_status)
    if region:
        rows = rows.filter(region=region)
    lines = CreditLine.objects.filter(merchant_id=OuterRef("pk")).exclude(status=LineStatus.CLOSED)
    if line == "none":
        return rows.filter(~Exists(lines))
    if line == "overdue":
        return rows.filter(Exists(overdue(on).filter(merchant_id=OuterRef("pk"))))
    return rows.filter(Exists(lines.filter(status=line))) if line else rows


def regions() -> list[str]:
    """The regions merchants are in, for a filter: at most two hundred."""
    found = Merchant.objects.exclude(region="").order_by("region").values_list("region", flat=True)
    return list(found.distinct()[:200])


def merchant_rows(found: Sequence[Merchant], *, on: date) -> list[MerchantRow]:
    """These merchants with line and next due: two statements, however many."""
    ids = [merchant.id for merchant in found]
    lines = {
        line.merchant_id: line
        for line in CreditLine.objects.filter(merchant_id__in=ids).order_by("id")
    }
    dues: dict[str, tuple[date, int, bool]] = {}
    unpaid = (
        PlanRow.objects.filter(drawdown__merchant_id__in=ids, paid_off_on__isnull=True)
        .annotate(grace=F("drawdown__grace_days"), whose=F("drawdown__merchant_id"))
        .values_list("whose", "due_on", "grace", _LEFT)
    )
    for whose, due_on, grace, left in unpaid:
        day, amount, late = dues.get(whose, (due_on, 0, False))
        amount = left + (amount if due_on == day else 0) if due_on <= day else amount
        late = late or due_on + timedelta(days=grace) < on
        dues[whose] = (min(day, due_on), amount, late)
    return [
        MerchantRow(
            merchant=merchant,
            line=lines.get(merchant.id),
            next_due_on=dues[merchant.id][0] if merchant.id in dues else None,
            next_due_minor=dues[merchant.id][1] if merchant.id in dues else 0,
            is_overdue=merchant.id in dues and dues[merchant.id][2],
        )
        for merchant in found
    ]


_LEFT = F("unpaid_minor")


def next_due(merchant_id: str) -> NextDue | None:
    """What the merchant has to pay next, over all its drawdowns."""
    row = (
        PlanRow.objects.filter(drawdown__merchant_id=merchant_id, paid_off_on__isnull=True)
        .values("due_on")
        .annotate(left=Sum(_LEFT))
        .order_by("due_on")
        .first()
    )
    return NextDue(on=row["due_on"], amount_minor=row["left"]) if row else None


def lines(
    *, search: str = "", status: str = "", use: str = "", since: date | None = None
) -> QuerySet[Any]:
    """Credit lines with their merchants.

    `use` is used or unused (has a captured drawdown), or ending: a temporary limit ends soon.
    """
    rows = CreditLine.objects.select_related("merchant")
    if search:
        rows = rows.filter(_merchant(search))
    if status:
        rows = rows.filter(status=status)
    if since:
        rows = rows.filter(activated_at__gte=clock.moment_on(since))
    drawn = Exists(Drawdown.objects.filter(line_id=OuterRef("pk"), captured_minor__gt=0))
    if use == "ending":
        return rows.filter(Exists(ending_limits(open_day()).filter(line_id=OuterRef("pk"))))
    if use:
        rows = rows.filter(drawn if use == "used" else ~drawn)
    return rows


def line_totals(rows: QuerySet[Any]) -> dict[str, int]:
    """Sums of limit, used and held over a list of lines, in fen."""
    sums = rows.order_by().aggregate(
        limit=Sum("limit_minor"), used=Sum("used_minor"), held=Sum("held_minor")
    )
    return {name: int(amount or 0) for name, amount in sums.items()}


def drawdowns(
    *,
    search: str = "",
    status: str = "",
    state: str = "",
    due_from: date | None = None,
    due_to: date | None = None,
    on: date,
) -> QuerySet[Any]:
    """Drawdowns with merchant and `due_on`, the due date of the oldest unpaid installment.

    `held_until` is the last day of what is still held. `state` is outstanding, overdue, grace,
    uncaptured (authorized over three days ago), late (to have shipped before this day, and nothing
    captured) or expiring (the hold ends within three days).
    """
    unpaid = PlanRow.objects.filter(drawdown_id=OuterRef("pk"), paid_off_on__isnull=True)
    first = unpaid.order_by("due_on").values("due_on")[:1]
    held = Hold.objects.filter(drawdown_id=OuterRef("pk"), status__in=STANDING)
    known = overdue(on) if state == "overdue" else Drawdown.objects.all()
    rows: QuerySet[Any] = known.select_related("merchant").annotate(
        due_on=Subquery(first), held_until=Subquery(held.values("expires_on")[:1])
    )
    if search:
        theirs = Q(quote__order__purchase_order_no=search) | Q(quote__order__invoice_no=search)
        rows = rows.filter(Q(order_no__icontains=search) | theirs | _merchant(search))
    if status:
        rows = rows.filter(status=status)
    if due_from:
        rows = rows.filter(due_on__gte=due_from)
    if due_to:
        rows = rows.filter(due_on__lte=due_to)
    return _in_state(rows, state, on)


def _in_state(rows: QuerySet[Any], state: str, on: date) -> QuerySet[Any]:
    if state == "outstanding":
        return rows.filter(outstanding_principal_minor__gt=0)
    if state == "grace":
        late = overdue(on).values("pk")
        return rows.filter(oldest_unpaid_on__lt=on, status__in=_OPEN).exclude(pk__in=late)
    if state == "expiring":
        soon = ending_holds(on, days=ENDING_WITHIN_DAYS).values("drawdown_id")
        return rows.filter(pk__in=soon)
    if state == "late":
        return rows.filter(pk__in=late_holds(on).values("drawdown_id"))
    if state == "uncaptured":
        before = clock.moment_on(on - OLD_AFTER)
        return rows.filter(status__in=_HELD, authorized_at__lt=before)
    return rows


def drawdown(drawdown_id: str) -> Drawdown:
    """One drawdown with merchant, line, lender and quote. Raises DrawdownNotFound."""
    rows = Drawdown.objects.select_related("merchant", "line", "funding_source", "quote")
    try:
        found: Drawdown | None = rows.filter(pk=drawdown_id).first()
    except ValueError:
        found = None
    if found is None:
        raise DrawdownNotFound
    return found


def applications(
    *,
    search: str = "",
    status: str = "",
    submitted_since: date | None = None,
    decided_since: date | None = None,
) -> QuerySet[Any]:
    """Applications with merchant and decision; the days are Shanghai's and count from 0:00."""
    rows = Application.objects.select_related("merchant", "decision")
    if search:
        rows = rows.filter(_merchant(search))
    if status:
        rows = rows.filter(status=status)
    if submitted_since:
        rows = rows.filter(submitted_at__gte=clock.moment_on(submitted_since))
    if decided_since:
        rows = rows.filter(decided_at__gte=clock.moment_on(decided_since))
    return rows


def application_of(merchant_id: str) -> Application | None:
    """The merchant's latest application."""
    return Application.objects.filter(merchant_id=merchant_id).order_by("-id").first()


def decisions(merchant_id: str, limit: int = 5) -> list[Decision]:
    """What risk has answered for a merchant, newest first."""
    return list(Decision.objects.filter(merchant_id=merchant_id).order_by("-id")[:limit])


def postings(drawdown_id: str) -> list[Posting]:
    """Both sides of every entry that names a drawdown, in order of booking."""
    rows = Posting.objects.select_related("entry", "account")
    entries = JournalEntry.objects.filter(drawdown_id=drawdown_id)
    return list(rows.filter(entry__in=entries).order_by("entry_id", "-amount_minor", "id"))


def business_days() -> QuerySet[Any]:
    """Every day of the books, newest first."""
    return BusinessDay.objects.order_by("-id")


def settlement_batches(*, status: str = "") -> QuerySet[Any]:
    """What we owe and have paid the partner, newest first."""
    rows = SettlementBatch.objects.select_related("funding_source").order_by("-id")
    return rows.filter(status=status) if status else rows


def _merchant(words: str) -> Q:
    return Q(merchant__name__icontains=words) | Q(merchant__external_id__istartswith=words)
