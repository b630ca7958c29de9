"""Users of a firm draw within their caps; without any user nothing is asked."""

from collections.abc import Callable
from contextvars import Context
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit.errors import UserDrawdownCap, UserMayNotDraw, UserMonthCap
from credit.models import CreditLine, Drawdown, Hold
from credit.operations.drawdowns import cancel_drawdown, request_drawdown
from credit.operations.quotes import make_quotes
from platform_app.kernel import clock, crypto
from platform_app.kernel.errors import DomainError, Invalid
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.errors import (
    BadPhone,
    CapsOfBuyers,
    CodeWrong,
    NotInvited,
    OwnerStays,
    UserExists,
    UserNotFound,
    UserUnknown,
    UserUnnamed,
)
from tenants.models import EmbedSession, Merchant, MerchantUser, Tenant
from tenants.operations.embed_sessions import open_session
from tenants.operations.merchant_users import (
    change_user,
    invite_user,
    join,
    remove_user,
    send_join_code,
)
from tenants.operations.people import set_person
from tenants.queries.merchant_users import list_users, user_named
from tenants.queries.step_up import shown_code
from tests.credit import lives
from tests.credit.operations.test_threads import together

PHONE = "13900000001"
BUYER: dict[str, Any] = {
    "name": "李示例", "phone": PHONE, "role": "buyer", "drawdown_cap_minor": 200_000,
    "month_cap_minor": 300_000, "invited_by": "", "actor": "usr",
}  # fmt: skip


def visit_of(merchant: Merchant, name: str, at: datetime) -> EmbedSession:
    session, _ = open_session(
        merchant_id=merchant.id, component="line", origin="", return_url="", locale="zh-hans",
        order_no="", amount_minor=0, user_external_id=name, actor="usr", at=at,
    )  # fmt: skip
    return session


def joined(merchant: Merchant, name: str, at: datetime, **change: Any) -> MerchantUser:
    """Invited and joined as what the platform calls `name`."""
    asked = BUYER | change
    invite_user(merchant_id=merchant.id, at=at, **asked)
    session = visit_of(merchant, name, at)
    sent = send_join_code(session=session, phone=asked["phone"], actor="usr", at=at)
    return join(session=session, code=shown_code(sent, at=at), actor="usr", at=at)


def quoted(line: CreditLine, amount_minor: int, no: str, at: datetime) -> str:
    (quote,) = make_quotes(
        line_id=line.id, amount_minor=amount_minor, order_no=no, option_codes=["bullet_30"], at=at
    )
    return str(quote.id)


def draw(line: CreditLine, quote_id: str, no: str, at: datetime, by: str = "U-1") -> Drawdown:
    return request_drawdown(
        line_id=line.id, quote_id=quote_id, external_id=no, placed_by=by, actor="x", at=at
    )


def held() -> list[Any]:
    users = MerchantUser.objects.order_by("id").values("id", "status", "role", "external_id")
    return [
        list(CreditLine.objects.values()), Drawdown.objects.count(), Hold.objects.count(),
        Event.objects.count(), AuditRecord.objects.count(), list(users),
    ]  # fmt: skip


def refused(error: type[DomainError], act: Callable[[], object]) -> DomainError:
    before = held()
    with pytest.raises(error) as caught:
        act()
    assert held() == before
    return caught.value


@pytest.fixture
def line(inside: Tenant, at: datetime) -> CreditLine:
    assert inside.is_virtual
    return lives.line_of(lives.merchant_with_trade("M-1", at), at)


def test_a_buyer_draws_within_the_caps(line: CreditLine, at: datetime) -> None:
    joined(line.merchant, "U-1", at)
    over = quoted(line, 200_001, "SO-0", at)
    refusal = refused(UserDrawdownCap, lambda: draw(line, over, "SO-0", at))
    assert (refusal.field, refusal.facts) == (
        "amount", {"available_minor": 200_000, "needed_minor": 200_001},
    )  # fmt: skip
    first = draw(line, quoted(line, 200_000, "SO-1", at), "SO-1", at)
    assert first.placed_by == "U-1"
    second = quoted(line, 100_001, "SO-2", at)
    refusal = refused(UserMonthCap, lambda: draw(line, second, "SO-2", at))
    assert refusal.facts == {"available_minor": 100_000, "needed_minor": 100_001}
    draw(line, quoted(line, 100_000, "SO-3", at), "SO-3", at)
    # A canceled order gives its part of the month back; the firm itself has no caps.
    cancel_drawdown(drawdown_id=first.id, actor="x", at=at)
    draw(line, second, "SO-2", at)
    draw(line, quoted(line, 250_000, "SO-4", at), "SO-4", at, by="")
    assert draw(line, second, "SO-2", at).external_id == "SO-2"


def test_who_may_not_draw(line: CreditLine, at: datetime) -> None:
    quote = quoted(line, 100_000, "SO-1", at)
    none = {"drawdown_cap_minor": None, "month_cap_minor": None}
    viewer = joined(line.merchant, "U-1", at, role="viewer", **none)
    refused(UserMayNotDraw, lambda: draw(line, quote, "SO-1", at))
    refused(UserUnknown, lambda: draw(line, quote, "SO-1", at, by="U-2"))
    change_user(
        merchant_id=line.merchant_id, user_id=viewer.id, role="buyer", drawdown_cap_minor=100_000,
        month_cap_minor=None, actor="usr", at=at,
    )  # fmt: skip
    assert draw(line, quote, "SO-1", at).status == "authorized"
    remove_user(merchant_id=line.merchant_id, user_id=viewer.id, actor="usr", at=at)
    again = quoted(line, 100_000, "SO-2", at)
    refused(UserUnknown, lambda: draw(line, again, "SO-2", at))
    with pytest.raises(UserUnknown):
        user_named(line.merchant_id, "U-1")
    assert [row.action for row in AuditRecord.objects.order_by("position")][-4:] == [
        "tenants.merchant.user_invited", "tenants.merchant.user_joined",
        "tenants.merchant.user_changed", "tenants.merchant.user_removed",
    ]  # fmt: skip


def test_a_new_month_begins_anew(line: CreditLine, at: datetime) -> None:
    joined(line.merchant, "U-1", at, drawdown_cap_minor=None)
    draw(line, quoted(line, 300_000, "SO-1", at), "SO-1", at)
    Drawdown.objects.update(authorized_at=clock.moment_on(at.date().replace(day=1)))
    more = quoted(line, 100_000, "SO-2", at)
    refused(UserMonthCap, lambda: draw(line, more, "SO-2", at))
    Drawdown.objects.update(
        authorized_at=clock.moment_on(at.date().replace(day=1)) - timedelta(seconds=1)
    )
    assert draw(line, quoted(line, 300_000, "SO-3", at), "SO-3", at).placed_by == "U-1"


def test_without_users_a_name_costs_no_statement(line: CreditLine, at: datetime) -> None:
    counts = []
    for number, name in enumerate(("", "U-9")):
        quote = quoted(line, 100_000, f"SO-{number}", at)
        with CaptureQueriesContext(connection) as said:
            draw(line, quote, f"SO-{number}", at, by=name)
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_an_invitation_is_right_or_refused(line: CreditLine, at: datetime) -> None:
    def invited(**change: Any) -> MerchantUser:
        return invite_user(merchant_id=line.merchant_id, at=at, **BUYER | change)

    refused(BadPhone, lambda: invited(phone="1"))
    refused(Invalid, lambda: invited(name=""))
    refused(Invalid, lambda: invited(role="owner"))
    refused(CapsOfBuyers, lambda: invited(role="viewer"))
    refused(CapsOfBuyers, lambda: invited(drawdown_cap_minor=0))
    user = invited(invited_by="U-0")
    assert invited(invited_by="U-0") == user
    refused(UserExists, lambda: invited(role="viewer", **dict.fromkeys(
        ("drawdown_cap_minor", "month_cap_minor")
    )))  # fmt: skip
    assert [(one.role, one.status, one.external_id) for one in list_users(line.merchant_id)] == [
        ("owner", "active", "U-0"), ("buyer", "invited", ""),
    ]  # fmt: skip
    owner = list_users(line.merchant_id)[0]
    on: dict[str, Any] = {
        "merchant_id": line.merchant_id, "user_id": owner.id, "actor": "x", "at": at,
    }  # fmt: skip
    uncapped: dict[str, Any] = {"drawdown_cap_minor": None, "month_cap_minor": None}
    refused(OwnerStays, lambda: remove_user(**on))
    refused(OwnerStays, lambda: change_user(**on, role="viewer", **uncapped))
    assert list_users(line.merchant_id)[0].role == "owner"
    assert PHONE.encode() not in bytes(user.phone_sealed or b"")
    assert crypto.unseal(bytes(user.phone_sealed or b""), purpose="person.phone") == PHONE


def test_joining_takes_the_invited_number_and_its_code(line: CreditLine, at: datetime) -> None:
    invite_user(merchant_id=line.merchant_id, at=at, **BUYER)
    session = visit_of(line.merchant, "U-1", at)
    asked: dict[str, Any] = {"session": session, "actor": "usr", "at": at}
    refused(NotInvited, lambda: send_join_code(phone="13900000002", **asked))
    refused(NotInvited, lambda: join(code="000000", **asked))
    nobody = visit_of(line.merchant, "", at)
    refused(UserUnnamed, lambda: send_join_code(phone=PHONE, **asked | {"session": nobody}))
    sent = send_join_code(phone=PHONE, **asked)
    code = shown_code(sent, at=at)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    refused(CodeWrong, lambda: join(code=wrong, **asked))
    refused(UserUnnamed, lambda: join(code=code, **asked | {"session": nobody}))
    other = visit_of(line.merchant, "U-2", at)
    refused(NotInvited, lambda: join(code=code, **asked | {"session": other}))
    assert join(code=code, **asked).external_id == "U-1"
    refused(NotInvited, lambda: join(code=code, **asked))


def test_the_representative_joins_as_an_owner(line: CreditLine, at: datetime) -> None:
    set_person(
        merchant_id=line.merchant_id, role="legal_representative", name="张示例",
        phone="13800000000", actor="usr", at=at,
    )  # fmt: skip
    invite_user(merchant_id=line.merchant_id, at=at, **BUYER)
    session = visit_of(line.merchant, "U-0", at)
    sent = send_join_code(session=session, phone="13800000000", actor="usr", at=at)
    owner = join(session=session, code=shown_code(sent, at=at), actor="usr", at=at)
    assert (owner.role, owner.name_masked) == ("owner", "张*")
    quote = quoted(line, 400_000, "SO-1", at)
    assert draw(line, quote, "SO-1", at, by="U-0").authorized_minor == 400_000


def test_who_only_asks_for_a_code_changes_nothing(line: CreditLine, at: datetime) -> None:
    """A stranger who types the boss's number makes nobody unknown at a firm without users."""
    set_person(
        merchant_id=line.merchant_id, role="legal_representative", name="张示例",
        phone="13800000000", actor="usr", at=at,
    )  # fmt: skip
    session = visit_of(line.merchant, "U-9", at)
    send_join_code(session=session, phone="13800000000", actor="usr", at=at)
    assert MerchantUser.objects.count() == 0
    assert draw(line, quoted(line, 400_000, "SO-1", at), "SO-1", at).authorized_minor == 400_000


def test_the_boss_is_an_owner_whatever_somebody_invited_him_for(
    line: CreditLine, at: datetime
) -> None:
    boss = {"role": "legal_representative", "name": "张示例", "phone": "13800000000"}
    set_person(merchant_id=line.merchant_id, actor="usr", at=at, **boss)
    change = {"role": "viewer", "phone": boss["phone"], "drawdown_cap_minor": None}
    user = joined(line.merchant, "U-0", at, month_cap_minor=None, **change)
    assert (user.role, user.status) == ("owner", "active")


def test_an_owner_goes_while_another_stays(line: CreditLine, at: datetime) -> None:
    """The clerk who invited first is an owner, until the legal representative lets him go."""
    invite_user(merchant_id=line.merchant_id, at=at, **BUYER | {"invited_by": "U-0"})
    clerk = list_users(line.merchant_id)[0]
    by: dict[str, Any] = {"merchant_id": line.merchant_id, "actor": "usr", "at": at}
    refused(OwnerStays, lambda: remove_user(user_id=clerk.id, **by))
    set_person(role="legal_representative", name="张示例", phone="13800000000", **by)
    session = visit_of(line.merchant, "U-9", at)
    sent = send_join_code(session=session, phone="13800000000", actor="usr", at=at)
    boss = join(session=session, code=shown_code(sent, at=at), actor="usr", at=at)
    refused(OwnerStays, lambda: remove_user(user_id=boss.id, **by))
    assert remove_user(user_id=clerk.id, **by).status == "removed"
    # With another account at the platform the same person comes in again.
    later = at + timedelta(minutes=2)
    again = visit_of(line.merchant, "U-10", later)
    sent = send_join_code(session=again, phone="13800000000", actor="usr", at=later)
    assert join(session=again, code=shown_code(sent, at=later), actor="usr", at=later) == boss
    assert user_named(line.merchant_id, "U-10") == boss
    with pytest.raises(UserUnknown):
        user_named(line.merchant_id, "U-9")


def test_who_was_let_go_needs_an_invitation(line: CreditLine, at: datetime) -> None:
    """Also an applicant, who needed none before; and the month goes on where it stood."""
    set_person(
        merchant_id=line.merchant_id, role="applicant", name="李示例", phone=PHONE, actor="usr",
        at=at,
    )  # fmt: skip
    user = joined(line.merchant, "U-1", at)
    draw(line, quoted(line, 200_000, "SO-1", at), "SO-1", at)
    remove_user(merchant_id=line.merchant_id, user_id=user.id, actor="usr", at=at)
    later = at + timedelta(minutes=2)
    session = visit_of(line.merchant, "U-1", later)
    refused(
        NotInvited,
        lambda: send_join_code(session=session, phone=PHONE, actor="usr", at=later),
    )
    again = joined(line.merchant, "U-2", later)
    assert (again.role, again.month_cap_minor) == ("buyer", 300_000)
    quote = quoted(line, 200_000, "SO-2", later)
    refused(UserMonthCap, lambda: draw(line, quote, "SO-2", later, by="U-2"))
    small = quoted(line, 100_000, "SO-3", later)
    assert draw(line, small, "SO-3", later, by="U-2").authorized_minor == 100_000


def test_other_platforms_and_no_scope(line: CreditLine, other_tenant: Tenant, at: datetime) -> None:
    user = joined(line.merchant, "U-1", at)
    with tenant_scope(other_tenant.id):
        assert list_users(line.merchant_id) == []
        with pytest.raises(DomainError):
            remove_user(merchant_id=line.merchant_id, user_id=user.id, actor="x", at=at)
    neighbor = lives.merchant_with_trade("M-2", at)
    refused(
        UserNotFound,
        lambda: remove_user(merchant_id=neighbor.id, user_id=user.id, actor="x", at=at),
    )
    with pytest.raises(NoScope):
        Context().run(list_users, line.merchant_id)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_at_once_never_pass_the_month(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        joined(line.merchant, "U-1", at)
        quotes = [quoted(line, 200_000, f"SO-{n}", at) for n in range(2)]
    acts = [partial(draw, line, quotes[n], f"SO-{n}", at) for n in range(2)]
    assert together(tenant, list(acts)) == {"done": 1, UserMonthCap.__name__: 1}
    with tenant_scope(tenant.id):
        line.refresh_from_db()
        assert (line.held_minor, Drawdown.objects.count()) == (200_000, 1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_drawing_while_the_owner_changes_caps(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        caps: dict[str, Any] = {"drawdown_cap_minor": 10_000, "month_cap_minor": 100_000}
        user = joined(line.merchant, "U-1", at, **caps)
        quotes = [quoted(line, 10_000, f"SO-{n}", at) for n in range(8)]
    changed = partial(
        change_user, merchant_id=line.merchant_id, user_id=user.id, role="buyer", actor="usr", at=at
    )
    acts: list[Callable[[], object]] = [
        act
        for n, quote in enumerate(quotes)
        for act in (
            partial(draw, line, quote, f"SO-{n}", at),
            partial(changed, drawdown_cap_minor=10_000 + n, month_cap_minor=100_000),
        )
    ]
    assert together(tenant, acts) == {"done": 16}
