"""Remembering what accounts stood at when a business day was over."""

from datetime import date
from typing import Final

from django.db import connection, transaction

from credit.enums import DayStatus
from credit.errors import DayNotOver
from credit.models import BusinessDay
from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id

# Everything up to the last remembered day is in the rows of that day and before; what was booked
# since, up to `day`, is added to each account's last row.
_TAKE: Final = """
INSERT INTO credit_accountsnapshot (id, tenant_id, account_id, "on", balance_minor, posting_count)
SELECT uuidv7(), %(tenant)s::uuid, m.account_id, %(day)s,
       coalesce(s.balance_minor, 0) + m.amount, coalesce(s.posting_count, 0) + m.postings
FROM (
    SELECT p.account_id, sum(p.amount_minor) AS amount, count(*) AS postings
    FROM credit_journalentry e
    CROSS JOIN LATERAL (SELECT * FROM credit_posting own
        WHERE own.tenant_id = e.tenant_id AND own.entry_id = e.id OFFSET 0) p
    WHERE e.tenant_id = %(tenant)s AND e.booked_on <= %(day)s
      AND e.booked_on > coalesce((SELECT max("on") FROM credit_accountsnapshot
                                  WHERE tenant_id = %(tenant)s), '-infinity')
    GROUP BY p.account_id
) m LEFT JOIN LATERAL (
    SELECT balance_minor, posting_count FROM credit_accountsnapshot s
    WHERE s.tenant_id = %(tenant)s AND s.account_id = m.account_id ORDER BY s."on" DESC LIMIT 1
) s ON true
"""


@transaction.atomic
def snapshot_balances(*, on: date) -> int:
    """Remember the balance of every account that moved since the last time, as of the end of `on`.

    One statement over the day's postings, whatever the books hold; returns how many accounts. Part
    of the close, after its last entry: nothing can be booked on `on` afterwards. Doing it twice
    changes nothing. Raises DayNotOver for a day that is open or to come.
    """
    over = BusinessDay.objects.filter(on=on).exclude(status=DayStatus.OPEN)
    if not over.exists():
        raise DayNotOver(on=on.isoformat())
    return take_balances(on)


def take_balances(on: date) -> int:
    """What `snapshot_balances` does, for the close, which knows that its day is over."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"tenant": str(ids.to_uuid("tnt", current_tenant_id())), "day": on})
        return int(cursor.rowcount)
