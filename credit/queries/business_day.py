"""Which day is open."""

from datetime import date
from typing import cast

from django.db import connection

from credit.errors import NoBusinessDay
from credit.models import BusinessDay
from platform_app.kernel import ids
from platform_app.kernel.locks import LockSpace
from platform_app.kernel.scope import current_tenant_id


def open_day() -> date:
    """The open business date, for reading. Raises NoBusinessDay before the books are opened."""
    day = BusinessDay.objects.filter(status="open").values_list("on", flat=True).first()
    if day is None:
        raise NoBusinessDay
    return day


def open_day_for_booking() -> date:
    """The open business date, kept open until the caller's transaction ends.

    Shares an advisory lock that only the flip to the next day takes alone. Two statements in one
    round trip: the second looks with a snapshot taken after the lock was granted.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(%s, hashtext(%s));"
            """ SELECT "on" FROM credit_businessday WHERE tenant_id = %s AND status = 'open'""",
            [
                LockSpace.BUSINESS_DAY,
                current_tenant_id(),
                str(ids.to_uuid("tnt", current_tenant_id())),
            ],
        )
        row = cursor.fetchone()
    if row is None:
        raise NoBusinessDay
    return cast("date", row[0])
