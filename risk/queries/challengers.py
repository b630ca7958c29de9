"""The challenger in shadow, what it has not scored yet, and its cases beside the card's."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import OuterRef, Subquery

from platform_app.kernel import ids
from risk.domain import trees
from risk.domain.canonical import sha256
from risk.domain.labels import LabelDef
from risk.domain.trees import Forest
from risk.enums import ScorecardKind, VersionStatus
from risk.errors import InvalidScorecard, ScorecardNotFound
from risk.models import ChallengerScore, Decision, MaturedOutcome, Scorecard
from risk.queries.scorecards import ApprovalRow, who_agreed

MOST_CASES = 10_000  # of the latest, for a comparison on a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One matured case with the PD of the card that decided and the challenger's."""

    merchant_id: str
    version: int
    label: int
    card_pd: float
    challenger_pd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengerView:
    """One challenger, read."""

    row: Scorecard
    forest: Forest
    development: dict[str, Any]
    label_sha256: str
    approvals: tuple[ApprovalRow, ...]
    drafter: str
    scored_count: int


def challenger_view(scorecard_id: str) -> ChallengerView:
    """One version of trees. Raises ScorecardNotFound, for a card too."""
    try:
        ids.to_uuid("crd", scorecard_id)
    except ValueError:
        raise ScorecardNotFound from None
    row = Scorecard.objects.filter(pk=scorecard_id, kind=ScorecardKind.CHALLENGER).first()
    if row is None:
        raise ScorecardNotFound
    approvals, drafter = who_agreed(row)
    return ChallengerView(
        row=row,
        forest=trees.parse(row.body),
        development=row.body["development"],
        label_sha256=row.body["label_sha256"],
        approvals=approvals,
        drafter=drafter,
        scored_count=ChallengerScore.objects.filter(scorecard=row).count(),
    )


def in_shadow() -> Scorecard | None:
    """The platform's challenger, without its body."""
    rows = Scorecard.objects.filter(kind=ScorecardKind.CHALLENGER, status=VersionStatus.SHADOW)
    found: Scorecard | None = rows.defer("body").first()
    return found


def unscored(scorecard_id: str, *, most: int) -> list[tuple[str, dict[str, Any]]]:
    """Decisions this challenger has not scored yet, with their snapshots, the newest first."""
    done = ChallengerScore.objects.filter(scorecard_id=scorecard_id).values("decision_id")
    rows = Decision.objects.exclude(pk__in=done).order_by("-id")
    return list(rows.values_list("id", "facts")[:most])


def pairs(scorecard_id: str, label: LabelDef, *, on: date) -> list[Pair]:
    """Matured good and bad cases it has scored, the latest cohorts first: one statement."""
    score = ChallengerScore.objects.filter(
        scorecard_id=scorecard_id, decision_id=OuterRef("decision_id")
    )
    rows = (
        MaturedOutcome.objects.filter(matured_on__lte=on)
        .annotate(challenger_pd=Subquery(score.values("pd")[:1]))
        .exclude(challenger_pd=None)
        .order_by("-cohort_on", "-id")
        .values_list(
            "decision__merchant_id", "decision__scorecard__version", "worst_dpd_days",
            "decision__pd", "challenger_pd",
        )
    )  # fmt: skip
    return [
        Pair(
            merchant_id=merchant_id,
            version=version,
            label=value,
            card_pd=float(card_pd),
            challenger_pd=float(challenger_pd),
        )
        for merchant_id, version, days, card_pd, challenger_pd in rows[:MOST_CASES]
        if (value := label.label_of(days)) is not None
    ]


@lru_cache(maxsize=64)
def forest_of(scorecard_id: str, sha: str) -> Forest:
    """The trees of a version. Raises InvalidScorecard when the body was altered."""
    body = Scorecard.objects.values_list("body", flat=True).get(pk=scorecard_id)
    if sha256(body) != sha:
        raise InvalidScorecard(problem="the body does not have the recorded hash")
    return trees.parse(body)
