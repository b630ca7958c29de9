"""Background work of tenants: called by name, with ids only."""

from typing import Any

import structlog
from celery import shared_task

from platform_app.kernel import clock, jobs
from platform_app.kernel.tenancy import platform_scope, tenant_scope
from tenants.models import Tenant
from tenants.operations import credential_ends, deliveries, imports

logger = structlog.get_logger(__name__)


@shared_task(name="tenants.import_file")
def import_file(*, tenant_id: str, import_id: str, **_: Any) -> None:  # noqa: ARG001 -- opens the scope
    """Read one uploaded file of orders to its end."""
    imports.import_file(import_id=import_id)


@shared_task(name="tenants.resume_imports")
def resume_imports(**_: Any) -> int:
    """Ask for every unfinished import again; one that is being read notices and stops at once."""
    with platform_scope():
        waiting = [(row.tenant_id, row.id) for row in imports.unfinished()]
        for tenant_id, import_id in waiting:
            jobs.enqueue("tenants.import_file", tenant_id=tenant_id, import_id=import_id)
    return len(waiting)


@shared_task(name="tenants.send_webhooks")
def send_webhooks(**_: Any) -> int:
    """Send every due webhook of every platform."""
    return deliveries.send_due()


@shared_task(name="tenants.tell_key_ends")
def tell_key_ends(**_: Any) -> int:
    """Tell every platform which of its keys end soon; how many events. A second run tells nothing.

    A platform that fails is logged and holds up nobody else.
    """
    count = 0
    with platform_scope():
        tenant_ids = list(Tenant.objects.order_by("id").values_list("id", flat=True))
    for tenant_id in tenant_ids:
        try:
            with tenant_scope(tenant_id):
                count += credential_ends.tell_ends(actor="system:keys", at=clock.now())
        except Exception:
            logger.exception("tenants.tell_key_ends.failed", tenant=tenant_id)
    return count
