"""Calendar files: what is read, what is refused, and that due dates only move later."""

from datetime import date

import pytest

from credit.domain import calendar
from credit.domain.calendar import moved_due_on, next_event_on, read_calendar
from credit.errors import CalendarFileInvalid
from credit.values import CalendarRow

HEADER = "date,is_workday,kind,notice_no\n"


def test_a_file_is_read_in_order_of_the_calendar() -> None:
    text = HEADER + "2027-02-13,1,春节,国办发明电〔2026〕0号\n\n2027-02-05,0,春节,\n"
    assert read_calendar(text.encode()) == (
        CalendarRow(on=date(2027, 2, 5), is_workday=False, kind="春节", notice_no=""),
        CalendarRow(
            on=date(2027, 2, 13), is_workday=True, kind="春节", notice_no="国办发明电〔2026〕0号"
        ),
    )


def test_a_byte_order_mark_windows_line_ends_and_the_order_of_columns_do_not_matter() -> None:
    plain = read_calendar((HEADER + "2027-02-05,0,春节,A\n").encode())
    assert read_calendar(b"\xef\xbb\xbf" + (HEADER + "2027-02-05,0,春节,A\n").encode()) == plain
    other = "Notice_No,Kind,Date,Is_Workday\r\nA,春节,2027-02-05,FALSE\r\n"
    assert read_calendar(other.encode()) == plain
    assert [row.is_projected for row in plain] == [False]


@pytest.mark.parametrize(
    ("data", "line_no", "problem"),
    [
        (b"", 1, calendar.WRONG_COLUMNS),
        (b"date,is_workday,kind\n2027-02-05,0,x\n", 1, calendar.WRONG_COLUMNS),
        (b"date,is_workday,kind,notice_no,who\n", 1, calendar.WRONG_COLUMNS),
        (b"date,is_workday,kind,kind\n", 1, calendar.WRONG_COLUMNS),
        (HEADER.encode(), 1, calendar.NO_ROWS),
        ((HEADER + "2027-02-05,0,x\n").encode(), 2, calendar.WRONG_COUNT),
        ((HEADER + "2027-02-05,0,x,,\n").encode(), 2, calendar.WRONG_COUNT),
        ((HEADER + "2027-02-30,0,x,\n").encode(), 2, calendar.NO_DAY),
        ((HEADER + "2027-2-5,0,x,\n").encode(), 2, calendar.NO_DAY),
        ((HEADER + "20270205,0,x,\n").encode(), 2, calendar.NO_DAY),
        ((HEADER + "05/02/2027,0,x,\n").encode(), 2, calendar.NO_DAY),
        ((HEADER + "2027-02-05,maybe,x,\n").encode(), 2, calendar.NO_TRUTH),
        ((HEADER + "2027-02-05,,x,\n").encode(), 2, calendar.NO_TRUTH),
        ((HEADER + f"2027-02-05,0,{'x' * 81},\n").encode(), 2, calendar.TOO_LONG),
        ((HEADER + "2027-02-05,0,x,\n2027-02-05,0,x,\n").encode(), 3, calendar.TWICE),
        ((HEADER + "2027-02-05,0,春节,\n").encode("gb18030"), 2, calendar.NOT_TEXT),
        ((HEADER + "2027-02-05,0,x,\n").encode("utf-16"), 1, calendar.NOT_TEXT),
        (b"x" * (calendar.MOST_BYTES + 1), 1, calendar.TOO_LARGE),
    ],
)
def test_a_bad_file_is_refused_with_its_line(data: bytes, line_no: int, problem: str) -> None:
    with pytest.raises(CalendarFileInvalid) as refusal:
        read_calendar(data)
    assert refusal.value.facts == {"line": line_no, "problem": problem}
    assert refusal.value.field == "file"


def test_a_signed_due_date_never_moves_earlier() -> None:
    signed = (date(2027, 2, 15), date(2027, 3, 15))
    assert moved_due_on(signed, (date(2027, 2, 13), date(2027, 3, 16))) == (
        date(2027, 2, 15),
        date(2027, 3, 16),
    )
    with pytest.raises(ValueError, match="shorter"):
        moved_due_on(signed, (date(2027, 2, 13),))


def test_the_next_event_is_a_due_date_or_the_end_of_grace() -> None:
    dues = (date(2027, 2, 15), date(2027, 3, 15))
    assert next_event_on(dues, grace_days=3, as_of=date(2027, 2, 10)) == date(2027, 2, 15)
    assert next_event_on(dues, grace_days=3, as_of=date(2027, 2, 16)) == date(2027, 2, 18)
    assert next_event_on(dues, grace_days=3, as_of=date(2027, 2, 19)) == date(2027, 3, 15)
    assert next_event_on(dues, grace_days=3, as_of=date(2027, 4, 1)) is None
    assert next_event_on((), grace_days=3, as_of=date(2027, 2, 10)) is None
