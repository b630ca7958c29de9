"""Walking a sandbox's clock: every day's work on the way, in the order in which time would do it.

1. Do the work of where the clock stands: a worker that was killed there may not have finished it.
2. Set the clock to the next stop, in a transaction of its own: from then on requests see that time.
3. Do the stop's work, and so on to where the clock was sent.

Every piece of work has business keys and can be done again, so a walk that is killed anywhere and
taken up by another worker ends the same; stops are fixed hours, so one long way and many short ones
do as well. Webhooks leave meanwhile, in the order in which things were recorded.
"""

from datetime import datetime, timedelta
from typing import Final

import structlog

from analytics.domain.stops import Work, stops, work_at
from analytics.operations.nights import live_night
from campaigns.operations.daily_coupons import tend_coupons
from campaigns.operations.daily_referrals import tend_referrals
from credit.operations import daily_work
from credit.queries.business_day import open_day
from platform_app.kernel import clock, events
from platform_app.kernel.errors import DomainError
from tenants.enums import ClockStatus
from tenants.models import TestClock
from tenants.operations.test_clocks import arrive, fail, move_clock
from tenants.queries.sandboxes import clock_by_id
from tenants.queries.tenants import current_tenant

logger = structlog.get_logger(__name__)
ACTOR: Final = "system:sandbox"
# A worker says after each stop that it lives; one stop takes seconds.
LOST_AFTER: Final = timedelta(minutes=5)


def advance(*, clock_id: str) -> int:
    """Walk the clock to where it was sent; return how many stops were made. Needs no transaction.

    One that is not advancing stays where it is. What fails stops it there, with the error to be
    read; nothing is skipped. Raises ClockNotFound.
    """
    row = clock_by_id(clock_id)
    stands_at, to = current_tenant().clock_at, row.advance_to
    if row.status != ClockStatus.ADVANCING or to is None or stands_at is None:
        return 0
    made = 0
    try:
        events.ensure_partitions(clock.day_of(stands_at), months=4)
        _work(work_at(stands_at), stands_at)
        for stop in stops(stands_at, to):
            if not move_clock(clock_id=clock_id, expected=stands_at, to=stop.at):
                return made  # another worker walks it
            _work(stop.work, stop.at)
            stands_at, made = stop.at, made + 1
    except Exception as problem:
        logger.exception("test_clock.failed", clock=clock_id)
        fail(clock_id=clock_id, error=_words(problem))
        return made
    arrive(clock_id=clock_id)
    return made


def lost_clocks(*, at: datetime) -> list[tuple[str, str]]:
    """(tenant, id) of clocks that are advancing and that nobody has moved for a while."""
    rows = TestClock.objects.filter(
        status=ClockStatus.ADVANCING, worked_at__lte=at - LOST_AFTER
    ).order_by("id")
    return list(rows.values_list("tenant_id", "id"))


def _work(work: Work, at: datetime) -> None:
    with clock.sandbox_time(at):
        if work is Work.NIGHT:
            for _day in daily_work.close_over():
                pass
            daily_work.compare_night(at=at)
            daily_work.end_unanswered(at=at)
            live_night(on=open_day() - timedelta(days=1), actor=ACTOR, at=at)
            daily_work.move_limits(at=at)
            tend_coupons(at=at)
            tend_referrals(at=at)
        daily_work.run_errands()
        if work is Work.MORNING:
            daily_work.remind()
            daily_work.tell_uncaptured()


def _words(problem: Exception) -> str:
    code = f" ({problem.code})" if isinstance(problem, DomainError) else ""
    return f"{type(problem).__name__}{code}: {problem}"
