"""Background work of risk: called by name."""

from typing import Any

import structlog
from celery import shared_task

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.tenancy import mode_scope, platform_scope, tenant_scope
from risk.operations import findings
from risk.operations.policy_life import put_due_policy_in_force
from tenants.models import Tenant

logger = structlog.get_logger(__name__)


@shared_task(name="risk.put_due_policies_in_force")
def put_due_policies_in_force(**_: Any) -> int:
    """Let agreed policies decide whose day has come; how many did."""
    count = 0
    with platform_scope():
        tenants = list(Tenant.objects.order_by("id"))
    for tenant in tenants:
        with tenant_scope(tenant.id), mode_scope(tenant.running):
            try:
                policy = put_due_policy_in_force(actor="system:policy", at=clock.now())
            except DomainError as refusal:
                logger.warning("risk.policy.not_due", tenant=tenant.id, refusal=refusal.code)
                continue
        count += policy is not None
    return count


@shared_task(name="risk.find_fraud")
def find_fraud(**_: Any) -> int:
    """Look for linked merchants on every platform; how many findings are new.

    A platform whose run fails is logged and holds up nobody else; a second run changes nothing.
    """
    count = 0
    with platform_scope():
        tenants = list(Tenant.objects.order_by("id"))
    for tenant in tenants:
        try:
            with tenant_scope(tenant.id), mode_scope(tenant.running):
                count += findings.find_fraud(actor="system:fraud", at=clock.now())
        except Exception:
            logger.exception("risk.find_fraud.failed", tenant=tenant.id)
    return count
