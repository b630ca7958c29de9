"""Paying an order, the line, bills, repaying."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from credit.models import CreditLine, Drawdown, LimitReview, Quote, Repayment, Review
from credit.operations.drawdowns import cancel_drawdown
from credit.operations.limit_reviews import ask_limit
from credit.operations.lines import change_limit
from platform_app.kernel import clock
from platform_app.kernel.money import format_yuan
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tests.credit import lives
from tests.credit.interfaces.merchant.conftest import ORDER_MINOR, ORDER_NO
from tests.tenants.interfaces.merchant.visits import Visit, gone_to, visit_of, words

APR = "Annual rate (simple)"


def quotes_on(page: Any) -> list[str]:
    return re.findall(r'name="quote"\s+value="(quo_\w+)"', page.content.decode())


def key_on(page: Any) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page.content.decode())
    assert found is not None
    return found[1]


# --- Paying the order ----------------------------------------------------------------------------


@pytest.mark.usefixtures("line")
def test_the_checkout_shows_every_plan_with_its_cost(order_visit: Visit) -> None:
    page = order_visit.get("/m/checkout/")
    assert len(quotes_on(page)) == 3
    assert "¥ 12,800.00" in words(page)
    assert words(page).count(APR) == 4


@pytest.mark.usefixtures("line")
def test_looking_again_makes_no_new_quotes(order_visit: Visit) -> None:
    assert quotes_on(order_visit.get("/m/checkout/")) == quotes_on(order_visit.get("/m/checkout/"))


def test_confirming_repeats_amount_due_day_and_total(order_visit: Visit) -> None:
    """¥12,800 for 30 days, 15 free: the total is the amount and the interest of 15 days."""
    quote_id = quotes_on(order_visit.get("/m/checkout/"))[0]
    path = gone_to(order_visit.post("/m/checkout/", {"quote": quote_id}))
    assert path == f"/m/checkout/{quote_id}/"
    said = words(order_visit.get(path))
    assert "Confirm, draw ¥12,800.00" in said
    assert "2026-04-01" in said
    assert "To repay in all ¥12,8" in said
    assert APR in said


def test_confirming_twice_draws_once(order_visit: Visit, line: CreditLine) -> None:
    first, second, _ = quotes_on(order_visit.get("/m/checkout/"))
    path = gone_to(order_visit.post(f"/m/checkout/{first}/"))
    assert gone_to(order_visit.post(f"/m/checkout/{first}/")) == path
    other = order_visit.post(f"/m/checkout/{second}/")
    assert (other.status_code, other.json()["code"]) == (409, "external_id_conflict")
    assert gone_to(order_visit.get("/m/checkout/")) == path
    assert "Reserved for your order" in words(order_visit.get(path))
    with tenant_scope(line.tenant_id):
        drawdown = Drawdown.objects.get()
    assert (drawdown.order_no, drawdown.authorized_minor) == (ORDER_NO, ORDER_MINOR)


def test_a_canceled_order_can_be_paid_again(
    order_visit: Visit, line: CreditLine, at: datetime
) -> None:
    quote = quotes_on(order_visit.get("/m/checkout/"))[0]
    order_visit.post(f"/m/checkout/{quote}/")
    with tenant_scope(line.tenant_id):
        cancel_drawdown(drawdown_id=Drawdown.objects.get().id, actor="x", at=at)
    again = quotes_on(order_visit.get("/m/checkout/"))[0]
    assert gone_to(order_visit.post(f"/m/checkout/{again}/")).startswith("/m/drawdowns/")
    with tenant_scope(line.tenant_id):
        assert Drawdown.objects.count() == 2


def test_a_short_line_says_by_how_much(merchant: Merchant, line: CreditLine, at: datetime) -> None:
    short = line.limit_minor + 460_000
    visit = visit_of(
        merchant, at, component="checkout", order_no="SO-2", amount_minor=short, locale="en"
    )
    page = visit.get("/m/checkout/")
    assert "The line is ¥4,600.00 short" in words(page)
    assert quotes_on(page) == []


@pytest.mark.usefixtures("line")
def test_a_small_order_is_sent_elsewhere(merchant: Merchant, at: datetime) -> None:
    visit = visit_of(
        merchant, at, component="checkout", order_no="SO-3", amount_minor=100, locale="en"
    )
    assert "Orders from ¥100.00 can be paid later." in words(visit.get("/m/checkout/"))


@pytest.mark.usefixtures("line")
def test_the_door_leads_by_component(merchant: Merchant, at: datetime, order_visit: Visit) -> None:
    assert gone_to(order_visit.get("/m/home/")) == "/m/checkout/"
    assert gone_to(visit_of(merchant, at, component="bills").get("/m/home/")) == "/m/bills/"
    assert gone_to(visit_of(merchant, at, component="line").get("/m/home/")) == "/m/line/"
    assert gone_to(visit_of(merchant, at, component="checkout").get("/m/checkout/")) == "/m/line/"


# --- The line and its bills ----------------------------------------------------------------------


@pytest.mark.usefixtures("drawn")
def test_the_line_shows_available_used_and_reserved(visit: Visit, line: CreditLine) -> None:
    said = words(visit.get("/m/line/"))
    left = (line.limit_minor - ORDER_MINOR) // 100
    assert f"Available ¥ {left:,}.00" in said
    assert "Used ¥12,800.00" in said
    assert "Reserved ¥0.00" in said
    assert "Next due 2026-04-01 Wed" in said
    assert APR in said


@pytest.mark.usefixtures("line")
def test_bills_are_empty_before_anything_is_shipped(visit: Visit) -> None:
    assert "Nothing is due." in words(visit.get("/m/bills/"))


def test_a_bill_shows_its_plan(visit: Visit, drawn: Drawdown) -> None:
    said = words(visit.get(f"/m/bills/{drawn.id}/"))
    assert "2026-04-01 Wed ¥12,800.00 ¥" in said
    assert APR in said
    assert ORDER_NO in words(visit.get("/m/bills/"))


@pytest.mark.usefixtures("at")
def test_paying_everything_today_saves_the_interest(
    visit: Visit, drawn: Drawdown, line: CreditLine
) -> None:
    page = visit.get(f"/m/bills/{drawn.id}/repay/")
    assert "Repay ¥12,800.00 by bank transfer" in words(page)
    assert "Test environment" in words(page)
    fields = {"choice": "all", "key": key_on(page)}
    path = gone_to(visit.post(f"/m/bills/{drawn.id}/repay/", fields))
    assert gone_to(visit.post(f"/m/bills/{drawn.id}/repay/", fields)) == f"/m/bills/{drawn.id}/"
    assert "Paid off. Thank you!" in words(visit.get(path))
    with tenant_scope(line.tenant_id):
        assert Repayment.objects.get().amount_minor == ORDER_MINOR
        drawn.refresh_from_db()
    assert drawn.status == "paid_off"


def test_the_same_key_pays_part_of_it_once(visit: Visit, drawn: Drawdown, line: CreditLine) -> None:
    """¥11,800 left, 15 days of interest to come: 11,800 × 0.072 × 15 / 365 = 34.92."""
    page = visit.get(f"/m/bills/{drawn.id}/repay/")
    fields = {"choice": "other", "other": "1,000", "key": key_on(page)}
    first = gone_to(visit.post(f"/m/bills/{drawn.id}/repay/", fields))
    assert gone_to(visit.post(f"/m/bills/{drawn.id}/repay/", fields)) == first
    assert "Still to pay for this order ¥11,800.00" in words(visit.get(first))
    assert "¥11,834.92" in words(visit.get("/m/line/"))
    assert "¥ 11,834.92" in words(visit.get("/m/bills/"))
    with tenant_scope(line.tenant_id):
        assert Repayment.objects.count() == 1


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ("", "Enter an amount in yuan"),
        ("a lot", "Enter an amount in yuan"),
        ("0", "Enter an amount above zero."),
        ("12800.01", "¥12,800.00 pays everything off; more is not needed."),
    ],
)
def test_an_amount_that_cannot_be_paid_is_explained(
    visit: Visit, drawn: Drawdown, line: CreditLine, other: str, says: str
) -> None:
    page = visit.get(f"/m/bills/{drawn.id}/repay/")
    fields = {"choice": "other", "other": other, "key": key_on(page)}
    answer = visit.post(f"/m/bills/{drawn.id}/repay/", fields)
    assert answer.status_code == 422
    assert says in words(answer)
    with tenant_scope(line.tenant_id):
        assert Repayment.objects.count() == 0


def test_a_foreign_key_pays_nothing(visit: Visit, drawn: Drawdown, line: CreditLine) -> None:
    fields = {"choice": "all", "key": "ems_somebody:else"}
    assert visit.post(f"/m/bills/{drawn.id}/repay/", fields).status_code == 422
    with tenant_scope(line.tenant_id):
        assert Repayment.objects.count() == 0


def test_the_preview_follows_the_choice(visit: Visit, drawn: Drawdown) -> None:
    path = f"/m/bills/{drawn.id}/preview/"
    said = words(visit.post(path, {"choice": "other", "other": "800"}))
    assert "Principal ¥800.00" in said
    assert "Left after this ¥12,000.00" in said


def test_a_live_platform_never_books_a_payment_from_the_page(
    visit: Visit, drawn: Drawdown, line: CreditLine
) -> None:
    key = key_on(visit.get(f"/m/bills/{drawn.id}/repay/"))
    Tenant.objects.filter(pk=line.tenant_id).update(is_virtual=False)
    page = visit.get(f"/m/bills/{drawn.id}/repay/")
    assert "Please transfer the amount to the lender" in words(page)
    answer = visit.post(f"/m/bills/{drawn.id}/repay/", {"choice": "all", "key": key})
    assert (answer.status_code, answer.json()["code"]) == (409, "drawdown_not_repaying")
    with tenant_scope(line.tenant_id):
        assert Repayment.objects.count() == 0


def test_installments_are_paid_one_by_one(visit: Visit, line: CreditLine, at: datetime) -> None:
    with tenant_scope(line.tenant_id):
        drawdown = lives.drawn(line, 900_000, "SO-3M", at, term="equal_3")
    page = visit.get(f"/m/bills/{drawdown.id}/repay/")
    assert "This installment" in words(page)
    path = gone_to(
        visit.post(f"/m/bills/{drawdown.id}/repay/", {"choice": "due", "key": key_on(page)})
    )
    assert "Received, thank you" in words(visit.get(path))
    rows = visit.get(f"/m/bills/{drawdown.id}/").content.decode()
    assert rows.count('class="is-paid"') == 1


def test_overdue_shows_on_the_line_and_blocks_the_next_order(
    merchant: Merchant, line: CreditLine, drawn: Drawdown, at: datetime
) -> None:
    with tenant_scope(line.tenant_id):
        late = lives.close_until(clock.day_of(at) + timedelta(days=40))
    with clock.travel(late):
        visit = visit_of(
            merchant, late, component="checkout", order_no="SO-9", amount_minor=50_000, locale="en"
        )
        said = words(visit.get("/m/line/"))
        assert "Overdue, day 10" in said
        assert "Repay now" in said
        assert quotes_on(visit.get("/m/checkout/")) == []
        assert "Penalty interest so far" in words(visit.get(f"/m/bills/{drawn.id}/"))


# --- Other callers -------------------------------------------------------------------------------


def test_without_a_token_there_is_no_page(drawn: Drawdown) -> None:
    for path in (f"drawdowns/{drawn.id}/", f"bills/{drawn.id}/", f"bills/{drawn.id}/repay/"):
        assert Visit().get(f"/m/{path}").status_code == 401
    assert Visit().post(f"/m/bills/{drawn.id}/preview/").status_code == 401


@pytest.mark.usefixtures("order_visit")
def test_other_merchants_and_platforms_find_nothing(
    strangers: list[Visit], visit: Visit, drawn: Drawdown, line: CreditLine, at: datetime
) -> None:
    with tenant_scope(line.tenant_id):
        repayment = lives.repaid(drawn, 100_000, "pay-1", at)
        quote = Quote.objects.latest("id")
    pages = [
        f"drawdowns/{drawn.id}/", f"bills/{drawn.id}/", f"bills/{drawn.id}/repay/",
        f"repayments/{repayment.id}/", f"checkout/{quote.id}/",
    ]  # fmt: skip
    for stranger in strangers:
        for path in pages:
            answer = stranger.get(f"/m/{path}")
            assert (path, answer.status_code) == (path, 404)
        for path in (f"bills/{drawn.id}/repay/", f"checkout/{quote.id}/"):
            assert stranger.post(f"/m/{path}", {"choice": "all"}).status_code == 404
    assert visit.get(f"/m/repayments/{repayment.id}/").status_code == 200


@pytest.mark.parametrize(
    "path", ["drawdowns/x/", "bills/lin_x/", "repayments/drw_1/", "checkout/q/"]
)
@pytest.mark.usefixtures("line")
def test_a_malformed_id_is_nobodys(visit: Visit, path: str) -> None:
    assert visit.get(f"/m/{path}").status_code == 404


def test_asking_for_a_higher_limit(visit: Visit, line: CreditLine, at: datetime) -> None:
    with tenant_scope(line.tenant_id):
        change_limit(line_id=line.id, limit_minor=1_000_000, reason="x", actor="usr_a", at=at)
    assert "Ask for a higher limit" in words(visit.get("/m/line/"))
    assert "never lowers it" in words(visit.get("/m/line/limit/"))
    for wrong in ("", "nine", "10,000.00", "-3"):
        refused = visit.post("/m/line/limit/", {"wanted": wrong})
        assert refused.status_code == 422
        assert "Ask for more than the limit of ¥10,000.00" in words(refused)
    said = words(visit.post("/m/line/limit/", {"wanted": "12,000"}))
    assert "It was ¥10,000.00" in said
    with tenant_scope(line.tenant_id):
        assert CreditLine.objects.get().limit_minor == 1_200_000


def test_a_limit_that_stays_is_put_before_a_person(
    visit: Visit, line: CreditLine, at: datetime
) -> None:
    wanted = {"wanted": format_yuan(line.limit_minor * 3)}
    said = words(visit.post("/m/line/limit/", wanted))
    assert "stays. You can ask again in 30 days" in said
    assert "Ask a person to look at it" in said
    with tenant_scope(line.tenant_id):
        asked = LimitReview.objects.get(line=line)
    path = f"/m/line/limit/{asked.id}/review/"
    assert "What should the reviewer know?" in words(visit.get(path))
    assert visit.get("/m/line/limit/lrv_nobody/review/").status_code == 404
    with tenant_scope(line.tenant_id):
        stranger = lives.line_of(lives.merchant_with_trade("elsewhere", at), at)
        theirs = ask_limit(
            line_id=stranger.id, wanted_minor=stranger.limit_minor * 3, actor="x",
            at=at + timedelta(hours=1),
        )  # fmt: skip
    their_path = f"/m/line/limit/{theirs.id}/review/"
    assert visit.get(their_path).status_code == visit.post(their_path, {}).status_code == 404
    visit.post(path, {"note": "旺季备货"})
    waiting = words(visit.get("/m/line/limit/"))
    assert "A person is looking at your limit" in waiting
    assert "Ask a person to look at it" not in waiting
    with tenant_scope(line.tenant_id):
        review = Review.objects.get()
        assert (review.kind, review.note) == ("limit", "旺季备货")
