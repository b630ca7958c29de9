"""Calendar files, and what a changed calendar does to due dates.

A file is CSV with the columns of COLUMNS. A day with a notice number is gazetted; one without is a
projection. Days are days in Shanghai.
"""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from credit.domain.interest import WorkingDayRule, shift_to_workday
from credit.errors import CalendarFileInvalid
from credit.values import CalendarRow
from platform_app.kernel.errors import gettext_noop

COLUMNS: Final = ("date", "is_workday", "kind", "notice_no")
MOST_BYTES: Final = 1024 * 1024
LONGEST_TEXT: Final = 80
_TRUTH: Final = {"1": True, "true": True, "0": False, "false": False}

NOT_TEXT: Final = gettext_noop("the file is not UTF-8 text")
TOO_LARGE: Final = gettext_noop("the file is larger than 1 MB")
WRONG_COLUMNS: Final = gettext_noop("the columns must be date, is_workday, kind, notice_no")
WRONG_COUNT: Final = gettext_noop("the line has more or fewer cells than the header")
NO_DAY: Final = gettext_noop("the date must be a day such as 2027-02-05")
NO_TRUTH: Final = gettext_noop("is_workday must be 1 or 0")
TWICE: Final = gettext_noop("the day was named before")
TOO_LONG: Final = gettext_noop("kind and notice_no may have 80 characters")
NO_ROWS: Final = gettext_noop("the file names no day")


def read_calendar(data: bytes) -> tuple[CalendarRow, ...]:
    """The days of a file, in order of the calendar. A byte order mark is skipped.

    Raises CalendarFileInvalid with the line and what is wrong with it; nothing is half read.
    """
    if len(data) > MOST_BYTES:
        raise _fault(1, TOO_LARGE)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _fault(data[: error.start].count(b"\n") + 1, NOT_TEXT) from None
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [cell.strip().lower() for cell in next(reader, [])]
    if sorted(header) != sorted(COLUMNS):
        raise _fault(1, WRONG_COLUMNS)
    found: dict[date, CalendarRow] = {}
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        row = _row(header, cells, reader.line_num)
        if row.on in found:
            raise _fault(reader.line_num, TWICE)
        found[row.on] = row
    if not found:
        raise _fault(reader.line_num, NO_ROWS)
    return tuple(found[on] for on in sorted(found))


def _row(header: Sequence[str], cells: Sequence[str], line_no: int) -> CalendarRow:
    if len(cells) != len(header):
        raise _fault(line_no, WRONG_COUNT)
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    is_workday = _TRUTH.get(row["is_workday"].lower())
    if is_workday is None:
        raise _fault(line_no, NO_TRUTH)
    if max(len(row["kind"]), len(row["notice_no"])) > LONGEST_TEXT:
        raise _fault(line_no, TOO_LONG)
    return CalendarRow(
        on=_day(row["date"], line_no),
        is_workday=is_workday,
        kind=row["kind"],
        notice_no=row["notice_no"],
    )


def _day(text: str, line_no: int) -> date:
    """Exactly `2027-02-05`: the other forms of ISO 8601 are more often a slip than meant."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _fault(line_no, NO_DAY) from None
    if day.isoformat() != text:
        raise _fault(line_no, NO_DAY)
    return day


def _fault(line_no: int, problem: str) -> CalendarFileInvalid:
    return CalendarFileInvalid(field="file", line=line_no, problem=problem)


def calendar_due_on(
    seed_on: date, rule: WorkingDayRule, is_workday: Callable[[date], bool], *, drawn_on: date
) -> date:
    """The due date the calendar gives an installment, whatever was signed."""
    return shift_to_workday(seed_on, rule, is_workday, drawn_on)


def moved_due_on(signed_on: Sequence[date], calendar_on: Sequence[date]) -> tuple[date, ...]:
    """The due dates after a change of the calendar: a signed due date never moves earlier.

    Raises ValueError when the two do not match in number.
    """
    return tuple(max(pair) for pair in zip(signed_on, calendar_on, strict=True))


def next_event_on(open_due_on: Sequence[date], *, grace_days: int, as_of: date) -> date | None:
    """The first day from `as_of` on whose close changes something: a row due, its grace over."""
    ends = [date.fromordinal(day.toordinal() + grace_days) for day in open_due_on]
    return min((day for day in (*open_due_on, *ends) if day >= as_of), default=None)
