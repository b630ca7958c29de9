"""Races on real connections: one line, many hands."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from credit.domain.terms import ProductTerms
from credit.enums import RepaymentChannel
from credit.errors import (
    DrawdownNotAuthorized,
    DrawdownPaidOff,
    LineInsufficient,
    MerchantCapReached,
    RefundTooLarge,
)
from credit.models import CreditLine, Drawdown, FundingSource, Hold, LoanEvent, Repayment
from credit.operations.business_day import close_day
from credit.operations.captures import capture_drawdown
from credit.operations.drawdowns import cancel_drawdown, request_drawdown
from credit.operations.holds import tell_hold_ends
from credit.operations.merchant_caps import set_merchant_cap
from credit.operations.products import publish_product
from credit.operations.quotes import make_quotes
from credit.operations.repayments import record_repayment
from credit.operations.servicing import Act, refund_drawdown
from credit.queries.business_day import open_day
from credit.queries.proofs import full_checks
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.models import Event
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def together(tenant: Tenant, acts: list[Callable[[], object]]) -> Counter[str]:
    """Run all acts at the same moment, each on its own connection; count how they ended."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            with tenant_scope(tenant.id):
                start.wait(30)
                act()
        except DomainError as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return Counter(pool.map(run, acts))


def proven() -> bool:
    return not any(full_checks(accrued_through=open_day()).values())


def test_32_drawdowns_never_pass_the_line(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        amount = line.limit_minor // 10
        quotes = [
            make_quotes(
                line_id=line.id, amount_minor=amount, order_no=f"SO-{n}",
                option_codes=["bullet_30"], at=at,
            )[0]
            for n in range(32)
        ]  # fmt: skip

    def draw(n: int) -> Callable[[], object]:
        return lambda: request_drawdown(
            line_id=line.id, quote_id=quotes[n].id, external_id=f"SO-{n}", actor="x", at=at
        )

    ended = together(tenant, [draw(n) for n in range(32)])
    assert ended == {"done": 10, LineInsufficient.__name__: 22}
    with tenant_scope(tenant.id):
        line.refresh_from_db()
        assert (line.held_minor, Drawdown.objects.count()) == (amount * 10, 10)
        assert proven()


def second_line(line: CreditLine, at: datetime) -> CreditLine:
    """The same merchant's line for another product."""
    version = publish_product(
        code="season_credit", name="旺季白条",
        terms=ProductTerms.from_json(line.product_version.terms),
        lowest_rate=Decimal("0.06"), highest_rate=Decimal("0.15"),
        funding_source_id=FundingSource.objects.get().id, actor="x", at=at,
    )  # fmt: skip
    return CreditLine.objects.create(
        merchant_id=line.merchant_id, product_id=version.product_id, product_version=version,
        offer_id=line.offer_id, limit_minor=line.limit_minor, annual_rate=line.annual_rate,
        activated_at=at,
    )  # fmt: skip


def test_two_lines_at_once_never_pass_the_merchants_cap(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        both = (line, second_line(line, at))
        set_merchant_cap(
            merchant_id=line.merchant_id, cap_minor=750_000, reason="集中度", actor="x", at=at
        )
        quotes = [
            make_quotes(
                line_id=both[n % 2].id, amount_minor=100_000, order_no=f"SO-{n}",
                option_codes=["bullet_30"], at=at,
            )[0]
            for n in range(16)
        ]  # fmt: skip

    def draw(n: int) -> Callable[[], object]:
        return lambda: request_drawdown(
            line_id=both[n % 2].id, quote_id=quotes[n].id, external_id=f"SO-{n}", actor="x", at=at
        )

    ended = together(tenant, [draw(n) for n in range(16)])
    assert ended == {"done": 7, MerchantCapReached.__name__: 9}
    with tenant_scope(tenant.id):
        assert sum(CreditLine.objects.values_list("held_minor", flat=True)) == 700_000
        assert proven()


def test_capture_against_cancel(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        drawdowns = [lives.authorized(line, 100_000, f"SO-{n}", at) for n in range(6)]

    def capture(one: Drawdown) -> Callable[[], object]:
        return lambda: capture_drawdown(
            drawdown_id=one.id, amount_minor=100_000, external_id="s", is_final=True,
            actor="x", at=at,
        )  # fmt: skip

    def cancel(one: Drawdown) -> Callable[[], object]:
        return lambda: cancel_drawdown(drawdown_id=one.id, actor="x", at=at)

    acts = [act(one) for one in drawdowns for act in (capture, cancel)]
    ended = together(tenant, acts)
    assert ended == {"done": 6, DrawdownNotAuthorized.__name__: 6}
    with tenant_scope(tenant.id):
        line.refresh_from_db()
        captured = Drawdown.objects.filter(status="repaying").count()
        assert (line.used_minor, line.held_minor) == (captured * 100_000, 0)
        assert proven()


def test_the_same_payment_sent_eight_times(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        drawdown = lives.drawn(line, 500_000, "SO-1", at)
    ended = together(
        tenant, [lambda: lives.repaid(drawdown, 200_000, "PAY-1", at) for _ in range(8)]
    )
    assert ended == {"done": 8}
    with tenant_scope(tenant.id):
        assert Repayment.objects.count() == 1
        assert proven()


def test_two_payoffs_at_once(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        drawdown = lives.drawn(line, 500_000, "SO-1", at)
    ended = together(
        tenant,
        [partial(lives.repaid, drawdown, 500_000, f"PAY-{n}", at) for n in range(4)],
    )
    assert ended == {"done": 1, DrawdownPaidOff.__name__: 3}


def test_refunds_at_once_give_goods_back_once(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        drawdown = lives.drawn(line, 500_000, "SO-1", at)

    def refund(n: int) -> Callable[[], object]:
        act = Act(drawdown_id=drawdown.id, external_id=f"R-{n}", actor="x", at=at)
        return lambda: refund_drawdown(act, amount_minor=200_000)

    ended = together(tenant, [refund(n) for n in range(6)])
    assert ended == {"done": 2, RefundTooLarge.__name__: 4}
    with tenant_scope(tenant.id):
        line.refresh_from_db()
        assert line.used_minor == 100_000
        assert LoanEvent.objects.filter(kind="refund").count() == 2
        assert proven()


def test_payments_against_the_close(tenant: Tenant, at: datetime) -> None:
    """Whichever comes first, every fen of interest is posted once."""
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        drawdowns = [lives.drawn(line, 100_000, f"SO-{n}", at) for n in range(6)]
        lives.close_until(date(2026, 4, 4))  # the last day of grace: tonight penalty starts
    tonight = clock.end_of(date(2026, 4, 4))

    def pay(one: Drawdown) -> Callable[[], object]:
        return lambda: record_repayment(
            drawdown_id=one.id, amount_minor=60_000, external_id=one.order_no,
            channel=RepaymentChannel.BANK_TRANSFER, value_on=None, actor="x", at=tonight,
        )  # fmt: skip

    acts: list[Callable[[], object]] = [lambda: close_day(at=tonight)]
    ended = together(tenant, acts + [pay(one) for one in drawdowns])
    assert set(ended) <= {"done"}
    with tenant_scope(tenant.id):
        assert open_day() == date(2026, 4, 5)
        assert proven()
        close_day(at=tonight + timedelta(days=1))
        assert proven()
        assert CreditLine.objects.get().used_minor == sum(
            d.outstanding_principal_minor for d in Drawdown.objects.all()
        )


def test_four_workers_tell_once_that_a_hold_ends(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        drawdown = lives.authorized(line, 100_000, "SO-1", at)
        morning = clock.moment_on(Hold.objects.get().expires_on - timedelta(days=3), 9)
    tell = partial(tell_hold_ends, actor="system:holds", at=morning)
    assert together(tenant, [tell] * 4) == {"done": 4}
    with tenant_scope(tenant.id):
        [event] = Event.objects.filter(name="credit.drawdown.expiring")
        assert (event.subject, event.props["days"]) == (drawdown.id, 3)
