"""Users and the settlement account on the phone."""

import re
from datetime import datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from credit.models import CreditLine, Drawdown
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import AccountChange, Merchant, MerchantUser
from tenants.operations.merchant_users import invite_user
from tenants.operations.people import set_person
from tests.credit import lives
from tests.credit.interfaces.merchant.conftest import ORDER_MINOR, ORDER_NO
from tests.tenants.interfaces.merchant.visits import Visit, gone_to, visit_of, words

CODE = re.compile(r"data-test-code>(\d{6})<")
ORDER: dict[str, Any] = {
    "component": "checkout", "order_no": ORDER_NO, "amount_minor": ORDER_MINOR, "locale": "en",
}  # fmt: skip
INVITED = {"name": "李示例", "phone": "13900000001", "role": "buyer", "drawdown_cap": "12,799.99"}


def code_on(page: Any) -> str:
    (found,) = CODE.findall(page.content.decode())
    return str(found)


@pytest.fixture
def owner(merchant: Merchant, line: CreditLine, at: datetime) -> Visit:
    assert line.status == "active"
    return visit_of(merchant, at, component="line", locale="en")


def test_a_colleague_is_invited_joins_and_draws_within_the_cap(
    owner: Visit, merchant: Merchant, at: datetime
) -> None:
    assert "whoever comes for the firm may do everything" in words(owner.get("/m/users/"))
    bad = owner.post("/m/users/", INVITED | {"phone": "1"})
    assert (bad.status_code, "mainland mobile number" in words(bad)) == (422, True)
    bad = owner.post("/m/users/", INVITED | {"month_cap": "much"})
    assert (bad.status_code, "13900000001" in bad.content.decode()) == (422, True)
    assert gone_to(owner.post("/m/users/", INVITED)) == "/m/users/"
    assert "139****0001" in words(owner.get("/m/users/"))

    his = visit_of(merchant, at, user="U-7", **ORDER)
    assert gone_to(his.get("/m/checkout/")) == "/m/users/join/"
    assert "Join 宠物店M-1" in words(his.get("/m/users/join/"))
    wrong = his.post("/m/users/join/", {"phone": "13900000002"})
    assert "This number was not invited" in words(wrong)
    assert gone_to(his.post("/m/users/join/", {"phone": "13900000001"})) == "/m/users/join/"
    code = code_on(his.get("/m/users/join/"))
    assert gone_to(his.post("/m/users/join/confirm/", {"code": code})) == "/m/home/"
    for path in ("/m/users/", "/m/line/account/", "/m/line/limit/", "/m/bills/x/repay/"):
        assert gone_to(his.get(path)) == "/m/users/stopped/"
    assert "Your role is “Buyer" in words(his.get("/m/users/stopped/"))
    assert "Settlement account" not in words(his.get("/m/line/"))

    everything = visit_of(merchant, at, **ORDER)
    quote = re.findall(r'value="(quo_\w+)"', everything.get("/m/checkout/").content.decode())[0]
    refused = his.post(f"/m/checkout/{quote}/")
    assert (refused.status_code, refused.json()["code"]) == (422, "user_drawdown_cap")
    assert "Ask the owner of the firm" in refused.json()["detail"]
    with tenant_scope(merchant.tenant_id):
        assert Drawdown.objects.count() == 0
        user = MerchantUser.objects.get()
    page = owner.get(f"/m/users/{user.id}/")
    assert 'value="12,799.99"' in page.content.decode()
    more = {"role": "buyer", "drawdown_cap": "", "month_cap": "20000"}
    assert gone_to(owner.post(f"/m/users/{user.id}/", more)) == "/m/users/"
    assert quote in his.get("/m/checkout/").content.decode()
    assert his.post(f"/m/checkout/{quote}/").status_code == 204
    assert "¥12,800.00 of ¥20,000.00 drawn this month" in words(owner.get("/m/users/"))

    assert gone_to(owner.post(f"/m/users/{user.id}/remove/")) == "/m/users/"
    assert gone_to(his.get("/m/line/")) == "/m/users/join/"


def joined(merchant: Merchant, at: datetime, number: int, role: str, **caps: int | None) -> None:
    """A user U-1, U-2 … of the firm, an owner too; with a scope open."""
    invited: dict[str, Any] = {"drawdown_cap_minor": None, "month_cap_minor": None} | caps
    row = invite_user(
        merchant_id=merchant.id, name="王示例" if role == "owner" else "李示例",
        role="viewer" if role == "owner" else role, phone=f"1390000000{number}", invited_by="",
        actor="x", at=at, **invited,
    )  # fmt: skip
    MerchantUser.objects.filter(pk=row.pk).update(
        role=role, status="active", external_id=f"U-{number}", joined_at=at
    )


@pytest.mark.usefixtures("line")
def test_a_cap_below_the_order_is_said_before_anything_is_chosen(
    merchant: Merchant, at: datetime
) -> None:
    with tenant_scope(merchant.tenant_id):
        joined(merchant, at, 1, "buyer", drawdown_cap_minor=ORDER_MINOR - 1)
        joined(merchant, at, 2, "buyer", drawdown_cap_minor=ORDER_MINOR, month_cap_minor=2_000_000)
    short = visit_of(merchant, at, user="U-1", **ORDER).get("/m/checkout/")
    assert "You may draw ¥12,799.99 at once, ¥0.01 less than this order." in words(short)
    assert "The owner of the firm can raise it" in words(short)
    page = short.content.decode()
    assert ("quo_" in page, 'href="/m/checkout/"' in page) == (False, True)

    other = visit_of(merchant, at, user="U-2", **ORDER)
    (quote, *_) = re.findall(r'value="(quo_\w+)"', other.get("/m/checkout/").content.decode())
    assert other.post(f"/m/checkout/{quote}/").status_code == 204
    with tenant_scope(merchant.tenant_id):
        joined(merchant, at, 3, "owner")
    again = visit_of(merchant, at, user="U-2", **ORDER | {"order_no": "SO-9"})
    said = words(again.get("/m/checkout/"))
    assert "Of what you may draw this month ¥7,200.00 is left, ¥5,600.00 less" in said
    assert "Who can raise it, under “Users of the firm”: 王* 139****0003" in said
    for user in ("", "U-3"):  # the firm itself, and its owner: no cap of theirs
        free = visit_of(merchant, at, user=user, **ORDER | {"order_no": "SO-9"})
        assert "quo_" in free.get("/m/checkout/").content.decode()


def test_a_visitor_without_a_name_cannot_join(owner: Visit) -> None:
    assert "The platform did not say who you are" in words(owner.get("/m/users/join/"))
    assert owner.post("/m/users/join/", {"phone": "13900000001"}).status_code == 422


def test_what_the_firm_drew_is_nobodys(
    owner: Visit, merchant: Merchant, line: CreditLine, at: datetime
) -> None:
    with tenant_scope(merchant.tenant_id):
        lives.authorized(line, 500_000, "SO-1", at)
    owner.post("/m/users/", INVITED | {"month_cap": "20000"})
    assert "¥0.00 of ¥20,000.00 drawn this month" in words(owner.get("/m/users/"))


def test_the_last_owner_is_not_removed(owner: Visit, merchant: Merchant, at: datetime) -> None:
    named = visit_of(merchant, at, component="line", locale="en", user="U-0")
    named.post("/m/users/", INVITED)
    with tenant_scope(merchant.tenant_id):
        first = MerchantUser.objects.get(role="owner")
    page = named.post(f"/m/users/{first.id}/remove/")
    assert (page.status_code, "a firm's last owner stay" in words(page)) == (422, True)
    with tenant_scope(merchant.tenant_id):
        first.refresh_from_db()
    assert (first.status, first.role) == ("active", "owner")


def test_users_of_others_are_not_found(
    owner: Visit, merchant: Merchant, strangers: list[Visit]
) -> None:
    owner.post("/m/users/", INVITED)
    with tenant_scope(merchant.tenant_id):
        user = MerchantUser.objects.get()
    for visit in strangers:
        assert visit.get(f"/m/users/{user.id}/").status_code == 404
        assert visit.post(f"/m/users/{user.id}/remove/").status_code == 404
    assert owner.get("/m/users/mus_x/").status_code == 404
    with tenant_scope(merchant.tenant_id):
        assert MerchantUser.objects.get().status == "invited"


def test_the_list_asks_as_often_for_three(
    owner: Visit, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 3):
        for number in range(count):
            owner.post("/m/users/", INVITED | {"phone": f"1390000000{number}", "month_cap": "9"})
        with django_assert_num_queries(6):
            owner.get("/m/users/")


def test_the_account_changes_with_a_code_and_can_be_stopped(
    owner: Visit, merchant: Merchant, at: datetime
) -> None:
    with tenant_scope(merchant.tenant_id):
        set_person(
            merchant_id=merchant.id, role="legal_representative", name="张示例",
            phone="13800000000", actor="system:test", at=at,
        )  # fmt: skip
    assert "No account is recorded yet" in words(owner.get("/m/line/account/"))
    said = {
        "kind": "corporate", "bank_name": "示例银行", "holder_name": merchant.name,
        "number": "11001234567890",
    }  # fmt: skip
    bad = owner.post("/m/line/account/", said | {"holder_name": "别家示例公司"})
    assert (bad.status_code, "The holder has to be the firm" in words(bad)) == (422, True)
    assert gone_to(owner.post("/m/line/account/", said)) == "/m/line/account/confirm/"
    page = owner.get("/m/line/account/confirm/")
    assert "138****0000" in words(page)
    assert "11001234567890" not in page.content.decode()
    code = code_on(page)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    bad = owner.post("/m/line/account/confirm/", {"code": wrong})
    assert (bad.status_code, "Tries left: 4" in words(bad)) == (422, True)
    early = owner.post("/m/line/account/code/")
    assert "Please wait 60 seconds" in words(early)
    assert gone_to(owner.post("/m/line/account/confirm/", {"code": code})) == "/m/line/account/"
    assert "If you did not ask for this, stop it now" in words(owner.get("/m/line/account/"))
    assert gone_to(owner.post("/m/line/account/stop/")) == "/m/line/account/"
    with tenant_scope(merchant.tenant_id):
        assert AccountChange.objects.get().status == "stopped"
