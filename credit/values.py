"""Frozen arguments and answers of the credit app."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from credit.enums import AccountCode, EntryKind


@dataclass(frozen=True, slots=True)
class NextAction:
    """Who has to do what by when, so that no surface has to guess."""

    actor: str
    code: str
    message: str
    deadline: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """An entry to be posted: debits positive, credits negative, in fen.

    `sides` are its amounts by funding source, more than one for a joint loan.
    """

    kind: EntryKind
    key: str
    sides: Mapping[str, Mapping[AccountCode, int]]
    value_on: date
    booked_on: date
    at: datetime
    drawdown_id: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    reverses: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRow:
    """One day of a calendar file; without a notice number it is a projection."""

    on: date
    is_workday: bool
    kind: str
    notice_no: str

    @property
    def is_projected(self) -> bool:
        return not self.notice_no

    def to_json(self) -> dict[str, Any]:
        return {
            "on": self.on.isoformat(),
            "is_workday": self.is_workday,
            "kind": self.kind,
            "notice_no": self.notice_no,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            on=date.fromisoformat(data["on"]),
            is_workday=data["is_workday"],
            kind=data["kind"],
            notice_no=data["notice_no"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChange:
    """A day of the calendar that an import would write differently."""

    row: CalendarRow
    was_workday: bool

    @property
    def is_flip(self) -> bool:
        """Whether work becomes rest or rest becomes work; else only its words change."""
        return self.row.is_workday != self.was_workday


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallmentMove:
    """An open installment whose due date the new calendar puts on another day.

    `to_on` is what becomes of it: the calendar's day when that is later, else the day it has.
    """

    tenant_id: str
    tenant_name: str
    merchant_id: str
    drawdown_id: str
    order_no: str
    seq: int
    from_on: date
    calendar_on: date
    to_on: date

    @property
    def direction(self) -> str:
        """`later` moves; `earlier` is what the calendar says and the signed date refuses."""
        return "later" if self.calendar_on > self.from_on else "earlier"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPreview:
    """What applying a calendar import would do, to the last installment."""

    changes: tuple[DayChange, ...]
    moves: tuple[InstallmentMove, ...]

    @property
    def moved(self) -> tuple[InstallmentMove, ...]:
        """Those that really move."""
        return tuple(move for move in self.moves if move.to_on != move.from_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTerms:
    """What a funding source is and how much it lends: fen, days inclusive, none is no bound."""

    name: str
    licence_type: str
    licence_no: str
    regulator: str
    complaint_phone: str
    role: str
    from_on: date | None
    to_on: date | None
    cap_minor: int | None
    per_merchant_cap_minor: int | None
    tier_one_minor: int | None
    product_kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Whether the lender's head office lists us: since when, on what evidence, until when."""

    status: str
    listed_on: date | None
    review_due_on: date | None
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnershipTerms:
    """One funding contract: who lends which fraction of each component, and what it costs.

    `fractions` is source id → component → fraction; the lead and the residual source are in it.
    """

    name: str
    lead_id: str
    residual_id: str
    fractions: Mapping[str, Mapping[str, Decimal]]
    from_on: date
    to_on: date | None
    listing: Listing
    least_share_minor: int
    service_fee_share: Decimal
    holdback_share: Decimal
    first_loss_share: Decimal
    settlement_days: int
