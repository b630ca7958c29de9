"""Asking an outside party about a merchant: the protocol, and a party that lives in this process.

No method raises: what cannot be understood is *unknown*, and unknown is asked about again.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from risk.enums import ReportKind, ReportOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOrder:
    """Whom we ask about, on which day, and the consent that lets us. `key` is answered once."""

    key: str
    on: date
    kind: ReportKind
    registration_no: str
    consent_id: str
    consent_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAnswer:
    """Found, with the day it speaks of and its values; nothing on file; or unknown."""

    outcome: ReportOutcome
    on: date | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    detail: str = ""


class ReportGateway(Protocol):
    """One party, as we talk to it."""

    def fetch(self, order: ReportOrder) -> ReportAnswer:
        """Ask it. Never raises."""
        ...


@dataclass(slots=True)
class InProcessReports:
    """A party for tests, demo and sandbox: made-up figures that follow from the registration.

    A registration that ends in 7 has nothing on file, one that ends in 8 times out at first;
    `asked` has every key that reached it.
    """

    asked: list[str] = field(default_factory=list)

    def fetch(self, order: ReportOrder) -> ReportAnswer:
        is_first = order.key not in self.asked
        self.asked.append(order.key)
        if order.registration_no.endswith("7"):
            return ReportAnswer(outcome=ReportOutcome.NO_RECORD)
        if order.registration_no.endswith("8") and is_first:
            return ReportAnswer(outcome=ReportOutcome.UNKNOWN, detail="time-out")
        return ReportAnswer(
            outcome=ReportOutcome.FOUND,
            on=order.on,
            values=_made_up(order.kind, hashlib.sha256(order.registration_no.encode()).digest()),
        )


def _made_up(kind: ReportKind, seed: bytes) -> dict[str, int]:
    if kind == ReportKind.BUREAU:
        return {
            "company_age_days": 200 + seed[0] * 20,
            "paid_in_capital_minor": (1 + seed[1] % 20) * 10_000_000,
            "other_loans_minor": seed[2] % 8 * 5_000_000,
            "other_overdue_minor": 250_000 if seed[3] < 8 else 0,  # noqa: PLR2004 -- one in 32
            "credit_inquiries_l6_count": seed[4] % 6,
        }
    monthly = (20 + seed[5]) * 100_000
    return {
        "bank_inflow_l3_minor": monthly * 3,
        "bank_inflow_l12_minor": monthly * 12,
        "bank_returned_l12_count": seed[6] // 128,
    }
