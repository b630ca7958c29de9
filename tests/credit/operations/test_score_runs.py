"""Score runs with what credit knows: killed anywhere, in the queue, and again after an event."""

import json
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from io import StringIO
from time import process_time
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from credit.models import Drawdown
from credit.operations import score_runs as operations
from credit.operations.score_runs import (
    CONSUMER,
    ask_for_chunks,
    go_on,
    lost_runs,
    retry_run,
    run_here,
    start_nightly_run,
    start_run,
)
from credit.queries.behavior import repayment_facts
from credit.queries.business_day import open_day
from credit.tasks import resume_score_runs, score_merchants
from platform_app.kernel import clock
from platform_app.kernel.models import Dispatch, Event
from platform_app.kernel.tasks import relay_dispatches
from platform_app.kernel.tenancy import platform_scope, tenant_scope
from risk.enums import Purpose, WatchKind, WatchReason
from risk.models import MerchantScore, Policy, ScoreChunk, ScoreRun
from risk.operations.decisions import decide, decide_many
from risk.operations.rescoring import rescore_merchant
from risk.operations.score_retention import forget_old_scores
from risk.operations.score_runs import start_score_run
from risk.operations.watch_list import add_watch_entry, end_watch_entry
from risk.queries.score_runs import current_run, current_scores
from tenants.models import Merchant, Tenant
from tenants.operations.trade import import_orders
from tenants.values import OrderRow
from tests.credit import lives
from tests.credit.lives import ACTOR
from tests.credit.operations.test_close import in_child
from tests.risk import score_runs
from tests.risk.cast import NOW

UNITS = 10**8
Committed = Callable[..., AbstractContextManager[list[Any]]]


def run_now(key: str, at: datetime, chunk_rows: int = 50) -> ScoreRun:
    run = run_here(key=key, actor=ACTOR, at=at, chunk_rows=chunk_rows)
    assert run is not None
    assert run.status == "finished", run.problem
    return run


def owing(at: datetime) -> tuple[list[str], datetime]:
    """Five merchants, of whom two have drawn and one of these is late; and a moment after."""
    merchants = [lives.merchant_with_trade(f"P{number}", at) for number in range(5)]
    for merchant in merchants[:2]:
        lives.drawn(lives.line_of(merchant, at), 300_000, f"SO-{merchant.external_id}", at)
    later = lives.close_until(clock.day_of(at) + timedelta(days=40))
    return [one.id for one in merchants], later


@pytest.mark.django_db
def test_a_run_sees_repayments_as_a_decision_does(inside: Tenant, at: datetime) -> None:
    merchants, later = owing(at)
    run = run_now("whole", later, chunk_rows=2)
    known = repayment_facts(merchants, on=open_day())
    assert {one.current_dpd_days > 0 for one in known.values()} == {True, False}
    wanted = decide_many(
        merchant_ids=merchants, purpose=Purpose.PRESCREEN, as_of=later, decided_at=later,
        repayments=known, actor=ACTOR,
    )  # fmt: skip
    assert score_runs.answers(run) == {
        merchant: (
            one.score, int(one.pd * UNITS), one.grade, one.outcome, one.limit_minor,
            int(one.annual_rate * UNITS), one.reasons,
        )
        for merchant, one in wanted.items()
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_at_any_statement_and_started_again_it_ends_the_same(tenant: Tenant) -> None:
    with tenant_scope(tenant.id):
        score_runs.motley(12)
        quiet = run_now("quiet", NOW, chunk_rows=5)
        wanted, kills = score_runs.answers(quiet), 0

        def act() -> None:
            run_now("killed", NOW, chunk_rows=5)

        while (code := in_child(act, kill_at=1 + kills)) == -signal.SIGKILL:
            kills += 1
            assert current_run() in {quiet, ScoreRun.objects.filter(key="killed").first()}
            assert kills < 200
        assert code == 0
        ended = ScoreRun.objects.get(key="killed")
        assert (ended.status, ended.is_current, ended.checksum) == (
            "finished", True, quiet.checksum,
        )  # fmt: skip
        hashes = [
            list(ScoreChunk.objects.filter(run=run).order_by("number").values_list("sha256"))
            for run in (quiet, ended)
        ]
        assert hashes[0] == hashes[1]
        assert len(hashes[0]) == 3
        assert score_runs.answers(ended) == wanted
        assert MerchantScore.objects.filter(run_id=ended.id).count() == 12
        assert Event.objects.filter(name="risk.score_run.finished").count() == 2
    assert kills >= 15


@pytest.mark.django_db(transaction=True)
def test_the_night_scores_every_platform_in_the_queue(
    tenant: Tenant, other_tenant: Tenant, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    Tenant.objects.filter(pk=tenant.id).update(is_virtual=False)
    monkeypatch.setattr(operations, "CHUNK", 3)
    for one in (tenant, other_tenant):
        with tenant_scope(one.id):
            score_runs.motley(10)
    assert score_merchants() == 1
    with tenant_scope(tenant.id):
        run = current_run()
        assert run is not None
        assert (run.key, run.chunks_count) == (f"nightly:{open_day()}", 4)
        assert MerchantScore.objects.count() == 10
    assert score_merchants() == 1
    with tenant_scope(tenant.id):
        assert ScoreRun.objects.get() == run
    with tenant_scope(other_tenant.id):
        assert current_run() is None


@pytest.mark.django_db
def test_where_nothing_is_in_force_the_night_passes(inside: Tenant, at: datetime) -> None:
    score_runs.motley(2)
    Policy.objects.update(status="retired")
    assert start_nightly_run(at=at) is None
    assert ScoreRun.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_worker_left_is_asked_for_again(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        score_runs.motley(5)
        left = start_score_run(
            key="left", on=open_day(), as_of=at, actor=ACTOR, at=at, chunk_rows=2
        )
        assert left is not None
    with clock.travel(at + timedelta(minutes=9)):
        assert resume_score_runs() == 0
    with clock.travel(at + timedelta(minutes=11)):
        assert resume_score_runs() == 1
        assert resume_score_runs() == 0
    with tenant_scope(tenant.id):
        assert current_run() == left
    with platform_scope():
        assert lost_runs(at=at + timedelta(days=1)) == []


@pytest.mark.django_db(transaction=True)
def test_a_run_that_cannot_be_read_is_given_up_and_can_be_tried_again(
    tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        score_runs.motley(3)
        run = start_score_run(key="x", on=open_day(), as_of=at, actor=ACTOR, at=at, chunk_rows=2)
        assert run is not None
        chunks = ScoreChunk.objects.filter(run=run, number=1)
        (chunk,) = chunks
        before = ScoreChunk.objects.get(run=run, number=0)
        chunks.update(first_id=chunk.last_id, last_id=before.first_id)
        ask_for_chunks(run.id)
        run.refresh_from_db()
        assert run.status == "failed"
        assert "nobody is left in chunk 1" in run.problem
        assert current_run() is None
        chunks.update(first_id=chunk.first_id, last_id=chunk.last_id)
        retry_run(run_id=run.id, actor=ACTOR, at=at)
        assert current_run() == run
        assert MerchantScore.objects.count() == 3


@pytest.mark.django_db
def test_rows_that_do_not_add_up_fail_the_run(inside: Tenant, at: datetime) -> None:
    score_runs.motley(3)
    run = start_score_run(key="x", on=open_day(), as_of=at, actor=ACTOR, at=at)
    assert run is not None
    operations.do_chunk(run_id=run.id, number=0, at=at)
    MerchantScore.objects.filter(run_id=run.id).update(score=0)
    ended = go_on(run_id=run.id, number=0, at=at)
    assert ended is not None
    assert (ended.status, ended.is_current) == ("failed", False)
    assert "does not add up" in ended.problem


@pytest.mark.django_db
def test_old_rows_are_forgotten_and_the_run_before_is_kept(inside: Tenant, at: datetime) -> None:
    score_runs.motley(4)
    runs = [run_now(f"run-{number}", at) for number in range(4)]
    held = [MerchantScore.objects.filter(run_id=run.id).count() for run in runs]
    assert held == [0, 0, 4, 4]
    assert forget_old_scores() == 0
    assert ScoreRun.objects.count() == 4


def bought(number: str, amount_minor: int, at: datetime) -> None:
    row = OrderRow(
        order_no=f"new-{number}-{amount_minor}", merchant_no=number, ordered_on=clock.day_of(at),
        quantity=1, amount_minor=amount_minor,
    )  # fmt: skip
    import_orders(rows=[row], known_at=at, actor=ACTOR)


def mine() -> list[Dispatch]:
    return list(Dispatch.objects.filter(consumer=CONSUMER.name).order_by("id"))


@pytest.mark.django_db
def test_new_orders_score_one_merchant_again_once(
    tenant: Tenant, at: datetime, django_capture_on_commit_callbacks: Committed
) -> None:
    with tenant_scope(tenant.id):
        merchants = [lives.merchant_with_trade(f"P{number}", at) for number in range(2)]
        assert mine() == []
        run_now("night", at + timedelta(hours=1))
    noon = at + timedelta(hours=2)
    with clock.travel(noon), tenant_scope(tenant.id):
        for amount in (50_000_000, 60_000_000, 70_000_000):
            bought("P0", amount, noon)
        (told, *_) = Event.objects.filter(name="tenants.orders.imported").order_by("-id")
        assert told.props == {"merchants": [merchants[0].id]}
        assert len(mine()) == 3
    moments = []
    for minute in (1, 2):
        with clock.travel(noon + timedelta(minutes=minute)):
            if minute == 2:
                with platform_scope():
                    Dispatch.objects.filter(consumer=CONSUMER.name).update(status="pending")
            with django_capture_on_commit_callbacks(execute=True):
                relay_dispatches()
        with tenant_scope(tenant.id):
            rows = current_scores([one.id for one in merchants])
            moments.append(rows[merchants[0].id].rescored_at)
    assert moments == [noon + timedelta(minutes=1)] * 2
    with tenant_scope(tenant.id):
        assert {one.status for one in mine()} == {"done"}
        assert rows[merchants[1].id].rescored_at is None
        rescored = noon + timedelta(minutes=1)
        answer = decide(
            merchant_id=merchants[0].id, purpose=Purpose.PRESCREEN, as_of=rescored,
            decided_at=rescored, actor=ACTOR,
            repayment=repayment_facts([merchants[0].id], on=open_day())[merchants[0].id],
        )  # fmt: skip
        row = rows[merchants[0].id]
        assert (row.score, row.pd, row.grade, row.outcome) == (
            answer.score, answer.pd, answer.grade, answer.outcome,
        )  # fmt: skip
        assert (row.limit_minor, row.annual_rate, row.reasons) == (
            answer.limit_minor, answer.annual_rate, answer.reasons,
        )  # fmt: skip


@pytest.mark.django_db
def test_a_repayment_and_a_new_merchant_are_scored_too(
    tenant: Tenant, at: datetime, django_capture_on_commit_callbacks: Committed
) -> None:
    with tenant_scope(tenant.id):
        (first, *_), later = owing(at)
        run_now("night", later)
        drawdown = Drawdown.objects.get(merchant_id=first)
        with clock.travel(later + timedelta(hours=1)):
            lives.repaid(drawdown, 300_000, "PAY", clock.now())
            bought("NEW", 9_000_000, clock.now())
            fresh = Merchant.objects.get(external_id="NEW").id
    moment = clock.travel(later + timedelta(hours=2))
    with moment, django_capture_on_commit_callbacks(execute=True):
        relay_dispatches()
    with tenant_scope(tenant.id):
        rows = current_scores([first, fresh])
        assert {one.rescored_at for one in rows.values()} == {later + timedelta(hours=2)}
        run = run_now("next", later + timedelta(minutes=30))
        held = MerchantScore.objects.filter(run_id=run.id)
        kept = held.filter(rescored_at__isnull=False).values_list("merchant_id", "score")
        assert dict(kept) == {one.merchant_id: one.score for one in rows.values()}


@pytest.mark.django_db
def test_who_is_put_on_a_list_or_taken_off_is_scored_again(
    tenant: Tenant, at: datetime, django_capture_on_commit_callbacks: Committed
) -> None:
    with tenant_scope(tenant.id):
        merchant = lives.merchant_with_trade("P0", at)
        run_now("night", at + timedelta(hours=1))
        outcomes = [current_scores([merchant.id])[merchant.id].outcome]
    for hour in (2, 3):
        moment = at + timedelta(hours=hour)
        with clock.travel(moment), tenant_scope(tenant.id):
            if hour == 2:
                entry = add_watch_entry(
                    merchant_id=merchant.id, kind=WatchKind.BLOCK, comment="证件与本人不符",
                    reason_code=WatchReason.IDENTITY, actor="usr_one", at=moment,
                    expires_on=clock.day_of(at) + timedelta(days=30),
                )  # fmt: skip
            else:
                end_watch_entry(entry_id=entry.id, reason="已核实", actor="usr_two", at=moment)
        soon = clock.travel(moment + timedelta(minutes=1))
        with soon, django_capture_on_commit_callbacks(execute=True):
            relay_dispatches()
        with tenant_scope(tenant.id):
            outcomes.append(current_scores([merchant.id])[merchant.id].outcome)
    assert outcomes == ["approve", "decline", "approve"]


@pytest.mark.django_db
def test_before_the_first_run_nobody_is_scored_again(inside: Tenant, at: datetime) -> None:
    merchant = lives.merchant_with_trade("P0", at)
    known = repayment_facts([merchant.id], on=open_day())[merchant.id]
    told = {"merchant_id": merchant.id, "repayment": known, "since": at, "at": at}
    assert rescore_merchant(**told) is None
    assert MerchantScore.objects.count() == 0


@pytest.mark.django_db
def test_one_merchant_costs_a_few_milliseconds_of_our_own(inside: Tenant, at: datetime) -> None:
    merchant = lives.merchant_with_trade("P0", at)
    run_now("night", at + timedelta(hours=1))
    known = repayment_facts([merchant.id], on=open_day())[merchant.id]
    costs = []
    for minute in range(20):
        moment = at + timedelta(hours=2, minutes=minute)
        began = process_time()
        row = rescore_merchant(merchant_id=merchant.id, repayment=known, since=moment, at=moment)
        costs.append(process_time() - began)
        assert row is not None
        assert row.rescored_at == moment
    assert sorted(costs)[10] < 0.02


@pytest.mark.django_db
def test_the_command_scores_and_says_how_fast(tenant: Tenant, at: datetime) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="no merchants"):
        call_command("score_run", tenant=tenant.slug)
    with pytest.raises(CommandError, match="no platform"):
        call_command("score_run", tenant="nobody")
    with tenant_scope(tenant.id):
        score_runs.motley(4)
    call_command("score_run", tenant=tenant.slug, key="one", as_json=True, stdout=out)
    told = json.loads(out.getvalue())
    with tenant_scope(tenant.id):
        run = current_run()
        assert run is not None
        assert (told["run"], told["merchants"], told["chunks"]) == (run.id, 4, 1)
        assert (told["checksum"], told["counts"], told["movers"]) == (run.checksum, run.counts, 0)
    assert told["rows_per_second"] > 0
    call_command("score_run", tenant=tenant.slug, stdout=out)
    assert "4 merchants in " in out.getvalue()


@pytest.mark.django_db
def test_another_platforms_events_touch_nothing(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        score_runs.motley(2)
        run = start_run(key="a", actor=ACTOR, at=at)
        assert run is not None
    with tenant_scope(other_tenant.id):
        assert start_run(key="a", actor=ACTOR, at=at) is None
        bought("S-0", 5_000, at)
        assert mine() == []
