"""Frozen answers of the credit app."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NextAction:
    """Who has to do what by when, so that no surface has to guess."""

    actor: str
    code: str
    message: str
    deadline: str | None = None
