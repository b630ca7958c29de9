"""The checkout's coupon row: the best is chosen, it can be changed, and the figures follow."""

from datetime import datetime
from decimal import Decimal

from credit.enums import DiscountKind
from credit.models import CreditLine, Discount, Drawdown
from credit.operations.discounts import cancel_discount
from platform_app.kernel.tenancy import tenant_scope
from tests.credit import coupons
from tests.tenants.interfaces.merchant.visits import Visit

PATH = "/m/checkout/"


def test_the_best_is_chosen_and_can_be_changed(
    order_visit: Visit, strangers: list[Visit], line: CreditLine, at: datetime
) -> None:
    with tenant_scope(line.tenant_id):
        fixed = coupons.granted(line.merchant, "K-1", at)
        half = coupons.granted(
            line.merchant, "K-2", at, name="利息五折券", kind=DiscountKind.PART_OFF,
            share_rate=Decimal("0.5"), cap_minor=500_000,
        )  # fmt: skip
        dear = coupons.granted(line.merchant, "K-3", at, name="大单券", minimum_minor=90_000_000)
    shown = order_visit.get(PATH)
    page = shown.content.decode()
    assert shown.context["chosen"].discount.id == half.id
    assert [one.discount.id for one in shown.context["coupons"]][-1] == dear.id
    assert "The order is below its minimum" in page
    plan = shown.context["plans"][0]["quote"]
    assert plan.discount_minor == plan.interest_minor // 2
    assert f"?coupon={half.id}" in page

    without = order_visit.get(f"{PATH}?coupon=none")
    assert without.context["chosen"] is None
    assert {one["quote"].discount_id for one in without.context["plans"]} == {None}
    other = order_visit.get(f"{PATH}?coupon={fixed.id}").context
    assert other["chosen"].discount.id == fixed.id
    assert {one["quote"].discount_minor for one in other["plans"]} == {2000}
    again = order_visit.get(PATH)
    assert [one["quote"].id for one in again.context["plans"]] == [
        one["quote"].id for one in shown.context["plans"]
    ]
    for stranger in strangers:
        assert stranger.get(f"{PATH}?coupon={half.id}").context["coupons"] == []


def test_the_figure_shown_is_confirmed_and_kept_with_the_order(
    order_visit: Visit, line: CreditLine, at: datetime
) -> None:
    with tenant_scope(line.tenant_id):
        given = coupons.granted(line.merchant, "K-1", at)
    quote = order_visit.get(PATH).context["plans"][0]["quote"]
    assert quote.discount_id == given.id
    confirm = order_visit.get(f"/m/checkout/{quote.id}/")
    text = confirm.content.decode()
    assert (
        confirm.context["plan"]["total_minor"] == quote.amount_minor + quote.interest_minor - 2000
    )
    assert "−¥20.00" in text
    order_visit.post(f"/m/checkout/{quote.id}/")
    with tenant_scope(line.tenant_id):
        drawdown = Drawdown.objects.get()
        assert drawdown.quote_id == quote.id
        assert Discount.objects.get().status == "reserved"
    assert "−¥20.00" in order_visit.get(f"/m/drawdowns/{drawdown.id}/").content.decode()


def test_one_that_went_meanwhile_is_refused_and_nothing_moves(
    order_visit: Visit, line: CreditLine, at: datetime
) -> None:
    with tenant_scope(line.tenant_id):
        given = coupons.granted(line.merchant, "K-1", at)
    quote = order_visit.get(PATH).context["plans"][0]["quote"]
    with tenant_scope(line.tenant_id):
        cancel_discount(discount_id=given.id, actor="x", at=at)
    answer = order_visit.post(f"/m/checkout/{quote.id}/")
    assert answer.status_code == 422
    assert "It was canceled" in answer.content.decode()
    with tenant_scope(line.tenant_id):
        assert not Drawdown.objects.exists()
        line.refresh_from_db()
        assert line.held_minor == 0
