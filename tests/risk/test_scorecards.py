"""The registry: five states, other people's eyes, nothing changes once it is validated."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.domain.canonical import sha256
from risk.domain.defaults import scorecard_body
from risk.errors import (
    InvalidScorecard,
    OtherPersonNeeded,
    ScorecardNotFound,
    ScorecardStatus,
    WhyNeeded,
)
from risk.models import Scorecard, ScorecardApproval
from risk.operations.decisions import replay
from risk.operations.scorecards import (
    approve_scorecard,
    register_scorecard,
    retire_scorecard,
    shadow_scorecard,
    validate_scorecard,
)
from risk.queries.champions import champions
from risk.scoring.build import code_sha256
from tenants.models import Merchant
from tests.platform_app.kernel import sql
from tests.risk.cast import NOW, ask, monthly_orders, new_tenant
from tests.risk.domain.figures import mixed_body

METRICS = {"auc": 0.81, "pd_ratio": 1.01}


def body(points: int = 595) -> dict[str, Any]:
    return scorecard_body() | {"base": {"handling": "separate", "points": points}}


def registered(points: int = 595, actor: str = "usr_drafter") -> Scorecard:
    return register_scorecard(body=body(points), metrics=METRICS, actor=actor, at=NOW)


def validate(card: Scorecard, actor: str = "usr_one", comment: str = "seen") -> Scorecard:
    return validate_scorecard(scorecard_id=card.id, comment=comment, actor=actor, at=NOW)


def shadow(card: Scorecard) -> Scorecard:
    return shadow_scorecard(scorecard_id=card.id, actor="usr_one", at=NOW)


def approve(card: Scorecard, actor: str, comment: str = "go") -> Scorecard:
    return approve_scorecard(scorecard_id=card.id, comment=comment, actor=actor, at=NOW)


def retire(card: Scorecard, reason: str = "no use") -> Scorecard:
    return retire_scorecard(scorecard_id=card.id, reason=reason, actor="usr_one", at=NOW)


def in_shadow(points: int = 595) -> Scorecard:
    return shadow(validate(registered(points)))


def statuses() -> list[tuple[int, str]]:
    return list(Scorecard.objects.order_by("version").values_list("version", "status"))


def told() -> list[str]:
    return list(AuditRecord.objects.order_by("position").values_list("action", flat=True))[2:]


def test_a_card_is_kept_with_what_it_was_built_by(tenant_id: str) -> None:
    card = registered()
    assert (card.version, card.status, card.sha256) == (2, "draft", sha256(body()))
    assert (card.metrics, card.code_sha256) == (METRICS, code_sha256())
    assert (card.drafted_by, card.drafted_at) == ("usr_drafter", NOW)
    assert registered(actor="usr_other").id == card.id
    assert told() == ["risk.scorecard.registered"]


def test_from_draft_to_deciding_by_three_people(tenant_id: str, merchant: Merchant) -> None:
    monthly_orders(merchant, 1_000_000)
    before = ask(merchant.id)
    card = in_shadow()
    assert champions().scorecard_id == before.scorecard_id
    assert approve(card, "usr_one").status == "shadow"
    done = approve(card, "usr_two")
    assert (done.status, done.in_force_at) == ("champion", NOW)
    assert statuses() == [(1, "retired"), (2, "champion")]
    former = Scorecard.objects.get(version=1)
    assert (former.retired_at, former.retired_reason) == (NOW, "succeeded by version 2")
    after = ask(merchant.id)
    assert (after.scorecard_id, after.score) == (card.id, before.score + 5)
    assert (replay(before.id), replay(after.id)) == (True, True)
    assert told() == [
        "risk.scorecard.registered", "risk.scorecard.validated", "risk.scorecard.shadowed",
        "risk.scorecard.approved", "risk.scorecard.retired", "risk.scorecard.promoted",
    ]  # fmt: skip
    names = Event.objects.filter(name__startswith="risk.scorecard.").values_list("name", flat=True)
    assert sorted(names) == sorted(told())


def test_a_new_challenger_sends_the_former_one_back(tenant_id: str) -> None:
    first = in_shadow(595)
    in_shadow(596)
    assert statuses() == [(1, "champion"), (2, "validated"), (3, "shadow")]
    assert shadow(Scorecard.objects.get(pk=first.id)).status == "shadow"
    assert statuses() == [(1, "champion"), (2, "shadow"), (3, "validated")]


def test_said_again_by_the_same_person_changes_nothing(tenant_id: str) -> None:
    card = registered()
    validate(card)
    validate(card)
    shadow(card)
    shadow(card)
    assert len(told()) == 3
    assert ScorecardApproval.objects.count() == 1


def test_the_drafter_decides_nothing_and_nobody_twice(tenant_id: str) -> None:
    card = registered()
    with pytest.raises(OtherPersonNeeded):
        validate(card, "usr_drafter")
    shadow(validate(card))
    with pytest.raises(OtherPersonNeeded):
        approve(card, "usr_drafter")
    approve(card, "usr_one")
    with pytest.raises(OtherPersonNeeded):
        approve(card, "usr_one")
    assert statuses() == [(1, "champion"), (2, "shadow")]
    assert ScorecardApproval.objects.filter(kind="champion").count() == 1


def test_each_act_needs_its_state(tenant_id: str) -> None:
    champion, draft = Scorecard.objects.get(), registered()
    before = told()
    for act, card in (
        (shadow, draft),
        (validate, champion),
        (shadow, champion),
        (retire, champion),
    ):
        with pytest.raises(ScorecardStatus):
            act(card)
    with pytest.raises(ScorecardStatus):
        approve(draft, "usr_two")
    retired = retire(draft)
    with pytest.raises(ScorecardStatus):
        retire(retired)
    assert (retired.status, retired.retired_reason) == ("retired", "no use")
    assert told() == [*before, "risk.scorecard.retired"]


@pytest.mark.parametrize("comment", ["", " \n"])
def test_a_decision_is_explained(tenant_id: str, comment: str) -> None:
    card = registered()
    with pytest.raises(WhyNeeded):
        validate(card, comment=comment)
    with pytest.raises(WhyNeeded):
        retire(card, comment)
    assert statuses() == [(1, "champion"), (2, "draft")]


def test_a_card_of_other_facts_is_refused(tenant_id: str) -> None:
    with pytest.raises(InvalidScorecard):
        register_scorecard(body=mixed_body(), metrics={}, actor="usr_one", at=NOW)
    assert statuses() == [(1, "champion")]


def test_another_platforms_card_is_not_there(tenant_id: str) -> None:
    card = registered()
    with tenant_scope(new_tenant("else-test")):
        for act in (validate, shadow, retire, lambda one: approve(one, "usr_two")):
            with pytest.raises(ScorecardNotFound):
                act(card)
    with pytest.raises(ScorecardNotFound):
        validate_scorecard(scorecard_id="crd_x", comment="x", actor="usr_one", at=NOW)
    with no_scope(), pytest.raises(NoScope):
        registered(600)
    assert statuses() == [(1, "champion"), (2, "draft")]


@pytest.mark.parametrize(
    "change",
    [
        {"body": {}}, {"sha256": "x"}, {"version": 9}, {"metrics": {}}, {"code_sha256": "x"},
        {"drafted_by": "usr_else"}, {"drafted_at": None}, {"status": "draft"},
        {"status": "champion"},
    ],
)  # fmt: skip
def test_the_database_keeps_a_validated_card_as_it_is(
    tenant_id: str, change: dict[str, Any]
) -> None:
    card = validate(registered())
    with pytest.raises(IntegrityError, match="does not"), transaction.atomic():
        Scorecard.objects.filter(pk=card.id).update(**change)
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        sql.rows("DELETE FROM risk_scorecard WHERE version = 2")
    assert Scorecard.objects.get(pk=card.id).body == body()


def test_a_draft_may_still_change_and_go(tenant_id: str) -> None:
    card = registered()
    Scorecard.objects.filter(pk=card.id).update(metrics={})
    Scorecard.objects.filter(pk=card.id).delete()
    assert statuses() == [(1, "champion")]


def test_the_database_allows_one_shadow(tenant_id: str) -> None:
    in_shadow()
    second = Scorecard(version=9, status="shadow", body={}, sha256="", tenant_id=tenant_id)
    with pytest.raises(IntegrityError, match="one_shadow"), transaction.atomic():
        second.save()
