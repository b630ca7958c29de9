"""Where a payment goes, as data: which rows, which components, in which order.

A rule lists past-due, due and in-advance parts of penalty, fee, interest and principal. What is
not due yet is chosen by the rule's future word. *Horizontal* clears row by row, *vertical* clears
component by component. Each kind of credit may have a rule of its own.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Self

from platform_app.kernel.errors import gettext_noop


class Component(StrEnum):
    PENALTY = "penalty"
    FEE = "fee"
    INTEREST = "interest"
    PRINCIPAL = "principal"


class DueType(StrEnum):
    PAST_DUE = "past_due"
    DUE = "due"
    IN_ADVANCE = "in_advance"


class FutureRule(StrEnum):
    """Which rows a payment in advance goes to."""

    NEXT = "next_installment"
    LAST = "last_installment"
    NEXT_LAST = "next_last_installment"
    REAMORTIZATION = "reamortization"


class Direction(StrEnum):
    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"


# One step: for the rows of this due type, these components of a row before the next row.
Step = tuple[DueType, tuple[Component, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRule:
    """The rule of one kind of credit; `credit` is the event kind, or `default`.

    Raises ValueError unless `order` names each of the twelve parts once, as `past_due_penalty`.
    """

    credit: str = "default"
    order: tuple[str, ...]
    future: FutureRule = FutureRule.NEXT

    def __post_init__(self) -> None:
        known = {f"{due}_{component}" for due in DueType for component in Component}
        if len(self.order) != len(known) or set(self.order) != known:
            raise ValueError(
                gettext_noop("an allocation order names each of the twelve parts once")
            )

    @classmethod
    def of(
        cls,
        components: str,
        *,
        credit: str = "default",
        future: FutureRule = FutureRule.NEXT,
    ) -> Self:
        """The usual shape: past due, due, in advance, the same components in each."""
        return cls(
            credit=credit,
            order=tuple(f"{due}_{part}" for due in DueType for part in components.split()),
            future=future,
        )

    def steps(self, direction: Direction) -> tuple[Step, ...]:
        """The order as steps: horizontal gathers neighbors of one due type, vertical does not."""
        parts = [_parts(word) for word in self.order]
        if direction is Direction.VERTICAL:
            return tuple((due, (component,)) for due, component in parts)
        return tuple(
            (due, tuple(component for _, component in group))
            for due, group in groupby(parts, key=lambda part: part[0])
        )


def _parts(word: str) -> tuple[DueType, Component]:
    due, _, component = word.rpartition("_")
    return DueType(due), Component(component)


PENALTY_FIRST = AllocationRule.of("penalty fee interest principal")
# Goods that come back take principal off first, from the far end: the next dates stay affordable.
REFUND_RULE = AllocationRule.of(
    "principal interest fee penalty", credit="refund", future=FutureRule.LAST
)
INTEREST_BACK_RULE = AllocationRule.of(
    "interest principal fee penalty", credit="interest_back", future=FutureRule.NEXT
)
STANDARD_RULES = (PENALTY_FIRST, REFUND_RULE, INTEREST_BACK_RULE)


def rule_for(rules: tuple[AllocationRule, ...], credit: str) -> AllocationRule:
    """The rule of this kind of credit, else the default one."""
    found = {rule.credit: rule for rule in rules}
    return found.get(credit) or found["default"]
