"""Who is on which list on a day."""

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from risk.enums import WatchStatus
from risk.models import WatchEntry


def in_force(on: date) -> QuerySet[WatchEntry]:
    """Entries that count on a day; an appeal changes nothing until it is answered."""
    rows: QuerySet[WatchEntry] = WatchEntry.objects.exclude(status=WatchStatus.ENDED)
    return rows.filter(from_on__lte=on, expires_on__gt=on)


def listed(merchant_ids: Sequence[str], *, on: date) -> dict[str, list[str]]:
    """The lists each merchant is on, as `kind.reason` in alphabetical order: one statement."""
    return _named(in_force(on).filter(merchant_id__in=merchant_ids))


def listed_between(first_id: str, last_id: str, *, on: date) -> dict[str, list[str]]:
    """The same of the merchants from one id to another, both included, who are on any."""
    return _named(in_force(on).filter(merchant_id__gte=first_id, merchant_id__lte=last_id))


def _named(rows: QuerySet[WatchEntry]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for merchant_id, kind, reason in rows.values_list("merchant_id", "kind", "reason_code"):
        found.setdefault(merchant_id, []).append(f"{kind}.{reason}")
    return {merchant_id: sorted(names) for merchant_id, names in found.items()}


def list_watch_entries(*, status: str = "", kind: str = "") -> QuerySet[WatchEntry]:
    """Entries with their merchants; without a status those that have not been taken off."""
    rows: QuerySet[WatchEntry] = WatchEntry.objects.select_related("merchant")
    ended = WatchStatus.ENDED
    rows = rows.filter(status=status) if status else rows.exclude(status=ended)
    return rows.filter(kind=kind) if kind else rows
