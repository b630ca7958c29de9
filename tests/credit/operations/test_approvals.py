"""Two people for what costs most: asked by one, decided by another, done once."""

from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from credit.errors import (
    ApprovalDecided,
    ApprovalNotFound,
    ApprovalWaiting,
    ExternalIdConflict,
    RefundTooLarge,
)
from credit.models import Approval, CreditLine, Drawdown, JournalEntry, LoanEvent
from credit.operations import servicing
from credit.operations.approvals import approve, do_or_ask, reject, request_approval
from credit.operations.servicing import Act
from credit.operations.servicing_acts import Asked
from platform_app.kernel import audit
from platform_app.kernel.errors import SecondPersonNeeded
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives

pytestmark = pytest.mark.django_db
ALICE, BOB = "usr_alice", "usr_bob"
WRITE_OFF = Asked(kind="write_off")
BIG_REFUND = Asked(kind="refund", amount_minor=5_000_001)


@pytest.fixture
def line(inside: Tenant, at: datetime) -> CreditLine:
    merchant = lives.merchant_with_trade("P1", at, order_minor=20_000_000)
    return lives.line_of(merchant, at)


@pytest.fixture
def drawdown(line: CreditLine, at: datetime) -> Drawdown:
    return lives.drawn(line, 6_000_000, "SO-1", at)


def act(drawdown: Drawdown, at: datetime, key: str = "act-1", actor: str = ALICE) -> Act:
    return Act(drawdown_id=drawdown.id, external_id=key, actor=actor, at=at)


def decision(approval: Approval, at: datetime, actor: str = BOB) -> dict[str, Any]:
    return {"approval_id": approval.id, "reason": "核对无误", "actor": actor, "at": at}


def asked(drawdown: Drawdown, at: datetime, wanted: Asked = WRITE_OFF) -> Approval:
    found = do_or_ask(act(drawdown, at), wanted, reason="无法联系")
    assert isinstance(found, Approval)
    return found


def footprint() -> tuple[Any, ...]:
    return (
        LoanEvent.objects.count(),
        JournalEntry.objects.count(),
        list(Approval.objects.values()),
        list(Drawdown.objects.values_list("version", "status")),
        Event.objects.count(),
        AuditRecord.objects.count(),
    )


def test_a_write_off_waits_for_a_second_person(drawdown: Drawdown, at: datetime) -> None:
    later = lives.close_until(date(2026, 6, 1))
    before = LoanEvent.objects.count()
    approval = asked(drawdown, later)
    assert (approval.status, approval.requested_by) == ("pending", ALICE)
    # principal, 15 days of interest at 7.2 %, 61 days of penalty at 10.8 %
    assert approval.amount_minor == 6_000_000 + 17_753 + 108_296
    assert LoanEvent.objects.count() == before

    event = approve(**decision(approval, later))

    approval.refresh_from_db()
    drawdown.refresh_from_db()
    assert (event.kind, event.key, event.actor) == ("write_off", "act-1", BOB)
    assert (approval.status, approval.decided_by) == ("approved", BOB)
    assert drawdown.status == "written_off"
    records = AuditRecord.objects.filter(subject=drawdown.id).order_by("position")
    assert [(one.action, one.actor, one.reason) for one in records] == [
        ("credit.approval.requested", ALICE, "无法联系"),
        ("credit.approval.approved", BOB, "核对无误"),
        ("credit.drawdown.write_off", BOB, "无法联系"),
    ]
    assert audit.first_broken_link() is None
    names = Event.objects.filter(subject=drawdown.id).order_by("id").values_list("name", flat=True)
    assert list(names)[-3:] == [
        "credit.approval.requested", "credit.drawdown.write_off", "credit.approval.approved",
    ]  # fmt: skip


def test_asking_and_approving_twice_is_once(drawdown: Drawdown, at: datetime) -> None:
    approval = asked(drawdown, at)
    before = footprint()
    assert asked(drawdown, at) == approval
    assert footprint() == before
    event = approve(**decision(approval, at))
    before = footprint()
    assert approve(**decision(approval, at)) == event
    assert do_or_ask(act(drawdown, at), WRITE_OFF, reason="again") == event
    assert footprint() == before


def test_small_acts_are_done_at_once_with_their_reason(drawdown: Drawdown, at: datetime) -> None:
    wanted = Asked(kind="refund", amount_minor=5_000_000)
    event = do_or_ask(act(drawdown, at), wanted, reason="退货 3 箱")
    assert isinstance(event, LoanEvent)
    assert do_or_ask(act(drawdown, at), wanted, reason="退货 3 箱") == event
    [record] = AuditRecord.objects.filter(subject=drawdown.id)
    assert (record.action, record.reason, record.after) == (
        "credit.drawdown.refund", "退货 3 箱", {"event": event.id, "amount_minor": 5_000_000},
    )  # fmt: skip
    assert Approval.objects.count() == 0


def test_a_rejected_act_never_happens(drawdown: Drawdown, at: datetime) -> None:
    approval = asked(drawdown, at, BIG_REFUND)
    assert approval.amount_minor == 5_000_001
    assert reject(**decision(approval, at)).status == "rejected"
    before = footprint()
    reject(**decision(approval, at))
    with pytest.raises(ApprovalDecided):
        approve(**decision(approval, at))
    assert footprint() == before
    assert LoanEvent.objects.filter(kind="refund").count() == 0


def test_nobody_approves_their_own_request(drawdown: Drawdown, at: datetime) -> None:
    approval = asked(drawdown, at)
    before = footprint()
    with pytest.raises(SecondPersonNeeded):
        approve(**decision(approval, at, ALICE))
    with pytest.raises(SecondPersonNeeded):
        reject(**decision(approval, at, ALICE))
    assert footprint() == before
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.update(status="approved", decided_by=ALICE, decided_at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.update(status="approved")


def test_one_request_of_a_kind_waits_at_a_time(drawdown: Drawdown, at: datetime) -> None:
    asked(drawdown, at)
    before = footprint()
    with pytest.raises(ApprovalWaiting):
        do_or_ask(act(drawdown, at, "act-2"), WRITE_OFF, reason="x")
    with pytest.raises(ExternalIdConflict):
        request_approval(act(drawdown, at), BIG_REFUND, reason="x")
    assert footprint() == before


def test_what_became_impossible_is_not_decided(drawdown: Drawdown, at: datetime) -> None:
    approval = asked(drawdown, at, BIG_REFUND)
    other = act(drawdown, at, "act-2")
    servicing.refund_drawdown(other, amount_minor=2_000_000)
    before = footprint()
    with pytest.raises(RefundTooLarge):
        approve(**decision(approval, at))
    with pytest.raises(RefundTooLarge):
        do_or_ask(act(drawdown, at, "act-3"), BIG_REFUND, reason="x")
    assert footprint() == before


def test_another_tenant_finds_no_request(
    drawdown: Drawdown, other_tenant: Tenant, at: datetime
) -> None:
    approval = asked(drawdown, at)
    with tenant_scope(other_tenant.id), pytest.raises(ApprovalNotFound):
        approve(**decision(approval, at))
    approval.refresh_from_db()
    assert approval.status == "pending"


def test_without_a_scope_nothing_is_decided(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        merchant = lives.merchant_with_trade("P1", at, order_minor=20_000_000)
        drawdown = lives.drawn(lives.line_of(merchant, at), 1_000_000, "SO-1", at)
        approval = asked(drawdown, at)
    with pytest.raises(NoScope):
        approve(**decision(approval, at))
