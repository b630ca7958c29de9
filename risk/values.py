"""What goes into a decision and what is read from it, as frozen values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

from risk.enums import MonitorMetric, Outcome, ReadingState


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeFacts:
    """What a merchant's orders said by a moment; amounts in fen.

    Net is what was placed and neither returned nor canceled. `l3` and `l12` reach back three and
    twelve calendar months from the day; `monthly_net_minor` holds the twelve complete calendar
    months before the current one. `return_rate` and `gmv_cv` are None without turnover, and
    `recency_days` is None without orders: unknown is never shown as zero.
    """

    net_gmv_l3_minor: int
    net_gmv_l12_minor: int
    monthly_net_minor: tuple[int, ...]
    active_months_count: int
    order_count_l12: int
    order_count_total: int
    tenure_days: int
    recency_days: int | None
    return_rate: Decimal | None
    gmv_cv: Decimal | None
    median_order_minor: int

    @classmethod
    def none(cls) -> Self:
        """A merchant without a single known order."""
        return cls(
            net_gmv_l3_minor=0,
            net_gmv_l12_minor=0,
            monthly_net_minor=(0,) * 12,
            active_months_count=0,
            order_count_l12=0,
            order_count_total=0,
            tenure_days=0,
            recency_days=None,
            return_rate=None,
            gmv_cv=None,
            median_order_minor=0,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RepaymentFacts:
    """How a merchant has repaid, handed in by credit; amounts in fen."""

    paid_off_count: int
    max_dpd_days: int
    current_dpd_days: int
    drawn_total_minor: int
    outstanding_minor: int

    @classmethod
    def none(cls) -> Self:
        """A merchant that has never drawn."""
        return cls(
            paid_off_count=0,
            max_dpd_days=0,
            current_dpd_days=0,
            drawn_total_minor=0,
            outstanding_minor=0,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why, in the merchant's words (msgids), and whether the merchant can change it."""

    code: str
    wording: str
    advice: str
    is_actionable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The answer of a pre-screen: a range in fen, zero to zero unless approved."""

    decision_id: str
    outcome: Outcome
    low_minor: int
    high_minor: int
    annual_rate: Decimal
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditOutcome:
    """How one merchant's drawdowns of one month ended, handed in by credit once they matured.

    `pd` and `grade` are those of the decision the line rests on, `decision_id`; `worst_dpd_days`
    is the most days past due any of them reached until sixty days after its last due date.
    """

    merchant_id: str
    cohort_on: date
    pd: Decimal
    grade: str
    worst_dpd_days: int
    decision_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One figure of one night. `limit` is what it was held against; None where nothing could be.

    `details` says what it was computed from, as JSON, for the page that draws it.
    """

    metric: MonitorMetric
    subject: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    n: int
    limit: Decimal | None
    state: ReadingState
    details: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed:
    """What is out on one line, handed in by credit.

    `due_minor` is principal in fen by the month from now in which it falls due, the first with all
    that is overdue or only held. `grade_then` is the grade the line was agreed on, `grade` the
    latest decision's.
    """

    line_id: str
    merchant_id: str
    grade: str
    grade_then: str
    dpd_days: int
    is_distressed: bool
    due_minor: tuple[int, ...]
