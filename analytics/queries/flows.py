"""Money out and money back, week by week."""

from datetime import date, timedelta
from typing import Final

from django.db import connection

from analytics.values import WeekFlow
from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id

SQL: Final = """
SELECT date_trunc('week', value_on)::date,
       coalesce(sum(amount_minor) FILTER (WHERE kind = 'capture'), 0),
       coalesce(sum(amount_minor) FILTER (WHERE kind = 'repayment'), 0)
FROM credit_loanevent
WHERE tenant_id = %(tenant)s AND value_on >= %(first)s AND value_on <= %(on)s
GROUP BY 1
"""


def weekly_flows(*, on: date, weeks: int) -> list[WeekFlow]:
    """Captured and repaid amounts of the last `weeks` weeks (Monday to Sunday), oldest first.

    The week of `on` is partial until its Sunday. Weeks without either are there, with zeros.
    """
    this_week = on - timedelta(days=on.weekday())
    starts = [this_week - timedelta(weeks=back) for back in reversed(range(weeks))]
    with connection.cursor() as cursor:
        tenant = str(ids.to_uuid("tnt", current_tenant_id()))
        cursor.execute(SQL, {"tenant": tenant, "first": starts[0], "on": on})
        found = {week: (int(drawn), int(repaid)) for week, drawn, repaid in cursor.fetchall()}
    return [
        WeekFlow(
            week_on=week,
            drawn_minor=found.get(week, (0, 0))[0],
            repaid_minor=found.get(week, (0, 0))[1],
            is_partial=week == this_week and on.weekday() < 6,  # noqa: PLR2004 -- Sunday
        )
        for week in starts
    ]
