"""Linked merchants: what links them, what they seem to do, and what a person makes of it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from platform_app.kernel import clock, crypto
from platform_app.kernel.errors import ReasonNeeded
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tasks import relay_dispatches
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk import errors
from risk.enums import FindingKind, TraitKind, WatchKind
from risk.models import FraudFinding, MerchantTrait, WatchEntry
from risk.operations.decisions import replay
from risk.operations.findings import confirm_finding, dismiss_finding, find_fraud
from risk.operations.traits import gather_traits, see_trait
from risk.queries.linked import MOST_SHARED, clusters, linked_facts, shared_marks
from risk.tasks import find_fraud as find_fraud_everywhere
from tenants.models import Merchant, Tenant
from tenants.operations.consents import give_consents
from tenants.operations.people import set_person
from tests.risk.cast import ACTOR, NOW, ask, monthly_orders, new_tenant, place_order
from tests.risk.links import ACCOUNT, firm, has, mirrors, ring

MORNING = NOW + timedelta(hours=20)


@pytest.fixture(autouse=True)
def keyed(tenant_id: str) -> None:
    crypto.create_data_key()


def everything() -> dict[str, Any]:
    watched: Any = (AuditRecord, Event, FraudFinding, MerchantTrait, WatchEntry)
    return {one.__name__: list(one.objects.order_by("id").values()) for one in watched}


def stays(refusal: type[Exception], act: Callable[[], Any]) -> None:
    before = everything()
    with pytest.raises(refusal), transaction.atomic():
        act()
    assert everything() == before


def facts(merchant: Merchant, at: Any = NOW) -> dict[str, Any]:
    return dict(linked_facts([merchant.id], at).get(merchant.id, {}))


def found() -> list[tuple[str, str, int]]:
    rows = FraudFinding.objects.order_by("id")
    return [(row.kind, row.status, len(row.merchants)) for row in rows]


def test_only_a_blind_index_and_a_mask_are_kept() -> None:
    one, other = ring(2)
    marks = MerchantTrait.objects.values_list("mark", "masked")
    assert len(set(marks)) == 1
    assert marks[0] == (
        crypto.blind_index(ACCOUNT, purpose="merchant.trait.bank_account"), "****4567",
    )  # fmt: skip
    has(one, f" {ACCOUNT[:4]} {ACCOUNT[4:]}")
    assert MerchantTrait.objects.count() == 2
    told: dict[str, Any] = {"kind": TraitKind.DEVICE, "masked": "x", "at": NOW}
    assert see_trait(merchant_id=other.id, value=" ", **told) is None
    with tenant_scope(new_tenant("else-keyed")):
        crypto.create_data_key()
        ring(1)
        assert MerchantTrait.objects.get().mark != marks[0][0]


def test_facts_count_what_was_known_before() -> None:
    alone = firm("alone")
    assert facts(alone) == {}
    has(alone, "6222029999")
    assert facts(alone) == {"linked_merchants_count": 0, "trait_sharers_count": 1}
    one, other, third = ring(3)
    has(third, "13800001234", kind=TraitKind.PHONE)
    has(alone, "13800001234", kind=TraitKind.PHONE)
    assert facts(one) == {
        "linked_merchants_count": 2, "trait_sharers_count": 3, "self_trade_share": None,
    }  # fmt: skip
    assert facts(third)["linked_merchants_count"] == 3
    assert facts(one, NOW - timedelta(hours=2)) == {}
    late = NOW + timedelta(days=31)
    assert facts(one, late)["trait_sharers_count"] == 0
    assert facts(other, late)["linked_merchants_count"] == 2


def test_the_mirrored_share_is_of_the_amounts() -> None:
    one, other = ring(2)
    mirrors(one, other, 3)
    place_order(one, clock.day_of(NOW) - timedelta(days=100), 3_000_003)
    far = clock.day_of(NOW) - timedelta(days=200)
    place_order(one, far, 777)
    place_order(other, far + timedelta(days=2), 777)
    total = 3_000_003 + 3_000_003 + 777
    assert facts(one)["self_trade_share"] == (Decimal(3_000_003) / total).quantize(
        Decimal("0.0001")
    )
    returned = place_order(one, clock.day_of(NOW) - timedelta(days=5), 1, status="returned")
    assert returned.amount_minor == 1
    stranger = firm("stranger")
    has(stranger, "6222021111")
    mirrors(stranger, firm("nobody"), 3)
    assert "self_trade_share" not in facts(stranger)


def test_what_too_many_have_links_nobody() -> None:
    many = ring(MOST_SHARED + 1)
    assert facts(many[0]) == {"linked_merchants_count": 0, "trait_sharers_count": MOST_SHARED + 1}
    assert clusters(shared_marks(as_of=NOW)) == {}


def test_groups_hang_together_through_others() -> None:
    one, other = ring(2)
    third, fourth = firm("T"), firm("F")
    for merchant in (other, third):
        has(merchant, "13800001234", kind=TraitKind.PHONE)
    for merchant in (fourth, firm("G")):
        has(merchant, "6222028888")
    group = clusters(shared_marks(as_of=NOW))
    assert group[one.id] == group[other.id] == group[third.id] != group[fourth.id]
    assert len(set(group.values())) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_facts_take_one_statement(count: int) -> None:
    merchants = [one.id for one in ring(count)]
    with CaptureQueriesContext(connection) as queries:
        assert len(linked_facts(merchants, NOW)) == count
    assert len(queries) == 1


def test_a_decision_keeps_them_and_replays(merchant: Merchant) -> None:
    monthly_orders(merchant, 5_000_000)
    before = ask(merchant.id)
    assert "more" not in before.facts
    has(merchant, ACCOUNT)
    ring(2)
    after = ask(merchant.id)
    assert after.facts["more"] == {
        "linked_merchants_count": 2, "trait_sharers_count": 3, "self_trade_share": "0.0000",
    }  # fmt: skip
    assert replay(before.id)
    assert replay(after.id)


def test_people_and_consents_leave_traits(tenant_id: str) -> None:
    one, other = firm("P1"), firm("P2")
    for merchant, role in ((one, "legal_representative"), (other, "applicant")):
        set_person(
            merchant_id=merchant.id, role=role, name="张示例", phone="13800001234", actor=ACTOR,
            at=NOW,
        )  # fmt: skip
    give_consents(
        merchant_id=one.id, codes=["bureau_query"], locale="zh-hans",
        evidence={"ip": "192.0.2.7", "user_agent": "Sample/1"}, actor=ACTOR, at=NOW,
    )  # fmt: skip
    with no_scope():
        relay_dispatches()
    kinds = MerchantTrait.objects.order_by("merchant_id", "kind").values_list("kind", flat=True)
    assert list(kinds) == ["device", "legal_representative", "phone", "phone"]
    assert facts(one, NOW + timedelta(seconds=1))["linked_merchants_count"] == 1
    assert not MerchantTrait.objects.filter(masked__contains="13800001234").exists()
    assert gather_traits(merchant_ids=None, at=NOW) == 0
    MerchantTrait.objects.all()
    assert gather_traits(merchant_ids=[one.id, other.id], at=NOW) == 0


def test_five_with_one_thing_in_a_month_are_a_finding_once() -> None:
    ring(4)
    assert find_fraud(actor="system:fraud", at=MORNING) == 0
    ring(5)
    assert find_fraud(actor="system:fraud", at=MORNING) == 1
    row = FraudFinding.objects.get()
    assert (row.kind, row.status, row.due_at - row.found_at) == (
        "organizer", "open", timedelta(days=2),
    )  # fmt: skip
    assert row.evidence == {
        "trait": "bank_account", "masked": "****4567", "merchants_count": 5, "fresh_count": 5,
    }  # fmt: skip
    before = everything()
    assert find_fraud(actor="system:fraud", at=MORNING) == 0
    assert everything() == before
    ring(6)
    assert find_fraud(actor="system:fraud", at=MORNING) == 0
    assert found() == [("organizer", "open", 6)]
    assert find_fraud(actor="system:fraud", at=MORNING + timedelta(days=40)) == 0


def test_mirrored_purchases_are_a_finding() -> None:
    one, other = ring(2)
    mirrors(one, other, 5)
    assert find_fraud(actor="system:fraud", at=MORNING) == 0
    mirrors(one, other, 6)
    assert find_fraud(actor="system:fraud", at=MORNING) == 1
    row = FraudFinding.objects.get()
    assert (row.kind, row.merchants) == ("self_trade", sorted([one.id, other.id]))
    assert row.evidence["mirrored_count"] == 11
    assert row.evidence["mirrored_minor"] == row.evidence["total_minor"]


def test_a_confirmed_one_puts_all_of_them_on_the_list() -> None:
    merchants = ring(5)
    find_fraud(actor="system:fraud", at=MORNING)
    row = FraudFinding.objects.get()
    told: dict[str, Any] = {
        "finding_id": row.id, "watch": WatchKind.BLOCK, "reason": "同一账户收款", "actor": ACTOR,
        "expires_on": clock.day_of(MORNING) + timedelta(days=90), "at": MORNING,
    }  # fmt: skip
    stays(ReasonNeeded, lambda: confirm_finding(**told | {"reason": " "}))
    past = told | {"expires_on": clock.day_of(MORNING)}
    stays(errors.WatchPeriod, lambda: confirm_finding(**past))
    done = confirm_finding(**told)
    assert (done.status, done.decided_by, done.reason) == ("confirmed", ACTOR, "同一账户收款")
    entries = WatchEntry.objects.order_by("merchant_id")
    assert [(one.merchant_id, one.kind, one.reason_code) for one in entries] == [
        (one, "block", "organized") for one in sorted(merchant.id for merchant in merchants)
    ]
    before = everything()
    confirm_finding(**told)
    assert everything() == before
    stays(
        errors.FindingDecided,
        lambda: dismiss_finding(finding_id=row.id, reason="x", actor=ACTOR, at=MORNING),
    )
    assert find_fraud(actor="system:fraud", at=MORNING) == 0
    actions = AuditRecord.objects.filter(subject=row.id).order_by("id")
    assert list(actions.values_list("action", "reason")) == [
        ("risk.finding.found", ""), ("risk.finding.confirmed", "同一账户收款"),
    ]  # fmt: skip


def test_a_dismissed_one_comes_back_only_with_others() -> None:
    ring(5)
    find_fraud(actor="system:fraud", at=MORNING)
    row = FraudFinding.objects.get()
    stays(
        ReasonNeeded,
        lambda: dismiss_finding(finding_id=row.id, reason="", actor=ACTOR, at=MORNING),
    )
    dismiss_finding(finding_id=row.id, reason="代账公司的账户", actor=ACTOR, at=MORNING)
    assert find_fraud(actor="system:fraud", at=MORNING) == 0
    ring(6)
    assert find_fraud(actor="system:fraud", at=MORNING) == 1
    assert found() == [("organizer", "dismissed", 5), ("organizer", "open", 6)]
    assert WatchEntry.objects.count() == 0
    stays(
        errors.FindingDecided,
        lambda: confirm_finding(
            finding_id=row.id, watch=WatchKind.WATCH, reason="x", actor=ACTOR, at=MORNING,
            expires_on=clock.day_of(MORNING) + timedelta(days=1),
        ),
    )  # fmt: skip


def test_another_platforms_findings_are_not_there(tenant_id: str) -> None:
    ring(5)
    find_fraud(actor="system:fraud", at=MORNING)
    row = FraudFinding.objects.get()
    with tenant_scope(new_tenant("else-found")):
        crypto.create_data_key()
        assert (find_fraud(actor="system:fraud", at=MORNING), found()) == (0, [])
        for key in (row.id, "nonsense"):
            with pytest.raises(errors.FindingNotFound):
                dismiss_finding(finding_id=key, reason="x", actor=ACTOR, at=MORNING)
    with no_scope(), pytest.raises(NoScope):
        find_fraud(actor="system:fraud", at=MORNING)
    with no_scope(), pytest.raises(NoScope):
        gather_traits(merchant_ids=None, at=MORNING)


def test_every_platform_is_looked_at_by_night(tenant_id: str) -> None:
    ring(5)
    with tenant_scope(new_tenant("else-night")):
        crypto.create_data_key()
        ring(6)
    with no_scope(), clock.travel(MORNING):
        assert (find_fraud_everywhere(), find_fraud_everywhere()) == (2, 0)
    assert Tenant.objects.count() >= 2
    assert {row[0] for row in found()} == {FindingKind.ORGANIZER}
