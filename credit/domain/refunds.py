"""Goods that came back: principal falls, and the interest on them was never due.

Every stretch of interest remembers nothing of what came back before, so each is asked twice: what
it owes the merchant when all goods up to now are back, less what it already gave. Returned at once
or piece by piece, the pieces sum up to the same fen.

What ran on overdue rows, contract interest or penalty, was owed for being late and stays.
"""

from dataclasses import replace

from credit.domain.derived import FOREVER, Happening, Segment
from credit.domain.interest import Rounding, divide_rounded
from credit.domain.life import Life
from credit.domain.paying import allocate, credited, recover
from credit.domain.schedule_terms import Method


def refund(life: Life, event: Happening) -> None:
    """Goods came back: principal falls, and the interest on the refunded part was never due.

    Of that interest a discount has borne its part, which stays used; the rest is the merchant's.
    """
    credited(life, event)
    if life.written_off_on is not None:
        life.credits.append((event, recover(life, event, event.amount_minor)))
        return
    life.freeze(event.value_on)
    back = _interest_back(life, event)
    life.interest_back[event.seq] = back
    life.returned.append((event.value_on, event.amount_minor))
    left = allocate(life, event, "refund", event.amount_minor)
    left += allocate(life, event, "interest_back", back)
    life.credits.append((event, left))


def _interest_back(life: Life, event: Happening) -> int:
    """What the merchant bore of the contract interest that these goods have earned so far."""
    borne = {one.segment: one.earned_minor(FOREVER) for one in life.granted}
    total = 0
    for part in life.segments:
        if part.kind == "interest" and part not in life.ran_late:
            before = sum(amount for on, amount in life.returned if on >= part.to_on)
            after = before + event.amount_minor
            off = borne.get(part, 0)
            total += _merchants(life, part, after, off) - _merchants(life, part, before, off)
    return total


def _merchants(life: Life, part: Segment, goods_minor: int, borne_minor: int) -> int:
    """The merchant's interest of one stretch on goods worth so much: `borne_minor` was not his."""
    whole = part.earned_minor(part.to_on)
    if life.terms.option.method is Method.FLAT:
        held = life.goods_on(part.from_on)
        interest = whole * min(goods_minor, held) // held
    else:
        # What is left then bears the interest of a drawdown that was smaller from the start.
        rest = replace(part, base_minor=part.base_minor - min(goods_minor, part.base_minor))
        interest = whole - rest.earned_minor(part.to_on)
    if not borne_minor:
        return interest
    return interest - divide_rounded(interest * borne_minor, whole, Rounding.HALF_UP)
