"""Orders come in by the thousand: a handful of statements for each chunk, whatever it holds."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from platform_app.kernel import clock, events, ids
from platform_app.kernel.events import NewEvent
from platform_app.kernel.scope import current_tenant_id
from tenants.enums import KybStatus, MerchantKind
from tenants.errors import FutureOrder
from tenants.values import ImportCounts, OrderRow

CHUNK: Final = 5_000

_FIND_MERCHANTS: Final = (
    "SELECT external_id, id FROM tenants_merchant WHERE tenant_id = %s AND external_id = ANY(%s)"
)
_POOL_MERCHANTS: Final = f"""
    INSERT INTO tenants_merchant (id, tenant_id, external_id, name, kind, registration_no,
                                  category, region, kyb_status, joined_on, version)
    SELECT id, %s, external_id, name, '{MerchantKind.COMPANY}', '', '', '',
           '{KybStatus.POOLED}', joined_on, 1
    FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::date[])
      AS n (id, external_id, name, joined_on)
    ON CONFLICT (tenant_id, external_id) DO NOTHING
    RETURNING external_id, id"""  # noqa: S608 -- only our own enum values are written in
_LATEST: Final = """
    SELECT DISTINCT ON (order_no) order_no, revision, merchant_id, ordered_on, quantity,
           amount_minor, status, category
    FROM tenants_tradeorder WHERE tenant_id = %s AND order_no = ANY(%s)
    ORDER BY order_no, revision DESC"""
_ADD_ORDERS: Final = """
    INSERT INTO tenants_tradeorder (id, tenant_id, order_no, revision, merchant_id, ordered_on,
                                    event_at, known_at, quantity, amount_minor, status, category)
    SELECT id, %s, order_no, revision, merchant_id, ordered_on,
           (ordered_on + time '12:00') AT TIME ZONE 'Asia/Shanghai', %s, quantity, amount_minor,
           status, category
    FROM unnest(%s::uuid[], %s::text[], %s::int[], %s::uuid[], %s::date[], %s::int[], %s::bigint[],
                %s::text[], %s::text[])
      AS n (id, order_no, revision, merchant_id, ordered_on, quantity, amount_minor, status,
            category)
    ON CONFLICT (tenant_id, order_no, revision) DO NOTHING
    RETURNING order_no, revision"""


class _Content(NamedTuple):
    """What an order says; two equal contents are one revision."""

    merchant_id: str
    ordered_on: date
    quantity: int
    amount_minor: int
    status: str
    category: str


class _Revision(NamedTuple):
    order_no: str
    revision: int
    content: _Content


@transaction.atomic
def import_orders(*, rows: Sequence[OrderRow], known_at: datetime, actor: str) -> ImportCounts:
    """Take in orders as learned at `known_at`; firms not seen before enter the pool.

    An order said again with the same content writes nothing; with another content it becomes the
    next revision, and the last one counts. Rows of one call are read in order, so a number may
    come twice. `event_at` is noon in Shanghai. Raises FutureOrder, and then nothing has moved.
    """
    today = clock.day_of(known_at)
    for row in rows:
        if row.ordered_on > today:
            raise FutureOrder(field="ordered_on", order_no=row.order_no)
    firsts = _first_days(rows)
    counts = ImportCounts()
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        merchants = _merchants(chunk, firsts, known_at=known_at, actor=actor)
        counts += _orders(chunk, merchants, known_at, actor)
    return counts


def _first_days(rows: Iterable[OrderRow]) -> dict[str, tuple[date, str]]:
    """First order day and name of each merchant number in these rows."""
    firsts: dict[str, tuple[date, str]] = {}
    for row in rows:
        day, name = firsts.get(row.merchant_no, (row.ordered_on, ""))
        firsts[row.merchant_no] = (min(day, row.ordered_on), name or row.merchant_name)
    return firsts


def _merchants(
    chunk: Sequence[OrderRow],
    firsts: Mapping[str, tuple[date, str]],
    *,
    known_at: datetime,
    actor: str,
) -> dict[str, str]:
    """Merchant number → uuid, pooling the firms that are new."""
    numbers = sorted({row.merchant_no for row in chunk})
    found = _select(_FIND_MERCHANTS, _tenant(), numbers)
    missing = [number for number in numbers if number not in found]
    if not missing:
        return found
    pooled = _select(
        _POOL_MERCHANTS,
        _tenant(),
        [str(ids.new_uuid()) for _ in missing],
        missing,
        [firsts[number][1] or number for number in missing],
        [firsts[number][0] for number in missing],
    )
    events.record_all(
        [
            NewEvent(
                name="tenants.merchant.pooled",
                subject=(merchant_id := ids.from_uuid("mch", UUID(pooled[number]))),
                merchant_id=merchant_id,
                actor=actor,
                at=known_at,
                props={"external_id": number, "version": 1},
            )
            for number in missing
            if number in pooled
        ]
    )
    found |= pooled
    lost = [number for number in missing if number not in found]  # another import was faster
    return found | (_select(_FIND_MERCHANTS, _tenant(), lost) if lost else {})


def _orders(
    chunk: Sequence[OrderRow], merchants: Mapping[str, str], known_at: datetime, actor: str
) -> ImportCounts:
    counts = ImportCounts()
    pending, touched = list(chunk), set[str]()
    while pending:
        latest = _latest(sorted({row.order_no for row in pending}))
        before = {no: one.content.merchant_id for no, one in latest.items()}
        fresh, took = _revisions(pending, merchants, latest)
        written = _add(fresh, known_at)
        lost = {item.order_no for item in fresh if (item.order_no, item.revision) not in written}
        counts += _counted(took, lost)
        for order_no, _ in written:
            touched |= {latest[order_no].content.merchant_id, before.get(order_no, "")}
        pending = [row for row in pending if row.order_no in lost]  # raced: look again
    _tell(touched - {""}, known_at=known_at, actor=actor)
    return counts


def _tell(touched: set[str], *, known_at: datetime, actor: str) -> None:
    """One event a chunk: whose orders are not what they were, before or after."""
    if touched:
        events.record(
            "tenants.orders.imported",
            subject=current_tenant_id(),
            actor=actor,
            at=known_at,
            props={"merchants": sorted(ids.from_uuid("mch", UUID(one)) for one in touched)},
        )


def _revisions(
    rows: Iterable[OrderRow], merchants: Mapping[str, str], latest: dict[str, _Revision]
) -> tuple[list[_Revision], list[tuple[str, int]]]:
    """The revisions to write, and (order number, revision written or 0) of each row in order."""
    fresh: list[_Revision] = []
    took: list[tuple[str, int]] = []
    for row in rows:
        content = _Content(
            merchants[row.merchant_no], row.ordered_on, row.quantity, row.amount_minor, row.status,
            row.category,
        )  # fmt: skip
        last = latest.get(row.order_no)
        if last is not None and last.content == content:
            took.append((row.order_no, 0))
            continue
        item = _Revision(row.order_no, last.revision + 1 if last else 1, content)
        latest[row.order_no] = item
        fresh.append(item)
        took.append((row.order_no, item.revision))
    return fresh, took


def _counted(took: Iterable[tuple[str, int]], lost: set[str]) -> ImportCounts:
    kept = [revision for order_no, revision in took if order_no not in lost]
    created, repeated = kept.count(1), kept.count(0)
    return ImportCounts(created, len(kept) - created - repeated, repeated)


def _latest(order_nos: list[str]) -> dict[str, _Revision]:
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [_tenant(), order_nos])
        return {
            row[0]: _Revision(row[0], row[1], _Content(str(row[2]), *row[3:]))
            for row in cursor.fetchall()
        }


def _add(fresh: list[_Revision], known_at: datetime) -> set[tuple[str, int]]:
    if not fresh:
        return set()
    fresh = sorted(fresh)  # one order of locks, so that two imports cannot wait for each other
    columns = zip(*(item.content for item in fresh), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            _ADD_ORDERS,
            [
                _tenant(),
                known_at,
                [str(ids.new_uuid()) for _ in fresh],
                [item.order_no for item in fresh],
                [item.revision for item in fresh],
                *(list(column) for column in columns),
            ],
        )
        return set(cursor.fetchall())


def _select(sql: str, *params: Any) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {row[0]: str(row[1]) for row in cursor.fetchall()}


def _tenant() -> str:
    return str(ids.to_uuid("tnt", current_tenant_id()))
