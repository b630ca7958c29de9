"""The repayment channels of one merchant, and arranging them."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from credit.gateways.bank import connected_bank
from credit.interfaces.console import words
from credit.interfaces.console.act_keys import act_key
from credit.interfaces.console.channel_forms import FORMS, ChannelForm, form_of
from credit.interfaces.console.rights import MONEY_READERS, may_arrange
from credit.models import Drawdown
from credit.operations.deductions import agree_deduction, end_deduction
from credit.operations.direct_debits import end_mandate, request_debit, sign_mandate
from credit.operations.guarantees import record_guarantor_payout
from credit.operations.virtual_accounts import open_virtual_account
from credit.queries.channels import Channels, channels_of
from credit.queries.payoff import payoff
from platform_app.kernel import clock, ids
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.models import Merchant
from tenants.queries.merchants import merchant as merchant_by_id

Data = dict[str, Any]
Verb = Callable[[Merchant, Data, Data, str], object]


def _sign(merchant: Merchant, said: Data, by: Data, _key: str) -> object:
    return sign_mandate(
        merchant_id=merchant.id, account_no=said["account_no"], bank=connected_bank(), **by
    )


def _collect(_merchant: Merchant, said: Data, by: Data, key: str) -> object:
    amount = said["amount"] or payoff(Drawdown.objects.get(pk=said["drawdown"])).due_minor
    return request_debit(drawdown_id=said["drawdown"], amount_minor=amount, external_id=key, **by)


def _payout(_merchant: Merchant, said: Data, by: Data, _key: str) -> object:
    return record_guarantor_payout(
        drawdown_id=said["drawdown"], guarantor=said["guarantor"], amount_minor=said["amount"],
        external_id=said["external_id"], **by,
    )  # fmt: skip


_VERBS: Final[dict[str, tuple[Verb, str]]] = {
    "sign": (_sign, gettext_noop("The mandate is signed: the account can be debited.")),
    "end": (
        lambda merchant, _said, by, _key: end_mandate(merchant_id=merchant.id, **by),
        gettext_noop("The mandate has ended. Debits on their way end as they end."),
    ),
    "collect": (_collect, gettext_noop("The bank is being asked. How it ends appears below.")),
    "agree": (
        lambda merchant, said, by, _key: agree_deduction(
            merchant_id=merchant.id, fraction=said["percent"] / 100, **by
        ),
        gettext_noop("Agreed: this share of each sale is kept back from now on."),
    ),
    "stop": (
        lambda merchant, _said, by, _key: end_deduction(merchant_id=merchant.id, **by),
        gettext_noop("Nothing more is kept back of this merchant's sales."),
    ),
    "account": (
        lambda merchant, said, by, _key: open_virtual_account(
            merchant_id=merchant.id, funding_source_id=said["lender"], bank=connected_bank(), **by
        ),
        gettext_noop("The account number is open."),
    ),
    "payout": (_payout, gettext_noop("Booked as repaid; the guarantor may claim it back.")),
}


@require_GET
@console_view(*MONEY_READERS)
def of_merchant(request: ConsoleRequest, merchant_id: str) -> HttpResponse:
    """How this merchant pays, and what may be arranged."""
    merchant = _merchant(merchant_id)
    return _show(request, merchant, channels_of(merchant), {})


@require_POST
@console_view(*MONEY_READERS)
def act(request: ConsoleRequest, merchant_id: str, name: str) -> HttpResponse:
    """Do one act; what is wrong is said under its field, in place."""
    if name not in FORMS:
        raise Http404
    if not may_arrange(request.member.role, name):
        raise PermissionDenied
    merchant = _merchant(merchant_id)
    found = channels_of(merchant)
    form = form_of(name, found, request.POST)
    if not form.is_valid():
        return _show(request, merchant, found, {name: form})
    verb, text = _VERBS[name]
    by = {"actor": request.member.id, "at": clock.now()}
    try:
        verb(merchant, form.cleaned_data, by, act_key(request.POST.get("key", "")))
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, say(refusal))
        return _show(request, merchant, found, {name: form})
    messages.success(request, _(text))
    return redirect("console:channel-merchant", merchant.id)


def _show(
    request: ConsoleRequest, merchant: Merchant, found: Channels, wrong: dict[str, ChannelForm]
) -> HttpResponse:
    context = {
        "merchant": merchant,
        "found": found,
        "debits": [(one, words.debit_reason(one.reason)) for one in found.debits],
        "claims": [(one, "") for one in found.claims],
        "forms": _forms(request, found) | wrong,
        "key": ids.new_id("act"),
    }
    status = 422 if wrong else 200
    return render(request, "console/credit/channel_merchant.html", context, status=status)


def _forms(request: ConsoleRequest, found: Channels) -> dict[str, ChannelForm]:
    """What may be done as things stand, by this role; again what a failed debit asked for."""
    possible = {
        "sign": found.mandate is None,
        "end": found.mandate is not None,
        "collect": found.mandate is not None and bool(found.drawdowns),
        "agree": True,
        "stop": found.agreement is not None,
        "account": bool(found.without_account),
        "payout": bool(found.drawdowns),
    }
    again = {name: request.GET.get(name, "") for name in ("drawdown", "amount")}
    return {
        name: form_of(name, found, initial=again if name == "collect" else None)
        for name, can in possible.items()
        if can and may_arrange(request.member.role, name)
    }


def _merchant(merchant_id: str) -> Merchant:
    try:
        return merchant_by_id(merchant_id)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
