"""Frozen arguments and answers of the campaigns app."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TermChoice:
    """A term that some published product offers."""

    code: str
    installment_count: int
    every: int
    unit: str
