"""Score runs: which is current, how far one is, what it says of a merchant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from risk.enums import ScoreChunkStatus, ScoreRunStatus
from risk.errors import ScoreRunNotFound
from risk.models import MerchantScore, ScoreChunk, ScoreRun
from risk.queries.champions import Champions, versions
from tenants.models import Merchant

SHOWN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A run with its chunks counted."""

    run: ScoreRun
    done_count: int

    @property
    def share(self) -> int:
        """Done chunks, in hundredths."""
        return 100 * self.done_count // self.run.chunks_count


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """A merchant whose grade moved far since the run before."""

    merchant_id: str
    name: str
    external_id: str
    from_grade: str
    to_grade: str
    limit_minor: int


def current_run() -> ScoreRun | None:
    """The run that readers read; None before the first."""
    return ScoreRun.objects.filter(is_current=True).select_related("previous").first()


def current_scores(merchant_ids: Sequence[str]) -> dict[str, MerchantScore]:
    """What the current run says of these merchants; who is not in it is left out."""
    run = ScoreRun.objects.filter(is_current=True).values("id")
    rows = MerchantScore.objects.filter(run_id__in=run, merchant_id__in=merchant_ids)
    return {row.merchant_id: row for row in rows}


def list_score_runs() -> list[Progress]:
    """The last runs, the newest first: one statement."""
    done = Count("chunks", filter=Q(chunks__status=ScoreChunkStatus.DONE))
    rows = ScoreRun.objects.annotate(done_count=done).order_by("-id")[:SHOWN]
    return [Progress(run=row, done_count=row.done_count) for row in rows]


def score_run(run_id: str) -> ScoreRun:
    """One run. Raises ScoreRunNotFound."""
    found = ScoreRun.objects.filter(pk=run_id).first()
    if found is None:
        raise ScoreRunNotFound
    return found


def movers_of(run: ScoreRun) -> list[Mover]:
    """The widest moves with the merchants' names: one statement."""
    known = Merchant.objects.in_bulk([one["merchant"] for one in run.movers])
    return [
        Mover(
            merchant_id=one["merchant"],
            name=known[one["merchant"]].name,
            external_id=known[one["merchant"]].external_id,
            from_grade=one["from"],
            to_grade=one["to"],
            limit_minor=one["limit_minor"],
        )
        for one in run.movers
    ]


def pending_chunks(run_id: str) -> list[int]:
    """Numbers of chunks still to do, while the run runs."""
    rows = ScoreChunk.objects.filter(
        run_id=run_id, run__status=ScoreRunStatus.RUNNING, status=ScoreChunkStatus.PENDING
    )
    return list(rows.order_by("number").values_list("number", flat=True))


def idle_runs(*, before: datetime) -> QuerySet[ScoreRun]:
    """Runs that run, but of which no chunk was done since: their workers may be gone."""
    recent = ScoreChunk.objects.filter(done_at__gte=before).values("run_id")
    running: Any = ScoreRun.objects.filter(status=ScoreRunStatus.RUNNING, started_at__lt=before)
    found: QuerySet[ScoreRun] = running.exclude(pk__in=recent)
    return found


def versions_of_run(run: ScoreRun) -> Champions:
    """The versions a run was started with. Raises InvalidScorecard or InvalidPolicy."""
    return versions(
        card_id=run.scorecard_id,
        card_sha=run.scorecard.sha256,
        policy_id=run.policy_id,
        policy_sha=run.policy.sha256,
    )
