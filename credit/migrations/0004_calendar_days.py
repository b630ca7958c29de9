"""The calendar of working days: 2004–2026 as gazetted, four years projected and marked so.

A projection knows weekends and the days of the 2024 regulation on public holidays (13 a year). It
knows no make-up working days: those come with each year's notice, through a calendar import.
"""

from datetime import date, timedelta

import chinese_calendar
from django.db import migrations

FIRST_KNOWN, LAST_KNOWN = date(2004, 1, 1), date(2026, 12, 31)
NOTICE_NO_2026 = "国办发明电〔2025〕7号"
PROJECTED_UNTIL = date(2030, 12, 31)
FRIDAY = 4
NEW_YEAR, SPRING, TOMB = "New Year's Day", "Spring Festival", "Tomb-sweeping Day"
LABOR, DRAGON, MOON, NATION = (
    "Labour Day",
    "Dragon Boat Festival",
    "Mid-autumn Festival",
    "National Day",
)
# (month, day, how many days, name); the lunar days are those of the Purple Mountain almanac.
STATUTORY = {
    2027: [(2, 5, 4, SPRING), (4, 5, 1, TOMB), (6, 9, 1, DRAGON), (9, 15, 1, MOON)],
    2028: [(1, 25, 4, SPRING), (4, 4, 1, TOMB), (5, 28, 1, DRAGON), (10, 3, 1, MOON)],
    2029: [(2, 12, 4, SPRING), (4, 4, 1, TOMB), (6, 16, 1, DRAGON), (9, 22, 1, MOON)],
    2030: [(2, 2, 4, SPRING), (4, 5, 1, TOMB), (6, 5, 1, DRAGON), (9, 12, 1, MOON)],
}
EVERY_YEAR = [(1, 1, 1, NEW_YEAR), (5, 1, 2, LABOR), (10, 1, 3, NATION)]


def statutory_days():
    days = {}
    for year, lunar in STATUTORY.items():
        for month, number, count, name in lunar + EVERY_YEAR:
            first = date(year, month, number)
            days |= {first + timedelta(days=step): name for step in range(count)}
    return days


def fill(apps, schema_editor):
    calendar_day = apps.get_model("credit", "CalendarDay")
    statutory = statutory_days()
    rows = []
    day = FIRST_KNOWN
    while day <= PROJECTED_UNTIL:
        if day <= LAST_KNOWN:
            is_holiday, name = chinese_calendar.get_holiday_detail(day)
            source = "chinesecalendar"
        else:
            name = statutory.get(day, "")
            is_holiday = bool(name) or day.weekday() > FRIDAY
            source = "projection"
        rows.append(
            calendar_day(
                on=day,
                is_workday=not is_holiday,
                kind=name or "",
                source=source,
                notice_no=NOTICE_NO_2026 if day.year == 2026 else "",
                is_projected=day > LAST_KNOWN,
            )
        )
        day += timedelta(days=1)
    calendar_day.objects.bulk_create(rows, batch_size=2000)


class Migration(migrations.Migration):
    dependencies = [("credit", "0003_ledger_guards")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
