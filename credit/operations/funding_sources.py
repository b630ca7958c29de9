"""Taking on a lender: drafted by one person, activated by another; its cap and its channel."""

from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction

from credit.enums import (
    FundingChannel,
    FundingStatus,
    InstructionStatus,
    LicenceType,
    ProductKind,
)
from credit.errors import FundingNameTaken, FundingTermsInvalid
from credit.models import FundingInstruction, FundingSource
from credit.operations import funding_caps, funding_states, ledger
from credit.values import SourceTerms
from platform_app.kernel import audit, crypto
from platform_app.kernel.errors import gettext_noop

SECRET: Final = "funding_source.channel"  # noqa: S105 -- the purpose a sealed value is bound to


@transaction.atomic
def draft_source(*, terms: SourceTerms, actor: str, at: datetime) -> FundingSource:
    """Write down a lender and open its books; nothing is drawn from it before it is active.

    Raises FundingTermsInvalid, FundingNameTaken.
    """
    _check(terms)
    if FundingSource.objects.filter(name=terms.name).exists():
        raise FundingNameTaken(field="name")
    source = FundingSource.objects.create(
        name=terms.name,
        licence_type=terms.licence_type,
        licence_no=terms.licence_no,
        regulator=terms.regulator,
        complaint_phone=terms.complaint_phone,
        role=terms.role,
        from_on=terms.from_on,
        to_on=terms.to_on,
        cap_minor=terms.cap_minor,
        per_merchant_cap_minor=terms.per_merchant_cap_minor,
        tier_one_minor=terms.tier_one_minor,
        product_kinds=sorted(terms.product_kinds),
        drafted_by=actor,
    )
    ledger.open_accounts(funding_source_id=source.id)
    funding_caps.open_slices(funding_source_id=source.id, cap_minor=terms.cap_minor)
    audit.record(
        actor=actor, action="fundingsource.draft", subject=source.id, at=at,
        after={"name": terms.name, "licence_type": terms.licence_type,
               "cap_minor": terms.cap_minor},
    )  # fmt: skip
    return source


def _check(terms: SourceTerms) -> None:
    faults = {
        gettext_noop("a lender needs a name"): not terms.name.strip(),
        gettext_noop("a licensed lender has a licence number and a regulator"): (
            terms.licence_type != LicenceType.NONE
            and not (terms.licence_no.strip() and terms.regulator.strip())
        ),
        gettext_noop("it ends before it begins"): (
            terms.from_on is not None and terms.to_on is not None and terms.to_on < terms.from_on
        ),
        gettext_noop("a cap cannot be negative"): any(
            cap is not None and cap < 0 for cap in (terms.cap_minor, terms.per_merchant_cap_minor)
        ),
        gettext_noop("a product kind is not known"): bool(
            set(terms.product_kinds) - set(ProductKind.values)
        ),
    }
    for reason, is_fault in faults.items():
        if is_fault:
            raise FundingTermsInvalid(reason=reason)


@transaction.atomic
def activate_source(*, source_id: str, actor: str, at: datetime) -> FundingSource:
    """Let drawdowns be routed to it (again). Done already, it changes nothing.

    Raises FundingSourceNotFound, SecondPersonNeeded, FundingStateConflict.
    """
    row = funding_states.locked_source(source_id)
    funding_states.activate(row, actor=actor, at=at)
    return row


@transaction.atomic
def suspend_source(*, source_id: str, reason: str, actor: str, at: datetime) -> FundingSource:
    """Route nothing new to it; what it has out goes on. Raises as `activate_source` does."""
    row = funding_states.locked_source(source_id)
    funding_states.move(row, FundingStatus.SUSPENDED, reason=reason, actor=actor, at=at)
    return row


@transaction.atomic
def end_source(*, source_id: str, reason: str, actor: str, at: datetime) -> FundingSource:
    """For good; a draft is thereby withdrawn. Raises as `activate_source` does."""
    row = funding_states.locked_source(source_id)
    funding_states.move(row, FundingStatus.ENDED, reason=reason, actor=actor, at=at)
    return row


@transaction.atomic
def set_cap(
    *, source_id: str, cap_minor: int | None, per_merchant_cap_minor: int | None, actor: str,
    at: datetime,
) -> FundingSource:  # fmt: skip
    """Change what may be out with it, in fen; below what is out it only stops new drawdowns.

    Raises FundingSourceNotFound, FundingTermsInvalid.
    """
    row = funding_states.locked_source(source_id)
    if min(cap_minor or 0, per_merchant_cap_minor or 0) < 0:
        raise FundingTermsInvalid(field="cap", reason=gettext_noop("a cap cannot be negative"))
    before = {"cap_minor": row.cap_minor, "per_merchant_cap_minor": row.per_merchant_cap_minor}
    after = {"cap_minor": cap_minor, "per_merchant_cap_minor": per_merchant_cap_minor}
    if before == after:
        return row
    row.cap_minor, row.per_merchant_cap_minor = cap_minor, per_merchant_cap_minor
    row.save(update_fields=["cap_minor", "per_merchant_cap_minor"])
    funding_caps.reset_cap(funding_source_id=row.id, cap_minor=cap_minor)
    audit.record(
        actor=actor, action="fundingsource.cap", subject=row.id, before=before, after=after, at=at
    )
    return row


@transaction.atomic
def set_channel(
    *, source_id: str, url: str, key_id: str, secret: str, actor: str, at: datetime
) -> FundingSource:
    """Tell it to pay over its own HTTP interface; what waits for a channel goes out next.

    The secret is sealed and never shown again. Raises FundingSourceNotFound, and
    FundingTermsInvalid for an address that is not https.
    """
    row = funding_states.locked_source(source_id)
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc or parts.query:
        reason = gettext_noop("the address must be https, without a name or a query in it")
        raise FundingTermsInvalid(field="url", reason=reason)
    if not (key_id.strip() and secret):
        reason = gettext_noop("a channel needs a key and its secret")
        raise FundingTermsInvalid(field="key_id", reason=reason)
    row.channel = FundingChannel.HTTP
    row.channel_url, row.channel_key_id = url.rstrip("/"), key_id
    row.channel_secret_sealed = crypto.seal(secret, purpose=SECRET)
    row.save(update_fields=["channel", "channel_url", "channel_key_id", "channel_secret_sealed"])
    waiting = FundingInstruction.objects.filter(funding_source=row, status=InstructionStatus.NONE)
    waiting.update(next_look_at=at)
    audit.record(
        actor=actor, action="fundingsource.channel", subject=row.id, at=at,
        after={"url": row.channel_url, "key_id": key_id},
    )  # fmt: skip
    return row


@transaction.atomic
def simulate_channel(*, source_id: str, actor: str, at: datetime) -> FundingSource:
    """Have a lender of a demonstration pay by itself, whatever is asked. Audited.

    Raises FundingSourceNotFound, FundingTermsInvalid for one that has an interface of its own.
    """
    row = funding_states.locked_source(source_id)
    if row.channel == FundingChannel.HTTP:
        reason = gettext_noop("this lender is told over its own interface")
        raise FundingTermsInvalid(field="channel", reason=reason)
    row.channel = FundingChannel.SIMULATED
    row.save(update_fields=["channel"])
    audit.record(
        actor=actor, action="fundingsource.channel", subject=row.id, at=at,
        after={"channel": row.channel},
    )  # fmt: skip
    return row
