"""Living a partner's order history day by day, through the public operations.

Everything a day does has a business key and every choice is a hash (`domain.behavior`), so a
replay that is killed anywhere and started again repeats the open day, finds what is done, does what
is not, and ends the same.
"""

import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import date
from multiprocessing import get_context

from django.db import connections

from credit.domain.behavior import Behavior
from credit.operations.business_day import close_day
from credit.operations.replay_share import ACTOR, Orders, Share
from credit.operations.settlements import pay_settlements
from credit.queries.business_day import open_day
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.operations.trade import import_orders


def behavior_of(seed: int) -> Behavior:
    """How merchants of a replay with this seed behave."""
    return Behavior(seed)


def live_until(
    last: date, orders: Orders, behavior: Behavior, *, tenant_id: str, workers: int
) -> Iterator[date]:
    """Live and close every business day up to and including `last`, yielding each.

    Merchants do not depend on one another, so each worker process lives its share of them; the
    partner's report in the morning and the close at midnight are the same for all. Call it inside
    the tenant's scope.
    """
    with ExitStack() as stack:
        shares = [Share(behavior, _share_of(orders, n, workers)) for n in range(workers)]
        pools = [stack.enter_context(_process(share)) for share in shares[1:]]
        mine = shares[0]
        mine.remember(_belongs(0, workers))
        while (day := open_day()) <= last:
            with clock.travel(clock.moment_on(day, 8)):
                import_orders(rows=orders.get(day, ()), known_at=clock.now(), actor=ACTOR)
                pay_settlements(actor=ACTOR, at=clock.now())
            others = [
                pool.submit(_live_elsewhere, tenant_id, n, workers, day)
                for n, pool in enumerate(pools, start=1)
            ]
            mine.live(day)
            for other in others:
                other.result()
            with clock.travel(clock.end_of(day)):
                close_day(at=clock.now())
            yield day


def _share_of(orders: Orders, n: int, workers: int) -> Orders:
    belongs = _belongs(n, workers)
    return {day: [r for r in rows if belongs(r.merchant_no)] for day, rows in orders.items()}


def _belongs(n: int, workers: int) -> Callable[[str], bool]:
    return lambda merchant_no: zlib.crc32(merchant_no.encode()) % workers == n


def _process(share: Share) -> ProcessPoolExecutor:
    """A forked process that keeps its share of the merchants between days.

    It is forked here, while this side has no connection open: one must not be used by both.
    """
    connections.close_all()
    pool = ProcessPoolExecutor(1, get_context("fork"), _keep, (share,))
    pool.submit(int).result()
    return pool


_kept: Share | None = None
_has_remembered = False


def _keep(share: Share) -> None:
    global _kept  # noqa: PLW0603 -- the process lives for this share alone
    _kept = share


def _live_elsewhere(tenant_id: str, n: int, workers: int, day: date) -> None:
    global _has_remembered  # noqa: PLW0603 -- see `_keep`
    if _kept is None:
        msg = "this process has no share of the merchants"
        raise RuntimeError(msg)
    with tenant_scope(tenant_id):
        if not _has_remembered:
            _kept.remember(_belongs(n, workers))
            _has_remembered = True
        _kept.live(day)
