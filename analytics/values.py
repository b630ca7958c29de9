"""Frozen answers of the analytics app."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One entry of the dictionary: what a figure is called, exactly how it is counted (msgids)."""

    key: str
    name: str
    definition: str
    numerator: str
    denominator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value and the one it is compared with; `series` holds older points, oldest first.

    Counts and fen are whole numbers, shares fractions. None where there is nothing to divide by.
    """

    value: float | int | None
    before: float | int | None
    series: tuple[float | int | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of the funnel as counted: `share` of the step before, `dropped` between the two.

    `is_thin` warns that the share rests on fewer than thirty merchants.
    """

    key: str
    name: str
    definition: str
    count: int
    before_key: str
    share: float | None
    dropped: int
    is_thin: bool
    is_biggest_drop: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelMember:
    """A merchant in the funnel: the day it entered and the furthest stage it has reached."""

    merchant_id: str
    name: str
    external_id: str
    entered_on: date
    stage_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFlow:
    """What was drawn and repaid in the week that begins on `week_on`, in fen."""

    week_on: date
    drawn_minor: int
    repaid_minor: int
    is_partial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """Something a person has to look at: how many, how much, since when."""

    key: str
    count: int
    amount_minor: int | None = None
    since_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VintagePoint:
    """Up to a month on book (0 is the month of drawing): what was ever thirty days past due."""

    month: int
    hit_count: int
    hit_minor: int
    share: float
    amount_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Vintage:
    """What was drawn in one month, in fen; the last point is partial while its month runs."""

    cohort_on: date
    count: int
    amount_minor: int
    is_partial: bool
    points: tuple[VintagePoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RollCell:
    """How much of a bucket stood in `bucket` a month later; None where the row is empty."""

    bucket: str
    count: int
    amount_minor: int
    share: float | None
    amount_share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RollRow:
    """One bucket at the first month's end: drawdowns, and their principal then in fen."""

    bucket: str
    count: int
    amount_minor: int
    cells: tuple[RollCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RollRates:
    """Where drawdowns of each bucket stood a month later."""

    from_on: date
    to_on: date
    columns: tuple[str, ...]
    rows: tuple[RollRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalFunnel:
    """Applications of a period: decided ones are approved, referred or declined by the rules.

    `overridden` are those that a person ended otherwise than the decision says.
    """

    asked: int
    decided: int
    approved: int
    referred: int
    declined: int
    offered: int
    signed: int
    drawn: int
    overridden: int
