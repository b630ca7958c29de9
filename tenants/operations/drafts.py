"""Half-filled pages, sealed on the server: a reload, a camera or another phone loses nothing."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from platform_app.kernel import crypto
from platform_app.kernel.errors import Invalid
from tenants.domain.onboarding import DRAFT_DAYS, DRAFT_FIELDS, LONGEST_DRAFT
from tenants.models import MerchantDraft
from tenants.operations.identities import check_sensitive
from tenants.operations.merchants import lock_merchant
from tenants.queries.onboarding import DRAFT, draft


@transaction.atomic
def save_draft(
    *, merchant_id: str, step: str, fields: Mapping[str, str], at: datetime
) -> dict[str, str]:
    """Keep what a page holds so far and answer it whole; what is left empty keeps its last value.

    Fields the page does not have are not kept. Raises NotFound, SensitiveConsentMissing, Invalid
    (no such page).
    """
    if step not in DRAFT_FIELDS:
        raise Invalid(field="step")
    check_sensitive(merchant_id)
    merchant = lock_merchant(merchant_id)
    said = {
        name: fields[name].replace("\x00", "").strip()[:LONGEST_DRAFT]
        for name in DRAFT_FIELDS[step]
        if fields.get(name, "").strip()
    }
    before = draft(merchant_id, step)
    after = {**before, **said}
    if after != before:
        MerchantDraft.objects.update_or_create(
            merchant=merchant,
            step=step,
            defaults={
                "sealed": crypto.seal(json.dumps(after, ensure_ascii=False), purpose=DRAFT),
                "saved_at": at,
            },
        )
    return after


@transaction.atomic
def discard_draft(*, merchant_id: str, step: str) -> None:
    """The page is done, or starts afresh. Discarding nothing changes nothing."""
    MerchantDraft.objects.filter(merchant_id=merchant_id, step=step).delete()


@transaction.atomic
def purge_drafts(*, at: datetime) -> int:
    """Delete what nobody came back to for thirty days; return how many."""
    old = MerchantDraft.objects.filter(saved_at__lte=at - timedelta(days=DRAFT_DAYS))
    return int(old.delete()[0])
