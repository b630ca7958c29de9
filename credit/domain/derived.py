"""What `derive` takes and answers: events in, rows, allocations, interest segments out."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

FOREVER = date(9999, 12, 31)

EventKind = Literal["capture", "repayment"]
ComponentName = Literal["penalty", "interest", "principal"]
COMPONENTS: tuple[ComponentName, ...] = ("penalty", "interest", "principal")


@dataclass(frozen=True, slots=True)
class Happening:
    """One recorded event of a drawdown; `seq` is the order of booking."""

    seq: int
    kind: EventKind
    value_on: date
    amount_minor: int


@dataclass(slots=True)
class Row:
    """One installment: owed and paid per component, in fen."""

    seq: int
    start_on: date
    seed_due_on: date
    due_on: date
    principal_minor: int
    interest_minor: int = 0
    penalty_minor: int = 0
    paid_principal_minor: int = 0
    paid_interest_minor: int = 0
    paid_penalty_minor: int = 0
    paid_off_on: date | None = None

    @property
    def unpaid_principal_minor(self) -> int:
        return self.principal_minor - self.paid_principal_minor

    @property
    def unpaid_interest_minor(self) -> int:
        return self.interest_minor - self.paid_interest_minor

    @property
    def unpaid_penalty_minor(self) -> int:
        return self.penalty_minor - self.paid_penalty_minor

    @property
    def unpaid_minor(self) -> int:
        return self.unpaid_principal_minor + self.unpaid_interest_minor + self.unpaid_penalty_minor


@dataclass(frozen=True, slots=True)
class Taken:
    """How much of event `event_seq` went to one component of row `seq`."""

    event_seq: int
    seq: int
    component: ComponentName
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch [from_on, to_on) with one base and rate, earning into row `seq`."""

    kind: Literal["interest", "penalty"]
    seq: int
    from_on: date
    to_on: date
    base_minor: int
    annual_rate: Decimal

    def earned_minor(self, until: date, year_days: int) -> int:
        """Interest of this stretch up to `until` (exclusive), rounded half up to the fen."""
        days = (min(until, self.to_on) - self.from_on).days
        return earned_minor(self.base_minor, self.annual_rate, days, year_days)


@dataclass(frozen=True, slots=True)
class Derived:
    """The answer. `rows` carry the whole plan; the sums are what stands at `as_of`.

    `payoff_minor` ends the drawdown that day; `due_minor` pays what is due or past due.
    """

    as_of: date
    rows: tuple[Row, ...]
    taken: tuple[Taken, ...]
    unspent: dict[int, int]
    segments: tuple[Segment, ...]
    outstanding_principal_minor: int
    accrued_interest_minor: int
    accrued_penalty_minor: int
    payoff_minor: int
    due_minor: int
    oldest_unpaid_on: date | None
    next_event_on: date | None
    paid_off_on: date | None

    @property
    def maturity_on(self) -> date:
        return self.rows[-1].due_on

    def days_past_due(self, on: date) -> int:
        """Days past due count from the day after the oldest unpaid due date; grace aside."""
        if self.oldest_unpaid_on is None:
            return 0
        return max(0, (on - self.oldest_unpaid_on).days)


def earned_minor(base_minor: int, annual_rate: Decimal, days: int, year_days: int) -> int:
    """base × rate × days / year, rounded half up (PostgreSQL's `round` on numeric agrees)."""
    if days <= 0:
        return 0
    top, bottom = annual_rate.as_integer_ratio()
    amount = base_minor * top * days
    whole = bottom * year_days
    return (2 * amount + whole) // (2 * whole)
