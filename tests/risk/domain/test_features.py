"""Features: declared once, hashed, and used only for what they are allowed to be used for."""

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from risk.domain import facts, feature_words, limit
from risk.domain.defaults import scorecard_body
from risk.domain.fact_words import FACT_WORDS
from risk.domain.facts import FACT_TYPES, MORE_TYPES, OPTIONAL_FACTS, restore, snapshot
from risk.domain.feature_set import REPAYMENT, TRADE, FeatureSet, of_parts
from risk.domain.features import BY_KEY, DECISION_SET, FEATURES, NIGHTLY_SET, is_forbidden
from risk.domain.policy_body import parse
from risk.domain.scorecard_body import parse_for_facts
from risk.enums import FeatureUse
from risk.errors import InvalidPolicy, InvalidScorecard
from risk.values import RepaymentFacts, TradeFacts
from tenants.enums import ConsentCode
from tests.risk.policies import body as example_body

WITHOUT_SET = {
    "net_gmv_l3_percentile", "net_gmv_l12_percentile", "company_age_days", "paid_in_capital_minor",
    "other_loans_minor", "other_overdue_minor", "credit_inquiries_l6_count", "bank_inflow_l3_minor",
    "bank_inflow_l12_minor", "bank_returned_l12_count", "linked_merchants_count",
    "trait_sharers_count", "self_trade_share",
}  # fmt: skip


def test_every_fact_is_declared_and_every_declaration_is_a_fact() -> None:
    for part, values in ((TRADE, TradeFacts), (REPAYMENT, RepaymentFacts)):
        declared = {one.key for one in of_parts(FEATURES, part).features}
        assert declared == set(values.__dataclass_fields__)
    found = facts.flat(TradeFacts.none(), RepaymentFacts.none())
    assert set(found) == set(FACT_TYPES)
    assert set(FACT_WORDS) == {*FACT_TYPES, "score", "pd", "grade"}
    assert set(MORE_TYPES) == WITHOUT_SET
    assert {"recency_days", "return_rate", "gmv_cv", *WITHOUT_SET} < OPTIONAL_FACTS
    assert len(BY_KEY) == len(FEATURES)


def test_codes_have_words_and_consents_exist() -> None:
    for one in FEATURES:
        assert one.window in feature_words.WINDOWS
        assert one.min_history in feature_words.HISTORIES
        assert one.sign in feature_words.SIGNS
        assert one.null_meaning in feature_words.NULLS
        assert one.first_known in feature_words.FIRST_KNOWN
        assert one.consent in ConsentCode.values


def test_the_card_says_what_is_declared() -> None:
    for feature in scorecard_body()["features"]:
        declared = BY_KEY[feature["key"]]
        assert (feature["dtype"], feature["sign"], feature["null_meaning"], feature["label"]) == (
            declared.dtype, declared.sign, declared.null_meaning, declared.label,
        )  # fmt: skip


def test_the_limit_uses_only_what_it_may() -> None:
    tree = ast.parse(Path(limit.__file__).read_text(encoding="utf-8"))
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "trade"
    }
    assert used == {
        "median_order_minor", "tenure_days", "active_months_count", "monthly_net_minor",
        "return_rate",
    }  # fmt: skip
    assert all(BY_KEY[key].may(FeatureUse.LIMIT) for key in used)


@pytest.mark.parametrize("key", ["monthly_net_minor", "mean_order_percentile"])
def test_a_card_may_only_speak_of_what_decides(key: str) -> None:
    body = scorecard_body()
    renamed = {"tenure_days": key}
    body["features"] = [one | {"key": renamed.get(one["key"], one["key"])}
                        for one in body["features"]]  # fmt: skip
    body["rows"] = [one | {"feature": renamed.get(one["feature"], one["feature"])}
                    for one in body["rows"]]  # fmt: skip
    with pytest.raises(InvalidScorecard) as refusal:
        parse_for_facts(body)
    assert refusal.value.facts == {"problem": f"{key} may not be used for decisions"}


@pytest.mark.parametrize("key", ["monthly_net_minor", "mean_order_percentile"])
def test_a_policy_may_only_ask_for_what_decides(key: str) -> None:
    body: dict[str, Any] = example_body()
    body["stages"][0]["rows"].insert(
        0, {"id": "peek", "when": {key: {"missing": True}}, "then": {}}
    )
    with pytest.raises(InvalidPolicy) as refusal:
        parse(body)
    assert refusal.value.facts == {
        "problem": f"peek asks for {key}, which may not be used for decisions"
    }


def test_what_we_do_not_know_is_not_forbidden_but_unknown() -> None:
    assert is_forbidden("monthly_net_minor", FeatureUse.PRICE) is True
    assert is_forbidden("net_gmv_l12_percentile", FeatureUse.PRICE) is False
    assert is_forbidden("nothing", FeatureUse.PRICE) is False


def test_a_set_has_another_hash_when_a_meaning_changes_and_not_when_a_word_does() -> None:
    first, *rest = DECISION_SET.features
    changes: list[dict[str, Any]] = [
        {"window": "l3"},
        {"sign": "-"},
        {"version": 2},
        {"uses": frozenset()},
    ]
    for change in changes:
        changed = FeatureSet((replace(first, **change), *rest))
        assert changed.sha256() != DECISION_SET.sha256()
    said_otherwise = FeatureSet((replace(first, label="Age", owner="Somebody"), *rest))
    assert said_otherwise.sha256() == DECISION_SET.sha256()
    assert FeatureSet((*rest, first)).sha256() != DECISION_SET.sha256()
    assert NIGHTLY_SET.sha256() != DECISION_SET.sha256()


def test_a_snapshot_names_its_set_and_one_from_before_is_read_the_same() -> None:
    given = (TradeFacts.none(), RepaymentFacts.none(), {"net_gmv_l3_percentile": None})
    stored = snapshot(*given)
    assert stored["feature_set"] == DECISION_SET.sha256()
    assert set(stored) == {"feature_set", "trade", "repayment"}
    before = {key: value for key, value in stored.items() if key != "feature_set"}
    assert restore(before) == restore(stored) == (given[0], given[1], {})
