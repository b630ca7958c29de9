"""The back office of our own staff: who gets in, and whose rows are shown."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import auth
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.back_office import BackOffice
from tenants.access.console import LOGIN, TOTP_OK, signed_in
from tenants.enums import Role
from tenants.models import Member, Tenant

# Passwords are changed where the second step is asked for, never here.
_NOT_HERE = {"password_change", "password_change_done"}


class StaffSite(BackOffice):
    """Open to active staff members who have passed both steps of the console's login."""

    site_title = _("Baitiao back office")
    site_header = _("Baitiao back office")
    index_title = _("Tables")
    site_url = "/console/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff by flag and by role, switched on, second step passed."""
        user = request.user
        return (
            isinstance(user, Member)
            and user.is_active
            and user.is_staff
            and user.role == Role.STAFF
            and request.session.get(TOTP_OK) is True
        )

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002 -- Django's signature
        """To the console's login and back; a partner's member gets the 403 page."""
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        step = signed_in(request)
        if isinstance(step, Member):
            raise PermissionDenied
        back = request.GET.get("next") or reverse("admin:index")
        return HttpResponseRedirect(
            f"{step['Location'].partition('?')[0]}?{urlencode({'next': back})}"
        )

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:  # noqa: ARG002 -- Django's signature
        """Leave by POST; the session is gone."""
        if request.method == "POST":
            auth.logout(request)
        return HttpResponseRedirect(reverse(LOGIN))

    def get_urls(self) -> list[URLResolver | URLPattern]:
        return [url for url in super().get_urls() if getattr(url, "name", None) not in _NOT_HERE]

    def tenant_names(self) -> list[tuple[str, str]]:
        return list(Tenant.objects.order_by("slug").values_list("id", "name"))

    def with_tenant_name(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        name = Tenant.objects.filter(id=OuterRef("tenant_id")).values("name")
        named: QuerySet[Any] = rows.annotate(tenant_name=Subquery(name))
        return named
