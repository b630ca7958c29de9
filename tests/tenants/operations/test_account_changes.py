"""Another settlement account: a code, a day's wait, the phone told; refusals move nothing."""

import json
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import datetime, timedelta
from typing import Any

import pytest

from platform_app.kernel.errors import DomainError
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants import tasks
from tenants.errors import (
    AccountChangeNotFound,
    AccountChangeWaiting,
    AccountHolderMismatch,
    AccountOfAnotherFirm,
    AccountUnchanged,
    BadAccountNumber,
    CodeNeeded,
    CodeWrong,
)
from tenants.models import AccountChange, EmbedSession, Merchant, SettlementAccount, Tenant
from tenants.operations.account_changes import (
    COLUMNS,
    confirm_account_change,
    enter_account_change,
    stop_account_change,
    work_account_changes,
)
from tenants.operations.accounts import set_account
from tenants.operations.embed_sessions import open_session
from tenants.operations.step_up import send_code
from tenants.operations.tenants import create_tenant
from tenants.queries.step_up import shown_code
from tests import party
from tests.credit import lives
from tests.tenants.operations.test_onboarding import account, firm_of, legal

OTHER: dict[str, Any] = {
    "kind": "corporate", "bank_name": "示例银行二", "holder_name": "示例宠物店",
    "number": "22001234567890",
}  # fmt: skip
DAY = timedelta(hours=24)
pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(inside: Tenant, at: datetime) -> Merchant:
    assert inside.is_virtual
    found = firm_of("company", at)
    legal(found, at)
    account(found, at)
    return found


def entered(firm: Merchant, at: datetime, **change: str) -> AccountChange:
    return enter_account_change(merchant_id=firm.id, actor="m", at=at, **OTHER | change)


def visit_of(firm: Merchant, at: datetime) -> EmbedSession:
    session, _ = open_session(
        merchant_id=firm.id, component="line", origin="", return_url="", locale="zh-hans",
        order_no="", amount_minor=0, actor="usr", at=at,
    )  # fmt: skip
    return session


def confirmed(firm: Merchant, at: datetime) -> AccountChange:
    row, visit = entered(firm, at), visit_of(firm, at)
    sent = send_code(session=visit, purpose="account", subject=row.id, actor="m", at=at)
    return confirm_account_change(
        session=visit, code=shown_code(sent, at=at), actor="m", at=at
    )  # fmt: skip


def standing() -> list[Any]:
    return [
        list(SettlementAccount.objects.values()),
        list(AccountChange.objects.order_by("id").values()),
        Event.objects.count(),
        AuditRecord.objects.count(),
    ]


def refused(error: type[DomainError], act: Callable[[], object]) -> None:
    before = standing()
    with pytest.raises(error):
        act()
    assert standing() == before


def number(firm: Merchant) -> str:
    return SettlementAccount.objects.get(merchant=firm).number_masked


def test_confirmed_it_is_in_force_a_day_later(firm: Merchant, at: datetime) -> None:
    row = confirmed(firm, at)
    assert (row.status, row.effective_at, row.number_masked) == ("waiting", at + DAY, "**** 7890")
    assert OTHER["number"].encode() not in bytes(row.number_sealed)
    before = SettlementAccount.objects.values().get()
    early = at + DAY - timedelta(seconds=1)
    for moment in (at, early):
        assert work_account_changes(actor="x", at=moment) == 0
    assert SettlementAccount.objects.values().get() == before
    assert AccountChange.objects.get().told_at == at
    refused(AccountChangeWaiting, lambda: entered(firm, at, number="33001234567890"))
    assert work_account_changes(actor="x", at=at + DAY) == 1
    assert work_account_changes(actor="x", at=at + DAY) == 0
    kept = SettlementAccount.objects.get()
    assert (kept.id, kept.bank_name, kept.set_at) == (before["id"], "示例银行二", at + DAY)
    assert kept.number_index == row.number_index
    names = Event.objects.filter(name__startswith="tenants.merchant.account_")
    assert list(names.order_by("id").values_list("name", flat=True)) == [
        "tenants.merchant.account_set", "tenants.merchant.account_change_entered",
        "tenants.merchant.account_change_confirmed", "tenants.merchant.account_changed",
    ]  # fmt: skip


def test_what_is_refused(firm: Merchant, at: datetime) -> None:
    neighbor = firm_of("company", at, number="M2")
    set_account(merchant_id=neighbor.id, actor="x", at=at, **OTHER | {"number": "99001234567890"})
    refused(AccountHolderMismatch, lambda: entered(firm, at, holder_name="别家示例公司"))
    refused(AccountOfAnotherFirm, lambda: entered(firm, at, number="99001234567890"))
    refused(BadAccountNumber, lambda: entered(firm, at, number="12"))
    refused(
        AccountUnchanged, lambda: entered(firm, at, bank_name="示例银行", number="11001234567890")
    )
    refused(
        AccountChangeNotFound,
        lambda: stop_account_change(merchant_id=firm.id, actor="m", at=at),
    )


def test_a_wrong_code_changes_nothing(firm: Merchant, at: datetime) -> None:
    row, visit = entered(firm, at), visit_of(firm, at)

    def said(code: str, session: EmbedSession = visit) -> AccountChange:
        return confirm_account_change(session=session, code=code, actor="m", at=at)

    refused(CodeNeeded, lambda: said("000000"))
    sent = send_code(session=visit, purpose="account", subject=row.id, actor="m", at=at)
    code = shown_code(sent, at=at)
    refused(CodeWrong, lambda: said(f"{(int(code) + 1) % 1_000_000:06d}"))
    other = visit_of(firm, at)
    refused(CodeNeeded, lambda: said(code, other))
    # A code of what was entered before is none of what is entered now.
    entered(firm, at, number="33001234567890")
    refused(CodeNeeded, lambda: said(code))


def test_stopped_it_never_comes(firm: Merchant, at: datetime) -> None:
    confirmed(firm, at)
    row = stop_account_change(merchant_id=firm.id, actor="m", at=at)
    assert row.status == "stopped"
    assert work_account_changes(actor="x", at=at + DAY) == 0
    assert SettlementAccount.objects.get().bank_name == "示例银行"


def test_of_two_firms_that_take_one_account_the_second_is_stopped(
    firm: Merchant, at: datetime
) -> None:
    confirmed(firm, at)
    work_account_changes(actor="x", at=at)
    other = lives.merchant_with_trade("M-9", at)
    SettlementAccount.objects.create(
        merchant=other, set_at=at,
        **{name: getattr(AccountChange.objects.get(), name) for name in COLUMNS},
    )  # fmt: skip
    before = SettlementAccount.objects.values().get(merchant=firm)
    assert work_account_changes(actor="x", at=at + DAY) == 0
    assert AccountChange.objects.get().status == "stopped"
    assert SettlementAccount.objects.values().get(merchant=firm) == before
    assert Event.objects.filter(name="tenants.merchant.account_change_stopped").count() == 1


def test_the_job_goes_over_every_platform(
    firm: Merchant, tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    row = confirmed(firm, at)
    AccountChange.objects.update(confirmed_at=at - DAY, effective_at=at, told_at=at - DAY)
    with tenant_scope(other_tenant.id):
        with pytest.raises(DomainError):
            stop_account_change(merchant_id=firm.id, actor="x", at=at)
        assert work_account_changes(actor="x", at=at + DAY) == 0
    assert tasks.work_account_changes() == 1
    assert AccountChange.objects.get(pk=row.pk).status == "in_force"
    with pytest.raises(NoScope):
        Context().run(lambda: work_account_changes(actor="x", at=at))


@pytest.fixture
def real(at: datetime) -> Iterator[Merchant]:
    platform = create_tenant(slug="real", name="示例采购网", vertical="pet", actor="usr", at=at)
    with tenant_scope(platform.id):
        firm = firm_of("company", at)
        legal(firm, at)
        yield firm


def test_the_firms_phone_is_told_until_somebody_takes_it(
    real: Merchant, at: datetime, settings: Any
) -> None:
    settings.MESSAGES_URL = ""
    row = entered(real, at)
    AccountChange.objects.update(status="waiting", confirmed_at=at, effective_at=at + DAY)
    assert work_account_changes(actor="x", at=at) == 0
    late = at + 2 * DAY
    assert work_account_changes(actor="x", at=late) == 0  # nobody was told: it goes on waiting
    assert AccountChange.objects.values("status", "told_at").get() == {
        "status": "waiting", "told_at": None,
    }  # fmt: skip
    with party.listening() as heard:
        settings.MESSAGES_URL = f"http://127.0.0.1:{heard.port}"
        for _ in range(2):
            assert work_account_changes(actor="x", at=late) == 0
    ((_, path, body, _headers),) = heard.requests
    told = json.loads(body)
    assert (path, told["phone"], told["template"], told["facts"]["account"]) == (
        "/messages", "13800000001", "account_change", "**** 7890",
    )  # fmt: skip
    assert AccountChange.objects.get(pk=row.pk).told_at == late
    assert work_account_changes(actor="x", at=late + DAY - timedelta(seconds=1)) == 0
    assert work_account_changes(actor="x", at=late + DAY) == 1
