"""Direct debit: whatever the line to the bank does, money moves once and is booked once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from credit import errors
from credit.gateways.bank import DebitAnswer, InProcessBank
from credit.models import (
    CreditLine,
    DebitMandate,
    DirectDebit,
    Drawdown,
    JournalEntry,
    Repayment,
    SuspenseItem,
)
from credit.operations import direct_debits
from credit.operations.direct_debits import ask_debits, request_debit, send_debit, sign_mandate
from platform_app.kernel import ids
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.models import Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives, settling

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=3)


class Crash(Exception):
    """This process died."""


class DyingBank(InProcessBank):
    """Moves the money, and we die before we hear of it."""

    def debit(self, *, key: str, mandate: str, amount_minor: int) -> DebitAnswer:
        super().debit(key=key, mandate=mandate, amount_minor=amount_minor)
        raise Crash


@pytest.fixture
def bank() -> InProcessBank:
    return InProcessBank()


@pytest.fixture
def drawdown(inside: Tenant, at: datetime, bank: InProcessBank) -> Drawdown:
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    sign_mandate(
        merchant_id=line.merchant_id, account_no="6222000000001234", bank=bank,
        actor=lives.ACTOR, at=at,
    )  # fmt: skip
    return lives.drawn(line, 500_000, "SO-1", at)


def requested(
    drawdown: Drawdown, amount_minor: int, at: datetime, key: str = "DD-1"
) -> DirectDebit:
    return request_debit(
        drawdown_id=drawdown.id, amount_minor=amount_minor, external_id=key, actor=lives.ACTOR,
        at=at,
    )  # fmt: skip


def outcome() -> tuple[str, str, list[int]]:
    debit = DirectDebit.objects.get()
    paid = list(Repayment.objects.order_by("id").values_list("amount_minor", flat=True))
    return debit.status, debit.reason, paid


def test_succeeds_at_once(drawdown: Drawdown, bank: InProcessBank, at: datetime) -> None:
    debit = requested(drawdown, 200_000, at)
    assert requested(drawdown, 200_000, at).id == debit.id
    send_debit(debit_id=debit.id, bank=bank, at=at)
    send_debit(debit_id=debit.id, bank=bank, at=at)
    assert outcome() == ("succeeded", "", [200_000])
    assert bank.moved == {"DD-1": 200_000}
    repayment = Repayment.objects.get()
    assert (repayment.channel, repayment.external_id) == ("direct_debit", "DD-1")
    assert settling.proven()


def test_fails_for_lack_of_money(drawdown: Drawdown, bank: InProcessBank, at: datetime) -> None:
    entries = JournalEntry.objects.count()
    debit = requested(drawdown, 200_001, at)
    send_debit(debit_id=debit.id, bank=bank, at=at)
    assert outcome() == ("failed", "insufficient_funds", [])
    assert (bank.moved, JournalEntry.objects.count()) == ({}, entries)
    assert Event.objects.filter(name="credit.debit.failed").count() == 1


def test_moved_but_timed_out(drawdown: Drawdown, bank: InProcessBank, at: datetime) -> None:
    debit = requested(drawdown, 200_002, at)
    send_debit(debit_id=debit.id, bank=bank, at=at)
    assert outcome() == ("unknown", "timeout", [])
    send_debit(debit_id=debit.id, bank=bank, at=at)
    assert ask_debits(bank=bank, at=at) == 0  # too early to ask
    assert outcome() == ("unknown", "timeout", [])
    assert ask_debits(bank=bank, at=at + LATER) == 1
    assert ask_debits(bank=bank, at=at + LATER) == 0
    assert outcome() == ("succeeded", "", [200_002])
    assert bank.moved == {"DD-1": 200_002}
    assert settling.proven()


def test_timed_out_before_the_bank_had_it(
    drawdown: Drawdown, bank: InProcessBank, at: datetime
) -> None:
    debit = requested(drawdown, 200_003, at)
    send_debit(debit_id=debit.id, bank=bank, at=at)
    assert ask_debits(bank=bank, at=at + LATER) == 1
    assert outcome() == ("failed", "not_received", [])
    assert bank.moved == {}


def test_we_die_between_the_bank_and_the_book(drawdown: Drawdown, at: datetime) -> None:
    bank = DyingBank()
    debit = requested(drawdown, 200_000, at)
    with pytest.raises(Crash):
        send_debit(debit_id=debit.id, bank=bank, at=at)
    assert outcome() == ("unknown", "", [])
    assert ask_debits(bank=bank, at=at + LATER) == 1
    assert outcome() == ("succeeded", "", [200_000])
    assert bank.moved == {"DD-1": 200_000}
    assert settling.proven()


def test_we_die_before_the_bank_and_it_is_sent_again(drawdown: Drawdown, at: datetime) -> None:
    bank = InProcessBank()
    debit = requested(drawdown, 200_000, at)
    DirectDebit.objects.update(status="unknown", asked_at=at)  # written down, never sent
    assert ask_debits(bank=bank, at=at + LATER) == 0
    assert DirectDebit.objects.get().status == "requested"
    assert ask_debits(bank=bank, at=at + 2 * LATER) == 0
    assert outcome() == ("succeeded", "", [200_000])
    assert debit.external_id in bank.moved
    assert settling.proven()


def test_a_lost_job_is_found(drawdown: Drawdown, bank: InProcessBank, at: datetime) -> None:
    requested(drawdown, 200_000, at)
    ask_debits(bank=bank, at=at)
    assert outcome() == ("requested", "", [])
    ask_debits(bank=bank, at=at + LATER)
    assert outcome() == ("succeeded", "", [200_000])


def test_paid_off_meanwhile_the_money_waits(
    drawdown: Drawdown, bank: InProcessBank, at: datetime
) -> None:
    debit = requested(drawdown, 500_000, at)
    lives.repaid(drawdown, 500_000, "PAY-1", at)
    send_debit(debit_id=debit.id, bank=bank, at=at)
    assert DirectDebit.objects.get().status == "succeeded"
    assert Repayment.objects.count() == 1
    item = SuspenseItem.objects.get()
    assert (item.open_minor, item.external_id, item.payer) == (500_000, "DD-1", "****1234")
    assert settling.proven()


def refused(kind: type[DomainError], act: Callable[[], object]) -> None:
    def moved() -> list[Any]:
        models = (DirectDebit, DebitMandate, Event, JournalEntry)
        return [list(model.objects.order_by("pk").values()) for model in models]

    before = moved()
    with pytest.raises(kind):
        act()
    assert moved() == before


def test_refusals(drawdown: Drawdown, bank: InProcessBank, at: datetime) -> None:
    requested(drawdown, 200_000, at)
    refused(errors.ExternalIdConflict, lambda: requested(drawdown, 200_100, at))
    missing = Drawdown(id=ids.new_id("drw"))
    refused(errors.DrawdownNotFound, lambda: requested(missing, 100, at, "DD-2"))
    line = CreditLine.objects.get()
    held = lives.authorized(line, 50_000, "SO-2", at)
    refused(errors.DrawdownNotRepaying, lambda: requested(held, 100, at, "DD-2"))
    again = {"merchant_id": line.merchant_id, "account_no": "1", "bank": bank}
    refused(errors.MandateExists, lambda: sign_mandate(**again, actor="x", at=at))
    refused(NotFound, lambda: send_debit(debit_id=ids.new_id("ddb"), bank=bank, at=at))
    ended = direct_debits.end_mandate(merchant_id=line.merchant_id, actor="x", at=at)
    assert (ended.status, ended.account_masked) == ("ended", "****1234")
    refused(errors.MandateMissing, lambda: requested(drawdown, 100, at, "DD-2"))
    refused(
        errors.MandateMissing,
        lambda: direct_debits.end_mandate(merchant_id=line.merchant_id, actor="x", at=at),
    )
    second = sign_mandate(**again, actor="x", at=at)
    assert second.reference != ended.reference
    lives.repaid(drawdown, 500_000, "PAY-1", at)
    refused(errors.DrawdownPaidOff, lambda: requested(drawdown, 100, at, "DD-3"))


def test_another_platform_and_no_scope(
    drawdown: Drawdown, other_tenant: Tenant, bank: InProcessBank, at: datetime
) -> None:
    debit = requested(drawdown, 200_000, at)
    with tenant_scope(other_tenant.id):
        with pytest.raises(errors.DrawdownNotFound):
            requested(drawdown, 200_000, at)
        with pytest.raises(NotFound):
            send_debit(debit_id=debit.id, bank=bank, at=at)
        assert ask_debits(bank=bank, at=at + LATER) == 0
    assert bank.moved == {}


def test_without_a_scope(tenant: Tenant, bank: InProcessBank, at: datetime) -> None:
    with pytest.raises(NoScope):
        ask_debits(bank=bank, at=at)
