"""Coupons: batches and what became of them, a new one, granting, taking back, stopping."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.errors import CouponBatchNotFound
from campaigns.interfaces.console.coupon_forms import BatchForm, GrantForm, term_words
from campaigns.models import CouponBatch
from campaigns.operations.coupons import cancel_coupon, grant_coupon, make_batch, stop_batch
from campaigns.queries.coupons import batch_of, list_batches, list_coupons, term_choices
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import page
from tenants.queries.merchants import merchant_by_external_id

READERS: Final = (Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.VIEWER)
ACTORS: Final = (Role.OWNER, Role.OPERATOR)
LIST: Final = "console:coupon_batch-list"
DETAIL: Final = "console:coupon_batch-detail"
# What the operation calls otherwise than the page.
FIELDS: Final = {"cap_minor": "cap", "minimum_minor": "minimum", "share_rate": "percent"}


@require_GET
@console_view(*READERS)
def batch_list(request: ConsoleRequest) -> HttpResponse:
    """Every batch: how many were granted, are held, used, expired, and what they cost so far."""
    context = {"page": page(request, list_batches()), "may_act": _may_act(request)}
    return render(request, "console/campaigns/coupon_batches.html", context)


@require_http_methods(["GET", "POST"])
@console_view(*ACTORS)
def batch_new(request: ConsoleRequest) -> HttpResponse:
    """Make a batch; without a word from our staff the partner bears all of it."""
    is_staff = request.member.role == Role.STAFF
    form = BatchForm(request.POST or None, term_choices(), is_staff=is_staff)
    if request.method == "POST" and form.is_valid():
        try:
            batch = make_batch(terms=form.terms(), actor=request.member.id, at=clock.now())
        except DomainError as refusal:
            field = FIELDS.get(refusal.field or "", refusal.field or "")
            form.add_error(field if field in form.fields else None, say(refusal))
        else:
            messages.success(request, _("The batch is open. Grant its coupons below."))
            return redirect(DETAIL, batch.id)
    context = {"form": form, "is_staff": is_staff}
    status = 422 if form.errors else 200
    return render(request, "console/campaigns/coupon_batch_new.html", context, status=status)


@require_GET
@console_view(*READERS)
def batch_detail(request: ConsoleRequest, batch_id: str) -> HttpResponse:
    """One batch, its figures and its coupons."""
    return _detail(request, batch_id, GrantForm())


@require_POST
@console_view(*ACTORS)
def batch_grant(request: ConsoleRequest, batch_id: str) -> HttpResponse:
    """Grant to each merchant named; one that is refused holds up nobody else."""
    form = GrantForm(request.POST)
    if not form.is_valid():
        return _detail(request, batch_id, form, status=422)
    batch, count = _batch(batch_id), 0
    for number in form.cleaned_data["merchants"]:
        try:
            whose = merchant_by_external_id(number)
            grant_coupon(
                batch_id=batch.id, merchant_id=whose.id, actor=request.member.id, at=clock.now()
            )
        except DomainError as refusal:
            messages.error(request, f"{number}: {say(refusal)}")
        else:
            count += 1
    if count:
        done = ngettext(
            "{count} merchant has its coupon.", "{count} merchants have their coupon.", count
        )
        messages.success(request, done.format(count=count))
    return redirect(DETAIL, batch.id)


@require_POST
@console_view(*ACTORS)
def batch_stop(request: ConsoleRequest, batch_id: str) -> HttpResponse:
    """Grant nothing more; what merchants hold stays theirs."""
    batch = stop_batch(batch_id=_batch(batch_id).id, actor=request.member.id, at=clock.now())
    messages.success(request, _("Stopped. Coupons that merchants hold stay theirs."))
    return redirect(DETAIL, batch.id)


@require_POST
@console_view(*ACTORS)
def coupon_cancel(request: ConsoleRequest, batch_id: str) -> HttpResponse:
    """Take one back that no order holds."""
    batch = _batch(batch_id)
    try:
        cancel_coupon(
            batch_id=batch.id, coupon_id=request.POST.get("coupon", ""), actor=request.member.id,
            at=clock.now(),
        )  # fmt: skip
    except CouponBatchNotFound as refusal:
        raise Http404(say(refusal)) from None
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, _("Taken back; its share of the budget is free again."))
    return redirect(DETAIL, batch.id)


def _may_act(request: ConsoleRequest) -> bool:
    return request.member.role in {*ACTORS, Role.STAFF}


def _batch(batch_id: str) -> CouponBatch:
    try:
        return batch_of(batch_id)
    except CouponBatchNotFound as refusal:
        raise Http404(say(refusal)) from None


def _detail(
    request: ConsoleRequest, batch_id: str, form: GrantForm, *, status: int = 200
) -> HttpResponse:
    batch = _batch(batch_id)
    names = {one.code: term_words(one) for one in term_choices()}
    context = {
        "batch": batch,
        "terms": [names.get(code, code) for code in batch.option_codes],
        "page": page(request, list_coupons(batch.id)),
        "form": form,
        "may_act": _may_act(request),
    }
    return render(request, "console/campaigns/coupon_batch.html", context, status=status)
