"""The settlement account: the firm's, or the legal representative's card."""

from typing import Any

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from credit.interfaces.merchant.onboarding import on, opened, shown
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from tenants.access.answers import page
from tenants.access.embed import MerchantRequest
from tenants.enums import AccountKind, MerchantKind
from tenants.operations.accounts import set_account
from tenants.operations.drafts import discard_draft
from tenants.queries.onboarding import account_of, draft

FIELDS = ("kind", "bank_name", "holder_name", "number")


@page
@require_http_methods(["GET", "POST"])
def account(request: MerchantRequest) -> HttpResponseBase:
    """Where money goes to and is repaid from; the holder's name is compared at once."""
    progress, elsewhere = opened(request)
    if progress is None:
        return elsewhere
    merchant = request.embed.merchant
    typed = draft(merchant.id, "account")
    known = account_of(merchant.id) if not typed and "change" not in request.GET else None
    is_alone = merchant.kind == MerchantKind.NATURAL_PERSON
    start = {
        "kind": AccountKind.CARD if is_alone else AccountKind.CORPORATE,
        "holder_name": "" if is_alone else merchant.name,
    }
    context: dict[str, Any] = {
        "place": progress.place("account")[0] if "account" in progress.steps else 3,
        "known": known, "typed": {**start, **typed}, "is_alone": is_alone,
    }  # fmt: skip
    if request.method == "GET":
        return shown(request, "merchant/credit/account.html", **context)
    said = {name: request.POST.get(name, "") for name in FIELDS}
    try:
        set_account(
            merchant_id=merchant.id, actor=f"merchant:{merchant.id}", at=clock.now(), **said
        )
    except DomainError as refusal:
        context |= {"known": None, "typed": said}
        return shown(request, "merchant/credit/account.html", refusal, **context)
    discard_draft(merchant_id=merchant.id, step="account")
    return on(request)
