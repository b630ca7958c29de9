"""Background work of campaigns: called by name, with ids only."""

from typing import Any

import structlog
from celery import shared_task

from campaigns.models import PoolImport, PoolMember
from campaigns.operations import pool_files, pool_following, pool_imports, pool_screening
from campaigns.operations.daily_coupons import tend_coupons as tend
from campaigns.operations.daily_referrals import tend_referrals as tend_all_referrals
from platform_app.kernel import clock, jobs
from platform_app.kernel.tenancy import mode_scope, platform_scope, tenant_scope
from tenants.models import Tenant

logger = structlog.get_logger(__name__)
POOL_ACTOR = "system:pool"


@shared_task(name="campaigns.tend_coupons")
def tend_coupons(**_: Any) -> int:
    """End coupons whose last day is over, on every platform; how many did.

    One platform that fails is logged and holds up nobody else; a second run changes nothing.
    """
    count = 0
    for tenant in Tenant.objects.filter(is_virtual=False, status="active").order_by("id"):
        try:
            with tenant_scope(tenant.id), mode_scope(tenant.running):
                count += tend(at=clock.now())
        except Exception:
            logger.exception("coupons.failed", tenant=tenant.id)
    return count


@shared_task(name="campaigns.tend_referrals")
def tend_referrals(**_: Any) -> int:
    """Follow the referrals of every platform; how many were rewarded. A second run changes nothing.

    One platform that fails is logged and holds up nobody else.
    """
    count = 0
    for tenant in Tenant.objects.filter(is_virtual=False, status="active").order_by("id"):
        try:
            with tenant_scope(tenant.id), mode_scope(tenant.running):
                count += tend_all_referrals(at=clock.now())
        except Exception:
            logger.exception("referrals.failed", tenant=tenant.id)
    return count


@shared_task(name="campaigns.import_pool")
def import_pool(*, tenant_id: str, import_id: str, **_: Any) -> None:  # noqa: ARG001 -- opens the scope
    """Read one uploaded file of merchants to its end."""
    pool_imports.import_pool(import_id=import_id)


@shared_task(name="campaigns.resume_pool_imports")
def resume_pool_imports(**_: Any) -> int:
    """Ask for every unfinished import again; one that is being read notices and stops at once."""
    with platform_scope():
        waiting = [(row.tenant_id, row.id) for row in pool_imports.unfinished()]
        for tenant_id, import_id in waiting:
            jobs.enqueue("campaigns.import_pool", tenant_id=tenant_id, import_id=import_id)
    return len(waiting)


@shared_task(name="campaigns.prescreen_pool")
def prescreen_pool(*, tenant_id: str, **_: Any) -> None:  # noqa: ARG001 -- opens the scope
    """Catch up with lines and applications, let members sleep, pre-screen who was not spoken to.

    Files that nobody confirmed are deleted first.
    """
    pool_files.drop_pool_files(at=clock.now())
    pool_following.catch_up_pool(actor=POOL_ACTOR, at=clock.now())
    pool_screening.age_pool(actor=POOL_ACTOR, at=clock.now())
    pool_screening.prescreen_pool(actor=POOL_ACTOR, at=clock.now())


@shared_task(name="campaigns.tend_pools")
def tend_pools(**_: Any) -> int:
    """After the night's scores: ask for the pool of every platform that has one."""
    with platform_scope():
        owners = sorted(
            {*PoolMember.objects.values_list("tenant_id", flat=True).distinct()}
            | {*PoolImport.objects.filter(status="checked").values_list("tenant_id", flat=True)}
        )
        for tenant_id in owners:
            jobs.enqueue("campaigns.prescreen_pool", tenant_id=tenant_id)
    return len(owners)
