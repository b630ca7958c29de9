"""The referral program of a platform: begun with its terms, ended, never changed."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from campaigns.domain.salespeople import one_line, origin_of
from campaigns.enums import BatchStatus
from campaigns.errors import (
    CouponBatchNotFound,
    CouponBatchStopped,
    EntryUrlMissing,
    ReferralBatchShort,
    ReferralBatchTied,
    ReferralTermsInvalid,
)
from campaigns.models import CouponBatch, ReferralProgram
from campaigns.queries.referrals import program_now
from credit.enums import DiscountKind
from credit.queries.business_day import open_day
from platform_app.kernel import audit, locks
from platform_app.kernel.scope import current_tenant_id
from tenants.errors import OriginNotAllowed
from tenants.queries.tenants import current_tenant

_LONGEST_URL: Final = 500
_CAPS: Final = range(1, 51)
_HOLDS: Final = range(7, 91)
_WINDOWS: Final = range(30, 181)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralTerms:
    """What both sides get and when; see `ReferralProgram` for what each means."""

    inviter_batch_id: str
    invitee_batch_id: str
    cap_count: int
    hold_days: int
    window_days: int
    entry_url: str = ""


@transaction.atomic
def start_program(*, terms: ReferralTerms, actor: str, at: datetime) -> ReferralProgram:
    """Let merchants invite under these terms from now on; the terms before end. Audited.

    Who came under earlier terms is rewarded by those. The terms in force again change nothing. An
    empty `entry_url` is the first allowed origin. Raises ReferralTermsInvalid, CouponBatchNotFound,
    CouponBatchStopped, ReferralBatchShort, ReferralBatchTied, OriginNotAllowed, EntryUrlMissing.
    """
    if (
        terms.cap_count not in _CAPS
        or terms.hold_days not in _HOLDS
        or terms.window_days not in _WINDOWS
    ):
        raise ReferralTermsInvalid
    for side in ("inviter_batch", "invitee_batch"):
        _check_batch(getattr(terms, f"{side}_id"), side, terms)
    said = {**asdict(terms), "entry_url": _entry_url(terms.entry_url)}
    locks.hold(locks.LockSpace.REFERRAL_TERMS, current_tenant_id())
    before = program_now()
    if before is not None and all(getattr(before, name) == said[name] for name in said):
        return before
    if before is not None:
        _end(before, actor=actor, at=at)
    last = ReferralProgram.objects.order_by("-number").first()
    program: ReferralProgram = ReferralProgram.objects.create(
        **said, number=last.number + 1 if last else 1, started_at=at, started_by=actor
    )
    audit.record(
        actor=actor, action="campaigns.referral_program.started", subject=program.id, at=at,
        after={"number": program.number, **said},
    )  # fmt: skip
    return program


@transaction.atomic
def end_program(*, actor: str, at: datetime) -> ReferralProgram | None:
    """Nobody can be invited any more; who came before is rewarded as promised. Once. Audited."""
    locks.hold(locks.LockSpace.REFERRAL_TERMS, current_tenant_id())
    program = program_now()
    if program is not None:
        _end(program, actor=actor, at=at)
        audit.record(
            actor=actor, action="campaigns.referral_program.ended", subject=program.id, at=at,
            before={"number": program.number},
        )  # fmt: skip
    return program


def _end(program: ReferralProgram, *, actor: str, at: datetime) -> None:
    program.ended_at, program.ended_by = at, actor
    program.save(update_fields=["ended_at", "ended_by"])


def _check_batch(batch_id: str, field: str, terms: ReferralTerms) -> None:
    try:
        batch: CouponBatch | None = CouponBatch.objects.filter(pk=batch_id).first()
    except ValueError:
        batch = None
    if batch is None:
        raise CouponBatchNotFound(field=field)
    if batch.status != BatchStatus.OPEN:
        raise CouponBatchStopped(field=field)
    needed_on = open_day() + timedelta(days=terms.window_days + terms.hold_days)
    if batch.last_on < needed_on:
        raise ReferralBatchShort(
            field=field, last_on=batch.last_on.isoformat(), needed_on=needed_on.isoformat()
        )
    is_free = batch.kind == DiscountKind.AMOUNT_OFF and not batch.minimum_minor
    if not is_free or batch.option_codes or batch.product_codes:
        raise ReferralBatchTied(field=field)


def _entry_url(said: str) -> str:
    origins = list(current_tenant().embed_origins)
    url = one_line(said, field="entry_url", longest=_LONGEST_URL, required=False)
    if not url and origins:
        return f"{origins[0]}/"
    if not url:
        raise EntryUrlMissing(field="entry_url")
    if origin_of(url) not in origins:
        raise OriginNotAllowed(field="entry_url")
    return url
