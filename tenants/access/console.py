"""The door of the console: a logged-in member, a verified second step, a role, one tenant."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from platform_app.kernel.tenancy import mode_scope, tenant_scope
from tenants.enums import Role, TenantStatus
from tenants.models import Member, Tenant

P = ParamSpec("P")
LOGIN: Final = "console:member-login"
SECOND_STEP: Final = "console:member-totp"
CHOOSER: Final = "console:tenant-choose"
TOTP_OK: Final = "totp_ok"
STAFF_TENANT: Final = "staff_tenant_id"
IN_SANDBOX: Final = "in_sandbox_of"

_View = Callable[Concatenate["ConsoleRequest", P], HttpResponseBase]


class ConsoleRequest(HttpRequest):
    """A request of a console page: who is working, and for which platform."""

    member: Member
    tenant: Tenant


def console_view(
    *roles: str,
) -> Callable[[_View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Let members of these roles in (none named: any role), inside their tenant's scope.

    Our own staff pass for the tenant they have chosen, and are sent to choose one. Without a login
    or second step: a redirect there. A wrong role, or a suspended platform: the 403 page.
    """

    def guard(view: _View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def opened(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            member = signed_in(request)
            if isinstance(member, HttpResponse):
                return member
            if roles and member.role not in {*roles, Role.STAFF}:
                raise PermissionDenied
            tenant = _tenant(request, member)
            if tenant is None:
                return _go(request, CHOOSER)
            request.member, request.tenant = member, tenant
            with tenant_scope(tenant.id), mode_scope(tenant.running):
                response = view(request, *args, **kwargs)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()  # its queries belong inside the scope
            return response

        return opened

    return guard


def signed_in(request: HttpRequest) -> Member | HttpResponse:
    """The member who has passed both steps, or the redirect to the step that is missing."""
    user = request.user
    if not isinstance(user, Member) or not user.is_active:
        return _go(request, LOGIN)
    if request.session.get(TOTP_OK) is not True:
        return _go(request, SECOND_STEP)
    return user


def _tenant(request: HttpRequest, member: Member) -> Tenant | None:
    if member.role != Role.STAFF:
        return _own_tenant(request, member)
    try:
        return Tenant.objects.filter(pk=request.session.get(STAFF_TENANT)).first()
    except ValueError:
        return None


def _own_tenant(request: HttpRequest, member: Member) -> Tenant:
    """A member's platform, or its sandbox while he has stepped into it: one statement either way.

    Who belongs to a platform belongs to its sandbox, in the same role.
    """
    if request.session.get(IN_SANDBOX) == member.tenant_id:
        rows = Tenant.objects.filter(
            live_tenant_id=member.tenant_id, status=TenantStatus.ACTIVE,
            live_tenant__status=TenantStatus.ACTIVE,
        )  # fmt: skip
        sandbox = rows.first()
        if sandbox is not None:
            return sandbox
    tenant = member.tenant
    if tenant is None or tenant.status != TenantStatus.ACTIVE:
        raise PermissionDenied
    return tenant


def _go(request: HttpRequest, name: str) -> HttpResponse:
    """Redirect, also out of an htmx fragment; remembers the page for after the login."""
    is_fragment = request.headers.get("HX-Request") == "true"
    back = "" if is_fragment or request.method != "GET" else request.get_full_path()
    url = reverse(name) + (f"?{urlencode({'next': back})}" if back else "")
    return HttpResponseClientRedirect(url) if is_fragment else HttpResponseRedirect(url)
