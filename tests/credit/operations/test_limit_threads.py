"""A line changed by somebody while a nightly job waits for it: the job leaves it alone."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from credit.enums import SuspensionReason
from credit.models import CreditLine, LimitReview, TemporaryLimit
from credit.operations.limit_reviews import review_limits
from credit.operations.lines import close_line, suspend_line
from credit.operations.seasonal_limits import grant_seasonal_limits
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives
from tests.credit.operations.test_limit_reviews import tonight
from tests.credit.operations.test_seasonal_limits import seasonal_line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def while_it_waits(tenant: Tenant, change: Callable[[], object], job: Callable[[], Any]) -> Any:
    """Commit `change` on another connection once `job` waits for the row it has locked."""
    changed = Event()

    def hold() -> None:
        try:
            with tenant_scope(tenant.id), transaction.atomic():
                change()
                changed.set()
                until = time.monotonic() + 20
                while not _somebody_waits():
                    assert time.monotonic() < until, "the job never waited"
                    time.sleep(0.02)
        finally:
            changed.set()
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(hold)
        assert changed.wait(20)
        with tenant_scope(tenant.id):
            done = job()
        holder.result()
    return done


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() "
            "AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("act", ["close", "suspend"])
def test_a_review_leaves_alone_what_somebody_has_just_changed(
    tenant: Tenant, at: datetime, act: str
) -> None:
    with tenant_scope(tenant.id):
        line, other = (
            lives.line_of(lives.merchant_with_trade(number, at), at) for number in ("P1", "P2")
        )
        night = tonight(line.activated_at.date() + timedelta(days=31))
    told = {"line_id": line.id, "reason": "x", "actor": "usr_a", "at": night}
    change = (
        partial(close_line, **told)
        if act == "close"
        else partial(suspend_line, because=SuspensionReason.RISK, **told)
    )
    done = while_it_waits(tenant, change, lambda: review_limits(at=night))
    with tenant_scope(tenant.id):
        assert sum(done.values()) == 1
        assert [one.line_id for one in LimitReview.objects.all()] == [other.id]
        after = CreditLine.objects.get(pk=line.pk)
        assert after.status == {"close": "closed", "suspend": "suspended"}[act]
        assert after.limit_minor == line.limit_minor


def test_a_season_leaves_a_line_that_was_just_closed(tenant: Tenant, at: datetime) -> None:
    later = at + timedelta(hours=2)
    with tenant_scope(tenant.id):
        line = seasonal_line(at)
    change = partial(close_line, line_id=line.id, reason="x", actor="usr_a", at=later)
    assert while_it_waits(tenant, change, lambda: grant_seasonal_limits(at=later)) == 0
    with tenant_scope(tenant.id):
        assert TemporaryLimit.objects.count() == 0
