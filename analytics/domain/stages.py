"""The stages every module counts by, and the arithmetic of a funnel."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from analytics.values import Stage
from platform_app.kernel.errors import gettext_noop


class StageName(NamedTuple):
    key: str
    name: str
    definition: str


STAGES: Final = (
    StageName(
        "pooled",
        gettext_noop("Entered pool"),
        gettext_noop("The platform has told us of the merchant."),
    ),
    StageName(
        "registered",
        gettext_noop("Signed up"),
        gettext_noop("The merchant has signed up with us."),
    ),
    StageName(
        "verified",
        gettext_noop("Verification"),
        gettext_noop("The firm is who it says it is."),
    ),
    StageName(
        "applied",
        gettext_noop("Applied"),
        gettext_noop("An application for a line was submitted."),
    ),
    StageName(
        "line",
        gettext_noop("Line granted"),
        gettext_noop("The agreement is signed and the line is active."),
    ),
    StageName(
        "first_use",
        gettext_noop("First use"),
        gettext_noop("A first order was shipped and paid with the line."),
    ),
    StageName(
        "repaid",
        gettext_noop("Repayment"),
        gettext_noop("A first repayment has arrived."),
    ),
    StageName(
        "reused",
        gettext_noop("Repeat use"),
        gettext_noop("A second order was shipped and paid with the line."),
    ),
)
THIN: Final = 30
KEYS: Final = tuple(stage.key for stage in STAGES)


def funnel_of(by_depth: Mapping[int, int]) -> tuple[Stage, ...]:
    """Turn “how many stopped at depth d” (1 = only pooled) into stages.

    A merchant counts at a stage when it has reached that stage and all before it, so counts never
    rise. The biggest drop is the step that loses most merchants; none when nobody is lost.
    """
    counts = [
        sum(number for depth, number in by_depth.items() if depth >= position)
        for position in range(1, len(STAGES) + 1)
    ]
    drops = [0] + [before - after for before, after in pairwise(counts)]
    worst = drops.index(max(drops)) if max(drops) > 0 else -1
    return tuple(
        Stage(
            key=stage.key,
            name=stage.name,
            definition=stage.definition,
            count=counts[index],
            before_key=KEYS[index - 1] if index else "",
            share=_share(counts, index) if index else None,
            dropped=drops[index],
            is_thin=index > 0 and counts[index - 1] < THIN,
            is_biggest_drop=index == worst,
        )
        for index, stage in enumerate(STAGES)
    )


def _share(counts: Sequence[int], index: int) -> float | None:
    return counts[index] / counts[index - 1] if counts[index - 1] else None
