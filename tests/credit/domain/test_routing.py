"""Routing: each rule refuses by its own code, and nothing else does."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from credit.domain.routing import (
    MESSAGES,
    Candidate,
    Case,
    PartyFacts,
    Reason,
    SourceFacts,
    is_review_near,
    judge,
    judge_all,
)

ON = date(2026, 3, 2)
CASE = Case(product_kind="loan", borrower_kind="company", on=ON)
BANK = SourceFacts(
    id="fnd_b", name="甲银行", role="lender", licence_type="bank", status="active", from_on=None,
    to_on=None, product_kinds=(), cap_minor=None, used_minor=0, per_merchant_cap_minor=None,
    merchant_used_minor=0,
)  # fmt: skip
MICRO = replace(BANK, id="fnd_m", name="乙小贷", role="co_lender", licence_type="microloan")


def party(source: SourceFacts, fraction: str = "1") -> PartyFacts:
    part = Decimal(fraction)
    return PartyFacts(source=source, fraction=part, amount_minor=int(part * 100_000))


def alone(source: SourceFacts = BANK, **facts: Any) -> Candidate:
    return replace(
        Candidate(
            partnership_id="ptn_1", name="甲方案", status="active", from_on=ON, to_on=None,
            listing_status="listed", review_due_on=None, least_share_minor=0, rank=0,
            parties=(party(source),),
        ),
        **facts,
    )  # fmt: skip


def together(lead: str = "0.7", other: str = "0.3", **facts: Any) -> Candidate:
    return alone(parties=(party(BANK, lead), party(MICRO, other)), **facts)


def codes(one: Candidate, case: Case = CASE) -> list[str]:
    found = [reason.code for reason in judge(case, one)]
    assert set(found) <= set(MESSAGES)
    return found


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (alone(), []),
        (together(), []),
        (alone(status="suspended"), ["partnership_inactive"]),
        (alone(from_on=ON + timedelta(days=1)), ["partnership_dates"]),
        (alone(to_on=ON - timedelta(days=1)), ["partnership_dates"]),
        (alone(to_on=ON), []),
        (alone(rank=None), ["lender_not_named"]),
        (alone(MICRO), ["lead_is_co_lender"]),
        (alone(listing_status="unlisted"), ["listing_missing"]),
        (alone(listing_status="removed"), ["listing_missing"]),
        (alone(review_due_on=ON - timedelta(days=1)), ["listing_review_overdue"]),
        (alone(review_due_on=ON), []),
        (alone(replace(MICRO, role="lender"), listing_status="unlisted"), []),
        (together("0.71", "0.29"), ["joint_share_too_low"]),
        (together("0.2", "0.8"), []),
        (together(least_share_minor=30_001), ["share_below_minimum"]),
        (together(least_share_minor=30_000), []),
        (alone(least_share_minor=100_001), []),
        (alone(status="suspended", rank=None), ["partnership_inactive", "lender_not_named"]),
    ],
)
def test_rules_of_the_contract(one: Candidate, expected: list[str]) -> None:
    assert codes(one) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"status": "suspended"}, ["source_inactive"]),
        ({"status": "draft"}, ["source_inactive"]),
        ({"from_on": ON + timedelta(days=1)}, ["source_dates"]),
        ({"to_on": ON - timedelta(days=1)}, ["source_dates"]),
        ({"from_on": ON, "to_on": ON}, []),
        ({"product_kinds": ("factoring",)}, ["product_kind_not_allowed"]),
        ({"product_kinds": ("factoring", "loan")}, []),
        ({"cap_minor": 100_000}, []),
        ({"cap_minor": 100_000, "used_minor": 1}, ["source_cap_full"]),
        ({"per_merchant_cap_minor": 99_999}, ["merchant_cap_full"]),
        ({"per_merchant_cap_minor": 100_000}, []),
        ({"per_merchant_cap_minor": 100_000, "merchant_used_minor": 1}, ["merchant_cap_full"]),
    ],
)
def test_rules_of_a_source(facts: dict[str, Any], expected: list[str]) -> None:
    assert codes(alone(replace(BANK, **facts))) == expected


@pytest.mark.parametrize(
    ("licence", "kind", "borrower", "expected"),
    [
        ("bank", "factoring", "company", []),
        ("bank", "trade_credit", "company", ["licence_not_permitted"]),
        ("microloan", "loan", "company", []),
        ("microloan", "factoring", "company", ["licence_not_permitted"]),
        ("trust", "loan", "company", []),
        ("factoring", "factoring", "company", []),
        ("factoring", "loan", "company", ["licence_not_permitted"]),
        ("none", "trade_credit", "company", []),
        ("none", "loan", "company", ["licence_not_permitted"]),
        ("consumer_finance", "loan", "natural_person", []),
        ("consumer_finance", "loan", "company", ["borrower_not_permitted"]),
    ],
)
def test_what_a_licence_permits(
    licence: str, kind: str, borrower: str, expected: list[str]
) -> None:
    case = Case(product_kind=kind, borrower_kind=borrower, on=ON)
    assert codes(alone(replace(BANK, licence_type=licence)), case) == expected


def test_every_party_is_judged_and_named() -> None:
    full = replace(MICRO, cap_minor=10)
    one = alone(parties=(party(BANK, "0.7"), party(full, "0.3")))
    assert judge(CASE, one) == (Reason("source_cap_full", "fnd_m", "乙小贷"),)


def test_lenders_go_in_the_contracts_order_then_by_age() -> None:
    second = alone(partnership_id="ptn_0", name="b", rank=2)
    older = alone(partnership_id="ptn_1", name="a", rank=0)
    newer = alone(partnership_id="ptn_2", name="c", rank=0)
    unnamed = alone(partnership_id="ptn_3", name="d", rank=None)
    judged = judge_all(CASE, [unnamed, newer, second, older])
    assert [one.name for one in judged.eligible] == ["a", "c", "b"]
    assert [one.to_json() for one in judged.refusals] == [
        {
            "partnership": "ptn_3",
            "name": "d",
            "reasons": [{"code": "lender_not_named", "source": "", "source_name": ""}],
        }
    ]


def test_a_review_is_near_sixty_days_before() -> None:
    assert not is_review_near(None, ON)
    assert is_review_near(ON + timedelta(days=60), ON)
    assert not is_review_near(ON + timedelta(days=61), ON)
