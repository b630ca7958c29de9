"""Frozen arguments and answers of the credit app."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

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
    """An entry to be posted: debits positive, credits negative, in fen."""

    kind: EntryKind
    key: str
    funding_source_id: str
    amounts: Mapping[AccountCode, int]
    value_on: date
    booked_on: date
    at: datetime
    drawdown_id: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    reverses: str | None = None
