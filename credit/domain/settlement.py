"""Netting a batch: what is paid, what is carried forward, what a fraction of an amount is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from platform_app.kernel.money import round_minor


@dataclass(frozen=True, slots=True)
class Netting:
    """`Σ amounts + carried in = net − carried out`; one of the two is always zero."""

    net_minor: int
    carried_out_minor: int


def netted(amounts: Iterable[int], *, carried_in_minor: int) -> Netting:
    """Net the amounts of a batch; what is below zero is carried forward, never paid.

    `carried_in_minor` is what the batch before carried out, as a positive number of fen.
    """
    total = sum(amounts) - carried_in_minor
    return Netting(net_minor=max(total, 0), carried_out_minor=max(-total, 0))


def fraction_of(amount_minor: int, fraction: Decimal) -> int:
    """A fraction of an amount, rounded half up to the fen: once per batch."""
    return round_minor(Fraction(amount_minor) * Fraction(fraction), "half_up")


def payout_day(
    day: date, payout_days: int, is_workday: Callable[[date], bool] | None = None
) -> date:
    """The day T+n; where only workdays count as payout days, the first one from there on."""
    due = day + timedelta(days=payout_days)
    while is_workday is not None and not is_workday(due):
        due += timedelta(days=1)
    return due
