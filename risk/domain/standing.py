"""What stands beside the policy when it answers: an experiment, stops of auto-approval, lists.

All are kept with the facts of the decision, so a verdict is under the same conditions when it is
asked again, or when a policy in shadow answers the same facts.
"""

from collections.abc import Sequence
from typing import Any

from risk.domain.experiment import explored
from risk.domain.lists import listed, lists_in, with_lists
from risk.domain.magic import magicked
from risk.domain.stops import stopped, stops_in, with_stops
from risk.domain.verdict import Verdict


def with_standing(
    stored: dict[str, Any], stops: Sequence[str], lists: Sequence[str]
) -> dict[str, Any]:
    """The snapshot with what stands; unchanged, to the byte, where nothing does."""
    return with_lists(with_stops(stored, stops), lists)


def under(verdict: Verdict, stored: dict[str, Any]) -> Verdict:
    """The policy's verdict under what the snapshot says stood; nothing explored passes a list.

    What a sandbox asked for comes last: it is an answer, not a condition.
    """
    stands = listed(stopped(explored(verdict, stored), stops_in(stored)), lists_in(stored))
    return magicked(stands, stored)
