"""What `derive` takes and answers: events in, rows, allocations, interest segments out."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from credit.domain.allocation import Component
from credit.domain.discounts import FOREVER, DiscountTerms, Payer
from credit.domain.happening import CHARGES, CREDITS, EventKind, Happening

__all__ = [
    "CHARGES",
    "COMPONENTS",
    "CREDITS",
    "FOREVER",
    "Derived",
    "EventKind",
    "Granted",
    "Happening",
    "Row",
    "Segment",
    "SegmentName",
    "Taken",
]

COMPONENTS = tuple(Component)
SegmentName = Literal["interest", "penalty", "subsidy"]


@dataclass(slots=True)
class Row:
    """One installment: owed, paid, waived and written off per component, in fen.

    `discount_minor` is the part of the waived interest that a discount bears.
    Within the row a day earns `base × rate / per_days`. Once it is *expected*, because it fell due,
    its principal no longer bears contract interest.
    """

    seq: int
    start_on: date
    seed_due_on: date
    due_on: date
    principal_minor: int
    interest_minor: int = 0
    fee_minor: int = 0
    penalty_minor: int = 0
    paid_principal_minor: int = 0
    paid_interest_minor: int = 0
    paid_fee_minor: int = 0
    paid_penalty_minor: int = 0
    waived_principal_minor: int = 0
    waived_interest_minor: int = 0
    waived_fee_minor: int = 0
    waived_penalty_minor: int = 0
    written_off_principal_minor: int = 0
    written_off_interest_minor: int = 0
    written_off_fee_minor: int = 0
    written_off_penalty_minor: int = 0
    paid_off_on: date | None = None
    rate: Decimal = Decimal(0)
    per_days: int = 365
    flat_minor: int = 0
    is_expected: bool = False
    discount_minor: int = 0

    def add(self, what: str, component: Component, amount_minor: int) -> None:
        """Add to `what` ("", "paid_", "waived_", "written_off_") of one component."""
        name = f"{what}{component.value}_minor"
        setattr(self, name, getattr(self, name) + amount_minor)

    def of(self, what: str, component: Component) -> int:
        amount: int = getattr(self, f"{what}{component.value}_minor")
        return amount

    def unpaid(self, component: Component) -> int:
        name = f"{component.value}_minor"
        unpaid: int = (
            getattr(self, name)
            - getattr(self, f"paid_{name}")
            - getattr(self, f"waived_{name}")
            - getattr(self, f"written_off_{name}")
        )
        return unpaid

    @property
    def unpaid_principal_minor(self) -> int:
        return self.unpaid(Component.PRINCIPAL)

    @property
    def unpaid_interest_minor(self) -> int:
        return self.unpaid(Component.INTEREST)

    @property
    def unpaid_fee_minor(self) -> int:
        return self.unpaid(Component.FEE)

    @property
    def unpaid_penalty_minor(self) -> int:
        return self.unpaid(Component.PENALTY)

    @property
    def unpaid_minor(self) -> int:
        return sum(self.unpaid(component) for component in COMPONENTS)

    @property
    def paid_minor(self) -> int:
        return sum(self.of("paid_", component) for component in COMPONENTS)

    @property
    def settled_minor(self) -> int:
        """Paid, waived or written off."""
        return sum(
            self.of(what, part) for what in ("paid_", "waived_", "written_off_")
            for part in COMPONENTS
        )  # fmt: skip

    @property
    def written_off_minor(self) -> int:
        return sum(self.of("written_off_", component) for component in COMPONENTS)


@dataclass(frozen=True, slots=True)
class Taken:
    """How much of event `event_seq` went to one component of row `seq`."""

    event_seq: int
    seq: int
    component: Component
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch [from_on, to_on) with one base and rate, earning into row `seq`.

    The rate is for `per_days` days: a year, or what makes a row's days come to its period.
    """

    kind: SegmentName
    seq: int
    from_on: date
    to_on: date
    base_minor: int
    rate: Decimal
    per_days: int

    def earned_minor(self, until: date) -> int:
        """Interest of this stretch up to `until` (exclusive), rounded half up to the fen."""
        days = (min(until, self.to_on) - self.from_on).days
        return earned_minor(self.base_minor, self.rate, days, self.per_days)


@dataclass(frozen=True, slots=True)
class Granted:
    """What a discount bears of one stretch, which began after `before_minor` of interest."""

    discount: DiscountTerms
    segment: Segment
    before_minor: int
    ends_on: date

    @property
    def interest_minor(self) -> int:
        """The interest of the stretch that counts for the discount, in fen."""
        return self.segment.earned_minor(min(self.segment.to_on, self.ends_on))

    def earned_minor(self, until: date) -> int:
        """What it bears of the days before `until`, in fen."""
        interest = self.segment.earned_minor(min(until, self.ends_on))
        discount = self.discount
        return discount.of(self.before_minor + interest) - discount.of(self.before_minor)


@dataclass(frozen=True, slots=True)
class Derived:
    """The answer. `rows` carry the whole plan; the sums are what stands at `as_of`.

    `payoff_minor` ends the drawdown that day; `due_minor` pays what is due or past due.
    `segments` are all stretches, `running` those of late interest that no row carries yet.
    `credited` sums events by kind, `charged` charges by component; `interest_back` is the interest
    that refunds gave back, by event; `recovered_minor` came in after the write-off. `closes_alone`
    says that the nightly close must derive this drawdown, because pauses and rate changes are
    beyond its set-based statement. `granted` is what a discount bears, stretch by stretch.
    """

    as_of: date
    rows: tuple[Row, ...]
    taken: tuple[Taken, ...]
    unspent: dict[int, int]
    segments: tuple[Segment, ...]
    running: tuple[Segment, ...]
    outstanding_principal_minor: int
    accrued_interest_minor: int
    accrued_penalty_minor: int
    earned_subsidy_minor: int
    subsidy_minor: int
    payoff_minor: int
    due_minor: int
    oldest_unpaid_on: date | None
    next_event_on: date | None
    paid_off_on: date | None
    written_off_on: date | None = None
    recovered_minor: int = 0
    credited: dict[str, int] = field(default_factory=dict)
    charged: dict[Component, int] = field(default_factory=dict)
    interest_back: dict[int, int] = field(default_factory=dict)
    overpayment_refunded_minor: int = 0
    penalty_rate: Decimal = Decimal(0)
    paused_until: date | None = None
    closes_alone: bool = False
    agreed_due_on: tuple[date, ...] = ()
    granted: tuple[Granted, ...] = ()

    @property
    def maturity_on(self) -> date:
        return self.rows[-1].due_on

    def total(self, what: str, component: Component) -> int:
        """Σ over rows of `what` ("", "paid_", "waived_", "written_off_") of one component."""
        return sum(row.of(what, component) for row in self.rows)

    def allocated_minor(self, event_seq: int) -> int:
        """What one credit paid, over all rows and components."""
        return sum(part.amount_minor for part in self.taken if part.event_seq == event_seq)

    def running_minor(self, row: Row, component: Component) -> int:
        """Late interest or penalty that grows on a row and is not yet carried by it."""
        return sum(
            part.earned_minor(self.as_of)
            for part in self.running
            if part.seq == row.seq and part.kind == component.value
        )

    def owed_now(self, row: Row) -> int:
        """What one row asks for at `as_of`: planned interest left out, late interest put in."""
        running = sum(self.running_minor(row, part) for part in COMPONENTS)
        return row.unpaid_minor - self.unearned(row) + running

    def owed_minor(self, component: Component) -> int:
        """What is owed of one component at `as_of`, in fen; interest as far as it is earned."""
        owed = sum(row.unpaid(component) + self.running_minor(row, component) for row in self.rows)
        if component is Component.INTEREST:
            owed -= sum(self.unearned(row) for row in self.rows)
        return owed

    @property
    def discount_minor(self) -> int:
        """What the discount bears when all goes as planned from here."""
        return sum(one.earned_minor(FOREVER) for one in self.granted)

    @property
    def borne(self) -> dict[Payer, int]:
        """Who bears the discount; nothing without one."""
        return self.granted[0].discount.borne(self.discount_minor) if self.granted else {}

    def discount_to_come(self, row: Row) -> int:
        """What of this row's discount belongs to days not yet lived."""
        return sum(
            part.earned_minor(FOREVER) - part.earned_minor(self.as_of)
            for part in self.granted
            if part.segment.seq == row.seq
        )

    def unearned(self, row: Row) -> int:
        """Interest the plan asks of the merchant in this row for days not yet lived."""
        return self._planned(row) - self.discount_to_come(row)

    def _planned(self, row: Row) -> int:
        return sum(
            part.earned_minor(part.to_on) - part.earned_minor(self.as_of)
            for part in self.segments
            if part.kind == "interest" and part.seq == row.seq and part not in self.running
        )

    def days_past_due(self, on: date) -> int:
        """Days past due count from the day after the oldest unpaid due date; grace aside."""
        if self.oldest_unpaid_on is None:
            return 0
        return max(0, (on - self.oldest_unpaid_on).days)


def earned_minor(base_minor: int, rate: Decimal, days: int, per_days: int) -> int:
    """base × rate × days / per_days, rounded half up (PostgreSQL's `round` on numeric agrees)."""
    if days <= 0:
        return 0
    top, bottom = rate.as_integer_ratio()
    amount = base_minor * top * days
    whole = bottom * per_days
    return (2 * amount + whole) // (2 * whole)
