"""Decisions: what is answered, what is refused, one by one and in a batch."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from platform_app.kernel import ids
from platform_app.kernel.errors import Invalid, NotFound
from platform_app.kernel.tenancy import tenant_scope
from risk.domain.canonical import sha256
from risk.domain.features import DECISION_SET
from risk.enums import Outcome
from risk.errors import InvalidFacts, NoChampion
from risk.models import Decision, Policy, Scorecard
from risk.operations.decisions import estimate_of, first_broken_link, prescreen, replay
from risk.values import Estimate, TradeFacts
from tenants.models import Merchant
from tests.risk.cast import (
    ACTOR,
    NEVER,
    NOW,
    answer_of,
    ask,
    ask_many,
    crowd,
    monthly_orders,
    new_tenant,
)


def test_a_steady_merchant_is_approved(merchant: Merchant) -> None:
    monthly_orders(merchant, 5_000_000)
    decision = Decision.objects.get(pk=ask(merchant.id).id)
    assert answer_of(decision) == {
        "score": 638,
        "pd": Decimal("0.00533030"),
        "grade": "A",
        "outcome": "approve",
        "rule_hits": ["eligible", "no-knock-out", "grade-by-score", "grade-a-to-c"],
        "bounds": {
            "turnover": 15_000_000,
            "working_capital": 21_000_000,
            "serviceability": 5_769_230,
            "loss_budget": 156_338_917,
            "max_limit": 50_000_000,
        },
        "binding_bound": "serviceability",
        "limit_minor": 5_700_000,
        "annual_rate": Decimal("0.0720"),
        "reasons": ["repayment_record_short"],
    }
    assert decision.facts == {
        "feature_set": DECISION_SET.sha256(),
        "trade": {
            "net_gmv_l3_minor": 25_000_000,
            "net_gmv_l12_minor": 115_000_000,
            "monthly_net_minor": [10_000_000] * 12,
            "active_months_count": 12,
            "order_count_l12": 23,
            "order_count_total": 25,
            "tenure_days": 380,
            "recency_days": 15,
            "return_rate": "0.0000",
            "gmv_cv": "0.0000",
            "median_order_minor": 5_000_000,
        },
        "repayment": {
            "paid_off_count": 0,
            "max_dpd_days": 0,
            "current_dpd_days": 0,
            "drawn_total_minor": 0,
            "outstanding_minor": 0,
        },
    }
    assert decision.facts_sha256 == sha256(decision.facts)
    assert (decision.merchant_id, decision.purpose) == (merchant.id, "application")
    assert (decision.as_of, decision.decided_at) == (NOW, NOW)
    assert (decision.scorecard, decision.policy) == (Scorecard.objects.get(), Policy.objects.get())


def test_nothing_known_is_declined(merchant: Merchant) -> None:
    decision = ask(merchant.id)
    assert answer_of(decision) == {
        "score": 496,
        "pd": Decimal("0.42368658"),
        "grade": "E",
        "outcome": "decline",
        "rule_hits": ["orders-too-few"],
        "bounds": {},
        "binding_bound": "",
        "limit_minor": 0,
        "annual_rate": Decimal(0),
        "reasons": ["few_orders"],
    }


def test_a_limit_below_a_thousand_yuan_is_declined(merchant: Merchant) -> None:
    monthly_orders(merchant, 80_000)
    decision = ask(merchant.id)
    assert (decision.outcome, decision.limit_minor) == ("decline", 0)
    assert decision.binding_bound == "serviceability"
    assert decision.bounds["serviceability"] == 92_307
    assert decision.annual_rate == Decimal(0)
    assert decision.reasons == ["limit_too_small", "repayment_record_short"]


def test_repayment_counts(merchant: Merchant) -> None:
    monthly_orders(merchant, 5_000_000)
    overdue = ask(merchant.id, repayment=replace(NEVER, max_dpd_days=3, current_dpd_days=3))
    assert (overdue.outcome, overdue.reasons[0]) == ("decline", "overdue_now")
    late = ask(merchant.id, repayment=replace(NEVER, paid_off_count=2, max_dpd_days=9))
    assert (late.grade, late.score) == ("C", 614)
    loyal = ask(merchant.id, repayment=replace(NEVER, paid_off_count=6))
    assert (loyal.grade, loyal.score, loyal.reasons) == ("A", 656, [])


def test_facts_handed_in_are_used(merchant: Merchant) -> None:
    given = replace(TradeFacts.none(), order_count_total=7, tenure_days=59)
    decision = ask(merchant.id, trade=given)
    assert decision.rule_hits == ["tenure-too-short"]
    assert decision.facts["trade"]["order_count_total"] == 7


def refused(error: type[Exception], **changes: Any) -> None:
    before = Decision.objects.count()
    with pytest.raises(error):
        ask(**changes)
    many = {"merchant_ids": [changes.pop("merchant_id")]} | changes
    many.pop("trade", None)
    if "repayment" in many:
        many["repayments"] = {many["merchant_ids"][0]: many.pop("repayment")}
    with pytest.raises(error):
        ask_many(**many)
    assert Decision.objects.count() == before


def test_what_is_refused(merchant: Merchant, tenant_id: str) -> None:
    ask(merchant.id)
    refused(Invalid, merchant_id=merchant.id, as_of=NOW + timedelta(seconds=1))
    refused(Invalid, merchant_id=merchant.id, as_of=NOW.replace(tzinfo=None))
    refused(NotFound, merchant_id=ids.new_id("mch"))
    wrong: Any = "45"
    refused(InvalidFacts, merchant_id=merchant.id, repayment=replace(NEVER, current_dpd_days=wrong))
    nothing: Any = None
    refused(InvalidFacts, merchant_id=merchant.id, repayment=replace(NEVER, max_dpd_days=nothing))
    with tenant_scope(new_tenant("other-test")):
        refused(NotFound, merchant_id=merchant.id)
        own = Merchant.objects.create(external_id="M-1", name="别家")
        refused(NoChampion, merchant_id=own.id)
    with tenant_scope(tenant_id), pytest.raises(NotFound):
        ask_many([merchant.id, own.id])
    assert Decision.objects.count() == 1


def test_a_batch_answers_as_one_by_one(tenant_id: str) -> None:
    wanted = crowd(6)
    repayments = {wanted[4]: replace(NEVER, paid_off_count=3)}
    together = ask_many(wanted + wanted[:1], repayments=repayments)
    assert list(together) == wanted
    assert Decision.objects.count() == 6
    for merchant_id in wanted:
        alone = ask(merchant_id, repayment=repayments.get(merchant_id, NEVER))
        assert answer_of(alone) == answer_of(together[merchant_id])
        assert alone.facts_sha256 == together[merchant_id].facts_sha256
    assert [together[m].outcome for m in wanted] == [
        "decline", "approve", "approve", "decline", "approve", "approve",
    ]  # fmt: skip
    assert first_broken_link() is None
    assert all(replay(row.id) for row in Decision.objects.filter(tenant_id=tenant_id))


@pytest.mark.parametrize("merchant_count", [1, 3])
def test_a_batch_takes_few_statements(tenant_id: str, merchant_count: int) -> None:
    assert tenant_id
    wanted = crowd(merchant_count)
    ask(wanted[0])  # the versions are in the process now
    with CaptureQueriesContext(connection) as queries:
        ask_many(wanted)
    assert len([q for q in queries if "SAVEPOINT" not in q["sql"]]) == 13


def test_no_merchants_no_decisions(tenant_id: str) -> None:
    assert ask_many([]) == {}
    assert not Decision.objects.filter(tenant_id=tenant_id).exists()


def test_prescreen_gives_a_range_and_a_record(merchant: Merchant) -> None:
    monthly_orders(merchant, 5_000_000)
    estimate = prescreen(
        merchant_id=merchant.id, as_of=NOW, decided_at=NOW, repayment=NEVER, actor=ACTOR
    )
    decision = Decision.objects.get()
    assert estimate == Estimate(
        decision_id=decision.id,
        outcome=Outcome.APPROVE,
        low_minor=3_900_000,  # 0.7 × 57,000 yuan is 39,900
        high_minor=5_700_000,
        annual_rate=Decimal("0.0720"),
        reasons=("repayment_record_short",),
    )
    assert decision.purpose == "prescreen"
    assert estimate_of(decision) == estimate


def test_prescreen_of_a_stranger_to_us(merchant: Merchant) -> None:
    estimate = prescreen(
        merchant_id=merchant.id, as_of=NOW, decided_at=NOW, repayment=NEVER, actor=ACTOR
    )
    assert (estimate.outcome, estimate.low_minor, estimate.high_minor) == ("decline", 0, 0)


@pytest.mark.parametrize(("limit", "low"), [(100_000, 100_000), (200_000, 100_000)])
def test_the_range_never_starts_below_a_step(merchant: Merchant, limit: int, low: int) -> None:
    decision = ask(merchant.id)
    decision.limit_minor = limit
    assert (estimate_of(decision).low_minor, estimate_of(decision).high_minor) == (low, limit)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"outcome": "maybe"}, "risk_decision_outcome"),
        ({"limit_minor": -1, "outcome": "approve"}, "risk_decision_range"),
        ({"pd": Decimal("1.1")}, "risk_decision_range"),
        ({"limit_minor": 1}, "risk_decision_limit_only_when_approved"),
    ],
)
def test_the_database_refuses(merchant: Merchant, changes: dict[str, Any], constraint: str) -> None:
    row = ask(merchant.id)
    row.id = ids.new_id("dec")
    for name, value in changes.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        row.save(force_insert=True)
