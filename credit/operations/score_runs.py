"""Score runs of a platform: credit knows how merchants repaid, risk does the rest.

A run goes through the queue in `LANES` lanes: each worker that has done a chunk asks for the one
`LANES` further on, so that a platform of a million takes turns with one of ten.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from credit.queries.behavior import repayment_facts, repayments_between
from credit.queries.business_day import open_day
from platform_app.kernel import clock, jobs
from platform_app.kernel.events import Consumer
from platform_app.kernel.models import Event
from platform_app.kernel.scope import current_tenant_id
from risk.enums import ScoreRunStatus
from risk.errors import NoChampion, ScoreRunBroken
from risk.models import ScoreChunk, ScoreRun
from risk.operations import score_chunks
from risk.operations import score_runs as operations
from risk.operations.rescoring import rescore_merchant
from risk.operations.score_retention import forget_old_scores
from risk.queries.score_runs import idle_runs, pending_chunks, score_run
from risk.values import RepaymentFacts

LANES: Final = 2
CHUNK: Final = operations.CHUNK
IDLE: Final = timedelta(minutes=10)
_ACTOR: Final = "system:score"


def start_nightly_run(*, at: datetime) -> ScoreRun | None:
    """Start tonight's run of the platform, once a business day; its chunks go to the workers.

    None without merchants, and where nothing is in force to score them by.
    """
    try:
        return start_run(key=f"nightly:{open_day()}", actor=_ACTOR, at=at)
    except NoChampion:
        return None


def start_run(*, key: str, actor: str, at: datetime) -> ScoreRun | None:
    """Start a run and hand it to the workers. Answers and raises as risk's `start_score_run`."""
    run = operations.start_score_run(
        key=key, on=open_day(), as_of=at, actor=actor, at=at, chunk_rows=CHUNK
    )
    if run is not None:
        ask_for_chunks(run.id)
    return run


def retry_run(*, run_id: str, actor: str, at: datetime) -> ScoreRun:
    """Let a failed run go on. Raises as risk's `retry_score_run`."""
    run = operations.retry_score_run(run_id=run_id, actor=actor, at=at)
    ask_for_chunks(run.id)
    return run


def ask_for_chunks(run_id: str) -> int:
    """Put the first pending chunk of each lane into the queue; how many were asked for.

    Where none is left, finishing is what is asked for.
    """
    waiting = pending_chunks(run_id)
    firsts = {number % LANES: number for number in reversed(waiting)}
    for number in sorted(firsts.values()) or [0]:
        _ask(run_id, number)
    return len(firsts)


def do_chunk(*, run_id: str, number: int, at: datetime) -> ScoreChunk | None:
    """Score one chunk with what credit knows of its merchants."""
    on = score_run(run_id).on
    return score_chunks.score_chunk(run_id=run_id, number=number, repayments=_repayments(on), at=at)


def go_on(*, run_id: str, number: int, at: datetime) -> ScoreRun | None:
    """After chunk `number`: ask for the lane's next one, or finish the run when none is pending.

    A run that does not add up is given up with the reason. None while others work on it.
    """
    waiting = pending_chunks(run_id)
    ahead = [one for one in waiting if one % LANES == number % LANES and one > number]
    if ahead:
        _ask(run_id, ahead[0])
    return None if waiting else finish(run_id=run_id, at=at)


def chunk_failed(*, run_id: str, number: int, problem: str, at: datetime) -> None:
    """Ask for the chunk again, or give the run up after the last attempt."""
    if not operations.note_failed_chunk(run_id=run_id, number=number, problem=problem, at=at):
        _ask(run_id, number)


def finish(*, run_id: str, at: datetime) -> ScoreRun:
    """Point readers at the run, and forget the rows of runs nobody compares with any more."""
    run = score_run(run_id)
    if run.status == ScoreRunStatus.FAILED:
        return run
    try:
        run = operations.finish_score_run(run_id=run_id, at=at)
    except ScoreRunBroken as broken:
        return operations.fail_score_run(run_id=run_id, problem=str(broken), at=at)
    forget_old_scores()
    return run


def run_here(*, key: str, actor: str, at: datetime, chunk_rows: int = CHUNK) -> ScoreRun | None:
    """A whole run in this process, chunk after chunk: for the command line and for benches.

    With the key of a run that somebody left, what is left of it.
    """
    run = operations.start_score_run(
        key=key, on=open_day(), as_of=at, actor=actor, at=at, chunk_rows=chunk_rows
    )
    if run is None:
        return None
    for number in pending_chunks(run.id):
        do_chunk(run_id=run.id, number=number, at=at)
    return finish(run_id=run.id, at=at)


def lost_runs(*, at: datetime) -> list[tuple[str, str]]:
    """Platform and id of runs whose workers are gone, in the scope that is open."""
    return list(idle_runs(before=at - IDLE).order_by("id").values_list("tenant_id", "id"))


def ask_for_rescore(event_id: str) -> None:
    """Have a worker score again whom an event is about: an import names thousands, and the outbox
    must not wait for them. Should the broker lose it, the night finds it.
    """
    jobs.enqueue("credit.rescore", tenant_id=current_tenant_id(), event_id=event_id)


def rescore(*, event_id: str) -> None:
    """Score again whom an event is about, one by one; what was scored since the event stands."""
    event = Event.objects.filter(pk=event_id).first()
    if event is None:
        return
    told = event.props.get("merchants", []) if event.merchant_id is None else [event.merchant_id]
    known = repayment_facts(told, on=open_day())
    for merchant_id in told:
        rescore_merchant(
            merchant_id=merchant_id, repayment=known[merchant_id], since=event.received_at,
            at=clock.now(),
        )  # fmt: skip


# Orders that came in, everything that happens to what a merchant owes, and the lists it is on.
CONSUMER: Final = Consumer(
    name="credit.rescore",
    prefixes=(
        "tenants.orders.imported", "credit.repayment.", "credit.drawdown.captured",
        "credit.drawdown.paid_off", "credit.drawdown.refund", "credit.installment.overdue",
        "credit.line.", "risk.watch_entry.added", "risk.watch_entry.ended",
    ),
    handle=ask_for_rescore,
    condition_sql="EXISTS (SELECT 1 FROM risk_scorerun run"
    " WHERE run.tenant_id = %(tenant_id)s::uuid AND run.is_current)",
)  # fmt: skip


def _repayments(on: date) -> score_chunks.ReadRepayments:
    def between(first_id: str, last_id: str) -> Mapping[str, RepaymentFacts]:
        return repayments_between(first_id, last_id, on=on)

    return between


def _ask(run_id: str, number: int) -> None:
    jobs.enqueue("credit.score_chunk", tenant_id=current_tenant_id(), run_id=run_id, number=number)
