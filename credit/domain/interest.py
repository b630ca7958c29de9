"""Day counts and period arithmetic: how much of a year lies between two days.

Everything here is exact. A year fraction is a ``Fraction``; an amount is an integer of fen and
becomes one by :func:`divide_rounded`, the single place where the credit core rounds.
Days are counted from the first day exclusive to the last day inclusive.
"""

from calendar import isleap, monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import lcm

MONTHS_A_YEAR = 12
WEEKS_A_YEAR = 52
DAYS_A_WEEK = 7
DAYS_A_COMMERCIAL_MONTH = 30
DAYS_A_COMMERCIAL_YEAR = 360
DAYS_A_YEAR = 365


class DayCount(StrEnum):
    ACT_365 = "act/365"
    ACT_360 = "act/360"
    THIRTY_360 = "30/360"
    ACT_ACT = "act/act"


class PeriodUnit(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Rounding(StrEnum):
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"


class InterestPeriod(StrEnum):
    """Whether a row bears interest for its days or for its periods, whatever their days."""

    DAILY = "daily"
    PER_PERIOD = "per_period"


class LeapDay(StrEnum):
    """Which rows of an act/act plan divide by 366."""

    CALENDAR_YEAR = "calendar_year"
    FEB29_PERIOD_ONLY = "feb29_period_only"


class InterestFrom(StrEnum):
    """The first day that bears interest; act/act cuts years at 31 December or at 1 January."""

    DAY_AFTER = "day_after_disbursement"
    DISBURSEMENT_DAY = "disbursement_day"


class WorkingDayRule(StrEnum):
    NONE = "none"
    FOLLOWING = "following"
    MODIFIED_FOLLOWING = "modified_following"


class InterestOnShift(StrEnum):
    """Whether the days by which a due date is moved bear interest."""

    WAIVE = "waive"
    ACCRUE = "accrue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accrual:
    """How interest grows: the rate a year and the conventions that measure time.

    The first ``free_days`` after the drawdown bear none.
    """

    annual_rate: Decimal
    day_count: DayCount
    unit: PeriodUnit
    interest_period: InterestPeriod
    leap_day: LeapDay = LeapDay.CALENDAR_YEAR
    interest_from: InterestFrom = InterestFrom.DAY_AFTER
    free_days: int = 0


def divide_rounded(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Return numerator / denominator as the nearest integer; a tie goes as ``rounding`` says.

    ``half_up`` sends ties away from zero. The denominator must be positive. No float, no context.
    """
    quotient, remainder = divmod(abs(numerator), denominator)
    twice = remainder * 2
    if twice > denominator or (
        twice == denominator and (rounding is Rounding.HALF_UP or quotient % 2 == 1)
    ):
        quotient += 1
    return quotient if numerator >= 0 else -quotient


def add_periods(seed: date, unit: PeriodUnit, count: int) -> date:
    """Return the day ``count`` periods after ``seed``; a month's end is clamped from the seed.

    31 January + 1 month is 28 or 29 February, + 2 months is 31 March. Never chain calls: ask
    each due date from the same seed.
    """
    if unit is PeriodUnit.DAY:
        return seed + timedelta(days=count)
    if unit is PeriodUnit.WEEK:
        return seed + timedelta(weeks=count)
    years, month_index = divmod(seed.year * MONTHS_A_YEAR + seed.month - 1 + count, MONTHS_A_YEAR)
    month = month_index + 1
    return date(years, month, min(seed.day, monthrange(years, month)[1]))


def shift_to_workday(
    day: date,
    rule: WorkingDayRule,
    is_workday: Callable[[date], bool] | None,
    drawn_on: date,
) -> date:
    """Return the working day on which a payment seeded on ``day`` falls due.

    ``following`` goes forward; ``modified_following`` goes back instead of into the next month,
    but never back before the drawdown.
    Raises ``ValueError`` if a rule is given without ``is_workday``.
    """
    if rule is WorkingDayRule.NONE:
        return day
    if is_workday is None:
        raise ValueError("a working-day rule needs a calendar")
    following = day
    while not is_workday(following):
        following += timedelta(days=1)
    if rule is WorkingDayRule.FOLLOWING or following.month == day.month:
        return following
    preceding = day
    while not is_workday(preceding):
        preceding -= timedelta(days=1)
    return preceding if preceding >= drawn_on else following


def due_dates(
    seeds: tuple[date, ...],
    rule: WorkingDayRule,
    is_workday: Callable[[date], bool] | None,
    signed: Sequence[date] | None,
    drawn_on: date,
) -> tuple[date, ...]:
    """Return the seeds moved to working days, none of them before the date already signed.

    Raises ``ValueError`` if a rule lacks its calendar or the signed dates do not match in number.
    """
    dues = seeds
    if rule is not WorkingDayRule.NONE:
        dues = tuple(shift_to_workday(seed, rule, is_workday, drawn_on) for seed in seeds)
    if signed is not None:
        dues = tuple(max(pair) for pair in zip(dues, signed, strict=True))
    return dues


def year_fraction(
    day_count: DayCount,
    start: date,
    end: date,
    *,
    unit: PeriodUnit = PeriodUnit.MONTH,
    anchor_day: int | None = None,
    interest_from: InterestFrom = InterestFrom.DAY_AFTER,
    leap_row: tuple[date, date] | None = None,
) -> Fraction:
    """Return the exact part of a year from ``start`` to ``end``.

    * ``act/365``, ``act/360``: days over 365 or 360.
    * ``30/360``: a month is 30 days; ``unit`` week or day counts real days, over 360. Two days of
      a month above the 30th are one (the Eurobond reading). ``anchor_day`` is the seed's day of
      the month: a day to which a later anchor was clamped stands for the anchor, so that every
      whole month from the seed is 30 days and parts of a row add up to the row.
    * ``act/act``: cut at 31 December (at 1 January when interest runs from the disbursement day),
      each part over the length of its own year. With ``leap_row``, the two ends of the row,
      a year counts 366 only if that row contains its 29 February.

    [a, b] + [b, c] = [a, c] holds exactly for every convention.
    Raises ``ValueError`` if ``end`` lies before ``start``.
    """
    if end < start:
        raise ValueError(f"interest cannot run backwards, from {start} to {end}")
    if day_count is DayCount.ACT_ACT:
        return _act_act(start, end, interest_from, leap_row)
    if day_count is DayCount.THIRTY_360 and unit is PeriodUnit.MONTH:
        days = _commercial_day(end, anchor_day) - _commercial_day(start, anchor_day)
        return Fraction(days, DAYS_A_COMMERCIAL_YEAR)
    length = DAYS_A_YEAR if day_count is DayCount.ACT_365 else DAYS_A_COMMERCIAL_YEAR
    return Fraction((end - start).days, length)


def period_fraction(day_count: DayCount, unit: PeriodUnit, count: int) -> Fraction:
    """Return ``count`` periods as a part of a year, whatever their days: n/12, n/52, n/365.

    A day is 1/360 where the day count's own year has 360 days.
    """
    if unit is PeriodUnit.MONTH:
        return Fraction(count, MONTHS_A_YEAR)
    if unit is PeriodUnit.WEEK:
        return Fraction(count, WEEKS_A_YEAR)
    commercial = day_count in {DayCount.ACT_360, DayCount.THIRTY_360}
    return Fraction(count, DAYS_A_COMMERCIAL_YEAR if commercial else DAYS_A_YEAR)


@lru_cache(maxsize=1024)
def row_rates(
    accrual: Accrual, drawn_on: date, ends: tuple[date, ...], lengths: tuple[int, ...]
) -> tuple[tuple[int, ...], int]:
    """Return each row's rate as (numerators, one common denominator), exact.

    Row k runs from the end before (the drawdown day for the first) to ``ends[k]`` and is
    ``lengths[k]`` units long. The answer is cached: thousands of drawdowns share terms and day.
    """
    factors: list[Fraction] = []
    start = drawn_on
    for end, length in zip(ends, lengths, strict=True):
        factors.append(_row_factor(accrual, drawn_on, start, end, length))
        start = end
    rate, rate_scale = accrual.annual_rate.as_integer_ratio()
    scale = lcm(*(factor.denominator for factor in factors))
    rates = tuple(rate * factor.numerator * (scale // factor.denominator) for factor in factors)
    return rates, rate_scale * scale


def _row_factor(accrual: Accrual, drawn_on: date, start: date, end: date, length: int) -> Fraction:
    bearing_from = start
    if accrual.free_days:
        bearing_from = min(max(start, drawn_on + timedelta(days=accrual.free_days)), end)
    if accrual.interest_period is InterestPeriod.PER_PERIOD:
        factor = period_fraction(accrual.day_count, accrual.unit, length)
        if bearing_from > start:
            factor *= Fraction((end - bearing_from).days, (end - start).days)
        return factor
    return year_fraction(
        accrual.day_count,
        bearing_from,
        end,
        unit=accrual.unit,
        anchor_day=drawn_on.day,
        interest_from=accrual.interest_from,
        leap_row=(start, end) if accrual.leap_day is LeapDay.FEB29_PERIOD_ONLY else None,
    )


def _commercial_day(day: date, anchor_day: int | None) -> int:
    number = day.day
    if anchor_day is not None and anchor_day > number == monthrange(day.year, day.month)[1]:
        number = anchor_day
    months = day.year * MONTHS_A_YEAR + day.month
    return months * DAYS_A_COMMERCIAL_MONTH + min(number, DAYS_A_COMMERCIAL_MONTH)


def _act_act(
    start: date, end: date, interest_from: InterestFrom, leap_row: tuple[date, date] | None
) -> Fraction:
    total = Fraction(0)
    cursor = start
    for year in range(start.year, end.year):
        if interest_from is InterestFrom.DISBURSEMENT_DAY:
            cut = date(year + 1, 1, 1)
        else:
            cut = date(year, 12, 31)
        total += Fraction((cut - cursor).days, _year_length(year, leap_row))
        cursor = cut
    last = Fraction((end - cursor).days, _year_length(end.year, leap_row))
    return total + last if total else last


def _year_length(year: int, leap_row: tuple[date, date] | None) -> int:
    leap = isleap(year)
    if leap and leap_row is not None:
        leap = leap_row[0] < date(year, 2, 29) <= leap_row[1]
    return DAYS_A_YEAR + 1 if leap else DAYS_A_YEAR
