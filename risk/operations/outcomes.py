"""Keeping how decisions ended, as credit hands it in night by night."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from platform_app.kernel import clock
from risk.enums import Purpose
from risk.models import Decision, MaturedOutcome
from risk.values import CreditOutcome

BATCH = 2_000
# A pre-screen is no decision anybody drew on.
_LENT_ON = (Purpose.APPLICATION, Purpose.LIMIT_REVIEW)


@transaction.atomic
def keep_outcomes(*, outcomes: Sequence[CreditOutcome], on: date) -> int:
    """Append what has matured at the end of `on` and is not kept yet; how many that were.

    Each goes to the merchant's last decision before its month, or to the one the line rests on. An
    outcome without a decision is left out. A second run keeps nothing.
    """
    kept = set(MaturedOutcome.objects.values_list("decision__merchant_id", "cohort_on"))
    new = [o for o in outcomes if o.decision_id and (o.merchant_id, o.cohort_on) not in kept]
    if not new:
        return 0
    made = _decisions({one.merchant_id for one in new})
    rows = [
        MaturedOutcome(
            decision_id=_last_before(made[one.merchant_id], one),
            cohort_on=one.cohort_on,
            worst_dpd_days=one.worst_dpd_days,
            matured_on=on,
        )
        for one in new
    ]
    MaturedOutcome.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)


def _decisions(merchant_ids: set[str]) -> dict[str, list[tuple[datetime, str]]]:
    """By merchant, in the order in which they were made."""
    rows = Decision.objects.filter(merchant_id__in=merchant_ids, purpose__in=_LENT_ON)
    found: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for merchant_id, at, decision_id in rows.order_by("decided_at", "id").values_list(
        "merchant_id", "decided_at", "id"
    ):
        found[merchant_id].append((at, decision_id))
    return found


def _last_before(made: list[tuple[datetime, str]], one: CreditOutcome) -> str:
    """The last one made when the month began, midnight included; none before the line's own."""
    places = [
        place for place, (_, decision_id) in enumerate(made) if decision_id == one.decision_id
    ]
    if not places:
        return one.decision_id
    since = made[places[0] :]
    month = clock.moment_on(one.cohort_on)
    return [decision_id for at, decision_id in since if at <= month or at == since[0][0]][-1]
