"""Caps and LPR: proposed by one person, standing only when another has approved."""

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from credit import errors
from credit.models import CapRule, LprRate, ReferenceChange
from credit.operations.reference_changes import (
    approve_reference_change,
    propose_reference_change,
    reject_reference_change,
)
from credit.queries.caps import lpr_on, rules_in_force
from platform_app.kernel import ids
from platform_app.kernel.errors import DomainError, ReasonNeeded, SecondPersonNeeded

pytestmark = pytest.mark.django_db
LPR = {"term": "1Y", "on": "2026-12-21", "value": "0.0290", "source_url": "https://example.com/lpr"}
RULE = {
    "licence_type": "trust", "product_kind": "loan", "from_on": "2026-06-01", "kind": "fixed",
    "value": "0.2", "severity": "block", "basis": "示例", "source": "示例通知",
}  # fmt: skip


def propose(at: datetime, table: str = "lpr_rate", /, **change: Any) -> ReferenceChange:
    payload = {**(LPR if table == "lpr_rate" else RULE), **change}
    return propose_reference_change(
        kind=table, payload=payload, reason="按公告更新", actor="usr_one", at=at
    )


def approve(change: ReferenceChange, at: datetime, actor: str = "usr_two") -> ReferenceChange:
    return approve_reference_change(change_id=change.id, actor=actor, at=at)


def tables() -> list[Any]:
    return [
        list(LprRate.objects.order_by("id").values()),
        list(CapRule.objects.order_by("id").values()),
    ]


def refuse(error: type[DomainError], act: partial[Any]) -> DomainError:
    before = tables(), list(ReferenceChange.objects.order_by("id").values())
    with pytest.raises(error) as caught:
        act()
    assert (tables(), list(ReferenceChange.objects.order_by("id").values())) == before
    return caught.value


def test_what_is_seeded() -> None:
    assert LprRate.objects.get().value == Decimal("0.03")
    assert lpr_on(date(2025, 5, 19)) is None
    on = date(2026, 3, 2)

    def caps(licence: str, day: date = on) -> list[tuple[Decimal | None, bool]]:
        rules = rules_in_force(licence_type=licence, product_kind="loan", on=day)
        return [(rule.cap, rule.is_block) for rule in rules]

    assert caps("bank") == [(Decimal("0.24"), True)]
    assert caps("microloan") == [(Decimal("0.12"), False), (Decimal("0.24"), True)]
    assert caps("microloan", date(2027, 12, 31)) == caps("microloan")
    assert caps("microloan", date(2028, 1, 1)) == [(Decimal("0.12"), True), (Decimal("0.24"), True)]
    assert caps("none") == [(Decimal("0.12"), True)]
    assert caps("none", date(2025, 5, 19)) == [(None, True)]
    assert caps("trust") == []
    assert caps("bank", date(2025, 9, 30)) == []


def test_nothing_stands_before_another_person_approves(at: datetime) -> None:
    before = tables()
    change = propose(at)
    assert tables() == before
    approve(change, at)
    newest = lpr_on(date(2026, 12, 21))
    assert newest is not None
    assert (newest.value, newest.change_id) == (Decimal("0.029"), change.id)
    assert lpr_on(date(2026, 12, 20)) == LprRate.objects.get(on=date(2025, 5, 20))
    [rule] = rules_in_force(licence_type="none", product_kind="loan", on=date(2026, 12, 21))
    assert rule.cap == Decimal("0.116")


def test_the_change_keeps_what_stood_there_before(at: datetime) -> None:
    approve(propose(at), at)
    again = approve(propose(at, value="0.0280", notice="更正"), at)
    assert again.before == {**LPR, "value": "0.029", "notice": ""}
    assert LprRate.objects.filter(on=date(2026, 12, 21)).count() == 1
    rule = CapRule.objects.get(licence_type="bank")
    changed = approve(propose(at, "cap_rule", id=rule.id, licence_type="bank", value="0.22"), at)
    rule.refresh_from_db()
    assert (rule.value, rule.change_id) == (Decimal("0.22"), changed.id)
    assert changed.before["value"] == "0.24"


def test_a_new_rule(at: datetime) -> None:
    approve(propose(at, "cap_rule", to_on="2027-01-01"), at)
    [rule] = rules_in_force(licence_type="trust", product_kind="loan", on=date(2026, 6, 1))
    assert (rule.cap, rule.is_block, rule.basis) == (Decimal("0.2"), True, "示例")
    for kind, day in (("factoring", date(2026, 6, 1)), ("loan", date(2027, 1, 1))):
        assert rules_in_force(licence_type="trust", product_kind=kind, on=day) == []


def test_whoever_proposed_does_not_approve(at: datetime) -> None:
    change = propose(at)
    refuse(SecondPersonNeeded, partial(approve, change, at, "usr_one"))


def test_a_change_is_decided_once(at: datetime) -> None:
    approved = approve(propose(at), at)
    refuse(errors.ReferenceChangeDecided, partial(approve, approved, at))
    rejected = propose(at)
    turn_down = partial(reject_reference_change, change_id=rejected.id, actor="usr_two", at=at)
    refuse(ReasonNeeded, partial(turn_down, reason="  "))
    turn_down(reason="数字抄错了")
    rejected.refresh_from_db()
    assert (rejected.status, rejected.rejected_by, rejected.rejected_reason) == (
        "rejected", "usr_two", "数字抄错了",
    )  # fmt: skip
    refuse(errors.ReferenceChangeDecided, partial(approve, rejected, at))
    refuse(
        errors.ReferenceChangeNotFound,
        partial(approve_reference_change, change_id=ids.new_id("rfc"), actor="usr_two", at=at),
    )


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("lpr_rate", {"value": "0"}),
        ("lpr_rate", {"value": "3.00"}),
        ("lpr_rate", {"value": "NaN"}),
        ("lpr_rate", {"value": "three"}),
        ("lpr_rate", {"term": "2Y"}),
        ("lpr_rate", {"on": "21.12.2026"}),
        ("lpr_rate", {"source_url": " "}),
        ("cap_rule", {"value": "24"}),
        ("cap_rule", {"kind": "lpr_multiple", "value": "11"}),
        ("cap_rule", {"severity": "shrug"}),
        ("cap_rule", {"product_kind": "lottery"}),
        ("cap_rule", {"to_on": "2026-06-01"}),
        ("cap_rule", {"basis": ""}),
        ("cap_rule", {"id": "cap_nonsense"}),
        ("cap_rule", {"id": "cap_01h2xcejqtf2nbrexx3vqjhp41"}),
    ],
)
def test_what_cannot_stand_is_not_even_proposed(
    at: datetime, kind: str, change: dict[str, str]
) -> None:
    refuse(errors.BadReferenceData, partial(propose, at, kind, **change))


def test_no_table_and_no_reason(at: datetime) -> None:
    act = partial(propose_reference_change, payload=LPR, actor="usr_one", at=at)
    refuse(errors.BadReferenceData, partial(act, kind="calendar", reason="x"))
    refuse(ReasonNeeded, partial(act, kind="lpr_rate", reason=" "))


def refused_by_the_database(constraint: str, act: partial[Any]) -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        act()
    cause: Any = caught.value.__cause__
    assert cause.diag.constraint_name == constraint


def test_the_database_holds_it_too(at: datetime) -> None:
    guard = "credit_reference_by_two_people"
    change = propose(at)
    rates, rules = LprRate.objects.all(), CapRule.objects.all()
    row = {"term": "1Y", "on": date(2027, 1, 20), "value": Decimal("0.01"), "source_url": "x"}
    refused_by_the_database(guard, partial(LprRate.objects.create, **row))
    refused_by_the_database(guard, partial(LprRate.objects.create, **row, change=change))
    refused_by_the_database(guard, partial(rates.update, value=Decimal("0.01")))
    refused_by_the_database(guard, partial(rules.update, severity="warn"))
    refused_by_the_database(guard, partial(rules._raw_delete, "default"))
    mine = ReferenceChange.objects.filter(pk=change.pk)
    alone = {"status": "approved", "approved_by": "usr_one", "applied_at": at}
    refused_by_the_database("credit_referencechange_two_people", partial(mine.update, **alone))
    nobody = {"status": "approved", "applied_at": at}
    refused_by_the_database("credit_referencechange_status", partial(mine.update, **nobody))
    final = "credit_reference_change_is_final"
    refused_by_the_database(final, partial(mine.update, payload={}))
    approve(change, at)
    refused_by_the_database(final, partial(mine.update, reason="另一个理由"))
    refused_by_the_database(final, partial(mine._raw_delete, "default"))
    refused_by_the_database(
        guard, partial(LprRate.objects.filter(change=change).update, value=Decimal("0.01"))
    )
