"""Background work of analytics: called by name, with ids only."""

from datetime import timedelta
from typing import Any

import structlog
from celery import shared_task

from analytics.operations.expected_loss import book_when_due
from analytics.operations.features import refresh_features as refresh
from analytics.operations.monitoring import monitor_platform
from analytics.operations.test_clocks import advance, lost_clocks
from credit.queries.portfolio import business_today
from platform_app.kernel import clock, jobs
from platform_app.kernel.tenancy import mode_scope, platform_scope, tenant_scope
from tenants.models import Tenant

logger = structlog.get_logger(__name__)


@shared_task(name="analytics.monitor_risk")
def monitor_risk(**_: Any) -> int:
    """Measure every platform's risk as of its last business day; return the readings kept.

    A platform whose run fails is logged and holds up nobody else; a second run changes nothing.
    """
    kept = 0
    for tenant in Tenant.objects.filter(is_virtual=False, status="active").order_by("id"):
        try:
            with tenant_scope(tenant.id), mode_scope(tenant.running):
                on = business_today() - timedelta(days=1)
                found = monitor_platform(on=on, actor="system:monitor", at=clock.now())
                kept += found.readings_count
        except Exception:
            logger.exception("monitor.failed", tenant=tenant.id)
    return kept


@shared_task(name="analytics.book_expected_loss")
def book_expected_loss(**_: Any) -> int:
    """After a month's last business day, book every platform's expected loss; return how many.

    A night that was missed is made up for by the next one.
    A platform whose run fails is logged and holds up nobody else; a second run changes nothing.
    """
    booked = 0
    for tenant in Tenant.objects.filter(is_virtual=False, status="active").order_by("id"):
        try:
            with tenant_scope(tenant.id), mode_scope(tenant.running):
                booked += book_when_due(
                    today=business_today(), actor="system:expected_loss", at=clock.now()
                )
        except Exception:
            logger.exception("expected_loss.failed", tenant=tenant.id)
    return booked


@shared_task(name="analytics.refresh_features")
def refresh_features(**_: Any) -> int:
    """Bring every platform's features up to its last business day; return the snapshots taken.

    A platform whose run fails is logged and holds up nobody else; the next run finishes it.
    """
    taken = 0
    for tenant in Tenant.objects.filter(is_virtual=False, status="active").order_by("id"):
        try:
            with tenant_scope(tenant.id), mode_scope(tenant.running):
                on = business_today() - timedelta(days=1)
                taken += refresh(on=on, at=clock.now()).snapshots_count
        except Exception:
            logger.exception("features.failed", tenant=tenant.id)
    return taken


@shared_task(name="analytics.advance_test_clock")
def advance_test_clock(*, tenant_id: str, clock_id: str, **_: Any) -> int:  # noqa: ARG001 -- opens the scope
    """Walk one sandbox's clock to where it was sent; return how many stops it made."""
    return advance(clock_id=clock_id)


@shared_task(name="analytics.resume_test_clocks")
def resume_test_clocks(**_: Any) -> int:
    """Ask again for every clock whose worker was killed or whose job was lost; return how many."""
    with platform_scope():
        lost = lost_clocks(at=clock.now())
        for tenant_id, clock_id in lost:
            jobs.enqueue("analytics.advance_test_clock", tenant_id=tenant_id, clock_id=clock_id)
    return len(lost)
