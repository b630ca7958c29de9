"""Score runs: equal to decisions one by one, killed and started again, pointed at when whole."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

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
