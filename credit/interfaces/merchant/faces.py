"""Face checks: of whoever applies, and before an agreement is signed.

Away to the service, and back to the same step; the consent to it is asked for here, on its own.
Whoever does not want one asks for a person's look instead.
"""

from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from credit.interfaces.merchant.onboarding import on, opened, shown
from credit.interfaces.merchant.signing import open_offer
from credit.queries.onboarding import progress_of
from credit.queries.reviews import answer_due
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from tenants.access.answers import go, page
from tenants.access.embed import MerchantRequest
from tenants.enums import ApplicationNeed, ConsentCode
from tenants.models import FaceCheck, MerchantPerson
from tenants.operations.consents import give_consents
from tenants.operations.face_checks import look_at_face_check, start_face_check
from tenants.operations.face_results import whom_index
from tenants.operations.identity_reviews import ask_identity_review
from tenants.queries.consents import consent_text
from tenants.queries.face_checks import FaceStep, identity_step, is_face_agreed, signing_step
from tenants.queries.onboarding import applying_person
from tenants.queries.step_up import confirming_person

TEMPLATE = "merchant/credit/face.html"
CODE = ConsentCode.FACE_RECOGNITION


@page
@require_http_methods(["GET", "POST"])
def show(request: MerchantRequest) -> HttpResponseBase:
    """Before signing: why it is asked for, where the last one stands, and starting another."""
    offer = open_offer(request)
    if offer is None:
        return go("journey-home")
    person = confirming_person(offer.merchant_id)
    context: dict[str, Any] = {"here": "merchant:face-show", "person": person, "is_signing": True}
    try:
        if request.method == "POST":
            return _started(request, offer.id, context)
        _looked(request, offer.id)
    except DomainError as refusal:
        return _page(request, context, FaceStep("none", None), refusal)
    whom = "" if person is None else whom_index(person)
    step = signing_step(offer.merchant_id, offer.id, whom, at=clock.now())
    return go("offer-sheet") if step.state == "passed" else _page(request, context, step)


@page
@require_http_methods(["GET", "POST"])
def identify(request: MerchantRequest) -> HttpResponseBase:
    """Of whoever applies: one of the steps before an application, where the platform asks for it.

    Passed, it says so, and leads on.
    """
    progress, elsewhere = opened(request)
    if progress is None:
        return elsewhere
    if ApplicationNeed.FACE not in progress.steps:
        return on(request)
    person = applying_person(request.embed.merchant_id)
    if person is None:
        return go("person-legal")
    context: dict[str, Any] = {
        "here": "merchant:face-identify", "person": person,
        "place": progress.place(ApplicationNeed.FACE)[0],
    }  # fmt: skip
    try:
        if request.method == "POST":
            return _started(request, person.id, context)
        last = _looked(request, person.id)
    except DomainError as refusal:
        return _page(request, context, FaceStep("none", None), refusal)
    if last is not None:
        person.refresh_from_db(fields=["identity_confirmed_at"])
    step = identity_step(person, whom_index(person), last, at=clock.now())
    if step.state == "passed":
        onwards = progress_of(request.embed.merchant_id).next_page
        context["next_url"] = reverse(f"merchant:{onwards}")
    return _page(request, context, step)


def _started(request: MerchantRequest, subject: str, context: dict[str, Any]) -> HttpResponseBase:
    """The consent if its switch is on, then the check; or a person's look, without either.

    Raises what starting or asking raises.
    """
    person: MerchantPerson | None = context["person"]
    if request.POST.get("by") == "person":
        ask_identity_review(
            merchant_id=request.embed.merchant_id, subject=subject, person=person,
            due_at=answer_due(clock.now()), actor=_actor(request), at=clock.now(),
        )  # fmt: skip
        return go(context["here"].removeprefix("merchant:"))
    if person is not None and request.POST.get("agreed") == CODE:
        give_consents(
            merchant_id=request.embed.merchant_id, codes=[CODE], locale=request.embed.locale,
            evidence={
                "ip": request.META.get("REMOTE_ADDR", ""),
                "user_agent": request.headers.get("User-Agent", ""),
                "session": request.embed.id,
                "whom": whom_index(person),
            },
            actor=_actor(request), at=clock.now(),
        )  # fmt: skip
    check, context["away_url"] = start_face_check(
        session=request.embed, subject=subject, person=person, step=context["here"],
        actor=_actor(request), at=clock.now(),
    )  # fmt: skip
    return _page(request, context, FaceStep("ready", check))


def _looked(request: MerchantRequest, subject: str) -> FaceCheck | None:
    return look_at_face_check(
        merchant_id=request.embed.merchant_id, subject=subject, actor=_actor(request),
        at=clock.now(),
    )  # fmt: skip


def _page(
    request: MerchantRequest,
    context: dict[str, Any],
    step: FaceStep,
    refusal: DomainError | None = None,
) -> HttpResponseBase:
    """The step; with the text to agree to while the one to be looked at has not agreed to it.

    Whoever waits for a call and asks for the face check after all is shown that.
    """
    if step.state == "review" and "face" in request.GET:
        step = FaceStep("none", None)
    merchant_id, person = request.embed.merchant_id, context["person"]
    is_agreed = person is not None and is_face_agreed(merchant_id, whom_index(person))
    text = None if is_agreed else consent_text(CODE, request.embed.locale)
    return shown(
        request, TEMPLATE, refusal, **context, here_url=reverse(context["here"]),
        state=step.state, check=step.check, review=step.review, consent=text,
    )  # fmt: skip


def _actor(request: MerchantRequest) -> str:
    return f"merchant:{request.embed.merchant_id}"
