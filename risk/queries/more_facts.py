"""Facts beside orders and repayments, as they were known at a moment.

A source is a function of merchant ids and a moment: one statement for all of them, only what was
known before `as_of`, a name of `risk.domain.facts.MORE_TYPES` for each value. What it does not know
it leaves out.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from risk.domain.facts import Fact, Facts
from risk.queries.linked import linked_facts
from risk.queries.percentiles import size_percentiles
from risk.queries.reports import report_facts

Source = Callable[[Sequence[str], datetime], Mapping[str, Mapping[str, Fact]]]

SOURCES: Final[tuple[Source, ...]] = (size_percentiles, linked_facts, report_facts)


def more_facts(merchant_ids: Sequence[str], *, as_of: datetime) -> dict[str, Facts]:
    """By merchant id, for every one asked about: one statement a source."""
    found: dict[str, Facts] = {merchant_id: {} for merchant_id in merchant_ids}
    for source in SOURCES:
        for merchant_id, facts in source(merchant_ids, as_of).items():
            found[merchant_id].update(facts)
    return found
