"""Days past due, and what they are sorted into: buckets, collection stages, five classes.

A ladder is data: steps by rising days past due, the first at 0. A step reaches to where the next
one begins, so the intervals are disjoint and leave no gap however a tenant cuts them. Everything
here is computed from dates; being overdue is stored nowhere.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from platform_app.kernel.errors import gettext_noop

LONGEST_DPD: Final = 9_999


class BadLadder(ValueError):
    """The steps do not make a ladder; the message says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """From `from_dpd` days past due on. A stage also says how often a case is to be worked."""

    from_dpd: int
    code: str
    contact_every_days: int = 0


@dataclass(frozen=True, slots=True)
class Ladder:
    """Steps that cover every number of days past due exactly once. Raises BadLadder."""

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        starts = [step.from_dpd for step in self.steps]
        if not starts or starts[0] != 0:
            raise BadLadder(gettext_noop("the first step must begin at 0 days"))
        if any(later <= earlier for earlier, later in pairwise(starts)):
            raise BadLadder(gettext_noop("each step must begin later than the one before"))
        if starts[-1] > LONGEST_DPD:
            raise BadLadder(gettext_noop("no step may begin after 9999 days"))
        if len({step.code for step in self.steps}) != len(starts):
            raise BadLadder(gettext_noop("each step needs a name of its own"))

    def at(self, dpd: int) -> Step:
        """The step these days past due stand on."""
        return self.steps[bisect_right([step.from_dpd for step in self.steps], dpd) - 1]

    def intervals(self) -> list[tuple[int, int | None, str]]:
        """Half-open [from, to) with the code; the last one has no end."""
        ends = [step.from_dpd for step in self.steps[1:]]
        return [
            (step.from_dpd, end, step.code)
            for step, end in zip(self.steps, [*ends, None], strict=True)
        ]

    def every(self, code: str) -> int:
        """Every how many days a case on this step is worked; daily when the step is gone."""
        return next((step.contact_every_days for step in self.steps if step.code == code), 0) or 1


def bucket_ladder(starts: Sequence[int]) -> Ladder:
    """Buckets named by what they hold: `current`, `1-7`, `8-30`, …, `181+`. Raises BadLadder."""
    ends = [*starts, None][1:]
    return Ladder(
        tuple(
            Step(start, _bucket_code(start, end)) for start, end in zip(starts, ends, strict=True)
        )
    )


def _bucket_code(start: int, end: int | None) -> str:
    if start == 0 and end == 1:
        return "current"
    if end is None:
        return f"{start}+"
    return str(start) if end == start + 1 else f"{start}-{end - 1}"


BUCKETS: Final = bucket_ladder((0, 1, 8, 31, 61, 91, 181))
STAGES: Final = Ladder(
    (
        Step(0, "remind", 7),
        Step(8, "call", 3),
        Step(31, "negotiate", 3),
        Step(61, "notice", 7),
        Step(91, "recover", 14),
    )
)
CLASSES: Final = Ladder(
    (
        Step(0, "normal"),
        Step(1, "special_mention"),
        Step(91, "substandard"),
        Step(271, "doubtful"),
        Step(361, "loss"),
    )
)


def days_past_due(oldest_unpaid_on: date | None, on: date) -> int:
    """Counted from the day after the oldest unpaid due date; grace does not change it."""
    return 0 if oldest_unpaid_on is None else max(0, (on - oldest_unpaid_on).days)


def is_overdue(oldest_unpaid_on: date | None, grace_days: int, on: date) -> bool:
    """Past due and past grace."""
    return oldest_unpaid_on is not None and on > oldest_unpaid_on + timedelta(days=grace_days)


@dataclass(frozen=True, slots=True)
class Graded:
    """A drawdown's class: its own by its days, and the one it carries through contagion."""

    dpd: int
    own: str
    carried: str

    @property
    def is_infected(self) -> bool:
        return self.own != self.carried


def classify(dpds: Mapping[str, int], classes: Ladder, contagion_days: int) -> dict[str, Graded]:
    """Class of each of one merchant's drawdowns.

    Once the worst is `contagion_days` or more past due, all of them carry its class. Nothing is
    remembered: when the worst is paid, the others are at once what their own days say.
    """
    worst = max(dpds.values(), default=0)
    spreads = worst >= contagion_days
    return {
        name: Graded(dpd, classes.at(dpd).code, classes.at(worst if spreads else dpd).code)
        for name, dpd in dpds.items()
    }
