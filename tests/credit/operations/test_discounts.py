"""One coupon, one drawdown: granted, quoted, reserved, used, given back; books that agree."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from credit.domain.terms import DrawdownTerms
from credit.enums import DiscountKind
from credit.errors import (
    BadPeriod,
    DiscountInvalid,
    DiscountNotFound,
    DiscountNotGranted,
    DiscountNotUsable,
    ExternalIdConflict,
)
from credit.models import CreditLine, Discount, DiscountMove, Drawdown, PlanRow, Posting, Quote
from credit.operations.captures import capture_drawdown
from credit.operations.discounts import cancel_discount, expire_discounts
from credit.operations.drawdowns import cancel_drawdown, expire_hold, request_drawdown
from credit.operations.quotes import make_quotes
from credit.operations.servicing import Act, refund_drawdown
from credit.queries.business_day import open_day
from credit.queries.payoff import payoff
from credit.queries.plans import derived, difference_from_derived, happenings
from credit.queries.proofs import full_checks
from platform_app.kernel import clock
from platform_app.kernel.errors import NotFound
from platform_app.kernel.models import Event
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import coupons, lives

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def line(inside: Tenant, at: datetime) -> CreditLine:
    return lives.line_of(lives.merchant_with_trade("P1", at), at)


def moves(discount: Discount) -> list[tuple[str, int]]:
    rows = DiscountMove.objects.filter(discount=discount).order_by("id")
    return list(rows.values_list("kind", "amount_minor"))


def booked() -> dict[str, int]:
    """What stands on the accounts of discounts."""
    rows = Posting.objects.filter(account__code__in=["1301", "1302", "5104"])
    found = rows.values("account__code").annotate(minor=Sum("amount_minor"))
    return {row["account__code"]: row["minor"] for row in found if row["minor"]}


def proven() -> bool:
    return not any(full_checks(accrued_through=open_day()).values())


def test_the_figure_quoted_is_the_figure_booked_is_the_figure_paid(
    line: CreditLine, at: datetime
) -> None:
    discount = coupons.granted(line.merchant, "K-1", at)
    drawdown = coupons.drawn(line, discount, "SO-1", at)
    quote = Quote.objects.get(pk=drawdown.quote_id)
    interest = round(1_000_000 * line.annual_rate * 15 / 365)
    assert (quote.interest_minor, quote.discount_minor) == (interest, 2000)
    assert quote.total_minor == 1_000_000 + interest - 2000
    assert quote.plan[0]["discount_minor"] == 2000
    assert quote.apr_simple < quote.plain_apr_simple
    assert DrawdownTerms.from_json(drawdown.terms).discount == discount.terms

    row = PlanRow.objects.get(drawdown=drawdown)
    assert (row.interest_minor, row.waived_interest_minor, row.discount_minor) == (
        interest, 2000, 2000,
    )  # fmt: skip
    assert row.unpaid_minor == quote.total_minor
    discount.refresh_from_db()
    assert (discount.status, discount.borne_minor) == ("used", 2000)
    # 60 % the partner's, 30 % ours, the rest the lender's
    assert booked() == {"1301": 1200, "1302": 600, "5104": 200}

    due = lives.close_until(row.due_on)
    assert payoff(drawdown).payoff_minor == quote.total_minor
    lives.repaid(drawdown, quote.total_minor, "PAY-1", due)
    drawdown.refresh_from_db()
    assert (drawdown.status, drawdown.paid_off_on) == ("paid_off", row.due_on)
    assert moves(discount) == [("granted", 0), ("reserved", 0), ("used", 0), ("borne", 2000)]
    assert booked() == {"1301": 1200, "1302": 600, "5104": 200}
    lives.close_until(row.due_on + timedelta(days=2))
    assert difference_from_derived(drawdown, as_of=open_day()) is None
    assert proven()
    told = Event.objects.filter(name__startswith="credit.discount").order_by("id")
    assert [event.name.rpartition(".")[2] for event in told] == ["granted", "reserved", "used"]


def test_paid_early_it_bears_what_the_days_lived_have_earned(
    line: CreditLine, at: datetime
) -> None:
    half = asdict(coupons.HALF_OFF)
    drawdown = coupons.drawn(
        line, coupons.granted(line.merchant, "K-1", at, **half), "SO-1", at, "equal_3"
    )
    planned = Discount.objects.get().borne_minor
    assert planned == Quote.objects.get(pk=drawdown.quote_id).discount_minor > 0
    moment = lives.close_until(date(2026, 3, 27))  # ten days of interest
    answer = derived(drawdown, happenings(drawdown.id), as_of=open_day())
    interest = answer.accrued_interest_minor
    assert answer.payoff_minor == 1_000_000 + interest - interest // 2
    lives.repaid(drawdown, answer.payoff_minor, "PAY-1", moment)
    discount = Discount.objects.get()
    assert discount.borne_minor == interest // 2 < planned
    assert moves(discount)[-2:] == [("borne", planned), ("borne", interest // 2 - planned)]
    assert sum(booked().values()) == interest // 2
    lives.close_until(date(2026, 3, 29))
    assert proven()


def test_goods_that_come_back_leave_it_used_for_the_days_lived(
    line: CreditLine, at: datetime
) -> None:
    free = asdict(coupons.FREE_WEEK)
    drawdown = coupons.drawn(line, coupons.granted(line.merchant, "K-1", at, **free), "SO-1", at)
    week = round(1_000_000 * line.annual_rate * 7 / 365)
    assert Discount.objects.get().borne_minor == week
    moment = lives.close_until(date(2026, 3, 27))
    act = Act(drawdown_id=drawdown.id, external_id="R-1", actor="x", at=moment)
    refund_drawdown(act, amount_minor=1_000_000)
    drawdown.refresh_from_db()
    assert drawdown.outstanding_principal_minor == 0
    discount = Discount.objects.get()
    assert (discount.status, discount.borne_minor) == ("used", week)
    assert payoff(drawdown).payoff_minor == 0
    lives.close_until(date(2026, 3, 29))
    assert proven()


def test_part_shipped_it_bears_a_part(line: CreditLine, at: datetime) -> None:
    half = asdict(coupons.HALF_OFF)
    drawdown = coupons.authorized(line, coupons.granted(line.merchant, "K-1", at, **half), "S", at)
    assert booked() == {}
    capture_drawdown(
        drawdown_id=drawdown.id, amount_minor=400_000, external_id="s-1", is_final=True, actor="x",
        at=at,
    )  # fmt: skip
    interest = round(400_000 * line.annual_rate * 15 / 365)
    assert Discount.objects.get().borne_minor == interest // 2
    assert proven()


@pytest.mark.parametrize("how", ["canceled", "expired"])
def test_an_order_that_ends_unshipped_gives_it_back(
    line: CreditLine, at: datetime, how: str
) -> None:
    discount = coupons.granted(line.merchant, "K-1", at)
    first = coupons.authorized(line, discount, "SO-1", at)
    discount.refresh_from_db()
    assert discount.status == "reserved"
    with pytest.raises(DiscountNotUsable) as refused:
        coupons.authorized(line, discount, "SO-2", at)
    assert refused.value.facts["reason_code"] == "reserved"
    with pytest.raises(DiscountNotGranted):
        cancel_discount(discount_id=discount.id, actor="x", at=at)
    if how == "canceled":
        cancel_drawdown(drawdown_id=first.id, actor="x", at=at)
    else:
        expire_hold(drawdown_id=first.id, at=at)
    discount.refresh_from_db()
    assert (discount.status, discount.borne_minor) == ("granted", 0)
    second = coupons.drawn(line, discount, "SO-2", at)
    assert moves(discount) == [
        ("granted", 0), ("reserved", 0), ("released", 0), ("reserved", 0), ("used", 0),
        ("borne", 2000),
    ]  # fmt: skip
    assert DiscountMove.objects.get(kind="used").drawdown_id == second.id
    assert proven()


def test_of_two_quotes_with_it_one_is_drawn(line: CreditLine, at: datetime) -> None:
    discount = coupons.granted(line.merchant, "K-1", at)
    first, second = (
        make_quotes(
            line_id=line.id, amount_minor=1_000_000, order_no=order, option_codes=["bullet_30"],
            at=at, discount_id=discount.id,
        )[0]
        for order in ("SO-1", "SO-2")
    )  # fmt: skip
    kept = request_drawdown(
        line_id=line.id, quote_id=first.id, external_id="SO-1", actor="x", at=at
    )
    again = request_drawdown(
        line_id=line.id, quote_id=first.id, external_id="SO-1", actor="x", at=at
    )
    assert again.id == kept.id
    line.refresh_from_db()
    held = line.held_minor
    with pytest.raises(DiscountNotUsable):
        request_drawdown(line_id=line.id, quote_id=second.id, external_id="S2", actor="x", at=at)
    line.refresh_from_db()
    assert (line.held_minor, Drawdown.objects.count()) == (held, 1)
    assert proven()


def test_granting_again_is_once(line: CreditLine, at: datetime) -> None:
    first = coupons.granted(line.merchant, "K-1", at)
    assert coupons.granted(line.merchant, "K-1", at).id == first.id
    with pytest.raises(ExternalIdConflict) as refused:
        coupons.granted(line.merchant, "K-1", at, cap_minor=2001)
    assert refused.value.facts["fields"] == "cap_minor"
    assert Discount.objects.count() == DiscountMove.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"last_on": date(2026, 3, 1)}, BadPeriod),
        ({"last_on": date(2027, 3, 4)}, BadPeriod),
        ({"cap_minor": 0}, DiscountInvalid),
        ({"days": 7}, DiscountInvalid),
        ({"kind": DiscountKind.FREE_DAYS}, DiscountInvalid),
        ({"share_rate": Decimal("0.5")}, DiscountInvalid),
        ({"minimum_minor": -1}, DiscountInvalid),
        ({"partner_share_rate": Decimal("0.8")}, DiscountInvalid),
    ],
)
def test_what_nobody_can_be_given_is_refused(
    line: CreditLine, at: datetime, wrong: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        coupons.granted(line.merchant, "K-1", at, **wrong)
    assert not Discount.objects.exists()


def test_growth_is_gated_by_risk(line: CreditLine, at: datetime) -> None:
    """Overdue: nothing is given, nothing is quoted with it."""
    discount = coupons.granted(line.merchant, "K-1", at)
    lives.drawn(line, 500_000, "SO-1", at)
    late = lives.close_until(date(2026, 4, 6))
    with pytest.raises(DiscountNotUsable) as refused:
        coupons.granted(line.merchant, "K-2", late)
    assert refused.value.facts["reason_code"] == "overdue"
    with pytest.raises(DiscountNotUsable):
        coupons.authorized(line, discount, "SO-2", late)
    CreditLine.objects.filter(pk=line.pk).update(status="suspended")
    lives.repaid(Drawdown.objects.get(), payoff(Drawdown.objects.get()).payoff_minor, "P", late)
    with pytest.raises(DiscountNotUsable) as stopped:
        coupons.granted(line.merchant, "K-3", late)
    assert stopped.value.facts["reason_code"] == "line_not_active"
    assert (Discount.objects.count(), Quote.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ({"minimum_minor": 1_000_001}, "below_minimum"),
        ({"product_codes": ("other",)}, "other_product"),
        ({"option_codes": ("bullet_60",)}, "other_term"),
        ({"from_on": date(2026, 3, 3)}, "not_begun"),
    ],
)
def test_conditions_are_told(
    line: CreditLine, at: datetime, condition: dict[str, Any], reason: str
) -> None:
    discount = coupons.granted(line.merchant, "K-1", at, **condition)
    with pytest.raises(DiscountNotUsable) as refused:
        coupons.authorized(line, discount, "SO-1", at)
    assert refused.value.facts["reason_code"] == reason
    assert not Quote.objects.exists()


def test_it_lowers_the_terms_it_is_for_and_leaves_the_others(
    line: CreditLine, at: datetime
) -> None:
    discount = coupons.granted(line.merchant, "K-1", at, option_codes=("bullet_60",))
    quotes = make_quotes(
        line_id=line.id, amount_minor=1_000_000, order_no="SO-1", option_codes=None, at=at,
        discount_id=discount.id,
    )  # fmt: skip
    lowered = {quote.option_code for quote in quotes if quote.discount_id}
    assert lowered == {"bullet_60"} < {quote.option_code for quote in quotes}


def test_it_ends_with_its_last_day(line: CreditLine, at: datetime) -> None:
    discount = coupons.granted(line.merchant, "K-1", at, last_on=date(2026, 3, 3))
    held = coupons.granted(line.merchant, "K-2", at, last_on=date(2026, 3, 3))
    coupons.authorized(line, held, "SO-1", at)
    assert expire_discounts(on=date(2026, 3, 3), at=at) == []
    later = lives.close_until(date(2026, 3, 4))
    with pytest.raises(DiscountNotUsable) as refused:
        coupons.authorized(line, discount, "SO-2", later)
    assert refused.value.facts["reason_code"] == "expired"
    assert expire_discounts(on=open_day(), at=later) == [discount.id]
    assert expire_discounts(on=open_day(), at=later) == []
    discount.refresh_from_db()
    held.refresh_from_db()
    assert (discount.status, held.status) == ("expired", "reserved")
    assert proven()


def test_canceling_is_once_and_nobody_elses(
    line: CreditLine, other_tenant: Tenant, at: datetime
) -> None:
    discount = coupons.granted(line.merchant, "K-1", at)
    with tenant_scope(other_tenant.id):
        with pytest.raises(DiscountNotFound):
            cancel_discount(discount_id=discount.id, actor="x", at=at)
        with pytest.raises(NotFound):
            coupons.granted(line.merchant, "K-1", at)
        theirs = lives.line_of(lives.merchant_with_trade("F1", at), at)
        with pytest.raises(DiscountNotFound):
            coupons.authorized(theirs, discount, "SO-1", at)
    neighbor = lives.line_of(lives.merchant_with_trade("P2", at), at)
    with pytest.raises(DiscountNotFound):
        coupons.authorized(neighbor, discount, "SO-1", at)
    assert cancel_discount(discount_id=discount.id, actor="x", at=at).status == "canceled"
    assert cancel_discount(discount_id=discount.id, actor="x", at=at).version == 2
    assert moves(discount) == [("granted", 0), ("canceled", 0)]


def test_the_database_refuses_what_no_coupon_can_be(line: CreditLine, at: datetime) -> None:
    discount = coupons.granted(line.merchant, "K-1", at)
    rows = Discount.objects.filter(pk=discount.pk)
    for wrong in (
        {"status": "lost"},
        {"borne_minor": 1},
        {"status": "used", "borne_minor": 2001},
        {"cap_minor": 0},
        {"days": 3},
        {"partner_share_rate": Decimal("0.71")},
        {"last_on": date(2026, 3, 1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
    wrong_move = DiscountMove(
        discount=discount, kind="borne", amount_minor=1, actor="x", at=clock.now()
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong_move.save()
