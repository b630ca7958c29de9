"""`manage.py bench score_run`: a whole night of one platform, against COPY of the same rows.

Adding orders up to facts is measured apart, once. The rest (facts out, judged, rows in) stands
beside COPY of the same facts out and of the same finished rows into a table with the same columns,
indexes and checks; and beside COPY into a table with none. Every row's count and sums are checked,
and a sample is judged again one by one.
"""

import io
import platform
import resource
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from importlib.metadata import version
from typing import Any, Final

from django.core.management.base import CommandError
from django.db import connection, transaction

from platform_app.kernel import clock, ids
from platform_app.kernel.postgres.role import as_owner
from platform_app.kernel.tenancy import tenant_scope
from risk.domain.verdict import judge
from risk.management.benches.scratch import scratch_database, vacuum
from risk.models import MerchantScore, ScoreChunk, ScoreRun
from risk.operations.policies import install_defaults
from risk.operations.rescoring import rescore_merchant
from risk.operations.score_chunks import TABLE, score_chunk
from risk.operations.score_runs import finish_score_run, start_score_run
from risk.queries.fact_rows import COLUMNS, fact_rows
from risk.queries.facts import trade_facts
from risk.queries.score_runs import pending_chunks, versions_of_run
from risk.scoring import score_rows
from risk.scoring.copying import read_raw
from risk.scoring.fact_columns import block_of
from risk.scoring.verdict_columns import judge_block
from risk.values import RepaymentFacts
from tenants.management.benches.crowd import fill
from tenants.operations.tenants import create_tenant

RUNS: Final = 3
ONCE: Final = 500_000  # from this size on one run has to do
ORDERS_EACH: Final = 3
CHECKED: Final = 500
RESCORED: Final = 200
KNOWN: Final = datetime(2026, 5, 20, 1, 0, tzinfo=UTC)
ACTOR: Final = "system:bench"
MEBI: Final = 1024
FACTS, SAME, BARE = "bench_facts", "bench_same", "bench_bare"
_COLUMNS: Final = (
    "id, tenant_id, run_id, merchant_id, score, pd_units, grade, outcome, limit_minor, rate_units,"
    " reasons, rescored_at"
)


def run(size: int) -> dict[str, Any]:
    """Measure `size` merchants, in a scratch database where every chunk is committed."""
    with scratch_database("baitiao_bench_scores"), clock.travel(KNOWN + timedelta(hours=1)):
        tenant = create_tenant(
            slug="bench", name="bench", vertical="textile", actor=ACTOR, at=clock.now()
        )
        with tenant_scope(tenant.id):
            _policy()
            fill(merchants=size, orders_each=ORDERS_EACH, known_at=KNOWN)
        vacuum()
        with tenant_scope(tenant.id):
            night, whole = _timed(lambda: _night("first"))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MEBI
            check(night, size)
            again = _rescored(night)
            measured = _moved(night)
    seconds, same, bare = (statistics.median(measured[name]) for name in ("ours", "same", "bare"))
    return {
        "name": "score_run", "size": size, "orders_each": ORDERS_EACH, "runs": _runs(size),
        "seconds": round(seconds, 4), "baseline_seconds": round(same, 4),
        "ratio": round(seconds / same, 3), "bare_seconds": round(bare, 4),
        "bare_ratio": round(seconds / bare, 3),
        "aggregate_seconds": round(measured["aggregate"][0], 4),
        "night_seconds": round(whole, 3), "night_rows_per_second": round(size / whole),
        "rescore_ms": round(again * 1000, 2), "chunks": night.chunks_count, "peak_mib": peak,
        "checked": True,
        "versions": {"python": platform.python_version(), "numpy": version("numpy")},
    }  # fmt: skip


def _runs(size: int) -> int:
    return 1 if size >= ONCE else RUNS


def _policy() -> None:
    install_defaults(
        collection_days=60, stock_days=45, supplier_days=15, margin_rate=Decimal("0.25"),
        financed_share=Decimal("0.7"), max_limit_minor=50_000_000,
        exposure_cap_minor=1_000_000_000_000, actor=ACTOR, at=clock.now(),
    )  # fmt: skip


def _night(key: str) -> ScoreRun:
    """What the night does, from its start to the pointer."""
    at = clock.now()
    found = start_score_run(key=key, on=clock.today(), as_of=at, actor=ACTOR, at=at)
    if found is None:
        msg = "the bench has no merchants"
        raise CommandError(msg)
    for number in pending_chunks(found.id):
        score_chunk(run_id=found.id, number=number, repayments=lambda *_: {}, at=at)
    return finish_score_run(run_id=found.id, at=at)


def _rescored(night: ScoreRun) -> float:
    """Median seconds of one merchant scored again, committed, with what its policy had said."""
    at, none, found = clock.now(), RepaymentFacts.none(), []
    for row in MerchantScore.objects.filter(run_id=night.id).order_by("merchant_id")[:RESCORED]:
        told = {"merchant_id": row.merchant_id, "repayment": none, "since": at, "at": at}
        again, seconds = _timed(partial(rescore_merchant, **told))
        same = (again.score, again.outcome, again.rescored_at) == (row.score, row.outcome, at)
        _must(same, f"{row.merchant_id} was not scored again as the night had")
        found.append(seconds)
    return statistics.median(found)


def _moved(night: ScoreRun) -> dict[str, list[float]]:
    """Seconds of the facts' aggregation, of ours, and of both baselines."""
    ranges = list(
        ScoreChunk.objects.filter(run=night).order_by("number").values_list("first_id", "last_id")
    )
    bounds = [
        (str(ids.to_uuid("mch", first)), str(ids.to_uuid("mch", last))) for first, last in ranges
    ]
    _tables()
    found: dict[str, list[float]] = {"ours": [], "same": [], "bare": []}
    found["aggregate"] = [_timed(lambda: _aggregate(ranges, night.as_of))[1]]
    vacuum()
    ready = [_finished(pair) for pair in bounds]
    for _ in range(_runs(night.merchants_count)):
        _empty(TABLE, SAME, BARE)
        found["ours"].append(_timed(lambda: _ours(night, bounds))[1])
        for name, table in (("same", SAME), ("bare", BARE)):
            found[name].append(_timed(lambda to=table: _bare(bounds, ready, to))[1])  # type: ignore[misc]  # an argument kept
    return found


def _ours(night: ScoreRun, bounds: list[tuple[str, str]]) -> None:
    used = versions_of_run(night)
    tenant = str(ids.to_uuid("tnt", night.tenant_id))
    for pair in bounds:
        with transaction.atomic(), connection.cursor() as wrapped:
            raw = read_raw(wrapped.cursor, _between(pair))
            block = block_of(raw, {}, as_of=night.as_of)
            found = judge_block(used.card, used.policy, block, {})
            rows = score_rows.rows_of(block.ids, found)
            score_rows.sha256_of(rows)
            score_rows.write_rows(
                wrapped.cursor, rows, tenant=tenant, run=str(ids.new_uuid()), table=TABLE
            )


def _bare(bounds: list[tuple[str, str]], ready: list[bytes], table: str) -> None:
    for pair, rows in zip(bounds, ready, strict=True):
        with as_owner(), transaction.atomic(), connection.cursor() as wrapped:
            read_raw(wrapped.cursor, _between(pair))
            wrapped.cursor.copy_expert(
                f"COPY {table} ({_COLUMNS}) FROM STDIN (FORMAT binary)", io.BytesIO(rows)
            )


def _tables() -> None:
    """Only the owner makes tables; row-level security would take no COPY."""
    facts = ", ".join(f"{name} bigint NOT NULL" for name in COLUMNS)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {FACTS} (id uuid PRIMARY KEY, {facts})")
        cursor.execute(f"CREATE TABLE {SAME} (LIKE {TABLE} INCLUDING ALL)")
        cursor.execute(f"CREATE TABLE {BARE} (LIKE {TABLE})")
        cursor.execute(f"GRANT SELECT, INSERT ON {FACTS} TO baitiao_app")


def _aggregate(ranges: list[tuple[str, str]], as_of: datetime) -> None:
    for first, last in ranges:
        statement, params = fact_rows(first_id=first, last_id=last, as_of=as_of)
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {FACTS} {statement}", params)


def _between(pair: tuple[str, str]) -> str:
    names = ", ".join(COLUMNS)
    where = f"id BETWEEN '{pair[0]}' AND '{pair[1]}'"
    return f"SELECT id, {names} FROM {FACTS} WHERE {where} ORDER BY id"  # noqa: S608 -- our own names


def _finished(pair: tuple[str, str]) -> bytes:
    """The rows the night wrote, as COPY has them."""
    where = f"merchant_id BETWEEN '{pair[0]}' AND '{pair[1]}' ORDER BY merchant_id"
    with connection.cursor() as wrapped:
        return read_raw(wrapped.cursor, f"SELECT {_COLUMNS} FROM {TABLE} WHERE {where}")  # noqa: S608 -- our own names


def _empty(*tables: str) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)}")


def check(night: ScoreRun, size: int) -> None:
    """Everybody has an answer, and a sample is answered the same one by one."""
    counts = (night.merchants_count, MerchantScore.objects.filter(run_id=night.id).count())
    _must(counts == (size, size), f"{counts} of {size} merchants")
    used, none = versions_of_run(night), RepaymentFacts.none()
    step = max(1, size // CHECKED)
    rows = list(MerchantScore.objects.filter(run_id=night.id).order_by("merchant_id")[::step])
    trades = trade_facts(merchant_ids=[row.merchant_id for row in rows], as_of=night.as_of)
    for row in rows:
        one = judge(used.card, used.policy, trades[row.merchant_id], none)
        same = (one.score, one.pd, one.grade, one.outcome, one.limit_minor, one.reasons)
        told = (row.score, row.pd, row.grade, row.outcome, row.limit_minor, row.reasons)
        _must(same == told and one.annual_rate == row.annual_rate, f"one by one: {same}, {told}")


def _must(holds: bool, found: str) -> None:  # noqa: FBT001 -- the finding it reports
    if not holds:
        msg = f"the bench's own check failed: {found}"
        raise CommandError(msg)


def _timed(act: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    answer = act()
    return answer, max(time.perf_counter() - began, 1e-9)
