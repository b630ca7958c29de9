"""What a drawdown's events say: its plan, balances and interest."""

from datetime import date

from credit.domain.derive import derive
from credit.domain.derived import COMPONENTS, Derived, Happening
from credit.domain.terms import DrawdownTerms
from credit.models import Drawdown, InterestSegment, LoanEvent, PlanRow
from credit.queries.calendar import workday_test


def happenings(drawdown_id: str) -> list[Happening]:
    """The recorded events of one drawdown, in order of booking."""
    rows = LoanEvent.objects.filter(drawdown_id=drawdown_id).order_by("seq")
    return [
        Happening.recorded(*row)
        for row in rows.values_list(
            "seq", "kind", "value_on", "amount_minor", "booked_on", "details"
        )
    ]


def derived(drawdown: Drawdown, events: list[Happening], *, as_of: date) -> Derived:
    """Run `derive` on a drawdown's own terms and signed dates.

    Once dates are signed the calendar no longer speaks: a changed one reaches them by
    `move_due_dates` only.
    """
    return derive(
        DrawdownTerms.from_json(drawdown.terms),
        events,
        as_of=as_of,
        is_workday=_always if drawdown.signed_due_on else workday_test(),
        signed_due_on=drawdown.signed_due_on or None,
    )


def agreed_due_on(drawdown: Drawdown, events: list[Happening], *, as_of: date) -> list[date]:
    """The due dates that the last of `events`, an extension or a restructuring, gives by today's
    calendar to the rows it moves: what is agreed, and stored with the event.
    """
    answer = derive(
        DrawdownTerms.from_json(drawdown.terms),
        events,
        as_of=as_of,
        is_workday=workday_test(),
        signed_due_on=drawdown.signed_due_on or None,
    )
    return list(answer.agreed_due_on)


def _always(_day: date) -> bool:
    return True


def difference_from_derived(drawdown: Drawdown, *, as_of: date) -> str | None:
    """The first stored figure that is not what the events say, or None when all agree."""
    answer = derived(drawdown, happenings(drawdown.id), as_of=as_of)
    for name in ("outstanding_principal_minor", "oldest_unpaid_on", "next_event_on", "maturity_on"):
        if getattr(drawdown, name) != getattr(answer, name):
            return name
    stored = list(PlanRow.objects.filter(drawdown=drawdown).order_by("seq"))
    if len(stored) != len(answer.rows):
        return "rows"
    for row, expected in zip(stored, answer.rows, strict=True):
        for name in _ROW_FIGURES:
            if getattr(row, name) != getattr(expected, name):
                return f"row {row.seq}: {name}"
    segments = set(
        InterestSegment.objects.filter(drawdown=drawdown).values_list(
            "kind", "seq", "from_on", "to_on", "base_minor", "rate", "per_days"
        )
    )
    wanted = {
        (s.kind, s.seq, s.from_on, s.to_on, s.base_minor, s.rate, s.per_days)
        for s in answer.segments
    }
    return None if segments == wanted else "segments"


_ROW_FIGURES = (
    "start_on",
    "seed_due_on",
    "due_on",
    "paid_off_on",
    "discount_minor",
    *(
        f"{what}{part.value}_minor"
        for what in ("", "paid_", "waived_", "written_off_")
        for part in COMPONENTS
    ),
)
