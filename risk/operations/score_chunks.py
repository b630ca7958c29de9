"""One chunk of a score run: facts out by COPY, judged by columns, answers in by COPY."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import connection, transaction

from platform_app.kernel import clock, ids, planner
from platform_app.kernel.scope import current_tenant_id
from risk.enums import ScoreChunkStatus, ScoreRunStatus
from risk.errors import ScoreRunBroken, ScoreRunStands
from risk.models import MerchantScore, ScoreChunk
from risk.queries.score_runs import versions_of_run
from risk.queries.watch_list import listed_between
from risk.scoring import fact_columns, score_rows
from risk.scoring.verdict_columns import judge_block
from risk.values import RepaymentFacts

# Of merchants from the first id to the last, both ends included, those who have drawn.
ReadRepayments = Callable[[str, str], Mapping[str, RepaymentFacts]]
TABLE = MerchantScore._meta.db_table


@transaction.atomic
def score_chunk(
    *, run_id: str, number: int, repayments: ReadRepayments, at: datetime
) -> ScoreChunk | None:
    """Score the chunk's merchants; its rows and its own state are one commit.

    A chunk that is done is answered as it is: a worker killed in it left nothing, and the key
    (run, number) makes the next attempt free. None while another worker has it. Raises
    ScoreRunStands when the run no longer runs, ScoreRunBroken when merchants of it are missing.
    """
    chunk = _claimed(run_id, number)
    if chunk is None or chunk.status == ScoreChunkStatus.DONE:
        return chunk
    run = chunk.run
    if run.status != ScoreRunStatus.RUNNING:
        raise ScoreRunStands(status=run.status)
    used, bounds = versions_of_run(run), (chunk.first_id, chunk.last_id)
    card = used.card.for_tenant(current_tenant_id(), clock.day_of(run.as_of))
    beside = fact_columns.beside_used(card, used.policy)
    lists = listed_between(*bounds, on=clock.day_of(run.as_of))
    with connection.cursor() as wrapped:
        cursor = wrapped.cursor
        with planner.join_by_hashing():
            raw = fact_columns.read_facts(
                cursor, first_id=bounds[0], last_id=bounds[1], as_of=run.as_of
            )
        block = fact_columns.block_of(raw, repayments(*bounds), as_of=run.as_of, used=beside)
        if not len(block.ids):
            raise ScoreRunBroken(problem=f"nobody is left in chunk {number}")
        found = judge_block(card, used.policy, block, lists)
        rows = score_rows.rows_of(block.ids, found)
        score_rows.write_rows(
            cursor, rows, tenant=str(ids.to_uuid("tnt", current_tenant_id())),
            run=str(ids.to_uuid("srn", run.id)), table=TABLE,
        )  # fmt: skip
    chunk.status, chunk.done_at, chunk.rows_count = ScoreChunkStatus.DONE, at, len(block.ids)
    chunk.sums, chunk.sha256 = score_rows.sums_of(found), score_rows.sha256_of(rows)
    chunk.save(update_fields=["status", "done_at", "rows_count", "sums", "sha256"])
    return chunk


def _claimed(run_id: str, number: int) -> ScoreChunk | None:
    rows = ScoreChunk.objects.select_for_update(of=("self",), skip_locked=True)
    named = rows.select_related("run__scorecard", "run__policy")
    return named.filter(run_id=run_id, number=number).first()
