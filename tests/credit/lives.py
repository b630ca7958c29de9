"""Steps of a credit life, for tests: each goes through the public operations."""

import zlib
from datetime import date, datetime, timedelta

from credit.enums import RepaymentChannel
from credit.models import CreditLine, Drawdown, Offer, Repayment
from credit.operations.applications import NEEDED_CONSENTS, decide_application, submit_application
from credit.operations.business_day import close_day
from credit.operations.captures import capture_drawdown
from credit.operations.drawdowns import request_drawdown
from credit.operations.launch import ORDER_CREDIT
from credit.operations.offers import accept_offer, start_reading
from credit.operations.quotes import make_quotes
from credit.operations.repayments import record_repayment
from credit.queries.business_day import open_day
from platform_app.kernel import clock
from tenants.models import Merchant
from tenants.operations.consents import give_consents
from tenants.operations.merchants import upsert_merchant, verify_merchant
from tenants.operations.sandbox import fake_registration_no
from tenants.operations.trade import import_orders
from tenants.values import OrderRow

ACTOR = "system:test"


def merchant_with_trade(
    external_id: str, at: datetime, *, order_minor: int = 2_000_000, weeks: int = 52
) -> Merchant:
    """A verified merchant with weekly orders, over the last twelve months unless told."""
    merchant, _ = upsert_merchant(
        external_id=external_id, name=f"宠物店{external_id}", actor=ACTOR, at=at
    )
    today = clock.day_of(at)
    import_orders(
        rows=[
            OrderRow(
                order_no=f"{external_id}-{week}", merchant_no=external_id,
                ordered_on=today - timedelta(days=7 * week + 1), quantity=1,
                amount_minor=order_minor,
            )
            for week in range(weeks)
        ],
        known_at=at,
        actor=ACTOR,
    )  # fmt: skip
    verify_merchant(
        merchant_id=merchant.id,
        registration_no=fake_registration_no(zlib.crc32(external_id.encode())),
        actor=ACTOR,
        at=at,
    )
    give_consents(
        merchant_id=merchant.id, codes=list(NEEDED_CONSENTS), locale="zh-hans", evidence={},
        actor=ACTOR, at=at,
    )  # fmt: skip
    return merchant


def line_of(merchant: Merchant, at: datetime) -> CreditLine:
    """Apply, be approved, read, sign."""
    later = at + timedelta(seconds=1)
    application = submit_application(
        merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, actor=ACTOR, at=later
    )
    decided = decide_application(application_id=application.id, actor=ACTOR, at=later)
    assert decided.status == "approved", decided.decision.reasons
    offer = Offer.objects.select_related("cost_sheet").get(application=application)
    start_reading(offer_id=offer.id, at=later)
    return accept_offer(
        offer_id=offer.id, cost_sheet_sha256=offer.cost_sheet.sha256, evidence={}, actor=ACTOR,
        at=later + timedelta(seconds=10),
    )  # fmt: skip


def authorized(
    line: CreditLine, amount_minor: int, order_no: str, at: datetime, term: str = "bullet_30"
) -> Drawdown:
    """Quote and reserve."""
    quote = make_quotes(
        line_id=line.id, amount_minor=amount_minor, order_no=order_no, option_codes=[term], at=at
    )[0]
    return request_drawdown(
        line_id=line.id, quote_id=quote.id, external_id=order_no, actor=ACTOR, at=at
    )


def drawn(
    line: CreditLine, amount_minor: int, order_no: str, at: datetime, term: str = "bullet_30"
) -> Drawdown:
    """Quote, reserve, capture in full."""
    drawdown = authorized(line, amount_minor, order_no, at, term)
    return capture_drawdown(
        drawdown_id=drawdown.id, amount_minor=amount_minor, external_id="ship-1", is_final=True,
        actor=ACTOR, at=at,
    )  # fmt: skip


def repaid(
    drawdown: Drawdown,
    amount_minor: int,
    external_id: str,
    at: datetime,
    value_on: date | None = None,
) -> Repayment:
    return record_repayment(
        drawdown_id=drawdown.id, amount_minor=amount_minor, external_id=external_id,
        channel=RepaymentChannel.BANK_TRANSFER, value_on=value_on, actor=ACTOR, at=at,
    )  # fmt: skip


def close_until(day: date) -> datetime:
    """Close every day before `day`; return ten in the morning of `day`."""
    while (current := open_day()) < day:
        close_day(at=clock.end_of(current))
    return clock.moment_on(day, 10)
