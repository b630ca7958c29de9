"""Reason codes and their wording for the merchant: no score, no suspicion, what would help."""

from typing import Final

from platform_app.kernel.errors import gettext_noop
from risk.values import Reason

_KEEP_BUYING: Final = gettext_noop("Keep placing orders on the platform and look again later.")
_PAY_ON_TIME: Final = gettext_noop("Pay each bill by its due day; the record improves with time.")
_WAIT: Final = gettext_noop("Nothing to do now; we look again as your record grows.")

_LIST: Final = (
    Reason(
        code="tenure_short",
        wording=gettext_noop("You have been buying on the platform for a short time."),
        advice=_WAIT,
        is_actionable=False,
    ),
    Reason(
        code="recently_inactive",
        wording=gettext_noop("Your last order on the platform was some time ago."),
        advice=_KEEP_BUYING,
        is_actionable=True,
    ),
    Reason(
        code="few_active_months",
        wording=gettext_noop("You bought in only a few of the last twelve months."),
        advice=_KEEP_BUYING,
        is_actionable=True,
    ),
    Reason(
        code="few_orders",
        wording=gettext_noop("There are too few orders to go by."),
        advice=_KEEP_BUYING,
        is_actionable=True,
    ),
    Reason(
        code="turnover_uneven",
        wording=gettext_noop("Your monthly purchases vary a lot."),
        advice=gettext_noop("More even purchases from month to month support a higher limit."),
        is_actionable=True,
    ),
    Reason(
        code="returns_high",
        wording=gettext_noop("Many of your orders were returned."),
        advice=gettext_noop("Fewer returns support a higher limit."),
        is_actionable=True,
    ),
    Reason(
        code="turnover_falling",
        wording=gettext_noop("You bought less in the last three months than over the year."),
        advice=_KEEP_BUYING,
        is_actionable=True,
    ),
    Reason(
        code="repayment_record_short",
        wording=gettext_noop("There is little repayment record with us yet."),
        advice=_PAY_ON_TIME,
        is_actionable=True,
    ),
    Reason(
        code="paid_late_before",
        wording=gettext_noop("Bills were paid late in the past."),
        advice=_PAY_ON_TIME,
        is_actionable=True,
    ),
    Reason(
        code="overdue_now",
        wording=gettext_noop("A bill is overdue at the moment."),
        advice=gettext_noop("Pay the overdue bill, then ask again."),
        is_actionable=True,
    ),
    Reason(
        code="trade_data_missing",
        wording=gettext_noop("We do not have enough trade data yet."),
        advice=_KEEP_BUYING,
        is_actionable=True,
    ),
    Reason(
        code="overall_assessment",
        wording=gettext_noop("The overall assessment does not support a limit at present."),
        advice=gettext_noop("You may ask for a manual review."),
        is_actionable=False,
    ),
    Reason(
        code="limit_too_small",
        wording=gettext_noop("The limit your purchases support is below the smallest we offer."),
        advice=_KEEP_BUYING,
        is_actionable=True,
    ),
)

REASONS: Final[dict[str, Reason]] = {reason.code: reason for reason in _LIST}
MAX_REASONS: Final = 4


def first_reasons(*groups: tuple[str, ...]) -> tuple[str, ...]:
    """At most four codes, earlier groups first, each once."""
    return tuple(dict.fromkeys(code for group in groups for code in group))[:MAX_REASONS]
