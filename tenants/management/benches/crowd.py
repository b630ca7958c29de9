"""Merchants and orders by the million, for benches: made by the database itself."""

from datetime import datetime
from typing import Any, Final

from django.db import connection

from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id
from tenants.enums import KybStatus, MerchantKind, OrderStatus

_MERCHANTS: Final = f"""
INSERT INTO tenants_merchant (id, tenant_id, external_id, name, kind, registration_no, category,
                              region, kyb_status, joined_on, version)
SELECT uuidv7(), %(tenant)s::uuid, 'N' || n, 'bench', '{MerchantKind.COMPANY}', '', '', '',
       '{KybStatus.POOLED}', %(day)s::date - 600, 1
FROM generate_series(1, %(count)s) n
"""  # noqa: S608 -- our own enum values
# Merchants differ in how often, how much and how evenly they buy; a twelfth comes back.
_ORDERS: Final = f"""
INSERT INTO tenants_tradeorder (id, tenant_id, order_no, revision, merchant_id, ordered_on,
                                event_at, known_at, quantity, amount_minor, status, category)
SELECT uuidv7(), %(tenant)s::uuid, m.n || '-' || o, 1, m.id, %(day)s::date - d.days,
       %(known_at)s, %(known_at)s, 1, ((1 + m.n %% 97) * 40000 * (0.4 + random()))::bigint,
       CASE WHEN random() < 0.08 THEN '{OrderStatus.RETURNED}' ELSE '{OrderStatus.PLACED}' END, ''
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM tenants_merchant
      WHERE tenant_id = %(tenant)s::uuid) m
CROSS JOIN generate_series(1, %(each)s) o
CROSS JOIN LATERAL (SELECT (1 + (o * 360 / %(each)s + m.n * 7) %% (30 + m.n %% 371))::int AS days) d
"""  # noqa: S608 -- our own enum values


def fill(*, merchants: int, orders_each: int, known_at: datetime) -> None:
    """So many merchants of the scope's platform, each with so many orders in thirteen months."""
    told: dict[str, Any] = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "count": merchants,
        "each": orders_each,
        "known_at": known_at,
        "day": known_at.date(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MERCHANTS, told)
        cursor.execute(_ORDERS, told)
