"""Outcomes are kept once, with the last decision that was known when their month began."""

from datetime import date
from decimal import Decimal

from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from risk.domain.labels import LABELS, label_def
from risk.enums import Purpose
from risk.models import Decision, MaturedOutcome
from risk.operations.outcomes import keep_outcomes
from risk.values import CreditOutcome
from tenants.models import Merchant
from tests.risk.cast import new_tenant
from tests.risk.watch import decided

ON = date(2026, 5, 19)


def ended(decision: Decision, cohort_on: date, days: int = 3) -> CreditOutcome:
    return CreditOutcome(
        merchant_id=decision.merchant_id, cohort_on=cohort_on, pd=Decimal("0.01"), grade="B",
        worst_dpd_days=days, decision_id=decision.id,
    )  # fmt: skip


def kept() -> list[tuple[str, date, int, date]]:
    rows = MaturedOutcome.objects.order_by("cohort_on")
    return list(rows.values_list("decision_id", "cohort_on", "worst_dpd_days", "matured_on"))


def test_each_goes_to_the_last_decision_before_its_month(
    tenant_id: str, merchant: Merchant
) -> None:
    decided(merchant, clock.moment_on(date(2025, 12, 1), 9), 60)  # another line's
    (first,) = decided(merchant, clock.moment_on(date(2026, 1, 10), 9), 100)
    (look,) = decided(
        merchant, clock.moment_on(date(2026, 2, 20), 9), 140, purpose=Purpose.LIMIT_REVIEW
    )
    decided(merchant, clock.moment_on(date(2026, 2, 25), 9), 145, purpose=Purpose.PRESCREEN)
    months = [date(2026, month, 1) for month in (1, 2, 3)]
    outcomes = [ended(first, month, days) for month, days in zip(months, (0, 9, 40), strict=True)]
    assert keep_outcomes(outcomes=outcomes, on=ON) == 3
    assert kept() == [
        (first.id, months[0], 0, ON), (first.id, months[1], 9, ON), (look.id, months[2], 40, ON),
    ]  # fmt: skip


def test_what_is_kept_stays_as_it_was(tenant_id: str, merchant: Merchant) -> None:
    (first,) = decided(merchant, clock.moment_on(date(2026, 1, 10), 9), 100)
    month = date(2026, 1, 1)
    assert keep_outcomes(outcomes=[ended(first, month)], on=ON) == 1
    before = kept()
    assert keep_outcomes(outcomes=[ended(first, month, 99)], on=date(2026, 6, 1)) == 0
    assert kept() == before
    nobody = CreditOutcome(
        merchant_id=merchant.id, cohort_on=ON, pd=Decimal(0), grade="A", worst_dpd_days=0
    )
    assert keep_outcomes(outcomes=[nobody], on=ON) == 0
    with tenant_scope(new_tenant("else-test")):
        assert kept() == []


def test_the_definition_of_bad_has_a_day_and_a_hash() -> None:
    label = label_def(ON)
    assert [label.label_of(days) for days in (0, 7, 8, 29, 30, 9_999)] == [0, 0, None, None, 1, 1]
    assert label_def(date(2000, 1, 1)) == label == LABELS[0]
    assert len(label.sha256) == 64
    assert len({one.sha256 for one in LABELS}) == len(LABELS)
    assert "dispute" in label.exclusions
