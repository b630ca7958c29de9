"""The calendar of working days: 2004–2026 as gazetted, two years projected and marked so."""

from datetime import date, timedelta

import chinese_calendar
from django.db import migrations

FIRST_KNOWN, LAST_KNOWN = date(2004, 1, 1), date(2026, 12, 31)
PROJECTED_UNTIL = date(2028, 12, 31)
FRIDAY = 4


def fill(apps, schema_editor):
    calendar_day = apps.get_model("credit", "CalendarDay")
    rows = []
    day = FIRST_KNOWN
    while day <= PROJECTED_UNTIL:
        if day <= LAST_KNOWN:
            is_holiday, name = chinese_calendar.get_holiday_detail(day)
            source = "chinesecalendar"
        else:
            # The notices are not out: weekends and New Year's Day only.
            is_holiday, name = day.weekday() > FRIDAY or (day.month, day.day) == (1, 1), ""
            source = "projection"
        rows.append(
            calendar_day(
                on=day,
                is_workday=not is_holiday,
                kind=name or "",
                source=source,
                is_projected=day > LAST_KNOWN,
            )
        )
        day += timedelta(days=1)
    calendar_day.objects.bulk_create(rows, batch_size=2000)


class Migration(migrations.Migration):
    dependencies = [("credit", "0003_ledger_guards")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
