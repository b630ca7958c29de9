"""Background work of campaigns: called by name."""

from typing import Any

import structlog
from celery import shared_task

from campaigns.operations.daily_coupons import tend_coupons as tend
from platform_app.kernel import clock
from platform_app.kernel.tenancy import mode_scope, tenant_scope
from tenants.models import Tenant

logger = structlog.get_logger(__name__)


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
