"""What a loan really costs a year: the annual percentage rate of the customer's own cash flows.

Source: PBoC Announcement 2021 No. 3. The annual rate relates every cost to the principal that is
actually in use; it may be shown as a simple rate, labelled so, or as a compound rate (IRR).

Signs are the customer's: money received is positive, money paid is negative. Flows of one day
are netted, so a fee deducted at the start lowers the principal received.

Formulas, with cash flows c and the roots r, s:

* periodic rate: sum c[t] * (1 + r) ** -t = 0, t in whole periods (days for dated flows)
* compound: (1 + r) ** periods_a_year - 1
* simple: the balance bears s * length from one cash flow to the next, never interest on interest
  in between, and ends at zero: sum c[j] * prod(1 + s * length[i]) ** -1 over i <= j = 0. With a
  payment in every period s is r * periods_a_year; for one payment it is cost / principal / time.

A year has 12 months, or 365 days for dated flows, whatever day count the product accrues by.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from itertools import pairwise

from credit.domain.interest import DAYS_A_YEAR, MONTHS_A_YEAR, PeriodUnit, add_periods

WORKING_DIGITS = 50
RATE_DECIMALS = 20
RATE_DIGITS = 40
PERCENT_QUANTUM = Decimal("0.01")
NEWTON_STEPS = 300
PRECISION = Decimal("1e-40")


@dataclass(frozen=True, slots=True)
class Apr:
    """Annual rates as decimal fractions with 20 decimals; round them with :func:`percent`."""

    simple: Decimal
    compound: Decimal


def percent(rate: Decimal) -> Decimal:
    """Return a rate as the percentage that is shown: two decimals, half up, rounded here only."""
    with localcontext(prec=WORKING_DIGITS + max(0, rate.adjusted())):
        return (rate * 100).quantize(PERCENT_QUANTUM, rounding=ROUND_HALF_UP)


def irr(cashflows: Sequence[tuple[int, int]]) -> Decimal:
    """Return the rate per period of (period, fen) flows, as a decimal fraction of 20 decimals.

    Raises ``ValueError`` unless the flows, in order, change their sign exactly once: only then
    is there one rate above -100 % and no other.
    """
    flows = _netted(cashflows)
    with localcontext(prec=WORKING_DIGITS):
        return _published(_periodic_rate(flows))


def periodic_apr(cashflows: Sequence[tuple[int, int]], *, periods_a_year: int) -> Apr:
    """Return the annual rates of (period, fen) flows of which a year has ``periods_a_year``.

    Raises ``ValueError`` as :func:`irr` does.
    """
    flows = _netted(cashflows)
    with localcontext(prec=WORKING_DIGITS):
        compound = (1 + _periodic_rate(flows)) ** periods_a_year - 1
        simple = _root(
            [amount for _, amount in flows],
            [(gap, 1) for gap in _gaps(flows)],
        )
        return Apr(_published(simple * periods_a_year), _published(compound))


def apr(flows: Sequence[tuple[date, int]], *, unit: PeriodUnit = PeriodUnit.DAY) -> Apr:
    """Return the annual rates of (date, fen) flows, in any order.

    ``unit=month`` measures time in whole months from the first flow, as a plan of monthly
    installments is priced; any other unit counts days over a year of 365 (XIRR).
    Raises ``ValueError`` as :func:`irr` does, or if a monthly flow is not on a month's date.
    """
    if not flows:
        raise ValueError("a rate needs cash flows")
    first = min(day for day, _ in flows)
    if unit is PeriodUnit.MONTH:
        monthly = [(_months_between(first, day), amount) for day, amount in flows]
        return periodic_apr(monthly, periods_a_year=MONTHS_A_YEAR)
    daily = [((day - first).days, amount) for day, amount in flows]
    return periodic_apr(daily, periods_a_year=DAYS_A_YEAR)


def costs_more_than(flows: Sequence[tuple[date, int]], annual_rate: Decimal) -> bool:
    """Whether the simple annual rate of dated flows lies above `annual_rate`: one sum, no root.

    Flows by which the customer receives nothing and pays something cost more than any rate.
    """
    first = min(day for day, _ in flows)
    totals: defaultdict[int, int] = defaultdict(int)
    for day, amount in flows:
        totals[(day - first).days] += amount
    netted = [(day, amount) for day, amount in sorted(totals.items()) if amount]
    if not netted:
        return False
    if netted[0][1] < 0:
        return True
    with localcontext(prec=WORKING_DIGITS):
        steps = [(gap, 1) for gap in _gaps(netted)]
        daily = annual_rate / DAYS_A_YEAR
        return _present_value([amount for _, amount in netted], steps, daily)[0] < 0


def _months_between(first: date, day: date) -> int:
    months = (day.year - first.year) * MONTHS_A_YEAR + day.month - first.month
    if add_periods(first, PeriodUnit.MONTH, months) != day:
        raise ValueError(f"{day} is not a whole number of months after {first}")
    return months


def _netted(cashflows: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    totals: defaultdict[int, int] = defaultdict(int)
    for period, amount in cashflows:
        totals[period] += amount
    flows = [(period, amount) for period, amount in sorted(totals.items()) if amount]
    signs = [amount > 0 for _, amount in flows]
    if sum(before != after for before, after in pairwise(signs)) != 1:
        raise ValueError("cash flows have one rate only if their sign changes exactly once")
    return flows


def _gaps(flows: Sequence[tuple[int, int]]) -> list[int]:
    periods = [flows[0][0], *(period for period, _ in flows)]
    return [after - before for before, after in pairwise(periods)]


def _periodic_rate(flows: Sequence[tuple[int, int]]) -> Decimal:
    return _root([amount for _, amount in flows], [(1, gap) for gap in _gaps(flows)])


def _published(rate: Decimal) -> Decimal:
    """Drop the digits that are noise, so that equal offers have equal rates."""
    exponent = max(-RATE_DECIMALS, rate.adjusted() + 1 - RATE_DIGITS)
    return rate.quantize(Decimal(1).scaleb(exponent), rounding=ROUND_HALF_EVEN)


def _root(amounts: Sequence[int], steps: Sequence[tuple[int, int]]) -> Decimal:
    """Return the x at which the flows, each discounted by (1 + x * length) ** times, sum to zero.

    1. No cost, no rate: flows that sum to zero give exactly zero.
    2. Bracket the only root: above it the present value has the sign of the first flow.
    3. Newton from zero, halving the bracket whenever a step would leave it, until the step is
       below 1e-40. Decimals of 50 digits throughout; no digit of the answer is a float's.
    """
    if sum(amounts) == 0:
        return Decimal(0)
    low, high = _bracket(amounts, steps)
    rate = Decimal(0)
    for _ in range(NEWTON_STEPS):
        value, slope = _present_value(amounts, steps, rate)
        if (value > 0) == (amounts[0] > 0):
            high = rate
        else:
            low = rate
        following = rate - value / slope if slope else high
        if not low < following < high:
            following = (low + high) / 2
        change, rate = abs(following - rate), following
        if change <= PRECISION * (1 + abs(rate)):
            return rate
    raise ArithmeticError("the rate did not converge")


def _bracket(amounts: Sequence[int], steps: Sequence[tuple[int, int]]) -> tuple[Decimal, Decimal]:
    """Return two rates with the root between them; zero is one of them."""
    if (sum(amounts) > 0) == (amounts[0] > 0):
        floor = Decimal(-1) / max(length for length, _ in steps)
        return floor, Decimal(0)
    high = Decimal(1)
    while (_present_value(amounts, steps, high)[0] > 0) != (amounts[0] > 0):
        high *= 2
    return Decimal(0), high


def _present_value(
    amounts: Sequence[int], steps: Sequence[tuple[int, int]], rate: Decimal
) -> tuple[Decimal, Decimal]:
    """Return the present value of the flows at ``rate`` and its derivative."""
    discount, log_slope = Decimal(1), Decimal(0)
    value, slope = Decimal(0), Decimal(0)
    for amount, (length, times) in zip(amounts, steps, strict=True):
        growth = 1 + rate * length
        discount /= growth**times
        log_slope -= times * length / growth
        value += amount * discount
        slope += amount * discount * log_slope
    return value, slope
