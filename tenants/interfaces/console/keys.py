"""密钥: which keys the platform signs with; a new one, a successor, addresses, the end of one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.domain.key_states import state_of
from tenants.enums import KeyAlgorithm, KeyState, Role
from tenants.errors import PrivateKeyPasted
from tenants.forms import page
from tenants.interfaces.console.key_forms import (
    AddressesForm,
    KeyForm,
    PublicKeyForm,
    RevokeForm,
)
from tenants.interfaces.console.pages import missing
from tenants.operations import credential_rotation, credentials
from tenants.queries.credentials import key as find_key
from tenants.queries.credentials import list_keys

WHO = (Role.OWNER, Role.DEVELOPER)


@require_GET
@console_view(*WHO)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Every key, newest first, and the form for a new one."""
    return _list(request, KeyForm(initial={"scopes": ["read"]}))


@never_cache
@require_POST
@console_view(*WHO)
def create(request: ConsoleRequest) -> HttpResponse:
    """A new key. A shared secret is on the page that answers, and nowhere else."""
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _list(request, form)
    told = form.cleaned_data
    facts: dict[str, Any] = {
        "label": told["label"], "scopes": told["scopes"], "allowed_ips": told["allowed_ips"],
        "not_after": form.not_after(), "actor": request.member.id, "at": clock.machine_now(),
    }  # fmt: skip
    try:
        if told["algorithm"] == KeyAlgorithm.HMAC:
            return _secret(request, *credentials.create_hmac_key(**facts))
        make = credentials.create_rsa_key
        if told["algorithm"] == KeyAlgorithm.SM2:
            make = credentials.create_sm2_key
        made = make(public_key_pem=told["public_key_pem"], **facts)
    except DomainError as refusal:
        _put_to(form, refusal)
        return _list(request, form)
    messages.success(
        request, _("The public key is kept. Sign with its private half and this key id.")
    )
    return redirect("console:key-detail", made.id)


@require_GET
@console_view(*WHO)
def detail(request: ConsoleRequest, key_id: str) -> HttpResponse:
    """One key, and what can be done with it."""
    return _one(request, key_id)


@never_cache
@require_POST
@console_view(*WHO)
def rotate(request: ConsoleRequest, key_id: str) -> HttpResponse:
    """A successor; the former goes on for seven days."""
    by: dict[str, Any] = {"key_id": key_id, "actor": request.member.id, "at": clock.machine_now()}
    row = _row(key_id)
    form = PublicKeyForm(request.POST)
    try:
        if row.algorithm == KeyAlgorithm.HMAC:
            return _secret(request, *credential_rotation.rotate_hmac_key(**by))
        if not form.is_valid():
            return _one(request, key_id, pair=form)
        made = credential_rotation.rotate_public_key(
            public_key_pem=form.cleaned_data["public_key_pem"], **by
        )
    except DomainError as refusal:
        _put_to(form, refusal)
        return _one(request, key_id, pair=form)
    messages.success(request, _("The successor is made. The former key goes on for now."))
    return redirect("console:key-detail", made.id)


@require_POST
@console_view(*WHO)
def addresses(request: ConsoleRequest, key_id: str) -> HttpResponse:
    """From where the key may be used."""
    _row(key_id)
    form = AddressesForm(request.POST)
    if not form.is_valid():
        return _one(request, key_id, places=form)
    try:
        credentials.allow_ips(
            key_id=key_id, allowed_ips=form.cleaned_data["allowed_ips"],
            actor=request.member.id, at=clock.machine_now(),
        )  # fmt: skip
    except DomainError as refusal:
        _put_to(form, refusal)
        return _one(request, key_id, places=form)
    messages.success(request, _("From now on these addresses count."))
    return redirect("console:key-detail", key_id)


@require_POST
@console_view(*WHO)
def agree(request: ConsoleRequest, key_id: str) -> HttpResponse:
    """A second person lets a live key into force."""
    _row(key_id)
    try:
        credential_rotation.agree_to_key(
            key_id=key_id, actor=request.member.id, at=clock.machine_now()
        )
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, _("The key is in force."))
    return redirect("console:key-detail", key_id)


@require_POST
@console_view(*WHO)
def revoke(request: ConsoleRequest, key_id: str) -> HttpResponse:
    """The end of a key, once somebody says that nothing needs it."""
    _row(key_id)
    form = RevokeForm(request.POST)
    if not form.is_valid():
        return _one(request, key_id, end=form)
    credentials.revoke_key(key_id=key_id, actor=request.member.id, at=clock.machine_now())
    messages.success(request, _("The key is revoked: it opens nothing from now on."))
    return redirect("console:key-detail", key_id)


def _row(key_id: str) -> Any:
    try:
        return find_key(key_id)
    except NotFound as refusal:
        raise missing(refusal) from None


def _state(row: Any) -> KeyState:
    return state_of(
        row.not_before, row.not_after, row.revoked_at,
        awaits_second=row.awaits_second, at=clock.machine_now(),
    )  # fmt: skip


def _list(request: ConsoleRequest, form: KeyForm) -> HttpResponse:
    found = page(request, list_keys())
    context = {"page": found, "rows": [(row, _state(row)) for row in found.rows], "form": form}
    status = 422 if form.errors else 200
    return render(request, "console/tenants/keys.html", context, status=status)


def _one(
    request: ConsoleRequest,
    key_id: str,
    *,
    pair: forms.Form | None = None,
    places: forms.Form | None = None,
    end: forms.Form | None = None,
) -> HttpResponse:
    row = _row(key_id)
    state = _state(row)
    context = {
        "key": row,
        "state": state,
        "is_mine": row.made_by == request.member.id,
        "is_open": state not in {KeyState.OVER, KeyState.REVOKED},
        "pair": pair or PublicKeyForm(),
        "places": places or AddressesForm(initial={"allowed_ips": "\n".join(row.allowed_ips)}),
        "end": end or RevokeForm(),
    }
    status = 422 if pair or places or end else 200
    return render(request, "console/tenants/key.html", context, status=status)


def _secret(request: ConsoleRequest, key: Any, secret: str) -> HttpResponse:
    context = {"key": key, "secret": secret}
    return render(request, "console/tenants/key_secret.html", context)


def _put_to(form: forms.Form, refusal: DomainError) -> None:
    """Beside the field it is about, or above the form. A private key is not sent back."""
    if isinstance(refusal, PrivateKeyPasted):
        told: Any = form.data
        fresh = told.copy()
        fresh["public_key_pem"] = ""
        form.data = fresh
    form.add_error(refusal.field if refusal.field in form.fields else None, say(refusal))
