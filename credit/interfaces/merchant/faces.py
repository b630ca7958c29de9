"""The face check before an agreement is signed: away to the service, and back to the same step."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from credit.interfaces.merchant.onboarding import shown
from credit.interfaces.merchant.signing import open_offer
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from tenants.access.answers import go, page
from tenants.access.embed import MerchantRequest
from tenants.models import FaceCheck
from tenants.operations.face_checks import look_at_face_check, start_face_check
from tenants.queries.face_checks import good_face_check


@page
@require_http_methods(["GET", "POST"])
def show(request: MerchantRequest) -> HttpResponseBase:
    """Why it is asked for, where the last one stands, and starting another."""
    offer, at = open_offer(request), clock.now()
    if offer is None:
        return go("journey-home")
    merchant_id, actor = request.embed.merchant_id, f"merchant:{request.embed.merchant_id}"
    try:
        if request.method == "POST":
            row = start_face_check(
                session=request.embed, subject=offer.id, page="merchant:shell", actor=actor, at=at
            )
            return _page(request, row, is_fresh=True)
        last = look_at_face_check(merchant_id=merchant_id, subject=offer.id, actor=actor, at=at)
    except DomainError as refusal:
        return _page(request, None, refusal)
    if good_face_check(merchant_id, offer.id, at=at):
        return go("offer-sheet")
    return _page(request, last)


def _page(
    request: MerchantRequest,
    check: FaceCheck | None,
    refusal: DomainError | None = None,
    *,
    is_fresh: bool = False,
) -> HttpResponse:
    return shown(request, "merchant/credit/face.html", refusal, check=check, is_fresh=is_fresh)
