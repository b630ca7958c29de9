"""What merchant and partner read of a loan, added up, is what the ledger says; to the fen, always.

A life with everything in it: a coupon, part payments, one too late and backdated, one reversed,
goods returned, a payout given back, goodwill, a waiver, a fee, an early settlement.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest

from credit.domain.allocation import Component
from credit.enums import AccountCode
from credit.models import Drawdown, LoanEvent, Posting, Repayment
from credit.operations.guarantees import record_guarantor_payout
from credit.operations.servicing import (
    Act,
    credit_goodwill,
    return_payout,
    reverse_event,
    waive,
)
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tests.credit import coupons, lives
from tests.tenants.interfaces.api.client import Partner
from tests.tenants.interfaces.api.conftest import partner_of
from tests.tenants.interfaces.merchant.visits import visit_of

MONEY_IN = {"repayment", "guarantor_payout"}
CREDITS = {*MONEY_IN, "refund", "payout_refund", "goodwill"}
SHOWN_AS_CHANGE = {"refund", "payout_refund", "goodwill", "waiver", "fee", "overpayment_refund"}
RECEIVABLES = {
    "principal": AccountCode.LOANS,
    "fee": AccountCode.FEE_RECEIVABLE,
    "penalty": AccountCode.PENALTY_RECEIVABLE,
}


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan with everybody who reads it."""

    tenant: Tenant
    partner: Partner
    merchant: Merchant
    drawdown: Drawdown

    def agrees(self) -> None:
        """Add up what each of them reads, and compare with the postings."""
        path = f"drawdowns/{self.drawdown.id}"
        events = self.partner.get(f"{path}/events?limit=100").json()["data"]
        counted = [one for one in events if not one["reversed_by"] and one["kind"] != "reversal"]
        of_kind: Counter[str] = Counter()
        for one in counted:
            of_kind[one["kind"]] += one["amount"]
        plan = self.partner.get(f"{path}/installments").json()
        bill = visit_of(self.merchant, clock.now()).get(f"/m/bills/{self.drawdown.id}/").context
        money_in = sum(of_kind[kind] for kind in MONEY_IN)
        posted = self.posted()
        # Money that came in: events, payments of the bill, the bank's account.
        shown = [one for one in bill["repayments"] if one.status != "reversed"]
        assert sum(one.amount_minor for one in shown) == money_in
        assert posted[AccountCode.FUNDING_BANK] == money_in
        # Everything else that changed the bill is on it.
        assert sum(one.amount_minor for one in bill["changes"]) == sum(
            of_kind[kind] for kind in SHOWN_AS_CHANGE
        )
        # What was credited, interest of returned goods with it, went to installments or waits.
        rows, figures = plan["installments"], bill["figures"]
        paid = sum(self.total(rows, "paid").values())
        back = sum(one.interest_back_minor for one in bill["changes"])
        credited = sum(of_kind[kind] for kind in CREDITS) + back
        assert paid + figures.waiting_minor == credited
        assert -posted[AccountCode.OVERPAYMENT] == figures.waiting_minor
        assert sum(row.paid_minor for row, _ in bill["rows"]) == paid
        waived = sum(self.total(rows, "waived").values())
        assert sum(row.waived_minor + row.discount_minor for row, _ in bill["rows"]) == waived
        # Each row, and all of them.
        for name in ("principal", "interest", "fee", "penalty"):
            asked, left = self.total(rows, "planned")[name], self.total(rows, "unpaid")[name]
            settled = sum(self.total(rows, kind)[name] for kind in ("paid", "waived"))
            assert asked == settled + left
        assert self.total(rows, "planned")["principal"] == of_kind["capture"]
        assert plan["payoff"] == figures.payoff_minor
        planned, unpaid = self.total(rows, "planned"), self.total(rows, "unpaid")
        for name, code in RECEIVABLES.items():
            assert posted[code] == unpaid[name]
        # Of interest the books know what was earned so far, the plan also what is to come.
        to_come = planned["interest"] - (back - posted[AccountCode.INTEREST_INCOME])
        assert posted[AccountCode.INTEREST_RECEIVABLE] + to_come == unpaid["interest"]
        # Each payment by itself.
        self.payments_agree()

    def payments_agree(self) -> None:
        with tenant_scope(self.tenant.id):
            numbers = list(Repayment.objects.order_by("id").values_list("id", flat=True))
        for number in numbers:
            one = self.partner.get(f"repayments/{number}").json()
            assert one["allocated"] + one["unspent"] == one["amount"] or one["status"] == "reversed"
            assert sum(part["amount"] for part in one["allocations"]) == one["allocated"]

    def total(self, rows: list[dict[str, Any]], kind: str) -> Counter[str]:
        found: Counter[str] = Counter()
        for row in rows:
            found.update(row[kind])
        return found

    def posted(self) -> Counter[str]:
        """Balances of the books without what settles with the partner."""
        found: Counter[str] = Counter()
        with tenant_scope(self.tenant.id):
            rows = Posting.objects.exclude(entry__kind="settlement")
            for code, amount in rows.values_list("account__code", "amount_minor"):
                found[code] += amount
        return found

    # What happens to the loan, each through a public door.

    def pays(self, number: str, amount: int, **facts: Any) -> None:
        body = {"drawdown": self.drawdown.id, "amount": amount, "external_id": number, **facts}
        answer = self.partner.post("repayments", {**body, "channel": "partner"})
        assert answer.status_code == 201, answer.content

    def pays_off(self) -> None:
        ends = self.partner.post("repayments/preview", {"drawdown": self.drawdown.id}).json()
        self.pays("R-9", ends["payoff"])

    def returns(self, number: str, amount: int) -> None:
        body = {"amount": amount, "external_id": number}
        answer = self.partner.post(f"drawdowns/{self.drawdown.id}/refunds", body)
        assert answer.status_code == 201, answer.content

    def does(self, verb: Callable[..., object], **facts: Any) -> None:
        with tenant_scope(self.tenant.id):
            number = f"A-{LoanEvent.objects.count()}"
            act = Act(drawdown_id=self.drawdown.id, external_id=number, actor="usr", at=clock.now())
            verb(act, **facts)

    def reverses(self, number: str) -> None:
        with tenant_scope(self.tenant.id):
            event = LoanEvent.objects.get(key=number)
        self.does(reverse_event, event_id=event.id)

    def is_guaranteed(self, amount: int) -> None:
        with tenant_scope(self.tenant.id):
            record_guarantor_payout(
                drawdown_id=self.drawdown.id, guarantor="示例担保", amount_minor=amount,
                external_id="G-1", actor="usr", at=clock.now(),
            )  # fmt: skip


@pytest.fixture
def loan(tenant: Tenant, at: datetime) -> Loan:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("M-1", at), at)
        coupon = coupons.granted(line.merchant, "C-1", at)
        drawdown = coupons.drawn(line, coupon, "PO-1", at, term="equal_3")
    return Loan(tenant, partner_of(tenant, at), line.merchant, drawdown)


def test_lists_and_ledger_agree_through_a_whole_life(loan: Loan) -> None:
    life: list[tuple[date, Callable[[], None]]] = [
        (date(2026, 3, 2), lambda: None),
        (date(2026, 3, 12), lambda: loan.pays("R-1", 200_000)),
        (date(2026, 3, 12), lambda: loan.returns("RF-1", 100_000)),
        (date(2026, 3, 20), lambda: loan.does(return_payout, amount_minor=50_000)),
        (date(2026, 3, 20), lambda: loan.does(credit_goodwill, amount_minor=3_000)),
        (date(2026, 4, 10), lambda: loan.pays("R-2", 150_000, value_on="2026-04-03")),
        (date(2026, 4, 10), lambda: loan.pays("R-3", 70_000)),
        (date(2026, 4, 10), lambda: loan.reverses("R-3")),
        (date(2026, 4, 10), lambda: loan.is_guaranteed(40_000)),
        (
            date(2026, 5, 12),
            lambda: loan.does(waive, amount_minor=500, component=Component.INTEREST),
        ),
        (date(2026, 5, 12), loan.pays_off),
        # Goods that come back after the last payment: the money waits, and is listed.
        (date(2026, 5, 13), lambda: loan.returns("RF-2", 20_000)),
    ]
    for day, act in life:
        with tenant_scope(loan.tenant.id):
            moment = lives.close_until(day)
        with clock.travel(moment):
            act()
            loan.agrees()
    shown = loan.partner.get(f"drawdowns/{loan.drawdown.id}").json()
    assert (shown["status"], shown["outstanding"]) == ("paid_off", 0)
