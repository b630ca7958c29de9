"""The sandbox: opened from the live platform, stepped into, its clock and its merchants moved."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from credit.enums import ApplicationStatus, Scenario
from credit.interfaces.console.sandbox_forms import AdvanceForm, ClockForm, SimulationForm
from credit.operations import scenarios
from credit.operations.sandboxes import open_sandbox, reset_sandbox
from credit.queries.business_day import open_day
from credit.queries.sandboxes import list_test_merchants
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from tenants.access.console import IN_SANDBOX, STAFF_TENANT, ConsoleRequest, console_view
from tenants.enums import ClockStatus, KeyScope, MagicWord, Role, TenantMode
from tenants.forms import page
from tenants.models import Tenant, TestClock
from tenants.operations.credentials import create_hmac_key
from tenants.operations.test_clocks import create_clock, request_advance
from tenants.queries.sandboxes import clock_of_sandbox, sandbox_of

PAGE: Final = "console:sandbox"
WORKERS: Final = (Role.OWNER, Role.DEVELOPER)


@never_cache
@require_GET
@console_view(*WORKERS)
def show(request: ConsoleRequest) -> HttpResponse:
    """What there is: on the live platform the way in, in the sandbox all that can be moved."""
    return _page(request, {})


@require_POST
@console_view(*WORKERS)
def enter(request: ConsoleRequest) -> HttpResponse:
    """Step into the sandbox; it is opened the first time."""
    try:
        sandbox = open_sandbox(actor=request.member.id, at=clock.now())
    except DomainError as refusal:
        messages.error(request, say(refusal))
        return redirect(PAGE)
    _step(request, sandbox, live_id=request.tenant.id)
    return redirect(PAGE)


@require_POST
@console_view(*WORKERS)
def leave(request: ConsoleRequest) -> HttpResponse:
    """Back to the live platform."""
    live_id = _sandbox(request).live_tenant_id
    request.session.pop(IN_SANDBOX, None)
    if request.member.role == Role.STAFF:
        request.session[STAFF_TENANT] = live_id
    return redirect(PAGE)


@require_POST
@console_view(*WORKERS)
def reset(request: ConsoleRequest) -> HttpResponse:
    """From the live platform: retire the sandbox with its keys, open a fresh one, step into it."""
    if request.POST.get("sure") != "yes":
        messages.error(request, _("Tick the box first: the keys of the old sandbox stop working."))
        return redirect(PAGE)
    try:
        sandbox = reset_sandbox(actor=request.member.id, at=clock.now())
    except DomainError as refusal:
        messages.error(request, say(refusal))
        return redirect(PAGE)
    _step(request, sandbox, live_id=request.tenant.id)
    messages.success(request, _("This is a fresh sandbox. Make a key for it below."))
    return redirect(PAGE)


@never_cache
@require_POST
@console_view(*WORKERS)
def make_key(request: ConsoleRequest) -> HttpResponse:
    """A test key; its secret is on this one page and nowhere else."""
    _sandbox(request)
    key, secret = create_hmac_key(
        label=f"console {clock.day_of(clock.machine_now())}", scopes=list(KeyScope.values),
        actor=request.member.id, at=clock.machine_now(),
    )  # fmt: skip
    return _page(request, {"key": key, "secret": secret})


@require_POST
@console_view(*WORKERS)
def set_clock(request: ConsoleRequest) -> HttpResponse:
    """Give the sandbox its clock."""
    _sandbox(request)
    form = ClockForm(request.POST)
    if not form.is_valid():
        return _page(request, {"clock_form": form}, status=422)
    try:
        create_clock(name=form.cleaned_data["name"], frozen_time=None, actor=request.member.id)
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, _("From now on the days of this sandbox end when you say so."))
    return redirect(PAGE)


@require_POST
@console_view(*WORKERS)
def advance(request: ConsoleRequest) -> HttpResponse:
    """Send the clock on, by days or to a moment."""
    _sandbox(request)
    ticking, form = clock_of_sandbox(), AdvanceForm(request.POST)
    if ticking is None:
        raise Http404
    if not form.is_valid():
        return _page(request, {"advance_form": form}, status=422)
    try:
        request_advance(clock_id=ticking.id, to=form.target(clock.now()), actor=request.member.id)
    except DomainError as refusal:
        form.add_error("to", say(refusal))
        return _page(request, {"advance_form": form}, status=422)
    return redirect(PAGE)


@never_cache
@require_GET
@console_view(*WORKERS)
def progress(request: ConsoleRequest) -> HttpResponse:
    """The moving part, asked again every second until the clock has arrived."""
    _sandbox(request)
    context = _clock(clock_of_sandbox())
    response = render(request, "console/credit/_sandbox_clock.html", context)
    if not context["is_moving"]:
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
@console_view(*WORKERS)
def simulate(request: ConsoleRequest, merchant_id: str) -> HttpResponse:
    """Have something happen to one merchant."""
    _sandbox(request)
    form = SimulationForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        scenarios.simulate(
            Scenario(form.cleaned_data["scenario"]),
            scenarios.Asked(
                merchant_id=merchant_id, is_approved=form.cleaned_data["answer"] != "decline",
                actor=request.member.id, at=clock.now(),
            ),
        )  # fmt: skip
    except (DomainError, ValueError) as refusal:
        messages.error(
            request, say(refusal) if isinstance(refusal, DomainError) else _("No such merchant.")
        )
    else:
        messages.success(request, _("It happened, through the operation of real life."))
    return redirect(PAGE)


def _sandbox(request: ConsoleRequest) -> Tenant:
    if request.tenant.mode != TenantMode.TEST:
        raise Http404
    return request.tenant


def _step(request: ConsoleRequest, sandbox: Tenant, *, live_id: str) -> None:
    if request.member.role == Role.STAFF:
        request.session[STAFF_TENANT] = sandbox.id
    else:
        request.session[IN_SANDBOX] = live_id


def _page(request: ConsoleRequest, more: dict[str, Any], *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"words": [(word.value, word.label) for word in MagicWord]}
    if request.tenant.mode == TenantMode.TEST:
        merchants = page(request, list_test_merchants(on=open_day()))
        for one in merchants.rows:
            said = one.application_status
            one.application_label = ApplicationStatus(said).label if said else ""
        context |= {"page": merchants, "scenarios": Scenario, **_clock(clock_of_sandbox())}
        context |= {"clock_form": ClockForm(), "advance_form": AdvanceForm()}
    else:
        context["sandbox"] = sandbox_of(request.tenant.id)
    return render(request, "console/credit/sandbox.html", context | more, status=status)


def _clock(ticking: TestClock | None) -> dict[str, Any]:
    is_moving = ticking is not None and ticking.status == ClockStatus.ADVANCING
    return {"ticking": ticking, "is_moving": is_moving, "shows": clock.now()}
