"""Logging in, in two steps; choosing a platform (our own staff); logging out."""

from typing import Final
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.contrib import auth
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from platform_app.kernel import clock, rates
from platform_app.kernel.client_address import client_address
from platform_app.kernel.errors import DomainError, TooManyFailures
from platform_app.kernel.http import say
from tenants.access.console import STAFF_TENANT, TOTP_OK, signed_in
from tenants.enums import Role
from tenants.errors import LoginFailed
from tenants.interfaces.console.forms import CodeForm, LoginForm
from tenants.models import Member
from tenants.operations import members
from tenants.queries.tenants import list_tenants

BACKEND: Final = "django.contrib.auth.backends.ModelBackend"
INK: Final = "#1C2024"


@never_cache
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """First step: email address and password."""
    form = LoginForm(request.POST or None)
    refusal: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        given, address = form.cleaned_data, client_address(request)
        try:
            rates.check_failures(address, rates.LOGINS)
            member = members.check_login(
                email=given["email"], password=given["password"], at=clock.now()
            )
        except LoginFailed as failure:
            refusal = _counted(failure, address)
        except TooManyFailures as failure:
            refusal = failure
        else:
            auth.login(request, member, backend=BACKEND)
            request.session[TOTP_OK] = False
            response = _onward(request, reverse("console:member-totp"))
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, member.language, samesite="Lax", httponly=True
            )
            return response
    if refusal is not None:
        form.add_error(None, say(refusal))
    status = refusal.status if isinstance(refusal, TooManyFailures) else 422
    status = status if form.errors else 200
    context = {"form": form, "next": _next(request)}
    page = render(request, "console/tenants/login.html", context, status=status)
    if isinstance(refusal, TooManyFailures):
        for name, value in refusal.headers.items():
            page.headers[name] = value
    return page


@never_cache
@require_http_methods(["GET", "POST"])
def totp(request: HttpRequest) -> HttpResponse:
    """Second step: a one-time code. The first time, set the device up from a QR code."""
    member = request.user
    if not isinstance(member, Member) or not member.is_active:
        return redirect("console:member-login")
    enrolled = members.is_enrolled(member)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        check = members.verify_totp if enrolled else members.confirm_totp
        code = "".join(form.cleaned_data["code"].split())
        try:
            check(member_id=member.id, code=code, at=clock.now())
        except DomainError as refusal:
            form.add_error("code", say(refusal))
        else:
            request.session[TOTP_OK] = True
            return HttpResponseRedirect(_next(request) or reverse(settings.LOGIN_REDIRECT_URL))
    context = {"form": form, "next": _next(request), "enrolled": enrolled}
    if not enrolled:
        uri = members.enroll_totp(member_id=member.id)
        image = segno.make(uri, micro=False).svg_data_uri(scale=5, border=1, dark=INK)
        context |= {"qr": image, "secret": _secret_of(uri)}
    status = 422 if form.errors else 200
    return render(request, "console/tenants/totp.html", context, status=status)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Leave. The session is gone."""
    auth.logout(request)
    return redirect("console:member-login")


@never_cache
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Our own staff say for which platform they work now."""
    member = signed_in(request)
    if isinstance(member, HttpResponse):
        return member
    if member.role != Role.STAFF:
        raise PermissionDenied
    tenants = list_tenants()
    if request.method == "POST":
        wanted = request.POST.get("tenant", "")
        if wanted in {tenant.id for tenant in tenants}:
            request.session[STAFF_TENANT] = wanted
            return HttpResponseRedirect(_next(request) or reverse(settings.LOGIN_REDIRECT_URL))
    context = {
        "tenants": tenants,
        "next": _next(request),
        "chosen": request.session.get(STAFF_TENANT),
    }
    return render(request, "console/tenants/choose.html", context)


def _counted(failure: LoginFailed, address: str) -> DomainError:
    """The refusal to show: the failure, or that there were too many from this address."""
    try:
        rates.fail(address, rates.LOGINS)
    except TooManyFailures as refusal:
        return refusal
    return failure


def _next(request: HttpRequest) -> str:
    """Where to go afterwards, if it is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else ""


def _onward(request: HttpRequest, url: str) -> HttpResponseRedirect:
    back = _next(request)
    return HttpResponseRedirect(f"{url}?{urlencode({'next': back})}" if back else url)


def _secret_of(uri: str) -> str:
    """The secret in groups of four, for typing it by hand."""
    secret = uri.partition("secret=")[2].partition("&")[0]
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
