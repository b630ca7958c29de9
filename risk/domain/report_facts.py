"""Which facts a report of an outside party may bring, and reading them from its answer."""

from collections.abc import Mapping
from typing import Any, Final

from risk.enums import ReportKind

FACTS_OF: Final[dict[ReportKind, tuple[str, ...]]] = {
    ReportKind.BUREAU: (
        "company_age_days", "paid_in_capital_minor", "other_loans_minor", "other_overdue_minor",
        "credit_inquiries_l6_count",
    ),
    ReportKind.BANK: ("bank_inflow_l3_minor", "bank_inflow_l12_minor", "bank_returned_l12_count"),
}  # fmt: skip
_MOST: Final = 10**15


class Unreadable(ValueError):
    """The answer holds something that is not what was agreed on."""


def facts_in(kind: ReportKind, said: Mapping[str, Any]) -> dict[str, int]:
    """The kind's facts in an answer; one that is null or left out is unknown.

    What else the answer holds is not kept. Raises Unreadable for a value that is no whole number
    from 0 to 10^15: a text, a fraction or a truth value is never guessed at.
    """
    found = {}
    for name in FACTS_OF[kind]:
        value = said.get(name)
        if value is None:
            continue
        if type(value) is not int or not 0 <= value <= _MOST:
            raise Unreadable(name)
        found[name] = value
    return found
