"""What a merchant reads about an event: the matrix of notices as data.

Nothing else is told. A text's `{facts}` come from the event's properties: `_minor` is written in
yuan, a day with its weekday, a moment with its hour. A refusal is told without a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from platform_app.kernel.errors import gettext_noop
from tenants.enums import MerchantUserRole

REMINDER: Final = "credit.installment.reminder"


@dataclass(frozen=True, slots=True)
class Notice:
    """`page` is the merchant page that acts; `has_subject` when it needs the event's subject."""

    title: str
    text: str
    page: str
    has_subject: bool = False


_DUE: Final = gettext_noop("¥{unpaid_minor} for order {order_no} is due on {due_on}, until 24:00.")
_GRACE: Final = gettext_noop(
    "¥{unpaid_minor} for order {order_no} was due on {due_on}. Paid within the days of grace it"
    " does not count as overdue and costs nothing extra."
)
_OVERDUE: Final = gettext_noop(
    "¥{unpaid_minor} for order {order_no} was due on {due_on}. Please repay, or tell us what is in"
    " the way: we look for a way with you."
)

NOTICES: Final[Mapping[str, Notice]] = {
    "credit.application.approved": Notice(
        gettext_noop("Your application is approved"),
        gettext_noop("A limit of ¥{limit_minor} is ready for you. Look at the offer and decide."),
        "offer-show",
    ),
    "credit.application.declined": Notice(
        gettext_noop("The result of your application is here"),
        gettext_noop("This does not affect your purchases. The page says what you can do next."),
        "application-progress",
    ),
    "credit.application.action_required": Notice(
        gettext_noop("Please add something to your application"),
        gettext_noop("The reviewer needs something more from you by {due_on}."),
        "application-asks",
    ),
    "credit.application.expired": Notice(
        gettext_noop("Your application has lapsed"),
        gettext_noop("Its time ran out. Nothing was refused; you can apply again at any time."),
        "application-progress",
    ),
    "credit.line.activated": Notice(
        gettext_noop("The agreement is signed"),
        gettext_noop("Your limit of ¥{limit_minor} can be used. The agreement is in your pages."),
        "line-show",
    ),
    "credit.line.changed": Notice(
        gettext_noop("Your limit has changed"),
        gettext_noop("Your limit is now ¥{limit_minor}. What you have drawn stays as it is."),
        "line-show",
    ),
    "credit.line.suspended": Notice(
        gettext_noop("Your line is paused"),
        gettext_noop("Nothing new can be drawn for now. Repaying goes on as before."),
        "line-show",
    ),
    "credit.line.resumed": Notice(
        gettext_noop("Your line can be used again"),
        gettext_noop("The pause is over: you can pay orders with it again."),
        "line-show",
    ),
    "credit.temporary_limit.started": Notice(
        gettext_noop("A temporary limit has begun"),
        gettext_noop("¥{amount_minor} more can be drawn until {until_on}."),
        "line-show",
    ),
    "credit.temporary_limit.ending": Notice(
        gettext_noop("A temporary limit ends soon"),
        gettext_noop(
            "The additional ¥{amount_minor} ends on {until_on}, in {days_left} days. What you draw"
            " with it before stays by its own plan."
        ),
        "line-show",
    ),
    "credit.temporary_limit.ended": Notice(
        gettext_noop("A temporary limit has ended"),
        gettext_noop(
            "The additional ¥{amount_minor} is over. What you drew with it stays by its own plan."
        ),
        "line-show",
    ),
    "credit.repayment.succeeded": Notice(
        gettext_noop("Your repayment has arrived"),
        gettext_noop("¥{amount_minor} was booked. Thank you."),
        "repayment-show",
        has_subject=True,
    ),
    "tenants.identity_review.passed": Notice(
        gettext_noop("Your identity is confirmed"),
        gettext_noop("No face check is needed now. You can go on where you stopped."),
        "journey-home",
    ),
    "tenants.identity_review.failed": Notice(
        gettext_noop("We could not confirm who you are"),
        gettext_noop("Nothing you filled in is lost. The page says what you can do next."),
        "journey-home",
    ),
    "campaigns.ticket.answered": Notice(
        gettext_noop("Your question is answered"),
        gettext_noop("Read the answer, and say so if it is not settled yet."),
        "ticket-show",
        has_subject=True,
    ),
    "campaigns.ticket.promised": Notice(
        gettext_noop("Our answer takes longer"),
        gettext_noop("We are sorry. You have our answer by {by_at}."),
        "ticket-show",
        has_subject=True,
    ),
    "campaigns.referral.rewarded": Notice(
        gettext_noop("Thank you for inviting"),
        gettext_noop("A coupon of up to ¥{cap_minor} off the interest of one order is yours."),
        "referral-show",
    ),
    "campaigns.referral.welcomed": Notice(
        gettext_noop("Your coupon for coming by invitation is here"),
        gettext_noop("A coupon of up to ¥{cap_minor} off the interest of one order is yours."),
        "line-show",
    ),
    "campaigns.follow_up.booked": Notice(
        gettext_noop("Your call-back is booked"),
        gettext_noop("We call you on {on}, {hour}. You can change the time until then."),
        "follow_up-book",
    ),
    "campaigns.follow_up.moved": Notice(
        gettext_noop("Your call-back has a new time"),
        gettext_noop("We call you on {on}, {hour}. You can change the time until then."),
        "follow_up-book",
    ),
    "campaigns.follow_up.missed": Notice(
        gettext_noop("We could not reach you"),
        gettext_noop("We called and did not reach you. Choose another time, or write to us."),
        "follow_up-book",
    ),
}

# By the kind of a reminder, which is one of its event's properties.
REMINDERS: Final[Mapping[str, Notice]] = {
    "due_in_7": Notice(gettext_noop("Payment due in 7 days"), _DUE, "bill-show", has_subject=True),
    "due_in_3": Notice(gettext_noop("Payment due in 3 days"), _DUE, "bill-show", has_subject=True),
    "due_in_1": Notice(gettext_noop("Payment due tomorrow"), _DUE, "bill-show", has_subject=True),
    "due_today": Notice(gettext_noop("Payment due today"), _DUE, "bill-show", has_subject=True),
    "grace_first": Notice(gettext_noop("First day of grace"), _GRACE, "overdue-show"),
    "grace_last": Notice(gettext_noop("Last day of grace"), _GRACE, "overdue-show"),
    "overdue_1": Notice(gettext_noop("Overdue, day 1"), _OVERDUE, "overdue-show"),
    "overdue_3": Notice(gettext_noop("Overdue, day 3"), _OVERDUE, "overdue-show"),
    "overdue_7": Notice(gettext_noop("Overdue, day 7"), _OVERDUE, "overdue-show"),
}


# Pages that not every user of a firm may open: a message that leads there is not theirs either.
_OWNERS: Final = frozenset(
    {"offer-show", "application-progress", "application-asks", "referral-show"}
)
_PAYERS: Final = frozenset({"bill-show", "overdue-show", "repayment-show"})


def pages_kept_from(role: str) -> frozenset[str]:
    """To which pages messages do not lead a user of this role."""
    if role == MerchantUserRole.OWNER:
        return frozenset()
    return _OWNERS if role == MerchantUserRole.FINANCE else _OWNERS | _PAYERS


def notice_of(name: str, props: Mapping[str, object]) -> Notice | None:
    """What is told about an event, or nothing."""
    if name == REMINDER:
        return REMINDERS.get(str(props.get("kind")))
    return NOTICES.get(name)
