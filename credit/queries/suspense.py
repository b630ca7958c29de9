"""Money that waits for its owner."""

from typing import Any

from django.db.models import QuerySet, Sum

from credit.enums import SuspenseStatus
from credit.models import SuspenseItem
from platform_app.kernel.errors import NotFound

WAITING = (SuspenseStatus.OPEN, SuspenseStatus.RETURNING)


def list_items(*, status: str = "") -> QuerySet[Any]:
    """Items with their lender, newest first; without a status those that still wait."""
    rows = SuspenseItem.objects.select_related("funding_source").order_by("-id")
    return rows.filter(status=status) if status else rows.filter(status__in=WAITING)


def waiting_minor() -> int:
    """What is in suspense altogether, in fen."""
    rows = SuspenseItem.objects.filter(status__in=WAITING)
    return int(rows.aggregate(total=Sum("open_minor"))["total"] or 0)


def suspense_item(item_id: str) -> SuspenseItem:
    """One item with its lender. Raises NotFound."""
    return _one(SuspenseItem.objects.select_related("funding_source"), item_id)


def locked_item(item_id: str) -> SuspenseItem:
    """One item, locked before any line. Raises NotFound."""
    return _one(SuspenseItem.objects.select_for_update(of=("self",)), item_id)


def _one(rows: QuerySet[Any], item_id: str) -> SuspenseItem:
    try:
        found: SuspenseItem | None = rows.filter(pk=item_id).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun="suspense item")
    return found
