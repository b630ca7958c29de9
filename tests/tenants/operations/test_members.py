"""Logging in: two steps, a lock-out, and one refusal for everything."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from platform_app.kernel.errors import Invalid, NotFound
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.errors import (
    CodeRefused,
    EmailTaken,
    LoginFailed,
    RoleMismatch,
    TotpEnrolled,
    WeakPassword,
)
from tenants.models import Member, Tenant
from tenants.operations.members import (
    check_login,
    confirm_totp,
    create_member,
    enroll_totp,
    is_enrolled,
    reset_totp,
    verify_totp,
)
from tenants.queries.members import list_members

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-sample-phrase"


def add(tenant: Tenant | None, at: datetime, **facts: object) -> Member:
    words: dict[str, object] = {
        "email": "Ops@Shop.example", "name": "李示例", "role": "operator" if tenant else "staff",
        "tenant_id": tenant.id if tenant else None, "password": PASSWORD, **facts,
    }  # fmt: skip
    return create_member(**words, actor="usr", at=at)  # type: ignore[arg-type]


def test_a_member_is_created_audited_and_listed(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    member = add(tenant, at)
    assert (member.email, member.role, member.tenant) == ("ops@shop.example", "operator", tenant)
    assert PASSWORD not in member.password
    with tenant_scope(tenant.id):
        assert AuditRecord.objects.get(action="tenants.member.create").subject == member.id
        assert list(list_members()) == [member]
    with tenant_scope(other_tenant.id):
        assert list(list_members()) == []
    with pytest.raises(NoScope):
        list_members()
    staff = add(None, at, email="me@baitiao.example", is_staff=True)
    assert (staff.tenant, staff.is_staff) == (None, True)


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"email": "nobody"}, Invalid),
        ({"name": ""}, Invalid),
        ({"role": "king"}, Invalid),
        ({"role": "staff"}, RoleMismatch),
        ({"tenant_id": None}, RoleMismatch),
        ({"is_staff": True}, RoleMismatch),
        ({"tenant_id": "tnt_1"}, NotFound),
        ({"password": "short"}, WeakPassword),
        ({"password": "123456789012345"}, WeakPassword),
        ({"email": "TAKEN@shop.example"}, EmailTaken),
    ],
)
def test_a_refused_member_leaves_nothing(
    facts: dict[str, object], error: type[Exception], tenant: Tenant, at: datetime
) -> None:
    add(tenant, at, email="taken@shop.example")
    with pytest.raises(error):
        add(tenant, at, **facts)
    assert Member.objects.count() == 1
    with tenant_scope(tenant.id):
        assert AuditRecord.objects.filter(action="tenants.member.create").count() == 1


def test_five_failures_rest_the_login_for_fifteen_minutes(tenant: Tenant, at: datetime) -> None:
    member = add(tenant, at)
    assert check_login(email=" OPS@shop.example ", password=PASSWORD, at=at) == member
    for _ in range(5):
        with pytest.raises(LoginFailed):
            check_login(email=member.email, password="wrong", at=at)
    almost = at + timedelta(minutes=15) - timedelta(seconds=1)
    with pytest.raises(LoginFailed):
        check_login(email=member.email, password=PASSWORD, at=almost)
    member.refresh_from_db()
    assert member.locked_until == at + timedelta(minutes=15)
    check_login(email=member.email, password=PASSWORD, at=at + timedelta(minutes=15))
    member.refresh_from_db()
    assert member.failed_count == 0
    assert Member.objects.filter(locked_until=None).count() == 1


def test_a_success_forgets_failures(tenant: Tenant, at: datetime) -> None:
    member = add(tenant, at)
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(LoginFailed):
                check_login(email=member.email, password="wrong", at=at)
        check_login(email=member.email, password=PASSWORD, at=at)


def test_strangers_and_former_members_get_the_same_refusal(tenant: Tenant, at: datetime) -> None:
    member = add(tenant, at)
    Member.objects.update(is_active=False)
    for email in (member.email, "nobody@shop.example"):
        with pytest.raises(LoginFailed) as caught:
            check_login(email=email, password=PASSWORD, at=at)
        assert (caught.value.facts, caught.value.status) == ({}, 401)


def totp_of(uri: str) -> pyotp.TOTP:
    return pyotp.TOTP(parse_qs(urlsplit(uri).query)["secret"][0])


def test_the_second_step(tenant: Tenant, at: datetime) -> None:
    member = add(tenant, at)
    with pytest.raises(CodeRefused):
        confirm_totp(member_id=member.id, code="000000", at=at)
    uri = enroll_totp(member_id=member.id)
    assert enroll_totp(member_id=member.id) == uri
    totp = totp_of(uri)
    with pytest.raises(CodeRefused):
        verify_totp(member_id=member.id, code=totp.at(at), at=at)
    assert is_enrolled(confirm_totp(member_id=member.id, code=totp.at(at), at=at))
    for enroll in (
        lambda: enroll_totp(member_id=member.id),
        lambda: confirm_totp(member_id=member.id, code=totp.at(at), at=at),
    ):
        with pytest.raises(TotpEnrolled):
            enroll()
    with pytest.raises(CodeRefused):
        verify_totp(member_id=member.id, code=totp.at(at), at=at)
    later = at + timedelta(minutes=5)
    for seconds in (-60, 60):
        code = totp.at(later + timedelta(seconds=seconds))
        with pytest.raises(CodeRefused):
            verify_totp(member_id=member.id, code=code, at=later)
    verify_totp(member_id=member.id, code=totp.at(later - timedelta(seconds=30)), at=later)
    ahead = totp.at(later + timedelta(seconds=30))
    verify_totp(member_id=member.id, code=f" {ahead} ", at=later)
    with pytest.raises(CodeRefused):
        verify_totp(member_id=member.id, code=totp.at(later), at=later)
    with pytest.raises(CodeRefused):
        verify_totp(member_id=member.id, code="１２３４５６", at=later)


def test_wrong_codes_rest_the_login(tenant: Tenant, at: datetime) -> None:
    member = add(tenant, at)
    totp = totp_of(enroll_totp(member_id=member.id))
    confirm_totp(member_id=member.id, code=totp.at(at), at=at)
    later = at + timedelta(minutes=2)
    for _ in range(5):
        with pytest.raises(CodeRefused):
            verify_totp(member_id=member.id, code="x", at=later)
    with pytest.raises(CodeRefused):
        verify_totp(member_id=member.id, code=totp.at(later), at=later)
    with pytest.raises(LoginFailed):
        check_login(email=member.email, password=PASSWORD, at=later)
    again = later + timedelta(minutes=15)
    verify_totp(member_id=member.id, code=totp.at(again), at=again)


def test_a_lost_phone(tenant: Tenant, at: datetime) -> None:
    member = add(tenant, at)
    first = enroll_totp(member_id=member.id)
    confirm_totp(member_id=member.id, code=totp_of(first).at(at), at=at)
    assert not is_enrolled(reset_totp(member_id=member.id, actor="usr", at=at))
    assert enroll_totp(member_id=member.id) != first
    with tenant_scope(tenant.id):
        assert AuditRecord.objects.filter(action="tenants.member.reset_totp").count() == 1
    for gone in ("usr_1", tenant.id):
        with pytest.raises(NotFound):
            enroll_totp(member_id=gone)
