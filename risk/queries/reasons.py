"""Reason codes in words a merchant reads, and how often each was given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from platform_app.kernel import clock, ids
from platform_app.kernel.scope import current_tenant_id
from risk.domain.reasons import REASONS
from risk.values import Reason

_GIVEN: Final = """
WITH said AS (
    SELECT id, reasons FROM risk_decision
    WHERE tenant_id = %(tenant)s AND purpose = 'application' AND outcome <> 'approve'
      AND decided_at >= %(since)s AND decided_at < %(until)s
)
SELECT NULL, count(*) FROM said
UNION ALL
SELECT r.code, count(*) FROM said CROSS JOIN jsonb_array_elements_text(reasons) AS r(code)
GROUP BY r.code
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonMix:
    """How many applications were declined or referred, and by reason how many named it."""

    decisions_count: int
    counts: tuple[tuple[Reason, int], ...]


def reasons_for(codes: Iterable[str]) -> list[Reason]:
    """The wording (msgids) of each code, in order. Raises KeyError for a code we never gave."""
    return [REASONS[code] for code in codes]


def reason_mix(*, since: date, on: date) -> ReasonMix:
    """Reasons of what was not approved from `since` to the end of `on`, the commonest first.

    A decision has up to four reasons, so the counts add up to more than the decisions.
    """
    params: dict[str, Any] = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "since": clock.moment_on(since),
        "until": clock.end_of(on),
    }
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN, params)
        found = dict(cursor.fetchall())
    total = found.pop(None)
    order = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return ReasonMix(
        decisions_count=total, counts=tuple((REASONS[code], count) for code, count in order)
    )
