"""Crowds to score, whole runs, and what they say."""

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from platform_app.kernel import clock
from risk.models import MerchantScore, ScoreRun
from risk.operations.score_chunks import score_chunk
from risk.operations.score_runs import finish_score_run, start_score_run
from risk.queries.score_runs import pending_chunks
from risk.values import RepaymentFacts
from tenants.models import Merchant, TradeOrder
from tests.risk.cast import ACTOR, NOW

Repayments = Mapping[str, RepaymentFacts]
NOBODY: Repayments = {}


def motley(count: int, seed: int = 7) -> list[str]:
    """Merchants of every kind: silent, young, uneven, shrinking, returning, corrected, huge."""
    chance = random.Random(seed)  # noqa: S311 -- no secret
    pool = [Merchant(external_id=f"S-{number}", name=f"示例{number}") for number in range(count)]
    orders: list[TradeOrder] = []
    for merchant in Merchant.objects.bulk_create(pool):
        months = chance.choice((0, 1, 2, 5, 9, 12, 12, 12, 15, 20))
        amount = chance.choice((30_000, 900_000, 2_500_000, 12_345_678, 700_000_000))
        wild = chance.random()
        for back in range(months):
            for _ in range(chance.choice((1, 1, 2, 3))):
                day = date(2026, 5, 18) - timedelta(days=30 * back + chance.randrange(28))
                status = chance.choices(("placed", "returned", "canceled"), (18, 3, 1))[0]
                paid = max(1, int(amount * (1 + wild * chance.uniform(-1, 1))))
                told: dict[str, Any] = {"merchant": merchant, "ordered_on": day, "status": status}
                orders.append(order(**told, order_no=f"O-{len(orders)}", amount_minor=paid))
                if chance.random() < 0.1:
                    no = orders[-1].order_no
                    orders.append(order(**told, order_no=no, amount_minor=paid // 2, revision=2))
    TradeOrder.objects.bulk_create(orders)
    return [merchant.id for merchant in pool]


def order(*, ordered_on: date, **told: Any) -> TradeOrder:
    at = clock.moment_on(ordered_on, 12)
    return TradeOrder(
        ordered_on=ordered_on, event_at=at, known_at=at + timedelta(hours=1), quantity=1, **told
    )


def drawn(merchants: list[str]) -> dict[str, RepaymentFacts]:
    """Every fifth has drawn, some of them late."""
    return {
        merchant: RepaymentFacts(
            paid_off_count=number % 7,
            max_dpd_days=(0, 0, 3, 0, 45)[number % 5],
            current_dpd_days=(0, 0, 0, 0, 0, 12)[number % 6],
            drawn_total_minor=1_000_000 * number,
            outstanding_minor=100_000 * number,
        )
        for number, merchant in enumerate(merchants[::5])
    }


def started(*, key: str = "night", rows: int = 50, at: datetime = NOW) -> ScoreRun:
    run = start_score_run(key=key, on=at.date(), as_of=at, actor=ACTOR, at=at, chunk_rows=rows)
    assert run is not None
    return run


def chunked(run: ScoreRun, repayments: Repayments = NOBODY) -> None:
    """Every chunk that is still to do."""

    def between(first: str, last: str) -> Repayments:
        return {one: held for one, held in repayments.items() if first <= one <= last}

    for number in pending_chunks(run.id):
        score_chunk(run_id=run.id, number=number, repayments=between, at=NOW)


def whole(*, repayments: Repayments = NOBODY, **asked: Any) -> ScoreRun:
    """A run from its start to its end."""
    run = started(**asked)
    chunked(run, repayments)
    return finish_score_run(run_id=run.id, at=NOW)


def answers(run: ScoreRun) -> dict[str, tuple[Any, ...]]:
    """What the run says, by merchant."""
    names = ("score", "pd_units", "grade", "outcome", "limit_minor", "rate_units", "reasons")
    rows = MerchantScore.objects.filter(run_id=run.id)
    return {row[0]: row[1:] for row in rows.values_list("merchant_id", *names)}
