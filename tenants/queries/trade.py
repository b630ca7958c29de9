"""Orders as they stand: of each number the last revision counts."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from tenants.models import TradeOrder


def list_orders(
    *, merchant_id: str | None = None, known_by: datetime | None = None
) -> QuerySet[Any]:
    """The counting revision of every order, of one firm or of all; no order of rows is promised.

    With `known_by`, as it was known at that moment: later revisions and later orders are left out.
    """
    seen = TradeOrder.objects.all()
    if known_by is not None:
        seen = seen.filter(known_at__lte=known_by)
    newer = seen.filter(order_no=OuterRef("order_no"), revision__gt=OuterRef("revision"))
    rows = seen.filter(~Exists(newer))
    return rows if merchant_id is None else rows.filter(merchant_id=merchant_id)
