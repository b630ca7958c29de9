"""Every refusal of the life has its code, and nothing moves."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Model

from credit import errors
from credit.enums import LineStatus, RepaymentChannel
from credit.models import (
    Application,
    CreditLine,
    Drawdown,
    Hold,
    JournalEntry,
    LoanEvent,
    Offer,
    PlanRow,
    Posting,
    Quote,
    Repayment,
)
from credit.operations.applications import decide_application, submit_application
from credit.operations.business_day import close_day
from credit.operations.captures import capture_drawdown
from credit.operations.drawdowns import cancel_drawdown, request_drawdown
from credit.operations.launch import ORDER_CREDIT
from credit.operations.offers import accept_offer, start_reading
from credit.operations.quotes import make_quotes
from credit.operations.repayments import record_repayment
from platform_app.kernel import ids
from platform_app.kernel.errors import DomainError
from platform_app.kernel.models import Dispatch, Event
from platform_app.kernel.tenancy import tenant_scope
from risk.models import ExposureBucket
from tenants.models import Tenant
from tenants.operations.merchants import upsert_merchant, verify_merchant
from tenants.operations.sandbox import fake_registration_no
from tests.credit import lives

pytestmark = pytest.mark.usefixtures("inside")
WATCHED: list[type[Model]] = [
    Application, CreditLine, Dispatch, Drawdown, Event, ExposureBucket, Hold, JournalEntry,
    LoanEvent, Offer, PlanRow, Posting, Quote, Repayment,
]  # fmt: skip
TODAY: dict[str, Any] = {"actor": lives.ACTOR}


def everything() -> dict[str, list[dict[str, Any]]]:
    return {
        model.__name__: list(model._default_manager.order_by("id").values()) for model in WATCHED
    }


def refuse(error: type[DomainError], act: Callable[[], object]) -> DomainError:
    """The act is refused with this error, and no row of any table moved."""
    before = everything()
    with pytest.raises(error) as caught:
        act()
    assert type(caught.value) is error
    assert everything() == before
    return caught.value


@pytest.fixture
def line(inside: Tenant, at: datetime) -> CreditLine:
    return lives.line_of(lives.merchant_with_trade("P1", at), at)


def quote(line: CreditLine, amount: int, at: datetime) -> Quote:
    return make_quotes(
        line_id=line.id, amount_minor=amount, order_no="SO-1", option_codes=["bullet_30"], at=at
    )[0]


def ask(line: CreditLine, quoted: Quote, at: datetime, external_id: str = "SO-1") -> Drawdown:
    return request_drawdown(
        line_id=line.id, quote_id=quoted.id, external_id=external_id, at=at, **TODAY
    )


def ship(drawdown: Drawdown, amount: int, at: datetime, external_id: str = "s1") -> Drawdown:
    return capture_drawdown(
        drawdown_id=drawdown.id, amount_minor=amount, external_id=external_id, is_final=False,
        at=at, **TODAY,
    )  # fmt: skip


def pay(
    drawdown: Drawdown, amount: int, at: datetime, external_id: str = "P1", on: date | None = None
) -> Repayment:
    return record_repayment(
        drawdown_id=drawdown.id, amount_minor=amount, external_id=external_id, value_on=on,
        channel=RepaymentChannel.BANK_TRANSFER, at=at, **TODAY,
    )  # fmt: skip


def test_application_without_verification_or_consent(inside: Tenant, at: datetime) -> None:
    merchant, _ = upsert_merchant(external_id="N1", name="新店", at=at, **TODAY)

    def apply() -> Application:
        return submit_application(
            merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, at=at, **TODAY
        )

    refuse(errors.MerchantNotVerified, apply)
    verify_merchant(
        merchant_id=merchant.id, registration_no=fake_registration_no(7), at=at, **TODAY
    )
    missing = refuse(errors.ConsentMissing, apply)
    assert "bureau_query" in str(missing)


def test_application_for_no_product_twice_or_with_a_line(line: CreditLine, at: datetime) -> None:
    def apply(product: str) -> Application:
        return submit_application(
            merchant_id=line.merchant_id, product_code=product, external_id=None, at=at, **TODAY
        )

    refuse(errors.ProductUnavailable, lambda: apply("nothing"))
    refuse(errors.LineExists, lambda: apply(ORDER_CREDIT))


def test_a_declined_merchant_waits(inside: Tenant, at: datetime) -> None:
    merchant = lives.merchant_with_trade("P9", at, order_minor=100)
    first = submit_application(
        merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id="A1",
        at=at + timedelta(seconds=1), **TODAY,
    )  # fmt: skip
    refuse(
        errors.ApplicationOpen,
        lambda: submit_application(
            merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id="A2", at=at, **TODAY
        ),
    )
    decided = decide_application(application_id=first.id, at=at + timedelta(seconds=1), **TODAY)
    assert (decided.status, decided.reapply_on) == ("declined", date(2026, 5, 31))
    refuse(
        errors.TooEarlyToReapply,
        lambda: submit_application(
            merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id="A2", at=at, **TODAY
        ),
    )
    again = submit_application(
        merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id="A1", at=at, **TODAY
    )
    assert again.id == first.id
    other = lives.merchant_with_trade("P8", at)
    refuse(
        errors.ExternalIdConflict,
        lambda: submit_application(
            merchant_id=other.id, product_code=ORDER_CREDIT, external_id="A1", at=at, **TODAY
        ),
    )


def test_an_offer_is_read_before_it_is_signed(inside: Tenant, at: datetime) -> None:
    merchant = lives.merchant_with_trade("P1", at)
    later = at + timedelta(seconds=1)
    application = submit_application(
        merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, at=later, **TODAY
    )
    decide_application(application_id=application.id, at=later, **TODAY)
    offer = Offer.objects.select_related("cost_sheet").get()
    sha = offer.cost_sheet.sha256

    def accept(after: float, sha: str = sha) -> CreditLine:
        return accept_offer(
            offer_id=offer.id, cost_sheet_sha256=sha, evidence={},
            at=later + timedelta(seconds=after), **TODAY,
        )  # fmt: skip

    refuse(errors.CostSheetUnread, lambda: accept(60))
    start_reading(offer_id=offer.id, at=later)
    refuse(errors.CostSheetUnread, lambda: accept(7.9))
    refuse(errors.CostSheetChanged, lambda: accept(8, "0" * 64))
    refuse(errors.OfferClosed, lambda: accept(15 * 86400))
    refuse(
        errors.OfferNotFound,
        lambda: accept_offer(
            offer_id=ids.new_id("ofr"), cost_sheet_sha256=sha, evidence={}, at=at, **TODAY
        ),
    )
    opened = accept(8)
    assert accept(9).id == opened.id


def test_quotes(line: CreditLine, at: datetime) -> None:
    def asked(**change: Any) -> list[Quote]:
        facts = {"line_id": line.id, "amount_minor": 500_000, "order_no": "SO-1",
                 "option_codes": None, "at": at}  # fmt: skip
        return make_quotes(**{**facts, **change})

    refuse(errors.LineNotFound, lambda: asked(line_id=ids.new_id("lin")))
    refuse(errors.AmountTooSmall, lambda: asked(amount_minor=9_999))
    refuse(errors.TermNotOffered, lambda: asked(option_codes=["equal_12"]))
    refuse(errors.TermNotOffered, lambda: asked(option_codes=[]))


def test_drawing(line: CreditLine, at: datetime, other_tenant: Tenant) -> None:
    good = quote(line, 500_000, at)
    refuse(errors.LineNotFound, lambda: request_drawdown(
        line_id=ids.new_id("lin"), quote_id=good.id, external_id="X", at=at, **TODAY))  # fmt: skip
    refuse(errors.QuoteNotFound, lambda: request_drawdown(
        line_id=line.id, quote_id=ids.new_id("quo"), external_id="X", at=at, **TODAY))  # fmt: skip
    refuse(errors.QuoteExpired, lambda: ask(line, good, at + timedelta(minutes=30)))
    too_much = quote(line, line.limit_minor + 1, at)
    refusal = refuse(errors.LineInsufficient, lambda: ask(line, too_much, at))
    assert refusal.facts == {
        "available_minor": line.limit_minor, "needed_minor": line.limit_minor + 1,
    }  # fmt: skip
    with tenant_scope(other_tenant.id):
        stranger = lives.line_of(lives.merchant_with_trade("Q1", at), at)
        foreign = quote(stranger, 500_000, at)
    refuse(errors.QuoteNotFound, lambda: ask(line, foreign, at))
    refuse(errors.LineNotFound, lambda: ask(stranger, good, at))
    made = ask(line, good, at)
    assert ask(line, good, at).id == made.id
    second = quote(line, 600_000, at)
    refuse(errors.ExternalIdConflict, lambda: ask(line, second, at))
    CreditLine.objects.filter(pk=line.pk).update(status=LineStatus.SUSPENDED)
    refuse(errors.LineNotActive, lambda: ask(line, second, at, "SO-2"))
    refuse(errors.LineNotActive, lambda: quote(line, 500_000, at))


def test_an_overdue_merchant_draws_nothing(line: CreditLine, at: datetime) -> None:
    lives.drawn(line, 500_000, "SO-1", at)
    moment = lives.close_until(date(2026, 4, 4))
    lives.authorized(line, 100_000, "SO-2", moment)  # the last day of grace still draws
    moment = lives.close_until(date(2026, 4, 5))
    fresh = quote(line, 100_000, moment)
    refuse(errors.MerchantOverdue, lambda: ask(line, fresh, moment, "SO-3"))


def test_capturing(line: CreditLine, at: datetime) -> None:
    drawdown = ask(line, quote(line, 500_000, at), at)
    refuse(errors.CaptureTooLarge, lambda: ship(drawdown, 500_001, at))
    ship(drawdown, 200_000, at)
    assert ship(drawdown, 200_000, at).captured_minor == 200_000
    refuse(errors.ExternalIdConflict, lambda: ship(drawdown, 200_001, at))
    refuse(errors.CaptureTooLarge, lambda: ship(drawdown, 300_001, at, "s2"))
    cancel_drawdown(drawdown_id=drawdown.id, at=at, **TODAY)
    refuse(errors.DrawdownNotAuthorized, lambda: ship(drawdown, 1, at, "s3"))
    before = everything()
    cancel_drawdown(drawdown_id=drawdown.id, at=at, **TODAY)
    assert everything() == before
    whole = ask(line, quote(line, 300_000, at), at, "SO-2")
    ship(whole, 300_000, at)
    refuse(
        errors.DrawdownNotAuthorized,
        lambda: cancel_drawdown(drawdown_id=whole.id, at=at, **TODAY),
    )
    refuse(
        errors.DrawdownNotFound,
        lambda: cancel_drawdown(drawdown_id=ids.new_id("drw"), at=at, **TODAY),
    )


def test_a_capture_after_the_first_due_date_comes_too_late(line: CreditLine, at: datetime) -> None:
    drawdown = lives.authorized(line, 500_000, "SO-1", at, "equal_3")
    ship(drawdown, 200_000, at)
    moment = lives.close_until(date(2026, 3, 30))
    ship(drawdown, 100_000, moment, "s2")
    # the hold would last until 1 April; the first due date is 2 April for this plan
    moment = lives.close_until(date(2026, 4, 1))
    Hold.objects.update(expires_on=date(2026, 5, 1))
    moment = lives.close_until(date(2026, 4, 2))
    refuse(errors.CaptureTooLate, lambda: ship(drawdown, 100_000, moment, "s3"))


def test_repaying(line: CreditLine, at: datetime) -> None:
    drawdown = ask(line, quote(line, 500_000, at), at)
    refuse(errors.DrawdownNotRepaying, lambda: pay(drawdown, 1, at))
    ship(drawdown, 500_000, at)
    yesterday = date(2026, 3, 1)
    closed = refuse(errors.DayClosed, lambda: pay(drawdown, 1, at, on=yesterday))
    assert closed.facts == {"on": "2026-03-01", "open_on": "2026-03-02"}
    first = pay(drawdown, 200_000, at)
    assert pay(drawdown, 200_000, at).id == first.id
    refuse(errors.ExternalIdConflict, lambda: pay(drawdown, 200_001, at))
    pay(drawdown, 300_000, at, "P2")
    refuse(errors.DrawdownPaidOff, lambda: pay(drawdown, 1, at, "P3"))


def test_a_day_that_is_not_over_is_not_closed(inside: Tenant, at: datetime) -> None:
    refuse(errors.DayNotOver, lambda: close_day(at=at))
