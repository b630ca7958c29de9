"""Money without an owner: visible, balanced, matched or returned by two people."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from credit import errors
from credit.enums import AccountCode
from credit.models import (
    CreditLine,
    Drawdown,
    JournalEntry,
    Repayment,
    SuspenseItem,
)
from credit.operations import suspense
from credit.queries.suspense import list_items, waiting_minor
from platform_app.kernel import ids
from platform_app.kernel.errors import DomainError, NotFound, ReasonNeeded, SecondPersonNeeded
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.operations.merchants import upsert_merchant
from tests.credit import lives, settling

pytestmark = pytest.mark.django_db
ASKER, APPROVER = "usr_asker", "usr_approver"


@pytest.fixture
def line(inside: Tenant, at: datetime) -> CreditLine:
    return lives.line_of(lives.merchant_with_trade("P1", at), at)


def received(amount_minor: int, at: datetime, external_id: str = "BANK-1") -> SuspenseItem:
    return suspense.receive_into_suspense(
        funding_source_id=settling.source_id(), external_id=external_id, amount_minor=amount_minor,
        payer="示例付款人", memo="货款", flow=None, actor=lives.ACTOR, at=at,
    )  # fmt: skip


def moved() -> list[Any]:
    models = (SuspenseItem, JournalEntry, Repayment, Event, AuditRecord)
    return [list(model.objects.order_by("pk").values()) for model in models]


def refused(kind: type[DomainError], act: Callable[[], object]) -> None:
    before = moved()
    with pytest.raises(kind):
        act()
    assert moved() == before


def test_received_once_and_visible(line: CreditLine, at: datetime) -> None:
    item = received(700_000, at)
    assert received(700_000, at).id == item.id
    assert (item.status, item.open_minor, item.received_on) == ("open", 700_000, date(2026, 3, 2))
    assert [row.id for row in list_items()] == [item.id]
    assert waiting_minor() == 700_000
    assert settling.balance(AccountCode.SUSPENSE) == -700_000
    assert settling.balance(AccountCode.FUNDING_BANK) == 700_000
    assert settling.proven()


def test_matched_to_a_merchant_oldest_due_first(line: CreditLine, at: datetime) -> None:
    first = lives.drawn(line, 300_000, "SO-1", at)
    second = lives.drawn(line, 200_000, "SO-2", at, "bullet_60")
    item = received(400_000, at)
    repayments = suspense.match_suspense_item(
        item_id=item.id, merchant_id=line.merchant_id, actor=ASKER, at=at
    )
    assert [(one.drawdown_id, one.amount_minor) for one in repayments] == [
        (first.id, 300_000),
        (second.id, 100_000),
    ]
    item.refresh_from_db()
    assert (item.status, item.open_minor, item.closed_on) == ("matched", 0, date(2026, 3, 2))
    assert settling.balance(AccountCode.SUSPENSE) == 0
    assert settling.balance(AccountCode.FUNDING_BANK) == 400_000
    assert list(list_items()) == []
    refused(
        errors.SuspenseItemNotOpen,
        lambda: suspense.match_suspense_item(
            item_id=item.id, merchant_id=line.merchant_id, actor=ASKER, at=at
        ),
    )
    assert settling.proven()


def test_what_is_not_owed_stays_in_suspense(line: CreditLine, at: datetime) -> None:
    lives.drawn(line, 300_000, "SO-1", at)
    item = received(350_000, at)
    act = {"item_id": item.id, "merchant_id": line.merchant_id, "actor": ASKER, "at": at}
    suspense.match_suspense_item(**act)
    item.refresh_from_db()
    assert (item.status, item.open_minor) == ("open", 50_000)
    refused(errors.NothingToRepay, lambda: suspense.match_suspense_item(**act))
    lives.drawn(line, 80_000, "SO-2", at)
    suspense.match_suspense_item(**act)
    item.refresh_from_db()
    assert (item.status, item.match_count) == ("matched", 2)
    assert Drawdown.objects.get(order_no="SO-2").outstanding_principal_minor == 30_000
    assert settling.proven()


def test_returning_takes_two_people(line: CreditLine, at: datetime) -> None:
    item = received(700_000, at)
    act = {"item_id": item.id, "at": at}
    refused(errors.ReturnNotAsked, lambda: suspense.return_suspense_item(actor=APPROVER, **act))
    refused(
        ReasonNeeded,
        lambda: suspense.ask_suspense_return(reason="  ", actor=ASKER, **act),
    )
    suspense.ask_suspense_return(reason="打错账户", actor=ASKER, **act)
    for again in (
        lambda: suspense.ask_suspense_return(reason="x", actor=ASKER, **act),
        lambda: suspense.match_suspense_item(merchant_id=line.merchant_id, actor=ASKER, **act),
    ):
        refused(errors.SuspenseItemNotOpen, again)
    refused(SecondPersonNeeded, lambda: suspense.return_suspense_item(actor=ASKER, **act))
    suspense.keep_suspense_item(actor=APPROVER, **act)
    item.refresh_from_db()
    assert (item.status, item.return_asked_by) == ("open", "")
    suspense.ask_suspense_return(reason="打错账户", actor=ASKER, **act)
    suspense.return_suspense_item(actor=APPROVER, **act)
    item.refresh_from_db()
    assert (item.status, item.open_minor, item.return_approved_by) == ("returned", 0, APPROVER)
    assert settling.balance(AccountCode.SUSPENSE) == settling.balance(AccountCode.FUNDING_BANK) == 0
    refused(errors.ReturnNotAsked, lambda: suspense.keep_suspense_item(actor=APPROVER, **act))
    assert settling.proven()


def test_what_the_database_refuses(line: CreditLine, at: datetime) -> None:
    received(700_000, at)
    change = "UPDATE credit_suspenseitem SET "
    assert settling.sql_refused(change + "open_minor = 700001") == "credit_suspenseitem_amounts"
    assert settling.sql_refused(change + "status = 'matched'") == "credit_suspenseitem_status"
    assert (
        settling.sql_refused(
            change + "open_minor = 0, status = 'returned', return_asked_by = 'a',"
            " return_approved_by = 'a'"
        )
        == "credit_suspenseitem_two_people"
    )


def test_an_item_of_another_platform_and_no_scope(
    line: CreditLine, other_tenant: Tenant, at: datetime
) -> None:
    mine = received(700_000, at)
    with tenant_scope(other_tenant.id):
        theirs, _ = upsert_merchant(external_id="T-1", name="他店", actor=lives.ACTOR, at=at)
        for act in (
            lambda: suspense.match_suspense_item(
                item_id=mine.id, merchant_id=theirs.id, actor=ASKER, at=at
            ),
            lambda: suspense.ask_suspense_return(item_id=mine.id, reason="x", actor=ASKER, at=at),
            lambda: suspense.return_suspense_item(item_id=mine.id, actor=ASKER, at=at),
            lambda: suspense.keep_suspense_item(item_id="ssp_x", actor=ASKER, at=at),
        ):
            refused(NotFound, act)
    refused(
        NotFound,
        lambda: suspense.match_suspense_item(
            item_id=mine.id, merchant_id=theirs.id, actor=ASKER, at=at
        ),
    )


def test_without_a_scope_nothing_is_read(tenant: Tenant, at: datetime) -> None:
    with pytest.raises(NoScope):
        suspense.match_suspense_item(
            item_id=ids.new_id("ssp"), merchant_id=ids.new_id("mch"), actor=ASKER, at=at
        )
    with pytest.raises(NoScope):
        waiting_minor()
