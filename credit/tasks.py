"""Background work of credit: called by name, with ids only."""

from typing import Any

import structlog
from celery import shared_task

from credit.enums import ApplicationStatus
from credit.models import Application
from credit.operations.applications import decide_application as decide
from credit.operations.business_day import close_day, finish_closing_days
from credit.operations.funding_pursuit import pursue
from credit.operations.offers import expire_offers
from credit.operations.settlements import pay_settlements
from credit.queries.business_day import open_day
from credit.queries.instructions import due_instructions
from platform_app.kernel import clock, jobs
from platform_app.kernel.tenancy import platform_scope, tenant_scope
from tenants.models import Tenant

logger = structlog.get_logger(__name__)


@shared_task(name="credit.decide_application")
def decide_application(*, tenant_id: str, application_id: str, **_: Any) -> None:  # noqa: ARG001 -- opens the scope
    """Decide a submitted application; one that is decided stays as it is."""
    decide(application_id=application_id, actor="system:decide", at=clock.now())


@shared_task(name="credit.decide_applications")
def decide_applications(**_: Any) -> int:
    """Find what a lost broker left: decide submitted applications, end offers that ran out."""
    count = 0
    for tenant in Tenant.objects.filter(is_virtual=False, status="active").order_by("id"):
        with tenant_scope(tenant.id):
            expire_offers(at=clock.now())
            waiting = Application.objects.filter(status=ApplicationStatus.SUBMITTED)
            for application_id in waiting.order_by("id").values_list("id", flat=True):
                decide(application_id=application_id, actor="system:decide", at=clock.now())
                count += 1
    return count


@shared_task(name="credit.close_days")
def close_days(**_: Any) -> int:
    """Close every business day that is over, tenant by tenant; return how many were closed.

    Missed days run in order. A tenant whose close fails keeps its day *closing*, is logged, and
    holds up nobody else. Virtual tenants' calendars are moved by their replay, not by time.
    """
    closed = 0
    for tenant in Tenant.objects.filter(is_virtual=False, status="active").order_by("id"):
        try:
            with tenant_scope(tenant.id):
                closed += _close_tenant()
        except Exception:
            logger.exception("close.failed", tenant=tenant.id)
    return closed


def _close_tenant() -> int:
    closed = 0
    finish_closing_days(at=clock.now())
    while clock.now() >= clock.end_of(open_day()):
        close_day(at=clock.now())
        pay_settlements(actor="system:close", at=clock.now())
        closed += 1
    return closed


@shared_task(name="credit.pursue_funding")
def pursue_funding(*, tenant_id: str, instruction_id: str, **_: Any) -> None:  # noqa: ARG001 -- opens the scope
    """Send a funding instruction, or ask what became of it."""
    pursue(instruction_id=instruction_id)


@shared_task(name="credit.sweep_funding")
def sweep_funding(**_: Any) -> int:
    """Find every instruction whose time has come: never sent, timed out, or left by a crash."""
    with platform_scope():
        due = due_instructions(clock.now())
        for tenant_id, instruction_id in due:
            jobs.enqueue(
                "credit.pursue_funding", tenant_id=tenant_id, instruction_id=instruction_id
            )
    return len(due)
