"""The console's door: both steps, a role, one tenant."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import include, path

from platform_app.kernel.scope import NoScope, current_tenant_id
from tenants.access.console import ConsoleRequest, console_view
from tenants.models import Member, Tenant
from tenants.operations.members import create_member

pytestmark = pytest.mark.django_db


def _blank(request: Any) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path(
        "console/",
        include(
            (
                [
                    path("login", _blank, name="member-login"),
                    path("totp", _blank, name="member-totp"),
                    path("choose", _blank, name="tenant-choose"),
                ],
                "console",
            )
        ),
    )
]


@pytest.fixture(autouse=True)
def _urls() -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@console_view("owner", "finance")
def page(request: ConsoleRequest, word: str) -> HttpResponse:
    assert request.tenant.id == current_tenant_id()
    return HttpResponse(f"{word} {request.member.name} {request.tenant.slug}")


@console_view()
def open_page(request: ConsoleRequest) -> HttpResponse:
    return HttpResponse(request.tenant.slug)


def member(tenant: Tenant | None, role: str, at: datetime) -> Member:
    return create_member(
        email=f"{role}@shop.example", name="李示例", role=role,
        tenant_id=tenant.id if tenant else None, password="a-long-sample-phrase",
        actor="usr", at=at,
    )  # fmt: skip


def ask(user: Any, method: str = "get", hx: str = "", **session: Any) -> Any:
    headers = {"HX-Request": "true"} if hx else {}
    request = getattr(RequestFactory(), method)("/console/x?y=1", headers=headers)
    request.user, request.session = user, session
    return request


def test_a_member_works_inside_its_tenant(tenant: Tenant, at: datetime) -> None:
    request = ask(member(tenant, "owner", at), totp_ok=True)
    assert page(request, word="hi").content.decode() == "hi 李示例 pets"  # type: ignore[attr-defined]
    with pytest.raises(NoScope):
        current_tenant_id()


def test_each_missing_step_has_its_page(tenant: Tenant, at: datetime) -> None:
    anonymous = page(ask(AnonymousUser()), word="x")
    assert (anonymous.status_code, anonymous["Location"]) == (
        302, "/console/login?next=%2Fconsole%2Fx%3Fy%3D1",
    )  # fmt: skip
    owner = member(tenant, "owner", at)
    for value in (False, 1, "yes"):
        assert page(ask(owner, totp_ok=value), word="x")["Location"].startswith("/console/totp?")
    assert page(ask(owner, "post"), word="x")["Location"] == "/console/totp"
    assert page(ask(owner, hx="1"), word="x")["HX-Redirect"] == "/console/totp"
    owner.is_active = False
    assert page(ask(owner, totp_ok=True), word="x")["Location"].startswith("/console/login?")


def test_a_wrong_role_or_a_suspended_platform(tenant: Tenant, at: datetime) -> None:
    viewer = member(tenant, "viewer", at)
    with pytest.raises(PermissionDenied):
        page(ask(viewer, totp_ok=True), word="x")
    assert open_page(ask(viewer, totp_ok=True)).status_code == 200
    tenant.status = "suspended"
    tenant.save()
    with pytest.raises(PermissionDenied):
        open_page(ask(Member.objects.get(pk=viewer.pk), totp_ok=True))


def test_staff_choose_a_platform(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    staff = member(None, "staff", at)
    for chosen in (None, "nonsense", staff.id):
        response = page(ask(staff, totp_ok=True, staff_tenant_id=chosen), word="x")
        assert response["Location"].startswith("/console/choose?next=")
    for row in (tenant, other_tenant):
        response = page(ask(staff, totp_ok=True, staff_tenant_id=row.id), word="hi")
        assert response.content.decode() == f"hi 李示例 {row.slug}"  # type: ignore[attr-defined]


def test_a_member_cannot_choose_another_platform(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    request = ask(member(tenant, "owner", at), totp_ok=True, staff_tenant_id=other_tenant.id)
    assert page(request, word="hi").content.decode() == "hi 李示例 pets"  # type: ignore[attr-defined]
