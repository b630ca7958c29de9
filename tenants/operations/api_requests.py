"""Keeping the log of requests: in from the buffer every few seconds, out after thirty days."""

from datetime import datetime, timedelta
from typing import Any, Final

from platform_app.kernel.tenancy import platform_scope, tenant_scope
from tenants.gateways import request_buffer
from tenants.models import ApiRequest, Tenant

KEPT: Final = timedelta(days=30)
BATCH: Final = 500
PURGED_AT_ONCE: Final = 5_000


def write_api_requests() -> int:
    """Move what waits in the buffer into the table; returns how many lines were taken.

    One insert per batch, for all platforms. A line that is there already is passed over. What was
    taken and could not be written is lost: it is a log. Needs no scope.
    """
    count = 0
    while lines := request_buffer.take(BATCH):
        with platform_scope():
            ApiRequest.objects.bulk_create(map(_row, lines), ignore_conflicts=True)
        count += len(lines)
        if len(lines) < BATCH:
            break
    return count


def purge_api_requests(*, at: datetime) -> int:
    """Remove what is older than thirty days, of every platform, in small transactions.

    Needs no scope; returns how many went.
    """
    count = 0
    for tenant_id in Tenant.objects.order_by("id").values_list("id", flat=True):
        with tenant_scope(tenant_id):
            while gone := _purge_some(at - KEPT):
                count += gone
    return count


def _purge_some(before: datetime) -> int:
    old = ApiRequest.objects.filter(at__lt=before).order_by("at")
    chosen = list(old.values_list("pk", flat=True)[:PURGED_AT_ONCE])
    return ApiRequest.objects.filter(pk__in=chosen).delete()[0] if chosen else 0


def _row(line: dict[str, Any]) -> ApiRequest:
    return ApiRequest(**{**line, "at": datetime.fromisoformat(line["at"])})
