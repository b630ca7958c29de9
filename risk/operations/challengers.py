"""Boosted trees in shadow: grown on the platform's cases, scored at night, never asked."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import structlog
from django.db import transaction

from risk.domain.facts import flat, restore
from risk.domain.labels import label_def
from risk.domain.signs import SIGNS
from risk.enums import ScorecardKind
from risk.models import ChallengerScore, Scorecard
from risk.operations.scorecards import register_scorecard
from risk.queries.challengers import forest_of, in_shadow, unscored
from risk.queries.training import matured_cases
from risk.scoring.data import Data
from risk.scoring.judging import judged
from risk.scoring.training import number_of, table
from risk.scoring.trees import fit_trees, pd_columns

logger = structlog.get_logger(__name__)

SEED: Final = 42
NIGHT: Final = 20_000  # decisions scored in one transaction
_PLACES: Final = Decimal("0.00000001")


@transaction.atomic
def fit_challenger(
    *,
    on: date,
    actor: str,
    at: datetime,
    seed: int = SEED,
) -> Scorecard:
    """A draft of monotone boosted trees on this platform's matured cases.

    The same cases and seed give the same trees. Raises CannotFit for too few cases, and when the
    trees do not keep the declared signs or reward what is missing.
    """
    label = label_def(on)
    data = table(matured_cases(label, on=on), tuple(SIGNS), label).data
    signs = {name: sign for name, (sign, _) in SIGNS.items()}

    def fit(train: Data) -> Any:
        forest = fit_trees(train, signs, label_sha256=label.sha256, seed=seed).forest
        return lambda rows: pd_columns(forest, rows.columns, len(rows.y))

    grown = fit_trees(data, signs, label_sha256=label.sha256, seed=seed)
    return register_scorecard(
        body=grown.body, metrics=judged(data, fit, seed=seed), actor=actor, at=at,
        kind=ScorecardKind.CHALLENGER,
    )  # fmt: skip


@transaction.atomic
def score_challenger(*, at: datetime, most: int = NIGHT) -> int:
    """Score the decisions the challenger in shadow has not seen, the newest first; how many.

    Without a challenger there is nothing to do; a second run scores nothing again.
    """
    row = in_shadow()
    if row is None:
        return 0
    forest, waiting = forest_of(row.id, row.sha256), unscored(row.id, most=most)
    facts = [flat(*restore(stored)) for _, stored in waiting]
    columns = {one.key: number_of([found[one.key] for found in facts]) for one in forest.features}
    pds = pd_columns(forest, columns, len(facts)).tolist()
    scores = [
        ChallengerScore(
            decision_id=decision_id, scorecard_id=row.id, pd=Decimal(pd).quantize(_PLACES), at=at
        )
        for (decision_id, _), pd in zip(waiting, pds, strict=True)
    ]
    ChallengerScore.objects.bulk_create(scores, batch_size=2_000, ignore_conflicts=True)
    logger.info("risk.challenger.scored", scorecard=row.id, count=len(scores))
    return len(scores)
