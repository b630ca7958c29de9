"""Binding merchants to whoever brought them, and settling who did.

Lock order: the merchant, then claims by id.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from campaigns.enums import AttributionHow, ClaimStatus, SalespersonStatus
from campaigns.errors import ClaimSettled, MerchantInvited, SalespersonLeft
from campaigns.models import Attribution, AttributionClaim, Salesperson
from campaigns.queries.attributions import attribution_of
from campaigns.queries.referrals import is_invited
from campaigns.queries.salespeople import salesperson
from platform_app.kernel import audit, events
from platform_app.kernel.errors import NotFound, ReasonNeeded
from risk.enums import TraitKind
from risk.operations.traits import see_trait
from tenants.operations.merchants import lock_merchant

WINDOW: Final = timedelta(days=180)
_LONGEST_REASON: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Who has the merchant now; with a claim, it is not whom we were told of."""

    attribution: Attribution
    claim: AttributionClaim | None = None


@transaction.atomic
def bind_merchant(
    *,
    merchant_id: str,
    salesperson_id: str,
    how: AttributionHow,
    told_in: str,
    actor: str,
    at: datetime,
) -> Bound:
    """A salesperson brought this merchant, and has it for `WINDOW`.

    The same again changes nothing, nor makes the window longer. While another one has it, nothing
    moves: what was told is kept, once, as a claim for a person to settle. Risk is told as evidence.
    Raises NotFound (either), SalespersonLeft, MerchantInvited (another merchant brought it).
    """
    merchant = lock_merchant(merchant_id)
    who = _active(salesperson_id)
    held = attribution_of(merchant.id, at=at)
    if held is not None and held.salesperson_id == who.id:
        return Bound(attribution=held)
    if held is None and is_invited(merchant.id):
        raise MerchantInvited
    if held is None:
        bound = _bind(merchant.id, who, how=how, told_in=told_in, claim=None, actor=actor, at=at)
        _close(merchant.id, who, actor=actor, at=at)
        return Bound(attribution=bound)
    return Bound(attribution=held, claim=_kept(held, who, how=how, actor=actor, at=at))


@transaction.atomic
def settle_claim(
    *, claim_id: str, move: bool, reason: str, actor: str, at: datetime
) -> AttributionClaim:
    """A person says whose the merchant is: it moves, or stays as it was. Audited, with its reason.

    Moved, it is the claimer's for a whole `WINDOW`, and what others claimed of the one before is
    over. The same answer again changes nothing. Raises NotFound, ReasonNeeded, ClaimSettled (the
    other way, or somebody else has it by now), SalespersonLeft (whom it would move to).
    """
    words = " ".join(reason.replace("\x00", "").split())[:_LONGEST_REASON]
    wanted = ClaimStatus.MOVED if move else ClaimStatus.KEPT
    merchant_id = _claim(claim_id).merchant_id
    lock_merchant(merchant_id)
    claim = _claim(claim_id, is_locked=True)
    if claim.status == wanted:
        return claim
    if claim.status != ClaimStatus.OPEN:
        raise ClaimSettled
    if not words:
        raise ReasonNeeded(field="reason")
    if move:
        held = attribution_of(merchant_id, at=at)
        if held is not None and held.salesperson_id != claim.holder_id:
            raise ClaimSettled
        who = _active(claim.salesperson_id)
        _bind(
            merchant_id, who, how=AttributionHow(claim.how), told_in="", claim=claim, actor=actor,
            at=at,
        )  # fmt: skip
    claim.status, claim.reason = wanted, words
    claim.settled_at, claim.settled_by = at, actor
    claim.save(update_fields=["status", "reason", "settled_at", "settled_by"])
    if move:
        _supersede(merchant_id, actor=actor, at=at)
    audit.record(
        actor=actor, action=f"campaigns.attribution_claim.{wanted}", subject=claim.id, at=at,
        reason=words, before={"holder": claim.holder_id},
        after={"merchant_id": merchant_id, "salesperson": claim.salesperson_id},
    )  # fmt: skip
    return claim


def _bind(
    merchant_id: str,
    who: Salesperson,
    *,
    how: AttributionHow,
    told_in: str,
    claim: AttributionClaim | None,
    actor: str,
    at: datetime,
) -> Attribution:
    """One more row of the merchant's history; the merchant is locked."""
    last = Attribution.objects.filter(merchant_id=merchant_id).order_by("-number").first()
    bound: Attribution = Attribution.objects.create(
        merchant_id=merchant_id, number=last.number + 1 if last else 1, salesperson=who, how=how,
        bound_at=at, until_at=at + WINDOW, bound_by=actor, told_in=told_in, claim=claim,
    )  # fmt: skip
    see_trait(
        merchant_id=merchant_id, kind=TraitKind.SALESPERSON, value=who.id,
        masked=f"{who.name_masked} {who.code}", at=at,
    )  # fmt: skip
    events.record(
        "campaigns.salesperson.bound", subject=who.id, merchant_id=merchant_id, actor=actor, at=at,
        props={
            "code": who.code, "how": str(how), "attribution": bound.id,
            "until_at": bound.until_at.isoformat(),
        },
    )  # fmt: skip
    return bound


def _kept(
    held: Attribution, who: Salesperson, *, how: AttributionHow, actor: str, at: datetime
) -> AttributionClaim:
    """The claim on a merchant that somebody has; one that was answered is not asked again."""
    before: AttributionClaim | None = AttributionClaim.objects.filter(
        merchant_id=held.merchant_id, salesperson=who, holder=held.salesperson,
        claimed_at__gte=held.bound_at, status__in=[ClaimStatus.OPEN, ClaimStatus.KEPT],
    ).first()  # fmt: skip
    if before is not None:
        return before
    _supersede(held.merchant_id, besides=held.salesperson_id, actor=actor, at=at)
    claim, is_new = AttributionClaim.objects.get_or_create(
        merchant_id=held.merchant_id, salesperson=who, status=ClaimStatus.OPEN,
        defaults={
            "holder": held.salesperson, "how": how, "claimed_at": at, "claimed_by": actor,
        },
    )  # fmt: skip
    if is_new:
        events.record(
            "campaigns.salesperson.claimed", subject=who.id, merchant_id=held.merchant_id,
            actor=actor, at=at,
            props={"code": who.code, "holder": held.salesperson.code, "claim": claim.id},
        )  # fmt: skip
    return claim


def _close(merchant_id: str, who: Salesperson, *, actor: str, at: datetime) -> None:
    """An open claim has come true by itself: the other one's window is over, or they have left."""
    AttributionClaim.objects.filter(
        merchant_id=merchant_id, salesperson=who, status=ClaimStatus.OPEN
    ).update(status=ClaimStatus.MOVED, settled_at=at, settled_by=actor)
    _supersede(merchant_id, actor=actor, at=at)


def _supersede(merchant_id: str, *, actor: str, at: datetime, besides: str | None = None) -> None:
    """Open claims are over that name somebody else than `besides`, who has the merchant now."""
    over = AttributionClaim.objects.filter(merchant_id=merchant_id, status=ClaimStatus.OPEN)
    if besides is not None:
        over = over.exclude(holder_id=besides)
    over.update(status=ClaimStatus.SUPERSEDED, settled_at=at, settled_by=actor)


def _active(salesperson_id: str) -> Salesperson:
    who = salesperson(salesperson_id)
    if who.status == SalespersonStatus.LEFT:
        raise SalespersonLeft
    return who


def _claim(claim_id: str, *, is_locked: bool = False) -> AttributionClaim:
    rows = AttributionClaim.objects.all()
    try:
        found: AttributionClaim | None = (
            (rows.select_for_update() if is_locked else rows).filter(pk=claim_id).first()
        )
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun="claim on a merchant")
    return found
