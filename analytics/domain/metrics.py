"""The metric dictionary: one definition of each figure, used by tiles, reports and the API."""

from typing import Final

from analytics.values import Metric
from platform_app.kernel.errors import gettext_noop

_LIST: Final = (
    Metric(
        key="pool",
        name=gettext_noop("Merchants in the pool"),
        definition=gettext_noop("Every merchant the platform has told us of, at the end of today."),
        numerator=gettext_noop("Merchants with the event “entered the pool”"),
    ),
    Metric(
        key="applications",
        name=gettext_noop("Applications"),
        definition=gettext_noop("Applications for a credit line submitted in the period."),
        numerator=gettext_noop("Applications with a moment of submission in the period"),
    ),
    Metric(
        key="approval_rate",
        name=gettext_noop("Approval rate"),
        definition=gettext_noop("Of the applications decided in the period, the share approved."),
        numerator=gettext_noop("Decided in the period with the outcome “approved”"),
        denominator=gettext_noop("Decided in the period: approved, declined or in manual review"),
    ),
    Metric(
        key="first_use_rate",
        name=gettext_noop("First-use rate"),
        definition=gettext_noop(
            "Of the credit lines opened in the period, the share that has paid for a shipped order."
        ),
        numerator=gettext_noop("Lines opened in the period with at least one captured drawdown"),
        denominator=gettext_noop("Lines opened in the period"),
    ),
    Metric(
        key="outstanding",
        name=gettext_noop("Outstanding"),
        definition=gettext_noop("Principal drawn and not yet repaid, on the open business day."),
        numerator=gettext_noop("Captured amounts less principal repaid"),
    ),
    Metric(
        key="overdue_share",
        name=gettext_noop("Overdue share M1+"),
        definition=gettext_noop(
            "Of the outstanding principal, the share of drawdowns that are overdue: past the due "
            "date and past the days of grace."
        ),
        numerator=gettext_noop("Outstanding principal of overdue drawdowns"),
        denominator=gettext_noop("Outstanding principal of all drawdowns"),
    ),
)

METRICS: Final[dict[str, Metric]] = {metric.key: metric for metric in _LIST}
