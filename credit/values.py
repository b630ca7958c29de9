"""Frozen answers of the credit app."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class NextAction:
    """Who has to do what by when, so that no surface has to guess."""

    actor: str
    code: str
    message: str
    deadline: str | None = None


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
