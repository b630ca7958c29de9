"""The metrics that are watched: what each says, who owns its alarm, what it is held to."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from platform_app.kernel.errors import gettext_noop
from risk.enums import MonitorMetric, ReadingState

WINDOW_DAYS: Final = 90
WATCHED: Final = Decimal("0.10")  # a PSI from which a person should look
RUNBOOK: Final = "docs/runbooks/risk-alarms.md"
BAD_FROM_DPD: Final = 30
INDETERMINATE_FROM_DPD: Final = 8
HORIZON_DAYS: Final = 60  # after the last due date
LEAST_OF_A_KIND: Final = 20  # good and bad each, before anything is said of telling them apart
LEAST_IN_GRADE: Final = 30

_RISK_OFFICER: Final = gettext_noop("Risk officer")
_CARD_OWNER: Final = gettext_noop("Owner of the scorecard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """`limit` may be set per tenant between `low` and `high`; so may whether it stops approvals."""

    metric: MonitorMetric
    definition: str
    owner: str
    anchor: str
    limit: Decimal
    low: Decimal
    high: Decimal
    stops_auto_approval: bool

    @property
    def runbook(self) -> str:
        """Where it is written what to do."""
        return f"{RUNBOOK}#{self.anchor}"


_LIST: Final = (
    Monitor(
        metric=MonitorMetric.SCORE_PSI,
        definition=gettext_noop(
            "Population stability of the score: how far the mix of scores has moved from the "
            "reference. It alarms above its limit only if chance alone would exceed the value in "
            "fewer than one of a hundred such samples, and from 200 decisions on."
        ),
        owner=_CARD_OWNER,
        anchor="score-shift",
        limit=Decimal("0.25"),
        low=Decimal("0.05"),
        high=Decimal(2),
        stops_auto_approval=True,
    ),
    Monitor(
        metric=MonitorMetric.FEATURE_CSI,
        definition=gettext_noop(
            "The same for one feature of the card, over its bins: which input has moved."
        ),
        owner=_CARD_OWNER,
        anchor="feature-shift",
        limit=Decimal("0.25"),
        low=Decimal("0.05"),
        high=Decimal(2),
        stops_auto_approval=False,
    ),
    Monitor(
        metric=MonitorMetric.GINI,
        definition=gettext_noop(
            "How well the PD ranks who went bad on cohorts that have matured: 1 is perfect, 0 is a "
            "coin. It alarms when the whole 95-percent interval lies below its limit."
        ),
        owner=_CARD_OWNER,
        anchor="ranking",
        limit=Decimal("0.20"),
        low=Decimal("0.01"),
        high=Decimal("0.95"),
        stops_auto_approval=True,
    ),
    Monitor(
        metric=MonitorMetric.KS,
        definition=gettext_noop(
            "The greatest distance between the PDs of good and bad on matured cohorts. It alarms "
            "when the whole 95-percent interval lies below its limit."
        ),
        owner=_CARD_OWNER,
        anchor="ranking",
        limit=Decimal("0.15"),
        low=Decimal("0.01"),
        high=Decimal("0.95"),
        stops_auto_approval=False,
    ),
    Monitor(
        metric=MonitorMetric.PD_ACTUAL,
        definition=gettext_noop(
            "The share that went bad in a grade, with Jeffreys' 95-percent interval. It alarms "
            "when the whole interval lies above the mean PD of the grade times the limit."
        ),
        owner=_RISK_OFFICER,
        anchor="losses-above-pd",
        limit=Decimal(1),
        low=Decimal("0.5"),
        high=Decimal(5),
        stops_auto_approval=True,
    ),
    Monitor(
        metric=MonitorMetric.DATA_AGE,
        definition=gettext_noop(
            "Days since a source last brought anything, at the end of the day. It alarms above its "
            "limit; a source that has never brought anything says nothing."
        ),
        owner=_RISK_OFFICER,
        anchor="data-too-old",
        limit=Decimal(3),
        low=Decimal(1),
        high=Decimal(60),
        stops_auto_approval=False,
    ),
    Monitor(
        metric=MonitorMetric.MISSING_SHARE,
        definition=gettext_noop(
            "Of the merchants with an order in twelve months, the share a feature says nothing of. "
            "It alarms above its limit, from twenty merchants on."
        ),
        owner=_CARD_OWNER,
        anchor="values-missing",
        limit=Decimal("0.20"),
        low=Decimal("0.01"),
        high=Decimal("0.99"),
        stops_auto_approval=False,
    ),
)

# Measured before the card is looked at, and also where no card is in force.
OF_FEATURES: Final = (MonitorMetric.DATA_AGE, MonitorMetric.MISSING_SHARE)
LEAST_SNAPSHOTS: Final = 20
MONITORS: Final[dict[MonitorMetric, Monitor]] = {one.metric: one for one in _LIST}


def shift_state(
    value: Decimal, limit: Decimal, chance: Decimal, *, is_enough: bool
) -> ReadingState:
    """A shift must be large and beyond chance; too few rows say nothing either way."""
    if not is_enough:
        return ReadingState.UNKNOWN
    if value > max(limit, chance):
        return ReadingState.ALARM
    return ReadingState.WATCH if value > max(WATCHED, chance) else ReadingState.OK


def floor_state(value: Decimal, high: Decimal, limit: Decimal) -> ReadingState:
    """Below its limit: for sure when the whole interval is."""
    if high < limit:
        return ReadingState.ALARM
    return ReadingState.WATCH if value < limit else ReadingState.OK


def ceiling_state(value: Decimal, low: Decimal, limit: Decimal) -> ReadingState:
    """Above its limit: for sure when the whole interval is."""
    if low > limit:
        return ReadingState.ALARM
    return ReadingState.WATCH if value > limit else ReadingState.OK


def over_state(value: Decimal, limit: Decimal) -> ReadingState:
    """Over its limit, or more than half way to it."""
    if value > limit:
        return ReadingState.ALARM
    return ReadingState.WATCH if 2 * value > limit else ReadingState.OK


def is_bad(worst_dpd_days: int) -> bool:
    return worst_dpd_days >= BAD_FROM_DPD


def is_indeterminate(worst_dpd_days: int) -> bool:
    """Neither good nor bad: left out where the two are told apart."""
    return INDETERMINATE_FROM_DPD <= worst_dpd_days < BAD_FROM_DPD
