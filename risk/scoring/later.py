"""How good the fitted cards were on months that began only after they were in force."""

from datetime import date
from typing import Any, Final

import numpy as np

from platform_app.kernel import clock
from platform_app.kernel.scope import current_tenant_id
from risk.domain import scorecard_body
from risk.domain.labels import label_def
from risk.enums import ScorecardKind
from risk.models import Scorecard
from risk.queries.training import Case, matured_cases
from risk.scoring.comparison import LEAST_OF_A_KIND, compare
from risk.scoring.training import table
from risk.scoring.validation import pds_of

PLACES: Final = 4
NOTHING_FITTED: Final = "no card was fitted: too few bad cases had matured"


def judged_later(*, on: date) -> dict[str, Any]:
    """AUC and mean PD over the actual rate, each month's cases by the card in force as it began.

    Only months matured by `on` that began on or after the day a fitted card came into force count,
    with the facts known then, so no case had a part in the card that judges it. Figures are None
    with a reason while there are fewer than twenty of a kind.
    """
    cards = _fitted()
    cases = [one for one in matured_cases(label_def(on), on=on) if _card_of(cards, one.cohort_on)]
    y = np.array([one.label for one in cases], np.int64)
    told: dict[str, Any] = {
        "cards_fitted": len(cards), "judged_cases": len(cases), "judged_bad": int(y.sum()),
    }  # fmt: skip
    pds = _pds(cards, cases)
    found = compare(y, pds, pds, np.array([one.entity for one in cases])) if cases else None
    if found is None:
        few = f"{LEAST_OF_A_KIND} good and {LEAST_OF_A_KIND} bad cases are needed out of time"
        return {"auc": None, "auc_interval": None, "pd_ratio": None, "pd_ratio_interval": None} | (
            told | {"not_judged": few if cards else NOTHING_FITTED}
        )
    figures: dict[str, Any] = {}
    for name in ("auc", "pd_ratio"):
        one = found.first[name]
        figures[name] = round(one.value, PLACES)
        figures[f"{name}_interval"] = [round(one.low, PLACES), round(one.high, PLACES)]
    return figures | told | {"not_judged": ""}


def _fitted() -> list[tuple[date, Scorecard]]:
    """Fitted cards that were ever in force, the first one first."""
    rows = Scorecard.objects.filter(kind=ScorecardKind.CARD, in_force_at__isnull=False)
    return [
        (clock.day_of(row.in_force_at), row)
        for row in rows.order_by("in_force_at", "version")
        if row.in_force_at is not None and row.body.get("development")
    ]


def _card_of(cards: list[tuple[date, Scorecard]], month: date) -> Scorecard | None:
    found = [row for since, row in cards if since <= month]
    return found[-1] if found else None


def _pds(cards: list[tuple[date, Scorecard]], cases: list[Case]) -> Any:
    pds = np.zeros(len(cases))
    months = np.array([one.cohort_on for one in cases], object)
    for month in sorted({one.cohort_on for one in cases}):
        row = _card_of(cards, month)
        if row is None:
            continue
        card = scorecard_body.parse_for_facts(row.body).for_tenant(current_tenant_id(), month)
        places = np.flatnonzero(months == month)
        facts = tuple(feature.key for feature in card.features)
        rows = table([cases[place] for place in places.tolist()], facts, label_def(month))
        pds[places] = pds_of(card, rows.data)
    return pds
