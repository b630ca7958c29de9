"""Living a random year: merchants, days, faults; the same seed lives the same year.

Every choice has dice of its own (`domain.simulated`) and everything a day does has a business key.
So a process that is killed at its work is replaced, lives the open day again, finds what is done,
does what is not, and the year ends as if nothing had happened.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from multiprocessing import get_context
from typing import Any

from django.db import connections

from credit.domain.simulated import HIGHEST_RATE, KILLS, KILLS_CLOSE, LOWEST_RATE, PRODUCTS, dice
from credit.models import FundingSource
from credit.operations.business_day import close_day, finish_closing_days
from credit.operations.launch import launch_tenant
from credit.operations.products import publish_product
from credit.operations.settlements import pay_settlements
from credit.operations.simulation_faults import Delivery
from credit.operations.simulation_share import ACTOR, Share, done_on, merchant_no
from credit.queries.business_day import open_day
from platform_app.kernel import clock, events
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.operations.trade import import_orders
from tenants.values import OrderRow

HISTORY_DAYS, ORDER_EVERY_DAYS = 360, 10
LONGEST_KILL_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What is simulated: everything follows from these."""

    seed: int
    merchants: int
    days: int
    first: date
    workers: int

    def share(self, n: int) -> Share:
        size = -(-self.merchants // self.workers)
        numbers = range(n * size, min((n + 1) * size, self.merchants))
        return Share(self.seed, numbers, self.first, self.days)


@dataclass(slots=True)
class Lived:
    """What was sent, refused and went wrong so far, by name."""

    sent: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def add(self, delivery: Delivery) -> None:
        self.sent += delivery.sent
        self.refused += delivery.refused
        self.faults += delivery.faults


def found(simulation: Simulation, *, slug: str) -> Tenant:
    """A virtual platform with three products and a year of its merchants' orders."""
    first, eve = simulation.first, clock.moment_on(simulation.first) - timedelta(hours=1)
    events.ensure_partitions(eve.date(), months=simulation.days // 28 + 4)
    with clock.travel(eve):
        tenant = launch_tenant(
            slug=slug, name=slug, vertical="pet", lender_name="示例小额贷款有限公司",
            lender_phone="400-000-0000", first_day=first, is_virtual=True, actor=ACTOR, at=eve,
        )  # fmt: skip
        with tenant_scope(tenant.id):
            source = FundingSource.objects.get()
            for code, terms in PRODUCTS.items():
                publish_product(
                    code=code, name=code, terms=terms, funding_source_id=source.id,
                    lowest_rate=LOWEST_RATE, highest_rate=HIGHEST_RATE, actor=ACTOR, at=eve,
                )  # fmt: skip
            rows = [row for n in range(simulation.merchants) for row in _history(simulation, n)]
            import_orders(rows=rows, known_at=eve, actor=ACTOR)
    return tenant


def _history(simulation: Simulation, number: int) -> Iterator[OrderRow]:
    amount = dice(simulation.seed, "orders", number).randint(500_000, 3_000_000)
    for ago in range(1, HISTORY_DAYS, ORDER_EVERY_DAYS):
        yield OrderRow(
            order_no=f"{merchant_no(number)}-H{ago}", merchant_no=merchant_no(number),
            ordered_on=simulation.first - timedelta(days=ago), quantity=1, amount_minor=amount,
        )  # fmt: skip


def live(simulation: Simulation, tenant: Tenant, lived: Lived) -> Iterator[date]:
    """Live and close every day, yielding each; call it inside the tenant's scope.

    Each worker process lives its share of the merchants; some are killed at it.
    """
    with ExitStack() as stack:
        workers = [_Worker(simulation, tenant.id, n) for n in range(simulation.workers)]
        for worker in workers:
            stack.callback(worker.end)
        last = simulation.first + timedelta(days=simulation.days - 1)
        while (day := open_day()) <= last:
            with clock.travel(clock.moment_on(day, 8)):
                pay_settlements(actor=ACTOR, at=clock.now())
            chance = dice(simulation.seed, "kill", day)
            working = [(worker, worker.begin(day)) for worker in workers]
            if chance.random() < KILLS:
                _kill(chance.choice(workers), chance.uniform(0, LONGEST_KILL_SECONDS))
                lived.faults["killed"] += 1
            for worker, future in working:
                lived.add(worker.finish(day, future))
            if chance.random() < KILLS_CLOSE:
                closing = workers[0].submit(_close, tenant.id, day)
                _kill(workers[0], chance.uniform(0, LONGEST_KILL_SECONDS / 5))
                lived.faults["killed_close"] += _broke(closing)
                workers[0].restart()
            _close_here(day)
            yield day


def _close_here(day: date) -> None:
    """Close the day, or finish what a killed close left."""
    with clock.travel(clock.end_of(day)):
        if open_day() == day:
            close_day(at=clock.now())
        else:
            finish_closing_days(at=clock.now())


def _close(tenant_id: str, day: date) -> None:
    with tenant_scope(tenant_id):
        _close_here(day)


def _kill(worker: "_Worker", after_seconds: float) -> None:
    time.sleep(after_seconds)
    os.kill(worker.pid, signal.SIGKILL)


def _broke(future: "Future[Any]") -> int:
    try:
        future.result()
    except BrokenProcessPool:
        return 1
    return 0


class _Worker:
    """A forked process that lives one share of the merchants, and its successors."""

    def __init__(self, simulation: Simulation, tenant_id: str, n: int) -> None:
        self.simulation, self.tenant_id, self.n = simulation, tenant_id, n
        self.restart()

    def restart(self) -> None:
        """Fork while this side has no connection open: one must not be used by both."""
        connections.close_all()
        self.pool = ProcessPoolExecutor(1, get_context("fork"))
        self.pid: int = self.pool.submit(os.getpid).result()

    def begin(self, day: date, *, again: str = "") -> "Future[Delivery]":
        return self.submit(_live, self.simulation, self.tenant_id, self.n, day, again)

    def submit(self, call: Any, *args: Any) -> "Future[Any]":
        try:
            return self.pool.submit(call, *args)
        except BrokenProcessPool:
            self.restart()
            return self.pool.submit(call, *args)

    def finish(self, day: date, future: "Future[Delivery]") -> Delivery:
        """What the day brought; a successor lives it again when the process died."""
        try:
            return future.result()
        except BrokenProcessPool:
            self.restart()
            return self.begin(day, again="again").result()

    def end(self) -> None:
        self.pool.shutdown(wait=True, cancel_futures=True)


def _live(simulation: Simulation, tenant_id: str, n: int, day: date, again: str) -> Delivery:
    with tenant_scope(tenant_id):
        done = done_on(day) if again else frozenset()
        return simulation.share(n).live(day, done=done)
