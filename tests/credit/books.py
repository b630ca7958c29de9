"""A platform with three products whose terms differ in everything, and what its books hold."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from credit.domain.simulated import HIGHEST_RATE, LOWEST_RATE, PRODUCTS
from credit.models import (
    Allocation,
    CreditLine,
    Drawdown,
    FundingSource,
    Hold,
    InterestSegment,
    JournalEntry,
    LoanEvent,
    Offer,
    PlanRow,
    Posting,
    Repayment,
)
from credit.operations.applications import decide_application, submit_application
from credit.operations.offers import accept_offer, start_reading
from credit.operations.products import publish_product
from credit.queries.balances import balances
from credit.queries.business_day import open_day
from credit.queries.plans import derived, difference_from_derived, happenings
from credit.queries.proofs import full_checks
from platform_app.kernel import clock
from tests.credit import lenders
from tests.credit.lives import ACTOR, merchant_with_trade


def lines_of_three_products(at: datetime) -> list[CreditLine]:
    """Three merchants, each with a line of another product, the second lent on jointly."""
    alone = FundingSource.objects.get()
    together, _ = lenders.uneven(at, is_own_leading=False)
    lines = []
    for n, (code, terms) in enumerate(PRODUCTS.items(), start=1):
        source = together if code == "generous" else alone
        publish_product(
            code=code, name=code, terms=terms, funding_source_id=source.id,
            lowest_rate=LOWEST_RATE, highest_rate=HIGHEST_RATE, actor=ACTOR, at=at,
        )  # fmt: skip
        lines.append(line_of(f"P{n}", code, at))
    return lines


def line_of(merchant_no: str, product_code: str, at: datetime) -> CreditLine:
    """A merchant of a year's trade applies for one product, is approved, reads and signs."""
    merchant = merchant_with_trade(merchant_no, at)
    later = at + timedelta(seconds=1)
    application = submit_application(
        merchant_id=merchant.id, product_code=product_code, external_id=None, actor=ACTOR, at=later
    )
    decide_application(application_id=application.id, actor=ACTOR, at=later)
    offer = Offer.objects.select_related("cost_sheet").get(application=application)
    start_reading(offer_id=offer.id, at=later)
    return accept_offer(
        offer_id=offer.id, cost_sheet_sha256=offer.cost_sheet.sha256, evidence={}, actor=ACTOR,
        at=later + timedelta(seconds=10),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Footprint:
    """Everything money is made of: two that are equal say that nothing moved."""

    counts: tuple[int, ...]
    drawdowns: tuple[Any, ...]
    lines: tuple[Any, ...]
    holds: tuple[Any, ...]

    @classmethod
    def now(cls) -> "Footprint":
        tables = (LoanEvent, JournalEntry, Posting, Repayment, Allocation, PlanRow, InterestSegment)
        return cls(
            tuple(table.objects.count() for table in tables),
            tuple(Drawdown.objects.order_by("id").values_list("id", "version", "status")),
            tuple(CreditLine.objects.order_by("id").values_list("used_minor", "held_minor")),
            tuple(Hold.objects.order_by("id").values_list("captured_minor", "released_minor")),
        )


def wrong() -> list[str]:
    """What of the books is not as it must be on the open day; nothing when all holds."""
    today = open_day()
    found = [name for name, n in full_checks(accrued_through=today).items() if n]
    expected: Counter[str] = Counter()
    for one in Drawdown.objects.filter(event_count__gt=0).order_by("id"):
        if difference := difference_from_derived(one, as_of=today):
            found.append(f"{one.order_no}: {difference}")
        expected.update(balances(derived(one, happenings(one.id), as_of=today)))
    posted: Counter[str] = Counter()
    rows = Posting.objects.exclude(entry__kind="settlement")
    for code, amount in rows.values_list("account__code", "amount_minor"):
        posted[code] += amount
    found += [
        f"account {code}: {posted[code]}, not {expected[code]}"
        for code in sorted({*posted, *expected})
        if posted[code] != expected[code]
    ]
    return found


def stored() -> dict[str, list[tuple[Any, ...]]]:
    """All derived rows and the books by day, without ids: to compare two platforms."""
    return {
        "drawdowns": _rows(
            Drawdown, "order_no", "status", "captured_minor", "outstanding_principal_minor",
            "oldest_unpaid_on", "next_event_on", "maturity_on", "paid_off_on",
        ),
        "rows": _rows(
            PlanRow, "drawdown__order_no", "seq", "due_on", "paid_off_on", "unpaid_minor",
            "paid_principal_minor", "paid_interest_minor", "paid_fee_minor", "paid_penalty_minor",
        ),
        "segments": _rows(
            InterestSegment, "drawdown__order_no", "kind", "seq", "from_on", "to_on", "base_minor",
            "rate", "per_days",
        ),
        "allocations": _rows(
            Allocation, "drawdown__order_no", "loan_event__seq", "seq", "component", "amount_minor"
        ),
        "holds": _rows(Hold, "drawdown__order_no", "status", "captured_minor", "released_minor"),
        "lines": _rows(CreditLine, "merchant__external_id", "used_minor", "held_minor"),
        "books": _books(),
    }  # fmt: skip


def _rows(table: Any, *names: str) -> list[tuple[Any, ...]]:
    return sorted(table.objects.values_list(*names), key=repr)


def _books() -> list[tuple[Any, ...]]:
    totals: Counter[tuple[date, str]] = Counter()
    rows = Posting.objects.values_list("entry__booked_on", "account__code", "amount_minor")
    for day, code, amount in rows:
        totals[day, code] += amount
    return sorted((day, code, amount) for (day, code), amount in totals.items() if amount)


def morning() -> datetime:
    """Ten o'clock of the open business day."""
    return clock.moment_on(open_day(), 10)
