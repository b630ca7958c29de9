"""The nightly batch: starting a run, finishing it, giving it up, trying it again.

The chunks between are `risk/operations/score_chunks.py`. A run is pointed at only when every row
of it is there; until then readers read the one before.
"""

import hashlib
from datetime import date, datetime
from typing import Any, Final

import structlog
from django.db import connection, transaction

from platform_app.kernel import events, ids, locks
from platform_app.kernel.scope import current_tenant_id
from risk.domain.odds import GRADES
from risk.enums import Outcome, ScoreChunkStatus, ScoreRunStatus
from risk.errors import ScoreRunBroken, ScoreRunNotFound, ScoreRunStands
from risk.models import ScoreChunk, ScoreRun
from risk.queries.champions import champions

logger = structlog.get_logger(__name__)
CHUNK: Final = 50_000
MOVERS_KEPT: Final = 200
FAR: Final = 2  # a move of more grades than this is told
ATTEMPTS: Final = 3

# The first and the last merchant of every range.
_ENDS: Final = """
SELECT id, n FROM (
    SELECT id, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS total
    FROM tenants_merchant WHERE tenant_id = %(tenant)s::uuid) m
WHERE (n - 1) %% %(size)s = 0 OR n %% %(size)s = 0 OR n = total ORDER BY n
"""
_ADDED_UP: Final = """
SELECT grade, outcome, count(*), sum(score), sum(pd_units), sum(limit_minor), sum(rate_units)
FROM risk_merchantscore WHERE tenant_id = %s::uuid AND run_id = %s::uuid GROUP BY grade, outcome
"""
# A fact that changed while the run ran was answered in the run before: that answer stays.
_CARRY: Final = """
INSERT INTO risk_merchantscore AS n (id, tenant_id, run_id, merchant_id, score, pd_units, grade,
                                     outcome, limit_minor, rate_units, reasons, rescored_at)
SELECT uuidv7(), o.tenant_id, %(run)s::uuid, o.merchant_id, o.score, o.pd_units, o.grade,
       o.outcome, o.limit_minor, o.rate_units, o.reasons, o.rescored_at
FROM risk_merchantscore o
WHERE o.tenant_id = %(tenant)s::uuid AND o.run_id = %(before)s::uuid
  AND o.rescored_at >= %(as_of)s
ON CONFLICT (tenant_id, run_id, merchant_id) DO UPDATE
SET score = excluded.score, pd_units = excluded.pd_units, grade = excluded.grade,
    outcome = excluded.outcome, limit_minor = excluded.limit_minor,
    rate_units = excluded.rate_units, reasons = excluded.reasons,
    rescored_at = excluded.rescored_at
"""
_MOVED: Final = f"""
SELECT n.merchant_id, o.grade, n.grade, n.limit_minor, count(*) OVER ()
FROM risk_merchantscore n JOIN risk_merchantscore o
  ON o.tenant_id = n.tenant_id AND o.run_id = %(before)s::uuid AND o.merchant_id = n.merchant_id
WHERE n.tenant_id = %(tenant)s::uuid AND n.run_id = %(run)s::uuid
  AND abs(ascii(n.grade) - ascii(o.grade)) > {FAR}
ORDER BY abs(ascii(n.grade) - ascii(o.grade)) DESC, n.merchant_id LIMIT {MOVERS_KEPT}
"""  # noqa: S608 -- our own numbers


@transaction.atomic
def start_score_run(
    *, key: str, on: date, as_of: datetime, actor: str, at: datetime, chunk_rows: int = CHUNK
) -> ScoreRun | None:
    """Freeze the moment, the versions in force and the ranges of merchants.

    Repayments are seen on the business day `on`, everything else as known before `as_of`. The same
    key again, or while a run is running, answers that run. None without merchants. Raises
    NoChampion.
    """
    locks.hold(locks.LockSpace.SCORE_RUN, current_tenant_id())
    asked = ScoreRun.objects.filter(key=key).first()
    found = asked or ScoreRun.objects.filter(status=ScoreRunStatus.RUNNING).first()
    if found is not None:
        return found
    used, ranges = champions(), _ranges(chunk_rows)
    if not ranges:
        return None
    run: ScoreRun = ScoreRun.objects.create(
        key=key, on=on, as_of=as_of, scorecard_id=used.scorecard_id, policy_id=used.policy_id,
        previous=ScoreRun.objects.filter(is_current=True).first(),
        merchants_count=sum(count for _, _, count in ranges), chunks_count=len(ranges),
        started_by=actor, started_at=at,
    )  # fmt: skip
    ScoreChunk.objects.bulk_create([
        ScoreChunk(run=run, number=number, first_id=first, last_id=last)
        for number, (first, last, _) in enumerate(ranges)
    ])  # fmt: skip
    logger.info("risk.score_run.started", run=run.id, merchants=run.merchants_count)
    return run


@transaction.atomic
def finish_score_run(*, run_id: str, at: datetime) -> ScoreRun:
    """Check every count and sum, then point at the run; a finished one stays as it is.

    Raises ScoreRunNotFound, ScoreRunStands while chunks are pending or when it failed,
    ScoreRunBroken when the rows are not those the chunks wrote; then nothing has moved.
    """
    locks.hold(locks.LockSpace.SCORE_RUN, current_tenant_id())
    run = _locked(run_id)
    if run.status == ScoreRunStatus.FINISHED:
        return run
    chunks = list(ScoreChunk.objects.filter(run=run).order_by("number"))
    is_done = all(one.status == ScoreChunkStatus.DONE for one in chunks)
    if run.status != ScoreRunStatus.RUNNING or not is_done:
        raise ScoreRunStands(status=run.status)
    run.counts = _checked(run, chunks)
    run.checksum = hashlib.sha256("".join(one.sha256 for one in chunks).encode()).hexdigest()
    before = ScoreRun.objects.filter(is_current=True).first()
    if before is not None:
        _carry_over(run, before)
        run.movers_count, run.movers = _moved(run, before)
        before.is_current = False
        before.save(update_fields=["is_current"])
    run.previous = before
    run.status, run.is_current, run.finished_at = ScoreRunStatus.FINISHED, True, at
    run.save()
    events.record(
        "risk.score_run.finished", subject=run.id, actor=run.started_by, at=at,
        props={"merchants": run.merchants_count, "movers": run.movers_count},
    )  # fmt: skip
    return run


@transaction.atomic
def fail_score_run(*, run_id: str, problem: str, at: datetime) -> ScoreRun:
    """Give a running run up, with what stood in its way; readers go on reading the one before."""
    run = _locked(run_id)
    if run.status == ScoreRunStatus.RUNNING:
        run.status, run.problem = ScoreRunStatus.FAILED, problem[:500] or "unknown"
        run.save(update_fields=["status", "problem"])
        events.record(
            "risk.score_run.failed", subject=run.id, actor=run.started_by, at=at,
            props={"problem": run.problem},
        )  # fmt: skip
    return run


@transaction.atomic
def retry_score_run(*, run_id: str, actor: str, at: datetime) -> ScoreRun:
    """Let a failed run go on with the chunks it lacks, as of the same moment.

    Raises ScoreRunNotFound, ScoreRunStands when it did not fail, or another was started since: the
    rows of this one may be gone.
    """
    locks.hold(locks.LockSpace.SCORE_RUN, current_tenant_id())
    run = _locked(run_id)
    if run.status != ScoreRunStatus.FAILED or ScoreRun.objects.filter(pk__gt=run_id).exists():
        raise ScoreRunStands(status=run.status)
    run.status, run.problem = ScoreRunStatus.RUNNING, ""
    run.save(update_fields=["status", "problem"])
    ScoreChunk.objects.filter(run=run, status=ScoreChunkStatus.PENDING).update(attempt_count=0)
    events.record("risk.score_run.retried", subject=run.id, actor=actor, at=at)
    return run


@transaction.atomic
def note_failed_chunk(*, run_id: str, number: int, problem: str, at: datetime) -> bool:
    """Count an attempt that failed; True when the run has been given up for it."""
    chunk = ScoreChunk.objects.select_for_update().get(run_id=run_id, number=number)
    chunk.attempt_count += 1
    chunk.save(update_fields=["attempt_count"])
    if chunk.attempt_count < ATTEMPTS:
        return False
    fail_score_run(run_id=run_id, problem=problem, at=at)
    return True


def _locked(run_id: str) -> ScoreRun:
    try:
        ids.to_uuid("srn", run_id)
    except ValueError:
        raise ScoreRunNotFound from None
    run = ScoreRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise ScoreRunNotFound
    return run


def _ranges(size: int) -> list[tuple[str, str, int]]:
    """First and last id of each range, and how many merchants it holds."""
    rows = _rows(_ENDS, {"tenant": _tenant(), "size": size})
    ends = [(ids.from_uuid("mch", one), number) for one, number in rows]
    firsts = [one for one in ends if (one[1] - 1) % size == 0]
    lasts = [one for one in ends if one[1] % size == 0 or one == ends[-1]]
    return [
        (first, last, until - since + 1)
        for (first, since), (last, until) in zip(firsts, lasts, strict=True)
    ]


def _checked(run: ScoreRun, chunks: list[ScoreChunk]) -> dict[str, Any]:
    """What the table holds, by grade and outcome, if it is what the chunks wrote."""
    rows = _rows(_ADDED_UP, [_tenant(), str(ids.to_uuid("srn", run.id))])
    held = [int(sum(row[place] for row in rows)) for place in range(2, 7)]
    told = [sum(one.rows_count for one in chunks)] + [
        sum(one.sums[name] for one in chunks) for name in ("score", "pd", "limit", "rate")
    ]
    if held != told or held[0] != run.merchants_count:
        raise ScoreRunBroken(problem=f"{held} in the table, {told} written")
    grades = {grade: sum(row[2] for row in rows if row[0] == grade) for grade in GRADES}
    outcomes = {name: sum(row[2] for row in rows if row[1] == name) for name in Outcome.values}
    return {"grade": grades, "outcome": outcomes, "limit_minor": held[3]}


def _carry_over(run: ScoreRun, before: ScoreRun) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_CARRY, {**_pair(run, before), "as_of": run.as_of})


def _moved(run: ScoreRun, before: ScoreRun) -> tuple[int, list[dict[str, Any]]]:
    rows = _rows(_MOVED, _pair(run, before))
    told = [
        {"merchant": ids.from_uuid("mch", merchant), "from": was, "to": now, "limit_minor": limit}
        for merchant, was, now, limit, _ in rows
    ]
    return (rows[0][4] if rows else 0), told


def _pair(run: ScoreRun, before: ScoreRun) -> dict[str, Any]:
    own = {"run": str(ids.to_uuid("srn", run.id)), "before": str(ids.to_uuid("srn", before.id))}
    return {"tenant": _tenant(), **own}


def _tenant() -> str:
    return str(ids.to_uuid("tnt", current_tenant_id()))


def _rows(statement: str, params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
