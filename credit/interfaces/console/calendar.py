"""The working days of a year, as everybody's due dates follow them."""

from calendar import Calendar
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from credit.interfaces.console import words
from credit.models import CalendarDay, PlanRow
from credit.queries import portfolio
from credit.queries.calendar import FRIDAY, calendar_days, years_known
from credit.queries.shifted_installments import shifted_installments
from platform_app.kernel.templatetags.money import weekday
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role

SHOWN: Final = 200
A_MONDAY: Final = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the picture; `due_count` open installments were shifted to it."""

    on: date
    marks: str
    words: str
    due_count: int


@dataclass(frozen=True, slots=True)
class Month:
    first_on: date
    weeks: list[list[Cell | None]]


@require_GET
@console_view(Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.VIEWER)
def year(request: ConsoleRequest) -> HttpResponse:
    """A year's picture, where its days come from, and the platform's installments they shift."""
    today = portfolio.business_today()
    first, last = years_known()
    chosen = _chosen(request, today.year, first, last)
    days = calendar_days(chosen)
    shifted = list(shifted_installments(chosen)[: SHOWN + 1])
    context = {
        "year": chosen,
        "years": [one for one in (chosen - 1, chosen, chosen + 1) if first <= one <= last],
        "weekdays": [weekday(A_MONDAY.replace(day=n)) for n in range(1, 8)],
        "months": _months(chosen, days, shifted, today),
        "sources": _sources(days),
        "is_projected": any(day.is_projected for day in days.values()),
        "workday_count": sum(day.is_workday for day in days.values()),
        "shifted": [(row, _because(days.get(row.seed_due_on))) for row in shifted[:SHOWN]],
        "is_more": len(shifted) > SHOWN,
    }
    return render(request, "console/credit/calendar.html", context)


def _chosen(request: HttpRequest, today: int, first: int, last: int) -> int:
    asked = request.GET.get("year", "")
    number = int(asked) if asked.isdecimal() and len(asked) <= len("9999") else today
    return min(max(number, first), last)


def _months(
    chosen: int, days: Mapping[date, CalendarDay], shifted: list[PlanRow], today: date
) -> list[Month]:
    due = Counter(row.due_on for row in shifted)
    months = []
    for number in range(1, 13):
        weeks = Calendar().monthdatescalendar(chosen, number)
        months.append(
            Month(
                date(chosen, number, 1),
                [
                    [
                        _cell(on, days[on], due[on], today) if on.month == number else None
                        for on in w
                    ]
                    for w in weeks
                ],
            )
        )
    return months


def _cell(on: date, day: CalendarDay, due_count: int, today: date) -> Cell:
    name, kind = _kind(day)
    marks = [name, "projected" * day.is_projected * bool(name), "today" * (on == today)]
    return Cell(on, " ".join(filter(None, marks)), kind, due_count)


def _kind(day: CalendarDay) -> tuple[str, str]:
    """Class and words of a day: an ordinary working day has none."""
    is_weekend = day.on.weekday() > FRIDAY
    kind = words.holiday(day.kind)
    if day.is_workday:
        return ("make-up", kind or _("Make-up working day")) if is_weekend else ("", "")
    if day.kind:
        return "holiday", kind
    return ("off", _("Weekend")) if is_weekend else ("holiday", _("Day off"))


def _because(day: CalendarDay | None) -> str:
    return _kind(day)[1] if day else ""


def _sources(days: Mapping[date, CalendarDay]) -> list[tuple[str, str, int]]:
    """Notice, source and how many days rest on them."""
    counted = Counter((day.notice_no, _source(day), day.is_projected) for day in days.values())
    return [(notice_no, source, count) for (notice_no, source, _p), count in counted.items()]


def _source(day: CalendarDay) -> str:
    known = {
        "chinesecalendar": _("Notice of the State Council, from the chinesecalendar package"),
        "projection": _("Projected: weekends and statutory days, no make-up days yet"),
    }
    return known.get(day.source) or _("Imported file {id}").format(id=day.source)
