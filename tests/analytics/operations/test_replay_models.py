"""The models of a replayed life: fitted monthly, let in by two officers, judged on later months."""

from datetime import date

import pytest
from django.db import transaction

from analytics.operations.monitoring import monitor_platform
from analytics.operations.replay_models import MODELER, OFFICERS, refit, turn_month
from platform_app.kernel import clock
from risk.domain.labels import label_def
from risk.models import MaturedOutcome, Scorecard, ScorecardApproval
from risk.queries.champions import champions
from risk.queries.training import matured_cases
from risk.scoring.later import NOTHING_FITTED, judged_later
from tenants.models import Tenant
from tests.risk.matured import lived

MAY, LATER = date(2026, 5, 31), date(2027, 5, 31)


def versions() -> list[tuple[int, str, str]]:
    rows = Scorecard.objects.order_by("version")
    return list(rows.values_list("version", "status", "drafted_by"))


def test_a_month_ends_with_the_pooled_card_in_force(inside: Tenant) -> None:
    lived(500, shift=0.4)
    card = refit(on=MAY)
    assert card is not None
    assert versions()[1:] == [(2, "champion", MODELER)]
    assert (champions().scorecard_id, card.in_force_at) == (
        card.id, clock.moment_on(date(2026, 6, 1)),
    )  # fmt: skip
    said = ScorecardApproval.objects.filter(scorecard=card, kind="champion").order_by("id")
    assert tuple(said.values_list("actor", flat=True)) == OFFICERS
    assert refit(on=MAY) is None
    assert len(versions()) == 2


def test_a_refit_that_was_killed_leaves_nothing_and_comes_out_the_same(inside: Tenant) -> None:
    lived(500, shift=0.4)
    seen: list[str] = []

    def killed() -> None:
        with transaction.atomic():
            card = refit(on=MAY)
            seen.append(card.sha256 if card else "")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        killed()
    assert len(versions()) == 1
    again = refit(on=MAY)
    assert [again and again.sha256] == seen


def test_few_cases_fit_nothing(inside: Tenant) -> None:
    lived(60)
    assert refit(on=MAY) is None
    assert [status for _, status, _ in versions()] == ["champion"]
    told = judged_later(on=LATER)
    assert (told["auc"], told["pd_ratio"], told["judged_cases"]) == (None, None, 0)
    assert told["not_judged"] == NOTHING_FITTED


def test_the_card_is_judged_on_months_that_began_later(inside: Tenant) -> None:
    lived(500, shift=0.4)
    refit(on=MAY)
    assert judged_later(on=LATER)["not_judged"].startswith("20 good and 20 bad")
    bad = lived(400, seed=9, first=date(2026, 6, 1), ended=LATER, shift=0.4)
    told = judged_later(on=LATER)
    assert (told["cards_fitted"], told["judged_cases"], told["judged_bad"]) == (1, 400, bad)
    low, high = told["auc_interval"]
    assert 0.6 < low < told["auc"] < high
    low, high = told["pd_ratio_interval"]
    assert low < 1 < high
    assert told["not_judged"] == ""
    assert judged_later(on=LATER) == told
    assert judged_later(on=date(2026, 5, 31))["judged_cases"] == 0


def test_only_the_first_of_a_month_turns_it(inside: Tenant) -> None:
    lived(500, shift=0.4)
    turn_month(date(2026, 6, 2))
    assert len(versions()) == 1


def test_the_nightly_look_keeps_outcomes(inside: Tenant) -> None:
    """Nothing has been drawn here, so nothing has matured; and the look still looks."""
    found = monitor_platform(on=MAY, actor="system", at=clock.moment_on(MAY, 23))
    assert MaturedOutcome.objects.count() == 0
    assert matured_cases(label_def(MAY), on=MAY) == []
    assert found.readings_count > 0
