"""The checkout's coupon row: the best is chosen, it can be changed, and the figures follow."""

from datetime import datetime, timedelta
from decimal import Decimal

from credit.domain.caps import paths
from credit.domain.fees import fees_of
from credit.domain.terms import DrawdownTerms, ProductTerms
from credit.enums import DiscountKind
from credit.models import CreditLine, Discount, Drawdown
from credit.operations.discounts import cancel_discount
from credit.operations.reference_changes import (
    approve_reference_change,
    propose_reference_change,
)
from credit.queries.calendar import workday_test
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tests.credit import coupons
from tests.credit.interfaces.merchant.conftest import ORDER_MINOR
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


def test_one_that_fits_is_found_behind_many_that_do_not(
    order_visit: Visit, line: CreditLine, at: datetime
) -> None:
    with tenant_scope(line.tenant_id):
        for number in range(20):
            coupons.granted(line.merchant, f"K-{number}", at, minimum_minor=90_000_000)
        ends_last = {"last_on": clock.day_of(at) + timedelta(days=300)}
        good = coupons.granted(line.merchant, "K-good", at, **ends_last)
    shown = order_visit.get(PATH)
    assert shown.context["chosen"].discount.id == good.id
    assert len(shown.context["coupons"]) == 20


def test_the_order_is_paid_without_one_whose_terms_a_cap_blocks(
    order_visit: Visit, line: CreditLine, at: datetime
) -> None:
    with tenant_scope(line.tenant_id):
        product = ProductTerms.from_json(line.product_version.terms)
        worst = {
            code: max(
                path.apr.simple
                for path in paths(
                    DrawdownTerms.of(product, code, line.rate_of(code)),
                    fees=fees_of(line.product_version.terms), amount_minor=ORDER_MINOR,
                    value_on=clock.day_of(at), is_workday=workday_test(),
                )
                if path.apr is not None
            )
            for code in line.offer.option_codes
        }  # fmt: skip
        dearest = max(worst, key=worst.__getitem__)
        cap = (min(worst.values()) + worst[dearest]) / 2
        rule = {
            "licence_type": "microloan", "product_kind": "", "from_on": "2026-03-02",
            "kind": "fixed", "value": str(cap.quantize(Decimal("0.0001"))), "severity": "block",
            "basis": "x", "source": "x",
        }  # fmt: skip
        said = propose_reference_change(
            kind="cap_rule", payload=rule, reason="x", actor="usr_one", at=at
        )
        approve_reference_change(change_id=said.id, actor="usr_two", at=at)
        coupons.granted(line.merchant, "K-1", at, option_codes=(dearest,), cap_minor=5000)
    shown = order_visit.get(PATH)
    assert shown.status_code == 200
    assert shown.context["chosen"] is None
    codes = [plan["quote"].option_code for plan in shown.context["plans"]]
    assert codes == [code for code, apr in worst.items() if apr <= cap]
    assert dearest not in codes


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
