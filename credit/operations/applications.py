"""Asking for a line: submit, decide, offer."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from credit.enums import ApplicationStatus, LineStatus, ProductStatus, ReviewKind
from credit.errors import (
    ApplicationIncomplete,
    ApplicationNotFound,
    ApplicationOpen,
    ConsentMissing,
    ExternalIdConflict,
    LineExists,
    MerchantNotVerified,
    ProductUnavailable,
    TooEarlyToReapply,
)
from credit.models import Application, CreditLine, ProductVersion
from credit.operations.application_results import answer
from credit.operations.offers import expire_offers
from credit.operations.reviews import open_review
from credit.queries import onboarding
from credit.queries.behavior import repayment_facts
from platform_app.kernel import clock, events
from risk.enums import Outcome, Purpose
from risk.operations.decisions import decide
from risk.values import TradeFacts
from tenants.enums import KybStatus, MagicWord
from tenants.models import Merchant
from tenants.queries.consents import missing_consents
from tenants.queries.merchants import merchant as find_merchant
from tenants.queries.onboarding import missing_needs
from tenants.queries.sandboxes import magic_word
from tenants.queries.tenants import current_tenant

NEEDED_CONSENTS: Final = onboarding.NEEDED_CONSENTS


@transaction.atomic
def submit_application(
    *,
    merchant_id: str,
    product_code: str,
    external_id: str | None,
    actor: str,
    at: datetime,
) -> Application:
    """Submit an application for a product's line; the same external_id again returns the first.

    Raises ProductUnavailable, MerchantNotVerified, ConsentMissing, ApplicationIncomplete (what the
    platform asks for beside them), LineExists, ApplicationOpen, TooEarlyToReapply,
    ExternalIdConflict.
    """
    version = _published(product_code)
    if external_id is not None:
        before = Application.objects.filter(external_id=external_id).first()
        if before is not None:
            return _same(before, merchant_id, version)
    merchant = find_merchant(merchant_id)
    expire_offers(at=at, merchant_id=merchant_id)
    _may_apply(merchant, version, at)
    application = Application(
        merchant=merchant,
        product_id=version.product_id,
        external_id=external_id,
        status=ApplicationStatus.SUBMITTED,
        submitted_at=at,
    )
    try:
        with transaction.atomic():
            application.save(force_insert=True)
    except IntegrityError as error:
        raise ApplicationOpen from error
    events.record(
        "credit.application.submitted", subject=application.id, merchant_id=merchant_id,
        actor=actor, at=at,
    )  # fmt: skip
    return application


@transaction.atomic
def decide_application(
    *, application_id: str, actor: str, at: datetime, trade: TradeFacts | None = None
) -> Application:
    """Let risk decide a submitted application from what was known at `at`; make the offer.

    What the policy passes on is put before a reviewer. Deciding a decided application changes
    nothing. `trade` may carry facts read for a batch. Raises ApplicationNotFound; PriceOutOfRange,
    CapExceeded, CapUnknown when the product may not be sold at the price decided: nothing moves,
    the application stays submitted.
    """
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("merchant")
        .filter(pk=application_id)
        .first()
    )
    if application is None:
        raise ApplicationNotFound
    if application.status != ApplicationStatus.SUBMITTED:
        return application
    merchant_id = application.merchant_id
    behavior = repayment_facts([merchant_id], on=clock.day_of(at))[merchant_id]
    decision = decide(
        merchant_id=merchant_id,
        purpose=Purpose.APPLICATION,
        as_of=at,
        decided_at=at,
        repayment=behavior,
        actor=actor,
        trade=trade,
    )
    application.decision = decision
    outcome = Outcome(decision.outcome)
    answer(
        application, outcome, limit_minor=decision.limit_minor, annual_rate=decision.annual_rate,
        term_rates=decision.term_rates, actor=actor, at=at,
    )  # fmt: skip
    if outcome == Outcome.REFER:
        open_review(application, kind=ReviewKind.REFERRED, note="", actor=actor, at=at)
    return application


def _published(product_code: str) -> ProductVersion:
    version = (
        ProductVersion.objects.select_related("product", "funding_source")
        .filter(product__code=product_code, status=ProductStatus.PUBLISHED)
        .first()
    )
    if version is None:
        raise ProductUnavailable(field="product")
    return version


def _same(before: Application, merchant_id: str, version: ProductVersion) -> Application:
    wrong = [
        name
        for name, is_same in {
            "merchant": before.merchant_id == merchant_id,
            "product": before.product_id == version.product_id,
        }.items()
        if not is_same
    ]
    if wrong:
        raise ExternalIdConflict(field="external_id", fields=", ".join(wrong))
    return before


def _may_apply(merchant: Merchant, version: ProductVersion, at: datetime) -> None:
    not_known = magic_word(merchant.id) is MagicWord.DECLINE_ID
    if merchant.kyb_status != KybStatus.VERIFIED or not_known:
        raise MerchantNotVerified
    missing = missing_consents(merchant.id, NEEDED_CONSENTS)
    if missing:
        raise ConsentMissing(consents=", ".join(missing))
    needs = missing_needs(merchant, current_tenant().application_needs, at=at)
    if needs:
        raise ApplicationIncomplete(needs=", ".join(needs))
    mine = {"merchant_id": merchant.id, "product_id": version.product_id}
    if CreditLine.objects.filter(**mine).exclude(status=LineStatus.CLOSED).exists():
        raise LineExists
    last = Application.objects.filter(**mine).order_by("-submitted_at", "-id").first()
    if last and last.reapply_on and clock.day_of(at) < last.reapply_on:
        raise TooEarlyToReapply(reapply_on=last.reapply_on.isoformat())
