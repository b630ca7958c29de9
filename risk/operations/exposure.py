"""Reserving and releasing what may be out at once, in the drawdown's own transaction.

Lock order: after the credit line and drawdown rows. The row lock is held until the caller commits,
and a rollback gives the amount back.
"""

from typing import Final

from django.db import connection
from django.db.models import F

from platform_app.kernel import ids
from platform_app.kernel.errors import Invalid
from platform_app.kernel.scope import current_tenant_id
from risk.domain.exposure import POOL, SLICES, slice_of
from risk.errors import ExposureFull, NothingReserved
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


def reserve(*, amount_minor: int, seed: str) -> int:
    """Take `amount_minor` fen from the pool and return the slice number to release it from.

    The slice of `seed` is asked first, then the others in turn. Raises ExposureFull when no slice
    has the room, Invalid for an amount that is not positive.
    """
    _positive(amount_minor)
    first = slice_of(seed)
    changed = ExposureBucket.objects.filter(
        name=POOL, slice_no=first, used_minor__lte=F("cap_minor") - amount_minor
    ).update(used_minor=F("used_minor") + amount_minor)
    return first if changed else _take_elsewhere(first, amount_minor)


def release(*, slice_no: int, amount_minor: int) -> None:
    """Give `amount_minor` fen back to the slice they were taken from.

    Raises NothingReserved when the slice holds less, Invalid for an amount that is not positive.
    """
    _positive(amount_minor)
    changed = ExposureBucket.objects.filter(
        name=POOL, slice_no=slice_no, used_minor__gte=amount_minor
    ).update(used_minor=F("used_minor") - amount_minor)
    if not changed:
        raise NothingReserved(slice_no=slice_no, amount_minor=amount_minor)


def move(*, slice_no: int, amount_minor: int) -> None:
    """Follow a change of what is outstanding: give back below zero, take above it.

    What comes back by a reversal is owed already, so no cap can refuse it; the pool may then stand
    above its cap, which refuses the next reservation only.
    """
    if amount_minor < 0:
        release(slice_no=slice_no, amount_minor=-amount_minor)
    elif amount_minor > 0:
        ExposureBucket.objects.filter(name=POOL, slice_no=slice_no).update(
            used_minor=F("used_minor") + amount_minor
        )


def _take_elsewhere(first: int, amount_minor: int) -> int:
    params: dict[str, str | int] = {
        "amount": amount_minor,
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "name": POOL,
        "first": first,
        "slices": SLICES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_ELSEWHERE, params)
        row = cursor.fetchone()
    if row is None:
        raise ExposureFull(amount_minor=amount_minor)
    return int(row[0])


def _positive(amount_minor: int) -> None:
    if amount_minor <= 0:
        raise Invalid(field="amount_minor")
