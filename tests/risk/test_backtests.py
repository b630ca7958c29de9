"""A back-test on stored decisions: by hand for four merchants, case by case for a crowd."""

import json
from datetime import timedelta
from fractions import Fraction
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from platform_app.kernel.errors import Invalid
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.money import round_minor
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.domain import scorecard_body
from risk.domain.defaults import scorecard_body as default_card
from risk.domain.facts import restore
from risk.domain.policy_body import parse
from risk.domain.verdict import judge
from risk.errors import NoChampion, PolicyFindings, PolicyNotFound
from risk.models import Decision, Policy
from risk.operations.backtests import BackTest, backtest_policy
from risk.operations.policy_drafts import draft_policy
from risk.queries import champions
from risk.scoring.backtest import Loser, Move, size_of
from tenants.models import Merchant
from tests.risk.cast import ACTOR, NOW, ask, ask_many, crowd, install, new_tenant
from tests.risk.domain.figures import default_body

LATER = NOW + timedelta(days=1)


def halved() -> dict[str, Any]:
    """Half the turnover for grades A to C, and no thin files at all."""
    body = default_body()
    body["stages"][0]["rows"][3]["when"] = {"tenure_days": {"range": [None, 180]}}
    body["limit"]["months_by_grade"] |= {"A": "0.75", "B": "0.6", "C": "0.45"}
    body["price"] |= {"A": "0.0715", "B": "0.0881", "C": "0.0960"}
    return body


def draft(body: dict[str, Any]) -> int:
    return int(draft_policy(body=body, actor=ACTOR, at=NOW).version)


def backtest(version: int, **changes: Any) -> BackTest:
    asked: dict[str, Any] = {"version": version, "months": 6, "at": LATER}
    return backtest_policy(**asked | changes)


def test_a_policy_against_itself_moves_nothing(tenant_id: str) -> None:
    decided = ask_many(crowd(6)).values()
    found = backtest(draft(default_body()))
    limit = sum(one.limit_minor for one in decided)
    approved = sum(one.outcome == "approve" for one in decided)
    total = found.moved.total
    assert (found.version, found.in_force_version, total.cases_count) == (2, 1, 6)
    assert (total.approved_before_count, total.approved_after_count) == (approved, approved)
    assert (total.limit_before_minor, total.limit_after_minor) == (limit, limit)
    assert (total.in_count, total.out_count, found.moved.losers) == (0, 0, ())
    assert approved not in {0, 6}


def test_what_a_draft_moves_is_what_judging_case_by_case_says(tenant_id: str) -> None:
    decided = list(ask_many(crowd(9)).values())
    Merchant.objects.filter(pk__in=[one.merchant_id for one in decided[::2]]).update(
        category="cotton"
    )
    card, policy = scorecard_body.parse(default_card()), parse(halved())
    after = {one.id: judge(card, policy, *restore(one.facts)) for one in decided}

    def a_year(side: list[Any]) -> int:
        return round_minor(
            sum(Fraction(one.annual_rate) * one.limit_minor for one in side), "half_up"
        )

    def move(rows: list[Decision]) -> Move:
        pairs = [(one, after[one.id]) for one in rows]
        loss = [
            6 * sum(one.limit_minor * int(one.pd * 10**8) for one in side)
            for side in ([a for a, _ in pairs], [b for _, b in pairs])
        ]
        both = [(a, b) for a, b in pairs if a.outcome == b.outcome == "approve"]
        return Move(
            cases_count=len(rows),
            approved_before_count=sum(a.outcome == "approve" for a, _ in pairs),
            approved_after_count=sum(b.outcome == "approve" for _, b in pairs),
            in_count=sum(a.outcome != "approve" == b.outcome for a, b in pairs),
            out_count=sum(a.outcome == "approve" != b.outcome for a, b in pairs),
            limit_before_minor=sum(a.limit_minor for a, _ in pairs),
            limit_after_minor=sum(b.limit_minor for _, b in pairs),
            dearer_count=sum(a.annual_rate < b.annual_rate for a, b in both),
            cheaper_count=sum(a.annual_rate > b.annual_rate for a, b in both),
            loss_before_minor=(2 * loss[0] + 10**9) // (2 * 10**9),
            loss_after_minor=(2 * loss[1] + 10**9) // (2 * 10**9),
            interest_before_minor=a_year([a for a, _ in pairs]),
            interest_after_minor=a_year([b for _, b in pairs]),
        )

    moved = backtest(draft(halved())).moved
    assert moved.total == move(decided)
    assert moved.total.out_count > 0
    assert moved.total.limit_after_minor not in {0, moved.total.limit_before_minor}
    of_category = {one.name: one.move for one in moved.segments if one.kind == "category"}
    assert of_category == {"cotton": move(decided[::2]), "": move(decided[1::2])}
    of_grade = [one.move.cases_count for one in moved.segments if one.kind == "grade"]
    assert sum(of_grade) == 9
    of_size = {one.name: one.move for one in moved.segments if one.kind == "size"}
    sizes = {one.id: size_of(restore(one.facts)[0]) for one in decided}
    assert of_size == {
        name: move([one for one in decided if sizes[one.id] == name])
        for name in set(sizes.values())
    }
    assert len(of_size) > 1
    assert moved.total.dearer_count + moved.total.cheaper_count > 0
    losers = [
        Loser(merchant_id=one.merchant_id, before_minor=one.limit_minor,
              after_minor=after[one.id].limit_minor)
        for one in decided if after[one.id].limit_minor * 10 < one.limit_minor * 7
    ]  # fmt: skip
    losers.sort(key=lambda one: (one.after_minor - one.before_minor, one.merchant_id))
    assert (list(moved.losers), bool(losers)) == (losers, True)


def test_each_merchant_counts_once_by_its_latest_decision_in_the_window(tenant_id: str) -> None:
    (merchant_id,) = crowd(1)
    for days in (400, 3, 2):
        moment = NOW - timedelta(days=days)
        ask(merchant_id, as_of=moment, decided_at=moment)
    version = draft(halved())
    assert backtest(version).moved.total.cases_count == 1
    assert backtest(version, at=NOW - timedelta(days=10)).moved.total.cases_count == 0
    before = backtest(version, months=1, at=NOW - timedelta(days=2))
    assert (before.moved.total.cases_count, before.since.isoformat()) == (
        1,
        "2026-04-18T00:00:00+08:00",
    )


def test_it_only_reads(tenant_id: str) -> None:
    ask_many(crowd(3))
    version = draft(halved())
    count = (Decision.objects.count(), Policy.objects.count(), AuditRecord.objects.count())
    backtest(version)
    now = (Decision.objects.count(), Policy.objects.count(), AuditRecord.objects.count())
    assert now == count


def test_what_is_not_tried(tenant_id: str) -> None:
    body = halved()
    body["stages"][3]["rows"][3]["when"] = {"grade": {"in": ["A", "B"]}}
    del body["stages"][3]["rows"][4]
    version = draft(body)
    with pytest.raises(PolicyFindings):
        backtest(version)
    with pytest.raises(Invalid):
        backtest(version, months=0)
    with tenant_scope(new_tenant("other-test")):
        with pytest.raises(PolicyNotFound):
            backtest(version)
        with pytest.raises(NoChampion):
            backtest(draft(halved()))
        install()
        assert backtest(1).moved.total.cases_count == 0
    with no_scope(), pytest.raises(NoScope):
        backtest(version)


def run(*arguments: str) -> str:
    out = StringIO()
    try:
        with no_scope():
            call_command("backtest_policy", *arguments, stdout=out)
    finally:
        champions.forget_versions()
    return out.getvalue()


def test_on_the_command_line(tenant_id: str) -> None:
    ask_many(crowd(6))
    asked = ("--version", str(draft(halved())), "--tenant", "fang-test")
    found = json.loads(run(*asked, "--json"))
    assert (found["version"], found["in_force_version"]) == (2, 1)
    assert set(found["moved"]) == {"total", "segments", "losers"}
    told = run(*asked).splitlines()
    assert told[0].startswith("policy 2 against 1 in force, ")
    assert told[1].startswith("all: approved ")
    with pytest.raises(CommandError, match="There is no policy with this id"):
        run("--version", "9", "--tenant", "fang-test")
    with pytest.raises(CommandError, match="there is no platform nobody"):
        run("--version", "2", "--tenant", "nobody")
