"""On which rung of the ladder the platform's card stands, and why."""

from datetime import date

from platform_app.kernel.scope import current_tenant_id
from risk.domain.labels import label_def
from risk.domain.ladder import LadderStanding, standing
from risk.enums import VersionStatus
from risk.models import Scorecard
from risk.queries.training import outcome_counts


def ladder_standing(*, on: date) -> LadderStanding | None:
    """By the card in force and the cases matured by `on`; None without a card in force."""
    bodies = Scorecard.objects.filter(status=VersionStatus.CHAMPION).values_list("body", flat=True)
    body = bodies.first()
    if body is None:
        return None
    bad, good = outcome_counts(label_def(on), on=on)
    return standing(body, current_tenant_id(), on, bad=bad, good=good)
