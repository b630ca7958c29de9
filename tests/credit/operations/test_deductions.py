"""Deduction at source and guarantor payouts: other people's money pays, and the books say whose."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from credit import errors
from credit.enums import AccountCode
from credit.models import (
    CreditLine,
    DeductionAgreement,
    Drawdown,
    GuarantorClaim,
    GuarantorRecovery,
    JournalEntry,
    Repayment,
    SaleDeduction,
    SettlementBatch,
    SettlementLine,
)
from credit.operations.deductions import agree_deduction, deduct_from_sale, end_deduction
from credit.operations.guarantees import record_guarantor_payout, record_recovery
from platform_app.kernel import ids
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.models import Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives, settling

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(inside: Tenant, at: datetime) -> CreditLine:
    return lives.line_of(lives.merchant_with_trade("P1", at), at)


def agreed(line: CreditLine, fraction: str, at: datetime) -> DeductionAgreement:
    return agree_deduction(
        merchant_id=line.merchant_id, fraction=Decimal(fraction), actor=lives.ACTOR, at=at
    )


def sold(line: CreditLine, sale_minor: int, at: datetime, number: str = "S-1") -> SaleDeduction:
    return deduct_from_sale(
        merchant_id=line.merchant_id, sale_external_id=number, sale_minor=sale_minor,
        actor=lives.ACTOR, at=at,
    )  # fmt: skip


def refused(kind: type[DomainError], act: Callable[[], object]) -> None:
    def moved() -> list[Any]:
        models = (SaleDeduction, DeductionAgreement, GuarantorClaim, Repayment, Event, JournalEntry)
        return [list(model.objects.order_by("pk").values()) for model in models]

    before = moved()
    with pytest.raises(kind):
        act()
    assert moved() == before


def test_a_share_of_a_sale_repays_and_comes_off_the_settlement(
    line: CreditLine, at: datetime
) -> None:
    drawdown = lives.drawn(line, 500_000, "SO-1", at)
    agreed(line, "0.15", at)
    row = sold(line, 333_333, at)
    assert row.deducted_minor == 49_999  # 49,999.95 rounded down
    assert sold(line, 333_333, at).id == row.id
    repayment = Repayment.objects.get()
    assert (repayment.channel, repayment.amount_minor) == ("deduction", 49_999)
    drawdown.refresh_from_db()
    assert drawdown.outstanding_principal_minor == 450_001
    assert settling.balance(AccountCode.FUNDING_BANK) == 0
    lives.close_until(date(2026, 3, 3))
    batch = SettlementBatch.objects.get()
    assert batch.net_minor == 450_001
    assert list(
        SettlementLine.objects.order_by("id").values_list("kind", "amount_minor")
    ) == [("capture", 500_000), ("deduction", -49_999)]  # fmt: skip
    assert settling.proven()


def test_never_more_than_is_owed(line: CreditLine, at: datetime) -> None:
    agreed(line, "1", at)
    assert sold(line, 10_000, at, "S-0").deducted_minor == 0
    lives.drawn(line, 30_000, "SO-1", at)
    lives.drawn(line, 20_000, "SO-2", at, "bullet_60")
    assert sold(line, 80_000, at).deducted_minor == 50_000
    assert set(Drawdown.objects.values_list("status", flat=True)) == {"paid_off"}
    assert settling.proven()


def test_refused_deductions(line: CreditLine, other_tenant: Tenant, at: datetime) -> None:
    lives.drawn(line, 30_000, "SO-1", at)
    refused(errors.NoDeductionAgreed, lambda: sold(line, 100, at))
    for fraction in ("0", "-0.1", "1.01"):
        refused(errors.BadFraction, lambda: agreed(line, fraction, at))  # noqa: B023 -- called at once
    first = agreed(line, "0.1", at)
    assert agreed(line, "0.1", at).id == first.id
    second = agreed(line, "0.2", at)
    first.refresh_from_db()
    assert (first.status, second.status) == ("ended", "active")
    sold(line, 1_000, at)
    refused(errors.ExternalIdConflict, lambda: sold(line, 1_001, at))
    end_deduction(merchant_id=line.merchant_id, actor=lives.ACTOR, at=at)
    refused(errors.NoDeductionAgreed, lambda: sold(line, 1_000, at, "S-2"))
    refused(
        errors.NoDeductionAgreed,
        lambda: end_deduction(merchant_id=line.merchant_id, actor=lives.ACTOR, at=at),
    )
    with tenant_scope(other_tenant.id):
        refused(NotFound, lambda: sold(line, 1_000, at))


def paid_by_guarantor(drawdown: Drawdown, amount_minor: int, at: datetime) -> GuarantorClaim:
    return record_guarantor_payout(
        drawdown_id=drawdown.id, guarantor="示例担保有限公司", amount_minor=amount_minor,
        external_id="G-1", actor=lives.ACTOR, at=at,
    )  # fmt: skip


def recovered(claim_id: str, amount_minor: int, key: str, at: datetime) -> GuarantorClaim:
    return record_recovery(
        claim_id=claim_id, amount_minor=amount_minor, external_id=key, actor=lives.ACTOR, at=at
    )


def test_a_guarantor_pays_and_has_its_recourse(line: CreditLine, at: datetime) -> None:
    drawdown = lives.drawn(line, 500_000, "SO-1", at)
    claim = paid_by_guarantor(drawdown, 500_000, at)
    assert paid_by_guarantor(drawdown, 500_000, at).id == claim.id
    drawdown.refresh_from_db()
    assert (drawdown.status, claim.repayment.channel) == ("paid_off", "guarantor")
    assert (claim.merchant_id, claim.amount_minor, claim.status) == (
        line.merchant_id, 500_000, "open",
    )  # fmt: skip
    entries = JournalEntry.objects.count()
    recovered(claim.id, 200_000, "R-1", at)
    recovered(claim.id, 200_000, "R-1", at)
    refused(errors.ExternalIdConflict, lambda: recovered(claim.id, 100_000, "R-1", at))
    refused(errors.ClaimTooSmall, lambda: recovered(claim.id, 300_001, "R-2", at))
    ended = recovered(claim.id, 300_000, "R-2", at)
    assert (ended.recovered_minor, ended.status) == (500_000, "recovered")
    assert GuarantorRecovery.objects.count() == 2
    # the recourse is the guarantor's, not ours
    assert JournalEntry.objects.count() == entries
    assert settling.proven()


def test_a_number_of_another_channel_is_no_guarantors(line: CreditLine, at: datetime) -> None:
    drawdown = lives.drawn(line, 500_000, "SO-1", at)
    lives.repaid(drawdown, 100_000, "G-1", at)
    refused(errors.ExternalIdConflict, lambda: paid_by_guarantor(drawdown, 100_000, at))
    refused(NotFound, lambda: recovered(ids.new_id("gcl"), 1, "R-1", at))


def test_another_platform_and_no_scope(
    line: CreditLine, other_tenant: Tenant, at: datetime
) -> None:
    drawdown = lives.drawn(line, 500_000, "SO-1", at)
    claim = paid_by_guarantor(drawdown, 100_000, at)
    with tenant_scope(other_tenant.id):
        refused(errors.DrawdownNotFound, lambda: paid_by_guarantor(drawdown, 100_000, at))
        refused(NotFound, lambda: recovered(claim.id, 1, "R-1", at))


def test_without_a_scope(tenant: Tenant, at: datetime) -> None:
    with pytest.raises(NoScope):
        record_recovery(claim_id=ids.new_id("gcl"), amount_minor=1, external_id="x", actor="x",
                        at=at)  # fmt: skip
    with pytest.raises(NoScope):
        end_deduction(merchant_id=ids.new_id("mch"), actor="x", at=at)
