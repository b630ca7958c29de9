"""Repayment plans: from terms and one drawdown to the rows that a merchant signs.

Conventions 1-4 of the credit core. Amounts are integer fen, rates are annual decimal fractions;
every figure is exact in integers and rounded where the conventions round.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate

from credit.domain.interest import (
    InterestOnShift,
    InterestPeriod,
    PeriodUnit,
    Rounding,
    WorkingDayRule,
    add_periods,
    divide_rounded,
    due_dates,
    row_rates,
)
from credit.domain.schedule_terms import Method, ScheduleTerms
from platform_app.kernel.errors import gettext_noop

LEVEL_RETRIES = 3
Parts = list[tuple[int, int]]  # (principal, interest) of each installment, in fen


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One installment; ``balance_minor`` is the principal left after it. Seq 0: the down payment.

    Its interest runs from ``start_on``; ``seed_due_on`` is the due date before a shift.
    """

    seq: int
    start_on: date
    seed_due_on: date
    due_on: date
    principal_minor: int
    interest_minor: int
    balance_minor: int

    @property
    def total_minor(self) -> int:
        return self.principal_minor + self.interest_minor


def schedule(
    terms: ScheduleTerms,
    *,
    principal_minor: int,
    drawn_on: date,
    is_workday: Callable[[date], bool] | None = None,
    working_day_rule: WorkingDayRule = WorkingDayRule.NONE,
    interest_on_shift: InterestOnShift = InterestOnShift.WAIVE,
    signed_due_on: Sequence[date] | None = None,
) -> tuple[ScheduleRow, ...]:
    """Return the plan of one drawdown: the down payment's row, if any, then every installment.

    1. Due date k is the drawdown day + k periods, clamped from that seed, then moved to a working
       day by the rule; never before ``signed_due_on[k - 1]``, the date a contract already names.
    2. Interest follows the seed dates; with ``accrue`` it follows the moved dates.
    3. The down payment is rounded first and due on the day of the drawdown.
    4. The rest is spread by the method; the last row clears the balance to exactly zero.

    Raises ``ValueError`` for a principal below one fen, a shifting rule without ``is_workday``, or
    signed dates that do not match in number.
    """
    if principal_minor < 1:
        raise ValueError(gettext_noop("a plan needs a principal of at least one fen"))
    lengths = terms.row_lengths
    seeds = _seed_dates(drawn_on, terms.unit, lengths)
    dues = due_dates(seeds, working_day_rule, is_workday, signed_due_on, drawn_on)
    ends = dues if interest_on_shift is InterestOnShift.ACCRUE else seeds
    starts = (drawn_on, *ends[:-1])
    rates, scale = row_rates(terms.accrual, drawn_on, ends, lengths)

    rows: list[ScheduleRow] = []
    balance = principal_minor
    if terms.down_payment is not None:
        share, whole = terms.down_payment.as_integer_ratio()
        down = divide_rounded(principal_minor * share, whole, terms.rounding)
        balance -= down
        rows.append(ScheduleRow(0, drawn_on, drawn_on, drawn_on, down, 0, balance))
    waiting = terms.principal_grace
    parts = _pay_principal(balance, 0, rates[: waiting + 1], scale, terms.rounding)[:waiting]
    parts += _SPREAD[terms.method](terms, balance, rates[waiting:], scale)
    for index, (principal, interest) in enumerate(parts):
        balance -= principal
        span = (starts[index], seeds[index], dues[index])
        rows.append(ScheduleRow(index + 1, *span, principal, interest, balance))
    return tuple(rows)


@lru_cache(maxsize=1024)
def _seed_dates(drawn_on: date, unit: PeriodUnit, lengths: tuple[int, ...]) -> tuple[date, ...]:
    return tuple(add_periods(drawn_on, unit, count) for count in accumulate(lengths))


def _equal_installment(
    terms: ScheduleTerms, balance: int, rates: Sequence[int], scale: int
) -> Parts:
    """Spread so that every row but the last pays the same.

    1. Level = B * prod(1 + i) / sum of suffix products, exact, rounded to the fen, then to the
       product's multiple.
    2. While the last row misses the level by more than n // 2 fen, try level + gap / n and keep
       it if the gap shrinks and the last row still pays principal, three times at most.
    """
    count = len(rates)
    growth, suffixes, power = scale + rates[0], 1, 1
    for rate in rates[1:]:
        growth *= scale + rate
        power *= scale
        suffixes = power + suffixes * (scale + rate)

    def pay(level: int) -> Parts:
        return _pay_level(balance, level, rates, scale, terms.rounding)

    exact = divide_rounded(balance * growth, scale * suffixes, terms.rounding)
    level, parts = _in_multiples(terms, exact, pay)
    gap = _gap(balance, level, parts)
    for _ in range(LEVEL_RETRIES):
        if count == 1 or abs(gap) <= count // 2:
            break
        nearer = level + divide_rounded(gap, count, terms.rounding)
        retry, retried = _in_multiples(terms, nearer, pay)
        retried_gap = _gap(balance, retry, retried)
        is_shorter = parts[-1][0] and not retried[-1][0]
        if abs(retried_gap) >= abs(gap) or is_shorter:
            break
        level, parts, gap = retry, retried, retried_gap
    return parts


def _gap(balance: int, level: int, parts: Parts) -> int:
    """What the last row would pay above the level if every row before it paid the level."""
    return balance + sum(interest for _, interest in parts) - level * len(parts)


def _pay_level(
    balance: int, level: int, rates: Sequence[int], scale: int, rounding: Rounding
) -> Parts:
    """Pay ``level`` a row; interest above it waits for the next row, the last row clears."""
    parts: Parts = []
    carried = 0
    for rate in rates[:-1]:
        carried += divide_rounded(balance * rate, scale, rounding)
        interest = min(carried, level)
        carried -= interest
        principal = min(level - interest, balance)
        balance -= principal
        parts.append((principal, interest))
    parts.append((balance, carried + divide_rounded(balance * rates[-1], scale, rounding)))
    return parts


def _equal_principal(terms: ScheduleTerms, balance: int, rates: Sequence[int], scale: int) -> Parts:
    """Spread so that every row but the last pays the same principal."""
    exact = divide_rounded(balance, len(rates), terms.rounding)
    _, parts = _in_multiples(
        terms, exact, lambda share: _pay_principal(balance, share, rates, scale, terms.rounding)
    )
    return parts


def _interest_first(terms: ScheduleTerms, balance: int, rates: Sequence[int], scale: int) -> Parts:
    """Every row pays its interest, the last one the principal; also a bullet."""
    return _pay_principal(balance, 0, rates, scale, terms.rounding)


def _pay_principal(
    balance: int, share: int, rates: Sequence[int], scale: int, rounding: Rounding
) -> Parts:
    parts: Parts = []
    for rate in rates[:-1]:
        interest = divide_rounded(balance * rate, scale, rounding)
        principal = min(share, balance)
        balance -= principal
        parts.append((principal, interest))
    parts.append((balance, divide_rounded(balance * rates[-1], scale, rounding)))
    return parts


def _flat(terms: ScheduleTerms, balance: int, rates: Sequence[int], scale: int) -> Parts:
    """Spread interest on the whole principal for the whole term.

    ``per_period``: the term's interest is rounded once and split, the last row takes the residual.
    ``daily``: each row has the interest of its days. Both together are split n ways.
    """
    count = len(rates)
    if terms.interest_period is InterestPeriod.PER_PERIOD:
        total = divide_rounded(balance * sum(rates), scale, terms.rounding)
        share = divide_rounded(total, count, terms.rounding)
        interests = [min(share, max(0, total - share * index)) for index in range(count - 1)]
        interests.append(total - sum(interests))
    else:
        interests = [divide_rounded(balance * rate, scale, terms.rounding) for rate in rates]
    exact = divide_rounded(balance + sum(interests), count, terms.rounding)
    _, parts = _in_multiples(terms, exact, lambda level: _pay_flat(balance, level, interests))
    return parts


def _pay_flat(balance: int, level: int, interests: Sequence[int]) -> Parts:
    parts: Parts = []
    for interest in interests[:-1]:
        principal = min(max(0, level - interest), balance)
        balance -= principal
        parts.append((principal, interest))
    parts.append((balance, interests[-1]))
    return parts


def _in_multiples(
    terms: ScheduleTerms, amount: int, pay: Callable[[int], Parts]
) -> tuple[int, Parts]:
    """Round what a row pays to the product's multiple, and pay it.

    Where the multiple is too coarse, so that a row would pay nothing or everything would be paid
    before the last row, the amount keeps its fen: a plan has the rows that were asked for.
    """
    step = terms.installment_multiple_minor or 1
    level = divide_rounded(amount, step, terms.rounding) * step or amount
    parts = pay(level)
    if level > amount and not parts[-1][0]:
        return amount, pay(amount)
    return level, parts


_SPREAD: dict[Method, Callable[[ScheduleTerms, int, Sequence[int], int], Parts]] = {
    Method.EQUAL_INSTALLMENT: _equal_installment,
    Method.EQUAL_PRINCIPAL: _equal_principal,
    Method.INTEREST_FIRST: _interest_first,
    Method.BULLET: _interest_first,
    Method.FLAT: _flat,
}
