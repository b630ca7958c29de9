"""A process killed at any statement of an act: all of it is there or nothing, and again is once."""

import signal
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from credit.models import CreditLine
from credit.operations import servicing
from credit.operations.captures import capture_drawdown
from credit.operations.drawdowns import request_drawdown
from credit.operations.quotes import make_quotes
from credit.operations.servicing import Act
from credit.queries.business_day import open_day
from credit.queries.proofs import full_checks
from platform_app.kernel.models import Event
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives
from tests.credit.books import Footprint
from tests.credit.lives import ACTOR
from tests.credit.operations.test_close import in_child

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def draw(line: CreditLine, at: datetime) -> Callable[[], object]:
    quote = make_quotes(
        line_id=line.id, amount_minor=300_000, order_no="SO-2", option_codes=["bullet_30"], at=at
    )[0]
    return lambda: request_drawdown(
        line_id=line.id, quote_id=quote.id, external_id="SO-2", actor=ACTOR, at=at
    )


def ship(line: CreditLine, at: datetime) -> Callable[[], object]:
    waiting = lives.authorized(line, 300_000, "SO-2", at)
    return lambda: capture_drawdown(
        drawdown_id=waiting.id, amount_minor=200_000, external_id="s", is_final=True, actor=ACTOR,
        at=at,
    )  # fmt: skip


def pay(line: CreditLine, at: datetime) -> Callable[[], object]:
    """For a day that is closed: a payment and the correction of the interest accrued since."""
    drawdown = lives.drawn(line, 300_000, "SO-2", at)
    later = lives.close_until(date(2026, 4, 8))
    return lambda: lives.repaid(drawdown, 200_000, "pay-1", later, value_on=date(2026, 3, 20))


def write_off(line: CreditLine, at: datetime) -> Callable[[], object]:
    drawdown = lives.drawn(line, 300_000, "SO-2", at)
    later = lives.close_until(date(2026, 4, 8))
    act = Act(drawdown_id=drawdown.id, external_id="loss-1", actor=ACTOR, at=later)
    return lambda: servicing.write_off(act)


def state() -> tuple[Footprint, int]:
    """Money and what was told of it. A lender is talked to after the commit: that is not in it."""
    told = Event.objects.exclude(name__startswith="credit.funding")
    return Footprint.now(), told.count()


@pytest.mark.parametrize("prepare", [draw, ship, pay, write_off])
def test_killed_at_any_statement_nothing_is_half_done(
    tenant: Tenant, at: datetime, prepare: Callable[[CreditLine, datetime], Callable[[], object]]
) -> None:
    with tenant_scope(tenant.id):
        act = prepare(lives.line_of(lives.merchant_with_trade("P1", at), at), at)
        before = state()
        seen: list[Any] = []
        while (code := in_child(act, kill_at=1 + len(seen))) == -signal.SIGKILL:
            seen.append(state())
            assert len(seen) < 100
        assert code == 0
        done = state()
        assert done != before
        undone = seen.count(before)
        assert undone >= 8
        assert seen == [before] * undone + [done] * (len(seen) - undone)
        assert in_child(act, kill_at=1_000) == 0
        assert state() == done
        assert not any(full_checks(accrued_through=open_day()).values())
