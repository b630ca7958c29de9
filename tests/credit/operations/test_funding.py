"""Routing a drawdown: who is chosen, why the others are not, and what is taken under the caps."""

from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model

from credit import errors
from credit.domain.shares import Shares
from credit.enums import ProductKind
from credit.models import (
    CreditLine,
    FundingCapSlice,
    FundingDecision,
    FundingSource,
    LoanEvent,
    Partnership,
    Product,
    ProductVersion,
)
from credit.operations import funding_caps
from credit.operations.adjustments import adjust_drawdown
from credit.operations.drawdowns import cancel_drawdown, request_drawdown
from credit.operations.funding import move_use, route_drawdown
from credit.operations.funding_sources import set_cap, suspend_source
from credit.operations.partnerships import name_lenders
from credit.operations.quotes import make_quotes
from credit.operations.servicing import Act, reverse_event
from credit.queries.business_day import open_day
from credit.queries.drawdowns import locked_line
from credit.queries.funding import reviews_due, shares_of
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from tenants.models import Tenant
from tests.credit import lenders, lives
from tests.credit.operations.test_refusals import WATCHED

pytestmark = pytest.mark.usefixtures("inside")


def line(at: datetime, external_id: str = "P1") -> CreditLine:
    return lives.line_of(lives.merchant_with_trade(external_id, at), at)


def used() -> dict[str, int]:
    """What the caps say is out, by source name."""
    found: dict[str, int] = {}
    for row in FundingCapSlice.objects.select_related("funding_source"):
        name = row.funding_source.name
        found[name] = found.get(name, 0) + row.used_minor
    return {name: minor for name, minor in found.items() if minor}


def everything() -> list[Any]:
    watched: list[type[Model]] = [*WATCHED, FundingCapSlice, FundingDecision]
    return [list(model._default_manager.order_by("id").values()) for model in watched]


def why(caught: pytest.ExceptionInfo[errors.NoFundingSource]) -> dict[str, list[str]]:
    return {
        one["name"]: [reason["code"] for reason in one["reasons"]]
        for one in caught.value.facts["refusals"]
    }


def test_the_named_lender_funds_it(at: datetime) -> None:
    lender = FundingSource.objects.get()
    drawdown, decision = lenders.routed(line(at), 500_000, "SO-1", at)
    assert decision.partnership == Partnership.objects.get()
    assert (decision.outcome, decision.amount_minor, decision.refusals) == ("routed", 500_000, [])
    assert used() == {lender.name: 500_000}
    assert shares_of(drawdown) == Shares.sole(lender.id)
    assert lenders.wrong_caps() == 0


def test_a_joint_loan_takes_room_of_each_party(at: datetime) -> None:
    merchant_line = line(at)
    lead, bank = lenders.joint(at)
    drawdown, _ = lenders.routed(merchant_line, 500_001, "SO-1", at)
    assert used() == {lead.name: 350_001, bank.name: 150_000}
    assert [one.funding_source_id for one in shares_of(drawdown).parties] == [lead.id, bank.id]
    assert lenders.wrong_caps() == 0


def test_the_next_named_lender_when_the_first_is_full(at: datetime) -> None:
    first = FundingSource.objects.get()
    second, unnamed = lenders.source("乙银行", at), lenders.source("丙银行", at)
    lenders.partnership("乙方案", {second.id: "1"}, at)
    lenders.partnership("丙方案", {unnamed.id: "1"}, at)
    name_lenders(
        product_version_id=ProductVersion.objects.get().id, funding_source_ids=[second.id],
        actor="x", at=at,
    )  # fmt: skip
    set_cap(source_id=first.id, cap_minor=499_999, per_merchant_cap_minor=None, actor="x", at=at)
    _, decision = lenders.routed(line(at), 500_000, "SO-1", at)
    assert decision.partnership is not None
    assert decision.partnership.name == "乙方案"
    assert used() == {"乙银行": 500_000}
    assert {one["name"]: one["reasons"] for one in decision.refusals} == {
        first.name: [{"code": "source_cap_full", "source": first.id, "source_name": first.name}],
        "丙方案": [{"code": "lender_not_named", "source": "", "source_name": ""}],
    }


def test_nobody_may_fund_it_and_nothing_moves(at: datetime) -> None:
    merchant_line = line(at)
    lender = FundingSource.objects.get()
    suspend_source(source_id=lender.id, reason="复核", actor="x", at=at)
    (quote,) = make_quotes(
        line_id=merchant_line.id, amount_minor=500_000, order_no="SO-1",
        option_codes=["bullet_30"], at=at,
    )  # fmt: skip
    before = everything()
    with pytest.raises(errors.NoFundingSource) as caught:
        request_drawdown(
            line_id=merchant_line.id, quote_id=quote.id, external_id="SO-1", actor="x", at=at
        )
    assert why(caught) == {lender.name: ["source_inactive"]}
    assert everything() == before


def test_a_licence_that_does_not_permit_the_product(at: datetime) -> None:
    merchant_line = line(at)
    Product.objects.update(kind=ProductKind.FACTORING)
    with pytest.raises(errors.NoFundingSource) as caught:
        lenders.routed(merchant_line, 10_000, "SO-1", at)
    assert list(why(caught).values()) == [["licence_not_permitted"]]
    assert used() == {}


def test_what_one_merchant_may_have_out(at: datetime) -> None:
    lender = FundingSource.objects.get()
    set_cap(source_id=lender.id, cap_minor=None, per_merchant_cap_minor=900_000, actor="x", at=at)
    one, other = line(at, "P1"), line(at, "P2")
    drawdown, _ = lenders.routed(one, 500_000, "SO-1", at)
    lenders.captured(drawdown, 500_000, "ship", at)
    with pytest.raises(errors.NoFundingSource) as caught:
        lenders.routed(one, 400_001, "SO-2", at)
    assert list(why(caught).values()) == [["merchant_cap_full"]]
    lenders.routed(one, 400_000, "SO-3", at)
    lenders.routed(other, 900_000, "SO-4", at)
    assert used() == {lender.name: 1_800_000}


def test_room_is_one_sum_however_the_slices_stand(at: datetime) -> None:
    """An order larger than a sixteenth of the cap fits as long as the cap as a whole has room."""
    lender = FundingSource.objects.get()
    set_cap(source_id=lender.id, cap_minor=1_000_000, per_merchant_cap_minor=None, actor="x", at=at)
    lenders.routed(line(at, "P1"), 500_000, "SO-1", at)
    lenders.routed(line(at, "P2"), 300_000, "SO-2", at)
    third = line(at, "P3")
    lenders.routed(third, 200_000, "SO-3", at)
    with pytest.raises(errors.NoFundingSource):
        lenders.routed(third, 10_000, "SO-4", at)
    rows = list(FundingCapSlice.objects.all())
    assert sum(row.cap_minor or 0 for row in rows) == 1_000_000
    assert lenders.wrong_caps() == 0


def test_a_cap_lowered_below_what_is_out_stops_new_drawdowns_only(at: datetime) -> None:
    lender = FundingSource.objects.get()
    merchant_line = line(at)
    drawdown, _ = lenders.routed(merchant_line, 500_000, "SO-1", at)
    set_cap(source_id=lender.id, cap_minor=100_000, per_merchant_cap_minor=None, actor="x", at=at)
    with pytest.raises(errors.NoFundingSource):
        lenders.routed(merchant_line, 10_000, "SO-2", at)
    adjust_drawdown(drawdown_id=drawdown.id, amount_minor=50_000, actor="x", at=at)
    lenders.routed(merchant_line, 50_000, "SO-3", at)
    assert used() == {lender.name: 100_000}


def test_use_follows_the_drawdown_to_the_last_fen(at: datetime) -> None:
    merchant_line = line(at)
    lead, bank = lenders.joint(at)
    drawdown, _ = lenders.routed(merchant_line, 500_001, "SO-1", at)
    for before, after in [(500_001, 333_333), (333_333, 333_333), (333_333, 400_007)]:
        move_use(drawdown=drawdown, before_minor=before, after_minor=after)
    assert used() == {lead.name: 280_005, bank.name: 120_002}
    move_use(drawdown=drawdown, before_minor=400_007, after_minor=1)
    assert used() == {lead.name: 1}
    move_use(drawdown=drawdown, before_minor=1, after_minor=0)
    assert used() == {}
    with pytest.raises(errors.FundingUseMismatch):
        move_use(drawdown=drawdown, before_minor=10, after_minor=0)
    assert used() == {}


def test_use_follows_what_is_held_and_owed(at: datetime) -> None:
    lender = FundingSource.objects.get()
    drawdown, _ = lenders.routed(line(at), 500_000, "SO-1", at)
    lenders.captured(drawdown, 200_000, "ship-1", at, is_final=False)
    assert used() == {lender.name: 500_000}
    cancel_drawdown(drawdown_id=drawdown.id, actor="x", at=at)
    assert used() == {lender.name: 200_000}
    payment = lives.repaid(drawdown, 150_000, "pay-1", at)
    assert used() == {lender.name: 50_000}
    event = LoanEvent.objects.get(kind="repayment", key=payment.external_id)
    undo = Act(drawdown_id=drawdown.id, external_id="undo-1", actor="x", at=at)
    reverse_event(undo, event_id=event.id)
    assert used() == {lender.name: 200_000}
    lives.repaid(drawdown, 200_000, "pay-2", at)
    assert used() == {}
    assert lenders.wrong_caps() == 0


def test_what_is_out_and_what_the_caps_say_are_compared(at: datetime) -> None:
    lender = FundingSource.objects.get()
    drawdown, _ = lenders.routed(line(at), 500_000, "SO-1", at)
    funding_caps.add(amounts={lender.id: 1}, line_id=drawdown.line_id)
    assert lenders.wrong_caps() == 1


def test_the_order_is_routed_in_a_fixed_number_of_statements(
    at: datetime, django_assert_num_queries: Any
) -> None:
    merchant_line = line(at)
    lenders.routed(merchant_line, 10_000, "SO-0", at)  # shares are read once per process
    locked, day = locked_line(merchant_line.id), open_day()
    with django_assert_num_queries(2):  # shares with what is out, and the UPDATE of one slice
        route_drawdown(line=locked, amount_minor=10_000, on=day)


def test_a_decision_is_whole(at: datetime) -> None:
    drawdown, decision = lenders.routed(line(at), 500_000, "SO-1", at)
    for facts in ({"outcome": "refused"}, {"partnership": None}, {"amount_minor": 0}):
        whole = {
            "line": drawdown.line, "merchant": drawdown.merchant, "outcome": "routed",
            "drawdown": lives.authorized(drawdown.line, 10_000, f"SO-{facts}", at),
            "partnership": decision.partnership, "product_kind": "loan", "amount_minor": 1,
            "actor": "x", "at": at,
        }  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            FundingDecision.objects.create(**{**whole, **facts})


def test_reviews_due_within_sixty_days(at: datetime) -> None:
    assert reviews_due(at.date()) == []
    Partnership.objects.update(review_due_on=at.date())
    assert reviews_due(at.date()) == [Partnership.objects.get()]


def test_another_platforms_lenders_are_not_asked(
    inside: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(other_tenant.id):
        lenders.routed(line(at), 500_000, "SO-1", at)
    assert used() == {}
    lenders.routed(line(at), 400_000, "SO-1", at)
    with tenant_scope(other_tenant.id):
        assert list(used().values()) == [500_000]


def test_without_a_scope_nobody_is_asked(at: datetime) -> None:
    merchant_line = locked_line(line(at).id)
    day = open_day()
    with no_scope(), pytest.raises(NoScope):
        route_drawdown(line=merchant_line, amount_minor=1, on=day)
