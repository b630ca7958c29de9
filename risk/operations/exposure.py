"""Reserving and releasing what may be out at once, in the drawdown's own transaction.

Two caps: the tenant's pool, in slices, and the legal entity's over all tenants, one row by its
keyed hash. Lock order: after the credit line and drawdown rows; slice, then entity. The row locks
are held until the caller commits, and a rollback gives the amount back.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import F

from platform_app.kernel import ids
from platform_app.kernel.errors import Invalid
from platform_app.kernel.scope import current_tenant_id
from risk.domain.exposure import POOL, SLICES, slice_of
from risk.errors import EntityLimitReached, ExposureFull, NothingReserved
from risk.models import ExposureBucket

_TAKE_ELSEWHERE: Final = """
UPDATE risk_exposurebucket SET used_minor = used_minor + %(amount)s
WHERE id = (
    SELECT id FROM risk_exposurebucket
    WHERE tenant_id = %(tenant)s AND name = %(name)s AND used_minor + %(amount)s <= cap_minor
    ORDER BY (slice_no - %(first)s + %(slices)s) %% %(slices)s
    LIMIT 1 FOR UPDATE)
RETURNING slice_no
"""

# {slice} gives one row where the pool moved; the entity follows it or nothing does.
_TAKE_ENTITY: Final = """
INSERT INTO risk_entityexposure AS e (id, entity_key, used_minor)
SELECT %(id)s, %(entity)s, %(amount)s FROM {slice}
WHERE %(amount)s <= coalesce(
    (SELECT cap_minor FROM risk_entityexposure WHERE entity_key = %(entity)s), %(cap)s)
ON CONFLICT (entity_key) DO UPDATE SET used_minor = e.used_minor + excluded.used_minor
WHERE e.used_minor + excluded.used_minor <= coalesce(e.cap_minor, %(cap)s)
RETURNING 1
"""
_TAKE_BOTH: Final = f"""
WITH slice AS (
    UPDATE risk_exposurebucket SET used_minor = used_minor + %(amount)s
    WHERE tenant_id = %(tenant)s AND name = %(name)s AND slice_no = %(first)s
      AND used_minor + %(amount)s <= cap_minor
    RETURNING slice_no
), entity AS ({_TAKE_ENTITY.format(slice="slice")})
SELECT (SELECT slice_no FROM slice), EXISTS (SELECT FROM entity)
"""  # noqa: S608 -- our own parts
_MOVE_BOTH: Final = """
WITH slice AS (
    UPDATE risk_exposurebucket SET used_minor = used_minor + %(amount)s
    WHERE tenant_id = %(tenant)s AND name = %(name)s AND slice_no = %(slice_no)s
      AND used_minor + %(amount)s >= 0 AND EXISTS (
          SELECT FROM risk_entityexposure
          WHERE entity_key = %(entity)s AND used_minor + %(amount)s >= 0)
    RETURNING slice_no
), entity AS (
    UPDATE risk_entityexposure SET used_minor = used_minor + %(amount)s
    WHERE entity_key = %(entity)s AND used_minor + %(amount)s >= 0 AND EXISTS (SELECT FROM slice)
    RETURNING 1
)
SELECT EXISTS (SELECT FROM slice) AND EXISTS (SELECT FROM entity)
"""


def reserve(*, amount_minor: int, seed: str, entity: str = "") -> int:
    """Take `amount_minor` fen from the pool and return the slice number to release it from.

    The slice of `seed` is asked first, then the others in turn. `entity` is the key of a legal
    entity (`risk.queries.entities`), whose cap over all tenants is taken with it; empty for none.
    Raises ExposureFull when no slice has the room, EntityLimitReached when the entity has none,
    Invalid for an amount that is not positive.
    """
    _positive(amount_minor)
    first = slice_of(seed)
    if entity:
        return _take_both(first, amount_minor, entity)
    changed = ExposureBucket.objects.filter(
        name=POOL, slice_no=first, used_minor__lte=F("cap_minor") - amount_minor
    ).update(used_minor=F("used_minor") + amount_minor)
    return first if changed else _take_elsewhere(first, amount_minor)


def release(*, slice_no: int, amount_minor: int, entity: str = "") -> None:
    """Give `amount_minor` fen back to the slice and the entity they were taken from.

    Raises NothingReserved when one of them holds less, Invalid for an amount that is not positive.
    """
    _positive(amount_minor)
    if entity:
        _move_both(slice_no, -amount_minor, entity)
        return
    changed = ExposureBucket.objects.filter(
        name=POOL, slice_no=slice_no, used_minor__gte=amount_minor
    ).update(used_minor=F("used_minor") - amount_minor)
    if not changed:
        raise NothingReserved(slice_no=slice_no, amount_minor=amount_minor)


def move(*, slice_no: int, amount_minor: int, entity: str = "") -> None:
    """Follow a change of what is outstanding: give back below zero, take above it.

    What comes back by a reversal is owed already, so no cap can refuse it; pool and entity may then
    stand above their caps, which refuses the next reservation only.
    """
    if amount_minor < 0:
        release(slice_no=slice_no, amount_minor=-amount_minor, entity=entity)
    elif amount_minor > 0 and entity:
        _move_both(slice_no, amount_minor, entity)
    elif amount_minor > 0:
        ExposureBucket.objects.filter(name=POOL, slice_no=slice_no).update(
            used_minor=F("used_minor") + amount_minor
        )


def _take_both(first: int, amount_minor: int, entity: str) -> int:
    params = {**_params(amount_minor, entity), "first": first}
    slice_no, has_room = _row(_TAKE_BOTH, params) or (None, False)
    if slice_no is None:
        slice_no = _take_elsewhere(first, amount_minor)
        has_room = _row(_TAKE_ENTITY.format(slice="(SELECT 1) one"), params) is not None
    if not has_room:
        release(slice_no=slice_no, amount_minor=amount_minor)
        raise EntityLimitReached
    return int(slice_no)


def _move_both(slice_no: int, amount_minor: int, entity: str) -> None:
    params = {**_params(amount_minor, entity), "slice_no": slice_no}
    if not (_row(_MOVE_BOTH, params) or (False,))[0]:
        raise NothingReserved(slice_no=slice_no, amount_minor=abs(amount_minor))


def _take_elsewhere(first: int, amount_minor: int) -> int:
    params = {**_params(amount_minor, ""), "first": first, "slices": SLICES}
    row = _row(_TAKE_ELSEWHERE, params)
    if row is None:
        raise ExposureFull(amount_minor=amount_minor)
    return int(row[0])


def _params(amount_minor: int, entity: str) -> dict[str, str | int]:
    return {
        "amount": amount_minor,
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "name": POOL,
        "entity": entity,
        "cap": settings.ENTITY_CAP_MINOR,
        "id": str(ids.new_uuid()),
    }


def _row(sql: str, params: Mapping[str, str | int]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found


def _positive(amount_minor: int) -> None:
    if amount_minor <= 0:
        raise Invalid(field="amount_minor")
