"""Refusals of the books: days, entries, calendar, documents."""

from platform_app.kernel.errors import Conflict, Invalid, NotFound, Refused, gettext_noop


class DayClosed(Conflict):
    code = "day_closed"
    message = gettext_noop("{on} is closed. The open business day is {open_on}.")


class ExceptionsOpen(Conflict):
    code = "close_exceptions_open"
    message = gettext_noop("{on} cannot close: {count} drawdowns were left behind. Sign them off.")


class DrawdownLags(Conflict):
    code = "drawdown_lags"
    message = gettext_noop(
        "The books of this drawdown are being repaired; they stand at {since}. Try again later."
    )


class CloseExceptionNotFound(NotFound):
    message = gettext_noop("There is no open close exception with this id.")


class DayBeingClosed(Conflict):
    code = "day_being_closed"
    message = gettext_noop("Yesterday is being closed. Try again in a minute.")


class NoBusinessDay(Conflict):
    code = "no_business_day"
    message = gettext_noop("The books of this tenant have not been opened.")


class DayNotOver(Refused):
    code = "day_not_over"
    message = gettext_noop("{on} is not over yet and cannot be closed.")


class BooksDoNotBalance(Conflict):
    code = "books_do_not_balance"
    message = gettext_noop("The close of {on} found failed checks: {failed}")


class AccountNotFound(NotFound):
    message = gettext_noop("There is no account with this id.")


class EntryNotFound(NotFound):
    message = gettext_noop("There is no journal entry with this id.")


class CalendarFileInvalid(Invalid):
    code = "calendar_file_invalid"
    message = gettext_noop("Line {line}: {problem}.")


class CalendarDayPast(Refused):
    code = "calendar_day_past"
    message = gettext_noop("{on} is past and may not change.")


class CalendarDayGazetted(Refused):
    code = "calendar_day_gazetted"
    message = gettext_noop("{on} is gazetted and may not be overwritten by a projection.")


class CalendarImportNotFound(NotFound):
    message = gettext_noop("There is no calendar import with this id.")


class CalendarImportClosed(Conflict):
    code = "calendar_import_closed"
    message = gettext_noop("This calendar import was applied or rejected before.")


class DocumentNotFound(NotFound):
    message = gettext_noop("There is no document with this id.")


class PeriodNotClosed(Refused):
    code = "period_not_closed"
    message = gettext_noop("{to} is not closed yet. The open business day is {open_on}.")


class PeriodInvalid(Invalid):
    code = "period_invalid"
    message = gettext_noop("The period must end on or after its first day, within 366 days.")


class DrawdownNotCaptured(Conflict):
    code = "drawdown_not_captured"
    message = gettext_noop("Nothing was captured for this drawdown yet.")


class DrawdownNotPaidOff(Conflict):
    code = "drawdown_not_paid_off"
    message = gettext_noop("This drawdown is not paid off yet.")


class DrawdownNotOverdue(Conflict):
    code = "drawdown_not_overdue"
    message = gettext_noop("No installment of this drawdown is overdue.")
