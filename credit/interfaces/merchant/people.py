"""Who stands behind the firm, who applies, and the code to the mobile number."""

from datetime import timedelta
from typing import Any

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_POST

from credit.interfaces.merchant.onboarding import on, opened, shown
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from tenants.access.answers import go, page
from tenants.access.embed import MerchantRequest
from tenants.enums import MerchantKind
from tenants.operations.drafts import discard_draft
from tenants.operations.identities import identify_person
from tenants.operations.phone_codes import APART, confirm_phone, send_phone_code
from tenants.queries.onboarding import applying_person, codes_are_known, draft, open_code, person_in
from tenants.queries.tenants import current_tenant

SELF = "self"
FIELDS = ("name", "identity_no", "phone")


@page
@require_http_methods(["GET", "POST"])
def legal(request: MerchantRequest) -> HttpResponseBase:
    """The legal representative, or the owner; and whether that is who holds the phone."""
    progress, elsewhere = opened(request)
    if progress is None:
        return elsewhere
    merchant_id = request.embed.merchant_id
    known = person_in(merchant_id, "legal_representative")
    typed = draft(merchant_id, "legal")
    is_alone = request.embed.merchant.kind == MerchantKind.NATURAL_PERSON
    context: dict[str, Any] = {
        "place": 3, "known": known if not typed and "change" not in request.GET else None,
        "typed": typed, "step": "legal", "is_alone": is_alone,
        "applies": typed.get("applies", SELF),
    }  # fmt: skip
    if request.method == "GET":
        if context["known"] and applying_person(merchant_id) is None:
            return go("person-applicant")
        return shown(request, "merchant/credit/person.html", **context)
    applies = request.POST.get("applies", SELF) if not is_alone else SELF
    refusal = _identified(request, role="legal_representative", applies=applies == SELF)
    if refusal is not None:
        context |= {"known": None, "typed": _typed(request), "applies": applies}
        return shown(request, "merchant/credit/person.html", refusal, **context)
    discard_draft(merchant_id=merchant_id, step="legal")
    return on(request) if applies == SELF else go("person-applicant")


@page
@require_http_methods(["GET", "POST"])
def applicant(request: MerchantRequest) -> HttpResponseBase:
    """Whoever applies in the firm's name."""
    progress, elsewhere = opened(request)
    if progress is None:
        return elsewhere
    merchant_id = request.embed.merchant_id
    if person_in(merchant_id, "legal_representative") is None:
        return go("person-legal")
    context: dict[str, Any] = {
        "place": 3, "typed": draft(merchant_id, "applicant"), "step": "applicant",
    }  # fmt: skip
    if request.method == "GET":
        return shown(request, "merchant/credit/person.html", **context)
    refusal = _identified(request, role="applicant", applies=True)
    if refusal is not None:
        context |= {"typed": _typed(request)}
        return shown(request, "merchant/credit/person.html", refusal, **context)
    discard_draft(merchant_id=merchant_id, step="applicant")
    return on(request)


@page
@require_http_methods(["GET", "POST"])
def phone(request: MerchantRequest) -> HttpResponseBase:
    """Six digits from a text message."""
    return _phone_page(request, None) if request.method == "GET" else _confirmed(request)


@page
@require_POST
def send_code(request: MerchantRequest) -> HttpResponseBase:
    """Have a code sent, then back to where it is typed."""
    progress, elsewhere = opened(request)
    if progress is None:
        return elsewhere
    try:
        send_phone_code(
            merchant_id=request.embed.merchant_id, locale=request.embed.locale,
            actor=_actor(request), at=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        return _phone_page(request, refusal)
    return go("phone-confirm")


def _confirmed(request: MerchantRequest) -> HttpResponseBase:
    try:
        confirm_phone(
            merchant_id=request.embed.merchant_id, code=request.POST.get("code", ""),
            actor=_actor(request), at=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        return _phone_page(request, refusal)
    return on(request)


def _phone_page(request: MerchantRequest, refusal: DomainError | None) -> HttpResponseBase:
    progress, elsewhere = opened(request)
    if progress is None:
        return elsewhere
    person = applying_person(request.embed.merchant_id)
    if person is None:
        return go("person-legal")
    if person.phone_verified_at is not None:
        return on(request)
    code = open_code(request.embed.merchant_id, clock.now())
    wait = code.sent_at + APART - clock.now() if code else timedelta()
    context = {
        "place": progress.place("phone")[0] if "phone" in progress.steps else 3,
        "person": person,
        "is_sent": code is not None,
        "is_simulated": codes_are_known(current_tenant()),
        "wait_seconds": max(0, int(wait.total_seconds())),
    }
    return shown(request, "merchant/credit/phone.html", refusal, **context)


def _identified(request: MerchantRequest, *, role: str, applies: bool) -> DomainError | None:
    typed = _typed(request)
    try:
        identify_person(
            merchant_id=request.embed.merchant_id, role=role, applies=applies,
            actor=_actor(request), at=clock.now(), **typed,
        )  # fmt: skip
    except DomainError as refusal:
        return refusal
    return None


def _typed(request: MerchantRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in FIELDS}


def _actor(request: MerchantRequest) -> str:
    return f"merchant:{request.embed.merchant_id}"
