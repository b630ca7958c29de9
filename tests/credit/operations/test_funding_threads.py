"""Races under a lender's cap, on real connections."""

from collections.abc import Callable
from datetime import datetime

import pytest

from credit.errors import NoFundingSource
from credit.models import CreditLine, FundingCapSlice, FundingSource
from credit.operations.drawdowns import cancel_drawdown
from credit.operations.funding_sources import set_cap
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lenders, lives
from tests.credit.operations.test_threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def some_lines(count: int, at: datetime) -> list[CreditLine]:
    return [lives.line_of(lives.merchant_with_trade(f"P{n}", at), at) for n in range(count)]


def cap(source: FundingSource, minor: int, at: datetime) -> None:
    set_cap(source_id=source.id, cap_minor=minor, per_merchant_cap_minor=None, actor="x", at=at)


def draw(line: CreditLine, amount: int, order_no: str, at: datetime) -> Callable[[], object]:
    return lambda: lenders.routed(line, amount, order_no, at)


def used() -> int:
    return sum(row.used_minor for row in FundingCapSlice.objects.all())


def test_a_cap_is_filled_to_the_last_fen_and_never_passed(tenant: Tenant, at: datetime) -> None:
    """Each order is larger than a slice: all but the first few need room of other slices."""
    with tenant_scope(tenant.id):
        lines = some_lines(8, at)
        cap(FundingSource.objects.get(), 1_000_000, at)
    acts = [draw(line, 100_000, f"SO-{n}-{i}", at) for n in range(3) for i, line in
            enumerate(lines)]  # fmt: skip
    assert together(tenant, acts) == {"done": 10, NoFundingSource.__name__: 14}
    with tenant_scope(tenant.id):
        assert used() == 1_000_000
        assert lenders.wrong_caps() == 0


def test_joint_and_sole_drawdowns_release_and_take_at_once(tenant: Tenant, at: datetime) -> None:
    """Two sources taken in opposite preferences, while others give back: no deadlock, no drift."""
    with tenant_scope(tenant.id):
        lines = some_lines(6, at)
        lead, bank = lenders.joint(at)
        cap(lead, 700_000, at)
        cap(bank, 300_000, at)
        held = [lenders.routed(line, 100_000, f"OLD-{n}", at)[0] for n, line in enumerate(lines)]
    acts: list[Callable[[], object]] = []
    for number, line in enumerate(lines):
        acts += [draw(line, 100_000, f"NEW-{number}-{n}", at) for n in range(2)]
        acts.append(
            lambda one=held[number]: cancel_drawdown(  # type: ignore[misc]
                drawdown_id=one.id, actor="x", at=at
            )
        )
    ended = together(tenant, acts)
    done = ended["done"] - 6
    assert set(ended) <= {"done", NoFundingSource.__name__}
    assert 4 <= done <= 10
    with tenant_scope(tenant.id):
        assert used() == done * 100_000


def test_one_merchants_cap_over_two_orders_at_once(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        (line,) = some_lines(1, at)
        set_cap(
            source_id=FundingSource.objects.get().id, cap_minor=None,
            per_merchant_cap_minor=300_000, actor="x", at=at,
        )  # fmt: skip
    acts = [draw(line, 100_000, f"SO-{n}", at) for n in range(8)]
    assert together(tenant, acts) == {"done": 3, NoFundingSource.__name__: 5}
    with tenant_scope(tenant.id):
        assert used() == 300_000
