"""A joint loan: each lender's books are its own, and together they are the loan's."""

from datetime import date, datetime

import pytest

from credit.domain.allocation import Component
from credit.enums import AccountCode, EntryKind
from credit.models import (
    Drawdown,
    FundingSource,
    InterestSegment,
    LoanEvent,
    Posting,
    SettlementLine,
)
from credit.operations import ledger, servicing
from credit.operations.servicing import Act
from credit.queries.business_day import open_day
from credit.queries.payoff import payoff
from credit.queries.proofs import full_checks
from credit.values import NewEntry
from tests.credit import lenders, lives

pytestmark = pytest.mark.usefixtures("inside")
Books = dict[tuple[str, str], int]


@pytest.fixture
def parties(at: datetime) -> tuple[FundingSource, FundingSource]:
    return lenders.uneven(at, is_own_leading=True)


@pytest.fixture
def drawdown(parties: tuple[FundingSource, FundingSource], at: datetime) -> Drawdown:
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    return lives.drawn(line, 1_000_001, "SO-1", at)


def act(drawdown: Drawdown, at: datetime, key: str) -> Act:
    return Act(drawdown_id=drawdown.id, external_id=key, actor="x", at=at)


def books(**entry: str) -> Books:
    """Balances by lender and account, zero left out: of one entry, or of all."""
    totals: Books = {}
    postings = Posting.objects.filter(**{f"entry__{name}": value for name, value in entry.items()})
    for lender, code, amount in postings.values_list(
        "account__funding_source_id", "account__code", "amount_minor"
    ):
        key = (lender, AccountCode(code).name)
        totals[key] = totals.get(key, 0) + amount
    return {key: minor for key, minor in totals.items() if minor}


def earned(drawdown: Drawdown, kind: str, until: date) -> int:
    rows = InterestSegment.objects.filter(drawdown=drawdown, kind=kind, from_on__lt=until)
    return sum(
        round(one.base_minor * one.rate * (min(until, one.to_on) - one.from_on).days / one.per_days)
        for one in rows
    )


def proven() -> None:
    assert {name for name, n in full_checks(accrued_through=open_day()).items() if n} == set()


def test_a_capture_is_lent_by_both(
    drawdown: Drawdown, parties: tuple[FundingSource, FundingSource]
) -> None:
    lead, other = (one.id for one in parties)
    assert books() == {
        (lead, "LOANS"): 700_000, (lead, "PARTNER_PAYABLE"): -700_000,
        (other, "LOANS"): 300_001, (other, "PARTNER_PAYABLE"): -300_001,
    }  # fmt: skip
    proven()


def test_interest_is_shared_loan_by_loan_before_it_is_added(
    drawdown: Drawdown, parties: tuple[FundingSource, FundingSource], at: datetime
) -> None:
    second = lives.drawn(drawdown.line, 777_777, "SO-2", at)
    lives.close_until(date(2026, 3, 26))
    lead, other = (one.id for one in parties)
    amounts = [earned(one, "interest", date(2026, 3, 26)) for one in (drawdown, second)]
    parts = [amount * 8 // 10 for amount in amounts]
    found = books()
    assert found[lead, "INTEREST_RECEIVABLE"] == sum(parts) == -found[lead, "INTEREST_INCOME"]
    assert found[other, "INTEREST_RECEIVABLE"] == sum(amounts) - sum(parts)
    assert all(amounts)
    proven()


def test_a_payment_goes_to_each_by_what_it_pays(
    drawdown: Drawdown, parties: tuple[FundingSource, FundingSource]
) -> None:
    lead, other = (one.id for one in parties)
    later = lives.close_until(date(2026, 3, 20))
    lives.repaid(drawdown, 400_000, "pay-1", later)
    interest = earned(drawdown, "interest", date(2026, 3, 20))
    principal = 400_000 - interest
    paid = books(kind="repayment", key="pay-1")
    assert paid[lead, "INTEREST_RECEIVABLE"] == -(interest * 8 // 10)
    assert paid[lead, "LOANS"] == -(principal * 7 // 10)
    assert paid[lead, "FUNDING_BANK"] == interest * 8 // 10 + principal * 7 // 10
    assert paid[lead, "FUNDING_BANK"] + paid[other, "FUNDING_BANK"] == 400_000
    assert {code for _, code in paid} == {"FUNDING_BANK", "INTEREST_RECEIVABLE", "LOANS"}
    proven()


def test_a_whole_life_leaves_nobody_a_fen(
    drawdown: Drawdown, parties: tuple[FundingSource, FundingSource]
) -> None:
    """Late, waived in part, paid, refunded, the payment reversed, paid off: all is zero.

    What stays are flows, and what the refund's interest left between the lenders.
    """
    later = lives.close_until(date(2026, 4, 20))
    servicing.waive(act(drawdown, later, "early"), amount_minor=7, component=Component.INTEREST)
    lives.repaid(drawdown, 333_333, "pay-1", later)
    servicing.refund_drawdown(act(drawdown, later, "back"), amount_minor=100_001)
    proven()
    much_later = lives.close_until(date(2026, 4, 29))
    paid = LoanEvent.objects.get(kind="repayment", key="pay-1")
    servicing.reverse_event(act(drawdown, much_later, "undo"), event_id=paid.id)
    servicing.waive(
        act(drawdown, much_later, "mercy"), amount_minor=101, component=Component.PENALTY
    )
    proven()
    drawdown.refresh_from_db()
    lives.repaid(drawdown, payoff(drawdown).payoff_minor, "pay-2", much_later)
    drawdown.refresh_from_db()
    assert drawdown.status == "paid_off"
    left = books()
    owed = {"LOANS", "INTEREST_RECEIVABLE", "PENALTY_RECEIVABLE", "FEE_RECEIVABLE", "OVERPAYMENT"}
    assert {code for _, code in left} & owed == set()
    lead, other = (one.id for one in parties)
    assert left.get((lead, "JOINT_CLEARING"), 0) == -left.get((other, "JOINT_CLEARING"), 0)
    proven()


def test_each_lender_settles_its_part_with_the_partner(
    drawdown: Drawdown, parties: tuple[FundingSource, FundingSource]
) -> None:
    lives.close_until(date(2026, 3, 3))
    lead, other = parties
    found = SettlementLine.objects.filter(drawdown=drawdown)
    assert dict(found.values_list("funding_source_id", "amount_minor")) == {
        lead.id: 700_000, other.id: 300_001,
    }  # fmt: skip
    assert set(found.values_list("batch__funding_source_id", flat=True)) == {lead.id, other.id}
    proven()


def test_the_database_keeps_a_wrong_side_in_sight(
    drawdown: Drawdown, parties: tuple[FundingSource, FundingSource], at: datetime
) -> None:
    """An entry may balance as a whole and still owe one lender a fen: the full check sees it."""
    lead, other = (one.id for one in parties)
    entry = NewEntry(
        kind=EntryKind.ADJUSTMENT, key="wrong", value_on=open_day(), booked_on=open_day(), at=at,
        sides={lead: {AccountCode.LOANS: 1}, other: {AccountCode.FUNDING_BANK: -1}},
    )  # fmt: skip
    ledger.post_all([entry])
    broken = {name for name, n in full_checks(accrued_through=open_day()).items() if n}
    assert {"sides_balance", "control_accounts_agree"} <= broken
