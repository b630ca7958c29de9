"""`trade_facts` of a range of merchants as one statement of whole numbers, for COPY."""

from datetime import datetime
from typing import Any, Final

from platform_app.kernel import clock, ids
from platform_app.kernel.scope import current_tenant_id
from risk.queries.facts import KNOWN, SUMMED

# After the id, each a bigint and never NULL. Months: the oldest of the twelve first.
COLUMNS: Final = (
    "net_gmv_l3_minor", "net_gmv_l12_minor", "returned_l12_minor", "order_count_l12",
    "order_count_total", "tenure_days", "recency_days", "median_order_minor",
    *(f"month_{n}" for n in range(12)),
)  # fmt: skip
_VALUES: Final = (
    "f.l3", "f.l12", "f.back", "f.count_l12", "f.count_total", "%(day)s::date - f.first_on",
    "%(day)s::date - f.last_on", "f.median", *(f"f.monthly[{n}]" for n in range(1, 13)),
)  # fmt: skip
_NAMED: Final = ", ".join(
    f"coalesce({value}, 0)::bigint AS {name}" for name, value in zip(COLUMNS, _VALUES, strict=True)
)
_ROWS: Final = f"SELECT f.id, {_NAMED} FROM ({KNOWN}{SUMMED}) f ORDER BY f.id"  # noqa: S608 -- constants


def fact_rows(*, first_id: str, last_id: str, as_of: datetime) -> tuple[str, dict[str, Any]]:
    """The statement and its parameters: `id`, then `COLUMNS`, in the order of the ids.

    Both ends count. A merchant without orders has zeros; `order_count_total` tells.
    """
    return _ROWS, {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "as_of": as_of,
        "day": clock.day_of(as_of),
        "merchants": None,
        "first": str(ids.to_uuid("mch", first_id)),
        "last": str(ids.to_uuid("mch", last_id)),
    }
