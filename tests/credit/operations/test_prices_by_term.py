"""Rates by term from the policy to the contract, the quote and the loan; and the ceiling."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from credit.errors import CapExceeded, PriceOutOfRange
from credit.models import Contract, CreditLine, Offer
from credit.operations.quotes import make_quotes
from platform_app.kernel import clock
from platform_app.kernel.errors import Refused
from risk.models import Policy
from risk.operations.policy_drafts import draft_policy, validate_policy
from risk.queries.champions import forget_versions
from tenants.models import Tenant
from tests.credit import lives
from tests.risk.prices import put_in_force, term_price

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def line(inside: Tenant, at: datetime) -> CreditLine:
    forget_versions()
    put_in_force(at)
    return lives.line_of(lives.merchant_with_trade("P1", at), at)


def test_each_option_has_the_rate_of_its_column(line: CreditLine, at: datetime) -> None:
    grade = line.offer.application.decision.grade
    short, middle, long = (Decimal(one) for one in term_price()["rates"][grade])
    offer = Offer.objects.select_related("cost_sheet").get(pk=line.offer_id)
    assert {code: Decimal(rate) for code, rate in offer.option_rates.items()} == {
        "bullet_30": short, "bullet_60": middle, "equal_3": long,
    }  # fmt: skip
    assert (offer.annual_rate, line.annual_rate, line.option_rates) == (
        long, long, offer.option_rates,
    )  # fmt: skip
    quotes = make_quotes(
        line_id=line.id, amount_minor=100_000, order_no="o-1", option_codes=None, at=at
    )
    assert {one.option_code: Decimal(one.terms["annual_rate"]) for one in quotes} == {
        code: Decimal(rate) for code, rate in offer.option_rates.items()
    }
    by_code = {one.option_code: one.interest_minor for one in quotes}
    assert by_code["bullet_30"] == round(100_000 * short * 15 / 365)  # 15 days are free
    assert by_code["bullet_60"] == round(100_000 * middle * 45 / 365)


def test_what_is_read_and_signed_names_the_highest_rate_and_each(line: CreditLine) -> None:
    offer = Offer.objects.select_related("cost_sheet").get(pk=line.offer_id)
    sheet = offer.cost_sheet.body
    assert Decimal(sheet["items"][0]["annual_rate"]) == line.annual_rate
    assert {one["option"]: one["annual_rate"] for one in sheet["samples"]} == offer.option_rates
    text = Contract.objects.get(line=line).text
    highest = f"{line.annual_rate * 100:.2f}%"
    lowest = f"{Decimal(offer.option_rates['bullet_30']) * 100:.2f}%"
    assert f"最高 {highest}（30 天期限 {lowest}，" in text


def refused(error: type[Refused], at: datetime, **changes: list[str]) -> Refused:
    """A table with these rates, refused at the gate; it stays a draft."""
    table = term_price()
    body = Policy.objects.get(status="champion").body
    draft = draft_policy(
        body=body | {"term_price": table | {"rates": table["rates"] | changes}},
        actor="usr_a", at=at,
    )  # fmt: skip
    with pytest.raises(error) as refusal:
        validate_policy(policy_id=draft.id, comment="seen", actor="usr_b", at=at)
    assert Policy.objects.get(pk=draft.pk).status == "draft"
    return refusal.value


def test_a_table_outside_what_products_may_be_sold_at_does_not_pass(
    inside: Tenant, at: datetime
) -> None:
    dear = ["0.1080", "0.1110", "0.5000"]
    assert refused(PriceOutOfRange, at, D=dear, E=dear).facts["rate"] == "50.00"
    cheap = refused(PriceOutOfRange, at, A=["0.0500", "0.0730", "0.0740"])
    assert cheap.facts["rate"] == "5.00"


def test_a_table_above_the_ceiling_in_force_does_not_pass(inside: Tenant, at: datetime) -> None:
    # From 2028 microloan companies may not pass 12 % all in, paid late as well.
    refusal = refused(CapExceeded, clock.moment_on(date(2028, 1, 4), 10))
    assert (refusal.field, refusal.facts["cap"]) == ("term_price", "12.00")
    assert refusal.facts["late_days"] > 0


def test_a_fair_table_passes(inside: Tenant, at: datetime) -> None:
    assert put_in_force(at).status == "champion"


def test_without_a_table_nothing_is_kept_by_option(inside: Tenant, at: datetime) -> None:
    forget_versions()
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    sheet = Offer.objects.select_related("cost_sheet").get(pk=line.offer_id).cost_sheet.body
    assert (line.option_rates, line.rate_of("bullet_30")) == ({}, line.annual_rate)
    assert all("annual_rate" not in one for one in sheet["samples"])
