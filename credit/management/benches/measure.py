"""What every bench shares: a stopwatch, a check of its own result, the form of its answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.core.management.base import CommandError
from django.db import connection

from tenants.models import Tenant

RUNS = 3
Measured = tuple[float, float]  # seconds of the work, seconds of its baseline


@dataclass(frozen=True, slots=True)
class Bench:
    """One thing to measure, all its runs; against what; packages whose versions matter."""

    measure: Callable[[Tenant, int], list[Measured]]
    unit: str
    baseline: str
    packages: tuple[str, ...] = ()


def runs(once: Callable[[Tenant, int, int], Measured]) -> Callable[[Tenant, int], list[Measured]]:
    """The same again, told the number of the run."""
    return lambda tenant, size: [once(tenant, size, run) for run in range(RUNS)]


def timed(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def check(holds: bool, found: str) -> None:  # noqa: FBT001 -- the finding it reports
    """A fast wrong answer fails."""
    if not holds:
        msg = f"the bench's own check failed: {found}"
        raise CommandError(msg)


def prove() -> None:
    """Run what is deferred to the commit now: a bench rolls back, and would never pay for it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
