"""A sandbox: a platform of its own for rehearsals, tied to the live one."""

from datetime import datetime

from django.db import transaction

from platform_app.kernel import audit
from platform_app.kernel.scope import current_tenant_id
from tenants.enums import TenantMode, TenantStatus
from tenants.errors import LiveOnly, TestOnly
from tenants.models import Tenant


@transaction.atomic
def tie_sandbox(*, sandbox_id: str, actor: str, at: datetime) -> Tenant:
    """Make a platform just taken on the sandbox of the open scope's one: brand and origins copied.

    In the transaction that takes it on; whoever opens one at the same time waits here. Raises
    LiveOnly inside a sandbox.
    """
    live = lock_live()
    sandbox = Tenant.objects.select_for_update().get(pk=sandbox_id)
    sandbox.mode, sandbox.live_tenant = TenantMode.TEST, live
    sandbox.accent, sandbox.embed_origins = live.accent, live.embed_origins
    sandbox.save(update_fields=["mode", "live_tenant", "accent", "embed_origins"])
    audit.record(
        actor=actor, action="tenants.sandbox.open", subject=live.id, at=at,
        after={"sandbox": sandbox.id},
    )  # fmt: skip
    return sandbox


def lock_live() -> Tenant:
    """The open scope's platform, locked. Raises LiveOnly when it is a sandbox itself."""
    live = Tenant.objects.select_for_update().get(pk=current_tenant_id())
    if live.mode != TenantMode.LIVE:
        raise LiveOnly
    return live


@transaction.atomic
def retire_sandbox(*, sandbox_id: str, actor: str, at: datetime) -> None:
    """Close a sandbox of the open scope's platform for good: its keys open nothing any more.

    Its rows stay, as all books do. A second call changes nothing. Raises LiveOnly, TestOnly.
    """
    live = lock_live()
    sandbox = Tenant.objects.select_for_update().filter(pk=sandbox_id).first()
    if sandbox is None or sandbox.live_tenant_id != live.id:
        raise TestOnly
    if sandbox.status == TenantStatus.SUSPENDED:
        return
    sandbox.status = TenantStatus.SUSPENDED
    sandbox.save(update_fields=["status"])
    audit.record(
        actor=actor, action="tenants.sandbox.retire", subject=live.id, at=at,
        after={"sandbox": sandbox.id},
    )  # fmt: skip
