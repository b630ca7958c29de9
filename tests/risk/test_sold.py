"""A salesperson as a shared trait: evidence beside something else, never anything by itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from platform_app.kernel import crypto
from platform_app.kernel.tenancy import tenant_scope
from risk.enums import TraitKind
from risk.models import FraudFinding, MerchantTrait
from risk.operations.decisions import replay
from risk.operations.findings import find_fraud
from risk.queries.findings import finding_view
from risk.queries.linked import clusters, linked_facts, shared_marks
from risk.queries.sold import sold_by
from tenants.models import Merchant
from tests.risk.cast import NOW, ask, monthly_orders, new_tenant
from tests.risk.links import firm, has, mirrors

MORNING = NOW + timedelta(hours=20)
SELLER = "sls_00000000000000000000000001"
DEVICE = "192.0.2.7|Sample/1"


@pytest.fixture(autouse=True)
def keyed(tenant_id: str) -> None:
    crypto.create_data_key()


def sold(count: int, device: bool = True) -> list[Merchant]:  # noqa: FBT001, FBT002 -- reads well here
    """So many firms that one salesperson brought, with one device among them or none."""
    found = [firm(f"S-{number}") for number in range(count)]
    for one in found:
        has(one, SELLER, kind=TraitKind.SALESPERSON)
        if device:
            has(one, DEVICE, kind=TraitKind.DEVICE)
    return found


def findings() -> list[dict[str, Any]]:
    return [row.evidence for row in FraudFinding.objects.order_by("id")]


def test_a_salesperson_alone_links_nobody() -> None:
    many = sold(8, device=False)
    mirrors(many[0], many[1], 8)
    assert linked_facts([one.id for one in many], NOW) == {}
    assert clusters(shared_marks(as_of=MORNING)) == {}
    assert find_fraud(actor="system:fraud", at=MORNING) == 0


def test_three_with_a_device_are_no_finding_without_one() -> None:
    for number in range(3):
        has(firm(f"D-{number}"), DEVICE, kind=TraitKind.DEVICE)
    assert find_fraud(actor="system:fraud", at=MORNING) == 0


def test_three_with_a_device_that_one_salesperson_brought_are() -> None:
    sold(2)
    assert find_fraud(actor="system:fraud", at=MORNING) == 0
    three = sold(3)
    has(firm("D-9"), DEVICE, kind=TraitKind.DEVICE)
    assert find_fraud(actor="system:fraud", at=MORNING) == 1
    row = FraudFinding.objects.get()
    assert (row.kind, len(row.merchants)) == ("organizer", 4)
    assert row.evidence == {
        "trait": "device", "masked": f"****{DEVICE[-4:]}", "merchants_count": 4, "fresh_count": 4,
        "salesperson": f"****{SELLER[-4:]}", "sold_count": 3,
    }  # fmt: skip
    assert find_fraud(actor="system:fraud", at=MORNING) == 0
    shared = {one.kind: len(one.seen) for one in finding_view(row.id).shared}
    assert shared == {TraitKind.DEVICE: 4, TraitKind.SALESPERSON: 3}
    assert {one.id for one in three} < set(row.merchants)


def test_five_with_a_device_are_what_they_were() -> None:
    """Without a salesperson the evidence has the keys it always had."""
    for number in range(5):
        has(firm(f"D-{number}"), DEVICE, kind=TraitKind.DEVICE)
    assert find_fraud(actor="system:fraud", at=MORNING) == 1
    assert findings() == [
        {
            "trait": "device", "masked": f"****{DEVICE[-4:]}", "merchants_count": 5,
            "fresh_count": 5,
        }
    ]  # fmt: skip


def test_decisions_take_no_notice_and_replay(merchant: Merchant) -> None:
    monthly_orders(merchant, 5_000_000)
    before = ask(merchant.id)
    sold(6, device=False)
    has(merchant, SELLER, kind=TraitKind.SALESPERSON)
    after = ask(merchant.id)
    assert "more" not in before.facts
    assert (after.facts, after.outcome, after.limit_minor) == (
        before.facts, before.outcome, before.limit_minor,
    )  # fmt: skip
    assert replay(before.id)
    assert replay(after.id)


def test_a_reviewer_sees_what_else_is_shared(merchant: Merchant) -> None:
    assert sold_by(merchant.id, as_of=NOW) == []
    has(merchant, SELLER, kind=TraitKind.SALESPERSON)
    sold(2)
    sold(4, device=False)
    (alone,) = sold_by(merchant.id, as_of=NOW)
    assert (alone.others_count, alone.sharing_count, alone.shared) == (4, 0, ())
    has(merchant, DEVICE, kind=TraitKind.DEVICE)
    with CaptureQueriesContext(connection) as queries:
        (found,) = sold_by(merchant.id, as_of=NOW)
    assert len(queries) == 1
    assert (found.masked, found.others_count, found.sharing_count, found.shared) == (
        f"****{SELLER[-4:]}", 4, 2, (TraitKind.DEVICE,),
    )  # fmt: skip
    assert sold_by(merchant.id, as_of=NOW - timedelta(days=1)) == []
    with tenant_scope(new_tenant("else-sold")):
        assert sold_by(merchant.id, as_of=NOW) == []
        assert MerchantTrait.objects.count() == 0
