"""Background work of tenants: called by name, with ids only."""

from typing import Any

import structlog
from celery import shared_task

from platform_app.kernel import clock, jobs
from platform_app.kernel.tenancy import platform_scope, tenant_scope
from tenants.models import Tenant
from tenants.operations import (
    account_changes,
    api_requests,
    credential_ends,
    deliveries,
    imports,
    replays,
)
from tenants.queries.sandboxes import working_for

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


@shared_task(name="tenants.work_account_changes")
def work_account_changes(**_: Any) -> int:
    """Tell of confirmed changes of accounts, and put in force those whose time has come.

    A platform that fails is logged and holds up nobody else.
    """
    count = 0
    with platform_scope():
        tenant_ids = account_changes.platforms_with_waiting()
    for tenant_id in tenant_ids:
        try:
            with working_for(tenant_id):
                count += account_changes.work_account_changes(
                    actor="system:accounts", at=clock.now()
                )
        except Exception:
            logger.exception("tenants.work_account_changes.failed", tenant=tenant_id)
    return count


@shared_task(name="tenants.write_api_requests")
def write_api_requests(**_: Any) -> int:
    """Move the request log's buffer into its table."""
    return api_requests.write_api_requests()


@shared_task(name="tenants.purge_api_requests")
def purge_api_requests(**_: Any) -> int:
    """Remove requests older than thirty days."""
    return api_requests.purge_api_requests(at=clock.now())


@shared_task(name="tenants.replay_webhooks")
def replay_webhooks(*, tenant_id: str, replay_id: str, **_: Any) -> None:  # noqa: ARG001 -- opens the scope
    """Go on with one replay to its end."""
    replays.work_replay(replay_id=replay_id)


@shared_task(name="tenants.resume_replays")
def resume_replays(**_: Any) -> int:
    """Ask for every unfinished replay again; whoever comes second finds nothing left to do."""
    with platform_scope():
        waiting = [(row.tenant_id, row.id) for row in replays.unfinished()]
        for tenant_id, replay_id in waiting:
            jobs.enqueue("tenants.replay_webhooks", tenant_id=tenant_id, replay_id=replay_id)
    return len(waiting)
