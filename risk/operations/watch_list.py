"""Putting a merchant on a list, its appeal, and taking it off by another person."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from platform_app.kernel import audit, clock, events
from platform_app.kernel.errors import NotFound, ReasonNeeded, SecondPersonNeeded
from risk.enums import WatchKind, WatchReason, WatchStatus
from risk.errors import WatchEntryEnded, WatchEntryNotFound, WatchPeriod
from risk.models import WatchEntry
from tenants.models import Merchant

LONGEST_DAYS: Final = 366
_EXPIRY: Final = "system:expiry"


@transaction.atomic
def add_watch_entry(
    *,
    merchant_id: str,
    kind: WatchKind,
    reason_code: WatchReason,
    comment: str,
    expires_on: date,
    actor: str,
    at: datetime,
) -> WatchEntry:
    """List a merchant from today until `expires_on`, exclusive.

    The same entry again is the one that runs, and a later day extends it. Blocked merchants are
    declined, watched ones decided by a person; nobody else is told why.
    Raises NotFound, ReasonNeeded, WatchPeriod.
    """
    today = clock.day_of(at)
    if not comment.strip():
        raise ReasonNeeded(field="comment")
    if not today < expires_on <= today + timedelta(days=LONGEST_DAYS):
        raise WatchPeriod(field="expires_on", days=LONGEST_DAYS)
    _lock_merchant(merchant_id)
    told = {"merchant_id": merchant_id, "kind": kind, "reason_code": reason_code}
    running = WatchEntry.objects.exclude(status=WatchStatus.ENDED).filter(**told).first()
    if running is not None and today < running.expires_on:
        if running.expires_on < expires_on:
            running.expires_on = expires_on
            running.save(update_fields=["expires_on"])
            _tell("extended", running, reason=comment, actor=actor, at=at)
        return running
    if running is not None:
        _end(running, reason="expired", actor=_EXPIRY, at=at)
    entry = WatchEntry.objects.create(
        **told, comment=comment, from_on=today, expires_on=expires_on, added_by=actor, added_at=at
    )
    _tell("added", entry, reason=comment, actor=actor, at=at)
    return entry


@transaction.atomic
def appeal_watch_entry(*, entry_id: str, appeal: str, actor: str, at: datetime) -> WatchEntry:
    """Say why it is wrong; the entry counts until somebody answers. Once; the first words stay.

    Raises WatchEntryNotFound, WatchEntryEnded, ReasonNeeded.
    """
    entry = _locked(entry_id)
    if entry.status == WatchStatus.APPEALED:
        return entry
    if not appeal.strip():
        raise ReasonNeeded(field="appeal")
    entry.status, entry.appeal, entry.appealed_at = WatchStatus.APPEALED, appeal, at
    entry.save(update_fields=["status", "appeal", "appealed_at"])
    _tell("appealed", entry, reason=appeal, actor=actor, at=at)
    return entry


@transaction.atomic
def end_watch_entry(*, entry_id: str, reason: str, actor: str, at: datetime) -> WatchEntry:
    """Take a merchant off a list before its day.

    Raises WatchEntryNotFound, WatchEntryEnded, ReasonNeeded, SecondPersonNeeded for the person who
    put it there.
    """
    entry = _locked(entry_id)
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    if entry.added_by == actor:
        raise SecondPersonNeeded
    _end(entry, reason=reason, actor=actor, at=at)
    return entry


def _end(entry: WatchEntry, *, reason: str, actor: str, at: datetime) -> None:
    entry.status, entry.ended_by, entry.ended_at = WatchStatus.ENDED, actor, at
    entry.end_reason = reason
    entry.save(update_fields=["status", "ended_by", "ended_at", "end_reason"])
    _tell("ended", entry, reason=reason, actor=actor, at=at)


def _lock_merchant(merchant_id: str) -> None:
    """One at a time, so that two people listing a merchant at once make one entry."""
    try:
        found = Merchant.objects.select_for_update(no_key=True).filter(pk=merchant_id).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun="merchant")


def _locked(entry_id: str) -> WatchEntry:
    try:
        entry = WatchEntry.objects.select_for_update().filter(pk=entry_id).first()
    except ValueError:
        entry = None
    if entry is None:
        raise WatchEntryNotFound
    if entry.status == WatchStatus.ENDED:
        raise WatchEntryEnded
    return entry


def _tell(verb: str, entry: WatchEntry, *, reason: str, actor: str, at: datetime) -> None:
    """To the audit chain with its reason, and to ourselves; no webhook carries it."""
    facts = {
        "merchant": entry.merchant_id,
        "kind": str(entry.kind),
        "reason_code": str(entry.reason_code),
        "expires_on": entry.expires_on.isoformat(),
    }
    action = f"risk.watch_entry.{verb}"
    audit.record(actor=actor, action=action, subject=entry.id, at=at, reason=reason, after=facts)
    events.record(
        action,
        subject=entry.id,
        actor=actor,
        at=at,
        props={"kind": facts["kind"], "merchants": [entry.merchant_id]},
    )
