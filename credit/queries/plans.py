"""What a drawdown's events say: its plan, balances and interest."""

from datetime import date

from credit.domain.derive import Derived, Happening, derive
from credit.domain.terms import DrawdownTerms
from credit.models import Drawdown, LoanEvent
from credit.queries.calendar import workday_test


def happenings(drawdown_id: str) -> list[Happening]:
    """The recorded events of one drawdown, in order of booking."""
    rows = LoanEvent.objects.filter(drawdown_id=drawdown_id).order_by("seq")
    return [
        Happening(seq, kind, value_on, amount)
        for seq, kind, value_on, amount in rows.values_list(
            "seq", "kind", "value_on", "amount_minor"
        )
    ]


def derived(drawdown: Drawdown, events: list[Happening], *, as_of: date) -> Derived:
    """Run `derive` on a drawdown's own terms."""
    terms = DrawdownTerms.from_json(drawdown.terms)
    return derive(terms, events, as_of=as_of, is_workday=workday_test())
