"""Lists: what they make of an answer, for how long, and who may take a merchant off."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from platform_app.kernel import clock
from platform_app.kernel.errors import NotFound, ReasonNeeded, SecondPersonNeeded
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk import errors
from risk.enums import Purpose, WatchKind, WatchReason
from risk.models import Decision, WatchEntry
from risk.operations.decisions import decide, decide_many, replay
from risk.operations.watch_list import add_watch_entry, appeal_watch_entry, end_watch_entry
from risk.values import RepaymentFacts
from tenants.models import Merchant, Tenant
from tests.credit import lives

pytestmark = pytest.mark.usefixtures("inside")
ONE, TWO = "usr_one", "usr_two"


@pytest.fixture
def merchant(inside: Tenant, at: datetime) -> Merchant:
    return lives.merchant_with_trade("P1", at - timedelta(hours=1))


def added(merchant: Merchant, at: datetime, kind: str = "block", **changes: Any) -> WatchEntry:
    told: dict[str, Any] = {
        "merchant_id": merchant.id, "kind": WatchKind(kind), "reason_code": WatchReason.IDENTITY,
        "comment": "证件与本人不符", "expires_on": clock.day_of(at) + timedelta(days=30),
        "actor": ONE, "at": at,
    }  # fmt: skip
    return add_watch_entry(**told | changes)


def decided(merchant: Merchant, at: datetime, purpose: Purpose = Purpose.APPLICATION) -> Decision:
    return decide(
        merchant_id=merchant.id, purpose=purpose, as_of=at, decided_at=at,
        repayment=RepaymentFacts.none(), actor=ONE,
    )  # fmt: skip


def everything() -> dict[str, Any]:
    watched: Any = (AuditRecord, Event, WatchEntry)
    return {one.__name__: list(one.objects.order_by("id").values()) for one in watched}


def stays(refusal: type[Exception], act: Callable[[], Any]) -> None:
    before = everything()
    with pytest.raises(refusal), transaction.atomic():
        act()
    assert everything() == before


@pytest.mark.parametrize(("kind", "outcome"), [("block", "decline"), ("watch", "refer")])
def test_a_list_answers_before_the_policy(
    merchant: Merchant, at: datetime, kind: str, outcome: str
) -> None:
    free = decided(merchant, at)
    assert free.outcome == "approve"
    assert "lists" not in free.facts
    entry = added(merchant, at, kind)
    caught = decided(merchant, at)
    assert (caught.outcome, caught.limit_minor, caught.annual_rate) == (outcome, 0, 0)
    assert caught.rule_hits == [f"list.{kind}.identity", *free.rule_hits]
    assert caught.reasons == ["overall_assessment"]
    assert (caught.score, caught.pd, caught.grade) == (free.score, free.pd, free.grade)
    many = decide_many(
        merchant_ids=[merchant.id], purpose=Purpose.LIMIT_REVIEW, as_of=at, decided_at=at,
        repayments={}, actor=ONE,
    )  # fmt: skip
    assert many[merchant.id].outcome == outcome
    end_watch_entry(entry_id=entry.id, reason="已核实", actor=TWO, at=at)
    assert decided(merchant, at).outcome == "approve"
    assert all(replay(one) for one in (free.id, caught.id, many[merchant.id].id))


def test_an_entry_ends_by_itself(merchant: Merchant, at: datetime) -> None:
    added(merchant, at, expires_on=clock.day_of(at) + timedelta(days=2))
    assert [decided(merchant, at + timedelta(days=n)).outcome for n in range(4)] == [
        "decline", "decline", "approve", "approve",
    ]  # fmt: skip


def test_the_same_entry_is_made_once_and_two_reasons_are_two(
    merchant: Merchant, at: datetime
) -> None:
    first = added(merchant, at)
    before = everything()
    assert added(merchant, at, comment="又一次").id == first.id
    assert everything() == before
    added(merchant, at, "watch", reason_code=WatchReason.DISPUTE)
    assert decided(merchant, at).rule_hits[:2] == ["list.block.identity", "list.watch.dispute"]


def test_an_entry_that_ran_out_is_listed_anew(merchant: Merchant, at: datetime) -> None:
    first = added(merchant, at, expires_on=clock.day_of(at) + timedelta(days=2))
    later = at + timedelta(days=2)
    assert decided(merchant, later).outcome == "approve"
    again = added(merchant, later, expires_on=clock.day_of(later) + timedelta(days=5))
    assert again.id != first.id
    assert decided(merchant, later).outcome == "decline"
    first.refresh_from_db()
    assert (first.status, first.ended_by, first.end_reason) == ("ended", "system:expiry", "expired")


def test_a_later_day_extends_an_entry_and_an_earlier_one_never_shortens_it(
    merchant: Merchant, at: datetime
) -> None:
    today = clock.day_of(at)
    first = added(merchant, at, expires_on=today + timedelta(days=2))
    longer = added(merchant, at, expires_on=today + timedelta(days=9), comment="仍未核实")
    assert (longer.id, longer.expires_on) == (first.id, today + timedelta(days=9))
    assert decided(merchant, at + timedelta(days=8)).outcome == "decline"
    told = AuditRecord.objects.filter(subject=first.id).order_by("id")
    assert list(told.values_list("action", "reason")) == [
        ("risk.watch_entry.added", "证件与本人不符"),
        ("risk.watch_entry.extended", "仍未核实"),
    ]
    before = everything()
    added(merchant, at, expires_on=today + timedelta(days=3))
    assert everything() == before


def test_an_appeal_is_answered_by_somebody_else(merchant: Merchant, at: datetime) -> None:
    entry = added(merchant, at)
    appealed = appeal_watch_entry(entry_id=entry.id, appeal="证件已更新", actor=ONE, at=at)
    assert (appealed.status, appealed.appeal) == ("appealed", "证件已更新")
    before = everything()
    appeal_watch_entry(entry_id=entry.id, appeal="再说一次", actor=ONE, at=at)
    assert everything() == before
    assert decided(merchant, at).outcome == "decline"
    stays(
        SecondPersonNeeded,
        lambda: end_watch_entry(entry_id=entry.id, reason="x", actor=ONE, at=at),
    )
    ended = end_watch_entry(entry_id=entry.id, reason="新证件已核验", actor=TWO, at=at)
    assert (ended.status, ended.ended_by, ended.end_reason) == ("ended", TWO, "新证件已核验")
    for act in (
        lambda: end_watch_entry(entry_id=entry.id, reason="x", actor=TWO, at=at),
        lambda: appeal_watch_entry(entry_id=entry.id, appeal="x", actor=TWO, at=at),
    ):
        stays(errors.WatchEntryEnded, act)
    again = added(merchant, at)
    assert again.id != entry.id


def test_what_is_refused(merchant: Merchant, at: datetime, other_tenant: Tenant) -> None:
    today = clock.day_of(at)
    stays(ReasonNeeded, lambda: added(merchant, at, comment=" "))
    stays(errors.WatchPeriod, lambda: added(merchant, at, expires_on=today))
    stays(errors.WatchPeriod, lambda: added(merchant, at, expires_on=today + timedelta(days=367)))
    stays(NotFound, lambda: added(merchant, at, merchant_id="nobody"))
    entry = added(merchant, at)
    stays(ReasonNeeded, lambda: end_watch_entry(entry_id=entry.id, reason="", actor=TWO, at=at))
    stays(ReasonNeeded, lambda: appeal_watch_entry(entry_id=entry.id, appeal="", actor=TWO, at=at))
    stays(
        errors.WatchEntryNotFound,
        lambda: end_watch_entry(entry_id="nonsense", reason="x", actor=TWO, at=at),
    )
    with tenant_scope(other_tenant.id):
        with pytest.raises(NotFound):
            added(merchant, at)
        with pytest.raises(errors.WatchEntryNotFound):
            end_watch_entry(entry_id=entry.id, reason="x", actor=TWO, at=at)
    with no_scope(), pytest.raises(NoScope):
        added(merchant, at)


def test_the_audit_chain_says_who_and_why(merchant: Merchant, at: datetime) -> None:
    entry = added(merchant, at)
    end_watch_entry(entry_id=entry.id, reason="已核实", actor=TWO, at=at)
    rows = AuditRecord.objects.filter(subject=entry.id).order_by("id")
    assert list(rows.values_list("action", "actor", "reason")) == [
        ("risk.watch_entry.added", ONE, "证件与本人不符"),
        ("risk.watch_entry.ended", TWO, "已核实"),
    ]
