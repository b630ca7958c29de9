"""Score runs: equal to decisions one by one, killed and started again, pointed at when whole."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection

from platform_app.kernel.models import Event
from platform_app.kernel.tenancy import NoScope, tenant_scope
from risk.enums import Outcome, Purpose, WatchKind, WatchReason
from risk.errors import ScoreRunBroken, ScoreRunNotFound, ScoreRunStands
from risk.models import MerchantScore, ScoreChunk, ScoreRun
from risk.operations.score_chunks import score_chunk
from risk.operations.score_runs import (
    fail_score_run,
    finish_score_run,
    note_failed_chunk,
    retry_score_run,
)
from risk.operations.watch_list import add_watch_entry
from risk.queries.score_runs import current_run, current_scores, list_score_runs
from tenants.models import Merchant
from tests.risk import score_runs
from tests.risk.cast import ACTOR, NOW, ask_many, install, new_tenant

UNITS = 10**8


def decided(merchants: list[str], repayments: Any) -> dict[str, tuple[Any, ...]]:
    """The same by `decide_many`, as the rows say it."""
    rows = ask_many(merchants, purpose=Purpose.PRESCREEN, repayments=repayments)
    return {
        merchant: (
            one.score, int(one.pd * UNITS), one.grade, one.outcome, one.limit_minor,
            int(one.annual_rate * UNITS), one.reasons,
        )
        for merchant, one in rows.items()
    }  # fmt: skip


def listed(merchant_id: str, kind: WatchKind) -> None:
    add_watch_entry(
        merchant_id=merchant_id, kind=kind, reason_code=WatchReason.IDENTITY, comment="示例",
        expires_on=NOW.date() + timedelta(days=30), actor=ACTOR, at=NOW,
    )  # fmt: skip


def test_every_merchant_is_answered_as_by_a_decision(tenant_id: str) -> None:
    merchants = score_runs.motley(400)
    repayments = score_runs.drawn(merchants)
    listed(merchants[3], WatchKind.BLOCK)
    listed(merchants[11], WatchKind.WATCH)
    run = score_runs.whole(repayments=repayments, rows=75)
    wanted = decided(merchants, repayments)
    assert score_runs.answers(run) == wanted
    assert {one[3] for one in wanted.values()} == {"approve", "refer", "decline"}
    assert len({one[2] for one in wanted.values()}) >= 4
    assert len({tuple(one[6]) for one in wanted.values()}) >= 20
    assert run.merchants_count == 400
    assert run.chunks_count == 6
    assert sum(run.counts["grade"].values()) == 400
    assert run.counts["outcome"] == {
        name: sum(one[3] == name for one in wanted.values()) for name in Outcome.values
    }
    assert run.counts["limit_minor"] == sum(one[4] for one in wanted.values())


def test_a_run_is_read_only_when_it_is_whole(tenant_id: str) -> None:
    merchants = score_runs.motley(7)
    assert current_run() is None
    assert current_scores(merchants) == {}
    run = score_runs.started(rows=3)
    with pytest.raises(ScoreRunStands, match="running"):
        finish_score_run(run_id=run.id, at=NOW)
    assert list_score_runs()[0].share == 0
    score_chunk(run_id=run.id, number=1, repayments=lambda *_: {}, at=NOW)
    assert list_score_runs()[0].share == 33
    assert current_scores(merchants) == {}
    score_runs.chunked(run)
    assert finish_score_run(run_id=run.id, at=NOW).is_current
    assert set(current_scores(merchants)) == set(merchants)
    told = Event.objects.filter(name="risk.score_run.finished")
    assert [one.props for one in told] == [{"merchants": 7, "movers": 0}]
    again = finish_score_run(run_id=run.id, at=NOW + timedelta(hours=1))
    assert (again.finished_at, told.count()) == (NOW, 1)


def test_the_same_key_and_a_running_run_are_the_same_run(tenant_id: str) -> None:
    score_runs.motley(4)
    run = score_runs.started(key="one")
    assert score_runs.started(key="one").id == run.id
    assert score_runs.started(key="two").id == run.id
    score_runs.chunked(run)
    finish_score_run(run_id=run.id, at=NOW)
    assert score_runs.started(key="one").status == "finished"
    assert score_runs.started(key="two").id != run.id
    assert ScoreRun.objects.count() == 2


def test_a_chunk_done_twice_writes_once_and_the_same_facts_give_the_same_hash(
    tenant_id: str,
) -> None:
    score_runs.motley(9)
    run = score_runs.started(rows=4)
    first = score_chunk(run_id=run.id, number=0, repayments=lambda *_: {}, at=NOW)
    assert first is not None
    again = score_chunk(run_id=run.id, number=0, repayments=lambda *_: {}, at=NOW)
    assert again is not None
    assert (again.id, again.sha256, MerchantScore.objects.count()) == (first.id, first.sha256, 4)
    score_runs.chunked(run)
    one = finish_score_run(run_id=run.id, at=NOW)
    other = score_runs.whole(key="again", rows=4)
    assert one.checksum == other.checksum != ""
    assert score_runs.answers(one) == score_runs.answers(other)


def test_rows_that_are_not_the_chunks_are_found(tenant_id: str) -> None:
    score_runs.motley(5)
    before = score_runs.whole(key="before")
    run = score_runs.started()
    score_runs.chunked(run)
    held = MerchantScore.objects.filter(run_id=run.id).order_by("merchant_id")
    held.filter(pk=held[0].pk).update(score=1)
    with pytest.raises(ScoreRunBroken, match="in the table"):
        finish_score_run(run_id=run.id, at=NOW)
    assert current_run() == before
    held.filter(pk=held[0].pk).delete()
    with pytest.raises(ScoreRunBroken):
        finish_score_run(run_id=run.id, at=NOW)
    assert current_run() == before


def test_a_chunk_that_fails_three_times_gives_the_run_up_until_it_is_tried_again(
    tenant_id: str,
) -> None:
    score_runs.motley(6)
    before = score_runs.whole(key="before")
    run = score_runs.started(rows=3)
    told = {"run_id": run.id, "number": 1, "problem": "示例", "at": NOW}
    assert [note_failed_chunk(**told) for _ in range(3)] == [False, False, True]
    run.refresh_from_db()
    assert (run.status, run.problem) == ("failed", "示例")
    assert current_run() == before
    with pytest.raises(ScoreRunStands):
        score_chunk(run_id=run.id, number=1, repayments=lambda *_: {}, at=NOW)
    assert MerchantScore.objects.filter(run_id=run.id).count() == 0
    assert retry_score_run(run_id=run.id, actor=ACTOR, at=NOW).status == "running"
    with pytest.raises(ScoreRunStands):
        retry_score_run(run_id=run.id, actor=ACTOR, at=NOW)
    assert set(ScoreChunk.objects.filter(run=run).values_list("attempt_count", flat=True)) == {0}
    score_runs.chunked(run)
    assert finish_score_run(run_id=run.id, at=NOW).is_current
    assert fail_score_run(run_id=run.id, problem="late", at=NOW).status == "finished"


def test_far_movers_are_counted_and_listed(tenant_id: str) -> None:
    merchants = score_runs.motley(20)
    before = score_runs.whole(key="before")
    assert before.previous is None
    rows = MerchantScore.objects.filter(run_id=before.id)
    for merchant, grade in zip(merchants[:3], "AAE", strict=True):
        rows.filter(merchant_id=merchant).update(grade=grade)
    run = score_runs.whole()
    now = {one: held[2] for one, held in score_runs.answers(run).items()}
    wide = [
        {"merchant": merchant, "from": grade, "to": now[merchant], "limit_minor": limit}
        for merchant, grade in zip(merchants[:3], "AAE", strict=True)
        if abs(ord(grade) - ord(now[merchant])) > 2
        for limit in [score_runs.answers(run)[merchant][4]]
    ]
    assert len(wide) >= 1
    assert run.movers_count == len(wide)
    assert sorted(run.movers, key=lambda one: one["merchant"]) == wide
    assert run.previous == before
    before.refresh_from_db()
    assert not before.is_current


def test_nobody_to_score_is_no_run(tenant_id: str) -> None:
    with pytest.raises(AssertionError):
        score_runs.started()
    assert ScoreRun.objects.count() == 0


def test_another_platform_sees_nothing_of_it(tenant_id: str) -> None:
    merchants = score_runs.motley(4)
    run = score_runs.whole()
    with tenant_scope(new_tenant("other-runs")):
        install()
        assert current_run() is None
        assert current_scores(merchants) == {}
        for act in (finish_score_run, retry_score_run):
            more = {"actor": ACTOR} if act is retry_score_run else {}
            with pytest.raises(ScoreRunNotFound):
                act(run_id=run.id, at=NOW, **more)
        assert score_chunk(run_id=run.id, number=0, repayments=lambda *_: {}, at=NOW) is None
        Merchant.objects.create(external_id="S-0", name="示例")
        assert score_runs.whole().merchants_count == 1
    assert current_run() == run


@pytest.mark.django_db
def test_without_a_scope_nothing_starts() -> None:
    with pytest.raises(NoScope):
        score_runs.started()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE risk_scorerun SET status = 'lost'",
        "UPDATE risk_scorerun SET checksum = ''",
        "UPDATE risk_scorerun SET status = 'failed', finished_at = NULL, is_current = false",
        "UPDATE risk_scorechunk SET sha256 = ''",
        "UPDATE risk_scorechunk SET status = 'pending'",
        "UPDATE risk_merchantscore SET outcome = 'decline', limit_minor = 100000",
        "UPDATE risk_merchantscore SET pd_units = 100000001",
    ],
)
def test_the_database_refuses(tenant_id: str, change: str) -> None:
    score_runs.motley(3)
    score_runs.whole()
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute(change)
