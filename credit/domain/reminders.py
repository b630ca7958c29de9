"""The timetable of reminders as data, and the words of each."""

from dataclasses import dataclass
from typing import Final, Literal

from platform_app.kernel.errors import gettext_noop

Anchor = Literal["due", "grace"]


@dataclass(frozen=True, slots=True)
class ReminderRule:
    """On the day `days` after the due date, or after the last day of grace.

    `by_text` also goes out as a text message; `is_dunning` is collection and asks the guard;
    `least_grace` is the grace a drawdown must have for the rule to make sense.
    """

    kind: str
    anchor: Anchor
    days: int
    text: str
    by_text: bool = False
    is_dunning: bool = False
    least_grace: int = 0


TIMETABLE: Final = (
    ReminderRule(
        "due_in_7", "due", -7,
        gettext_noop("¥{amount} for order {order_no} is due on {due_on}."),
    ),
    ReminderRule(
        "due_in_3", "due", -3,
        gettext_noop("¥{amount} for order {order_no} is due in three days, on {due_on}."),
    ),
    ReminderRule(
        "due_in_1", "due", -1,
        gettext_noop("¥{amount} for order {order_no} is due tomorrow, {due_on}."),
        by_text=True,
    ),
    ReminderRule(
        "due_today", "due", 0,
        gettext_noop("¥{amount} for order {order_no} is due today, {due_on}, until 24:00."),
        by_text=True,
    ),
    ReminderRule(
        "grace_first", "due", 1,
        gettext_noop(
            "¥{amount} for order {order_no} was due on {due_on}. Paid by {grace_until_on} 24:00, it"
            " does not count as overdue and costs nothing extra."
        ),
        by_text=True, is_dunning=True, least_grace=1,
    ),
    ReminderRule(
        "grace_last", "grace", 0,
        gettext_noop(
            "Today is the last day of grace for order {order_no}: ¥{amount}, until 24:00. From"
            " tomorrow penalty interest counts from the due date."
        ),
        by_text=True, is_dunning=True, least_grace=2,
    ),
    ReminderRule(
        "overdue_1", "grace", 1,
        gettext_noop(
            "¥{amount} for order {order_no} is overdue since {due_on}. Please repay, or tell us if"
            " something is in the way."
        ),
        by_text=True, is_dunning=True,
    ),
    ReminderRule(
        "overdue_3", "grace", 3,
        gettext_noop(
            "¥{amount} for order {order_no} is overdue since {due_on}. Please repay, or agree with"
            " us on a day."
        ),
        by_text=True, is_dunning=True,
    ),
    ReminderRule(
        "overdue_7", "grace", 7,
        gettext_noop(
            "¥{amount} for order {order_no} is overdue since {due_on}. We would like to find a way"
            " with you; please call us."
        ),
        by_text=True, is_dunning=True,
    ),
)  # fmt: skip
RULES: Final = {rule.kind: rule for rule in TIMETABLE}
SEVERAL: Final = gettext_noop(
    "{count} installments, ¥{amount} in all, fall due or are past due. Please see your bills."
)
FIRST_DAYS_BEFORE: Final = max(-rule.days for rule in TIMETABLE)
LAST_DAYS_AFTER: Final = max(rule.days for rule in TIMETABLE)
