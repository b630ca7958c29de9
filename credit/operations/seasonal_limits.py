"""A temporary limit for the season ahead, beside the line's own and gone by itself."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Final

from django.db.models import Q

from credit.enums import LineStatus, TemporaryLimitStatus
from credit.errors import LineClosed
from credit.models import CreditLine, TemporaryLimit
from credit.operations.temporary_limits import grant_temporary_limit
from credit.queries.behavior import repayment_facts
from credit.queries.business_day import open_day
from credit.queries.limit_reviews import latest_decisions
from platform_app.kernel import clock
from risk.queries.facts import trade_facts
from risk.queries.limit_steps import signs_of
from risk.queries.proposals import proposal_of
from risk.queries.seasons import category_months, months_ahead, season_factor, stretch
from risk.queries.watch_list import listed
from tenants.queries.tenants import current_tenant, vertical

TERM_MONTHS: Final = 3
TERM_DAYS: Final = 90
_GRADES: Final = frozenset("ABC")
_KEY: Final = "season:"
_ACTOR: Final = "system:limits"


def grant_seasonal_limits(*, at: datetime) -> int:
    """Stretch good lines for the three months ahead, where their trade's season asks for it.

    Lines of grades A to C that show no sign, owe nothing past due, and have no seasonal limit now.
    The addition starts today, ends in ninety days, and is at most half of the limit. A line gets
    one in a month at most. Each grant is a transaction of its own. Returns how many were granted.
    """
    day = open_day()
    had = TemporaryLimit.objects.filter(key__startswith=_KEY).filter(
        ~Q(status=TemporaryLimitStatus.ENDED) | Q(key__endswith=f":{day:%Y-%m}")
    )
    lines = list(
        CreditLine.objects.filter(status=LineStatus.ACTIVE)
        .exclude(pk__in=had.values("line_id"))
        .select_related("merchant", "offer__application")
        .order_by("id")
    )
    factors = _factors({line.merchant.category for line in lines}, day, at)
    wanted = [
        line for line in lines if stretch(10**9, factors[line.merchant.category], step_minor=1)
    ]
    granted = 0
    for line, step_minor in _good(wanted, day, at):
        factor = factors[line.merchant.category]
        amount = stretch(line.limit_minor, factor, step_minor=step_minor)
        if not amount:
            continue
        try:
            grant_temporary_limit(
                line_id=line.id, amount_minor=amount, from_on=day,
                until_on=day + timedelta(days=TERM_DAYS), key=f"{_KEY}{line.id}:{day:%Y-%m}",
                reason=f"season {float(factor):.2f}", actor=_ACTOR, at=at,
            )  # fmt: skip
        except LineClosed:  # since the lines were read
            continue
        granted += 1
    return granted


def _factors(categories: set[str], day: date, at: datetime) -> dict[str, Fraction]:
    known = vertical(current_tenant().vertical).season
    seen = category_months(as_of=at)
    ahead = months_ahead(day, TERM_MONTHS)
    return {one: season_factor(known, seen.get(one, {}), ahead) for one in categories}


def _good(lines: list[CreditLine], day: date, at: datetime) -> list[tuple[CreditLine, int]]:
    """Those that may be stretched, each with the step of its policy."""
    if not lines:
        return []
    merchants = [line.merchant_id for line in lines]
    trades = trade_facts(merchant_ids=merchants, as_of=at)
    behaviors = repayment_facts(merchants, on=day)
    lists = listed(merchants, on=clock.day_of(at))
    decisions = latest_decisions(lines)
    return [
        (line, proposal_of(decisions[line.id]).step_minor)
        for line in lines
        if decisions[line.id].grade in _GRADES
        and not behaviors[line.merchant_id].current_dpd_days
        and not signs_of(
            trades[line.merchant_id], behaviors[line.merchant_id],
            is_listed=line.merchant_id in lists,
        )
    ]  # fmt: skip
