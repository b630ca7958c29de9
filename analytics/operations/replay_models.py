"""The models of a replayed life: on the first of each month outcomes are kept, the pooled card is
fitted again on what has matured, put in force by two, and lines are looked at.

Each step has its own fence and rests only on days that are closed, so a replay that is killed and
started again repeats the open month's turn and ends the same.
"""

from datetime import date, timedelta
from typing import Final

import structlog
from django.db import transaction

from analytics.queries.outcomes import matured_outcomes
from credit.operations.limit_reviews import review_limits
from platform_app.kernel import clock
from platform_app.kernel.scope import current_tenant_id
from risk.errors import CannotFit
from risk.models import Scorecard
from risk.operations.ladder import fit_pooled
from risk.operations.outcomes import keep_outcomes
from risk.operations.scorecards import approve_scorecard, shadow_scorecard, validate_scorecard

logger = structlog.get_logger(__name__)

MODELER: Final = "system:replay-modeler"
OFFICERS: Final = ("system:replay-officer-1", "system:replay-officer-2")
_COMMENT: Final = "monthly re-fit of the replay"


def turn_month(day: date) -> None:
    """What the morning of a month's first day brings, before anybody lives it; else nothing."""
    if day.day != 1:
        return
    on, at = day - timedelta(days=1), clock.moment_on(day)
    with clock.travel(at):
        keep_outcomes(outcomes=matured_outcomes(on=on), on=on)
        refit(on=on)
        review_limits(at=at)


@transaction.atomic
def refit(*, on: date) -> Scorecard | None:
    """The pooled card of what matured by `on`, through the registry, in force from the next day.

    All or nothing, once a month. None while too few cases have matured for a card.
    """
    at = clock.moment_on(on + timedelta(days=1))
    if Scorecard.objects.filter(drafted_by=MODELER, drafted_at=at).exists():
        return None
    tenant_id = current_tenant_id()
    try:
        draft = fit_pooled(tenant_ids=[tenant_id], on=on, actor=MODELER, at=at)[tenant_id]
    except CannotFit as refusal:
        logger.info("replay.not_refitted", on=str(on), problem=refusal.code)
        return None
    validate_scorecard(scorecard_id=draft.id, comment=_COMMENT, actor=OFFICERS[0], at=at)
    shadow_scorecard(scorecard_id=draft.id, actor=MODELER, at=at)
    for officer in OFFICERS:
        card = approve_scorecard(scorecard_id=draft.id, comment=_COMMENT, actor=officer, at=at)
    return card
