"""Trees in the registry: drafts, shadow, scores at night, and never a decision."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from platform_app.kernel.tenancy import tenant_scope
from risk.domain.facts import flat, restore
from risk.domain.labels import label_def
from risk.domain.trees import pd_of_facts
from risk.enums import ScorecardKind
from risk.errors import ChallengerNeverDecides, InvalidScorecard, ScorecardNotFound
from risk.models import ChallengerScore, Decision, Scorecard
from risk.operations.challengers import fit_challenger, score_challenger
from risk.operations.scorecards import (
    approve_scorecard,
    register_scorecard,
    shadow_scorecard,
    validate_scorecard,
)
from risk.queries.challengers import challenger_view, forest_of, pairs
from risk.queries.champions import champions
from risk.queries.scorecards import scorecard_view
from tenants.models import Merchant
from tests.platform_app.kernel import sql
from tests.risk.cast import ACTOR, NOW, ask, monthly_orders, new_tenant
from tests.risk.matured import ENDED, lived


def shadowed(card: Scorecard) -> Scorecard:
    validate_scorecard(scorecard_id=card.id, comment="示例", actor="usr_one", at=NOW)
    return shadow_scorecard(scorecard_id=card.id, actor="usr_one", at=NOW)


def grown() -> Scorecard:
    return fit_challenger(on=ENDED, actor=ACTOR, at=NOW)


def test_from_cases_to_a_comparison_by_card(tenant_id: str, merchant: Merchant) -> None:
    bad = lived(400)
    before = champions().scorecard_id
    draft = grown()
    assert (draft.version, draft.kind, draft.status) == (2, "challenger", "draft")
    assert grown().id == draft.id  # the same cases grow the same trees
    assert (draft.body["development"]["rows"], draft.body["development"]["bad"]) == (400, bad)
    assert draft.metrics["auc"] > 0.6
    assert draft.metrics["n"] == 400
    assert score_challenger(at=NOW) == 0  # nothing is in shadow
    trees = shadowed(draft)
    assert score_challenger(at=NOW, most=100) == 100
    assert score_challenger(at=NOW) == 301  # 400 lived, and the pattern they were copied from
    assert score_challenger(at=NOW) == 0
    monthly_orders(merchant, 1_000_000)
    live = ask(merchant.id)
    assert (live.scorecard_id, champions().scorecard_id) == (before, before)
    assert score_challenger(at=NOW) == 1
    score = ChallengerScore.objects.get(decision=live)
    expected = pd_of_facts(forest_of(trees.id, trees.sha256), flat(*restore(live.facts)))
    assert score.pd == Decimal(expected).quantize(Decimal("0.00000001"))
    found = pairs(trees.id, label_def(ENDED), on=ENDED)
    assert (len(found), sum(one.label for one in found)) == (400, bad)
    assert {one.version for one in found} == {1}
    view = challenger_view(trees.id)
    assert (view.scored_count, view.development["rows"]) == (402, 400)


def test_trees_never_decide(tenant_id: str) -> None:
    lived(300)
    trees = shadowed(grown())
    for officer in ("usr_one", "usr_two"):
        with pytest.raises(ChallengerNeverDecides):
            approve_scorecard(scorecard_id=trees.id, comment="示例", actor=officer, at=NOW)
    with pytest.raises(IntegrityError, match="trees_never_decide"), transaction.atomic():
        sql.rows("UPDATE risk_scorecard SET status = 'champion' WHERE version = 2 RETURNING 1")
    assert Scorecard.objects.get(pk=trees.id).status == "shadow"
    assert champions().scorecard_id == Scorecard.objects.get(version=1).id


def test_a_card_and_trees_run_in_shadow_beside_each_other(tenant_id: str) -> None:
    lived(300)
    trees = shadowed(grown())
    body = Scorecard.objects.get(version=1).body
    card = register_scorecard(
        body=body | {"base": {"handling": "separate", "points": 591}}, metrics={}, actor=ACTOR,
        at=NOW,
    )  # fmt: skip
    shadowed(card)
    rows = Scorecard.objects.filter(status="shadow").order_by("version")
    assert list(rows.values_list("id", flat=True)) == [trees.id, card.id]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE risk_scorecard SET kind = 'card' WHERE version = 2 RETURNING 1",
        "UPDATE risk_scorecard SET body = '{}' WHERE version = 2 RETURNING 1",
        "UPDATE risk_scorecard SET metrics = '{}' WHERE version = 2 RETURNING 1",
        "UPDATE risk_scorecard SET version = 9 WHERE version = 2 RETURNING 1",
        "DELETE FROM risk_scorecard WHERE version = 2 RETURNING 1",
    ],
)
def test_validated_trees_stay_as_they_are(tenant_id: str, statement: str) -> None:
    """Raw SQL: what the operations promise, the database keeps."""
    lived(300)
    trees = grown()
    validate_scorecard(scorecard_id=trees.id, comment="示例", actor="usr_one", at=NOW)
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        sql.rows(statement)
    found = Scorecard.objects.get(pk=trees.id)
    assert (found.sha256, found.kind, found.body) == (trees.sha256, "challenger", trees.body)


def test_each_kind_has_its_page_and_its_rules(tenant_id: str) -> None:
    lived(300)
    trees = grown()
    card = Scorecard.objects.get(version=1)
    with pytest.raises(ScorecardNotFound):
        scorecard_view(trees.id)
    for wrong in (card.id, "crd_x"):
        with pytest.raises(ScorecardNotFound):
            challenger_view(wrong)
    with pytest.raises(InvalidScorecard):
        register_scorecard(body=trees.body, metrics={}, actor=ACTOR, at=NOW)
    with pytest.raises(InvalidScorecard):
        register_scorecard(
            body=card.body, metrics={}, actor=ACTOR, at=NOW, kind=ScorecardKind.CHALLENGER
        )
    assert Scorecard.objects.count() == 2


def test_another_platform_sees_and_scores_nothing_of_it(tenant_id: str) -> None:
    lived(300)
    trees = shadowed(grown())
    with tenant_scope(new_tenant("else-test")):
        assert score_challenger(at=NOW) == 0
        with pytest.raises(ScorecardNotFound):
            challenger_view(trees.id)
        assert pairs(trees.id, label_def(ENDED), on=ENDED) == []
        assert Decision.objects.count() == 0
