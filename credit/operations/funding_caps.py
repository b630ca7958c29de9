"""What may be out with a funding source at once, reserved in the drawdown's own transaction.

A line always uses the slice it hashes to, so that an amount goes back to where it came from. When
a slice runs short, room of the others moves to it: the sum decides, not the slice. Lock order:
after the line and its drawdowns, before the exposure pool; sources by id, slices by number.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet

from credit.errors import FundingUseMismatch
from credit.models import FundingCapSlice
from platform_app.kernel.money import split_minor

SLICES: Final = 16


class CapFull(Exception):
    """A source has no room for its part; `source_id` says which."""

    def __init__(self, source_id: str) -> None:
        self.source_id = source_id
        super().__init__(source_id)


def slice_of(line_id: str) -> int:
    """The slice of a line: stable and evenly spread."""
    return hashlib.sha256(line_id.encode()).digest()[0] % SLICES


def open_slices(*, funding_source_id: str, cap_minor: int | None) -> None:
    """Give a source its sixteen slices. Repeatable."""
    FundingCapSlice.objects.bulk_create(
        [
            FundingCapSlice(funding_source_id=funding_source_id, slice_no=number, cap_minor=cap)
            for number, cap in enumerate(_even(cap_minor))
        ],
        ignore_conflicts=True,
    )


def reset_cap(*, funding_source_id: str, cap_minor: int | None) -> None:
    """Set what may be out in total, in fen; below what is out already only stops new drawdowns."""
    rows = _locked(funding_source_id)
    free = None if cap_minor is None else cap_minor - sum(row.used_minor for row in rows)
    for row, room in zip(rows, _even(free), strict=True):
        row.cap_minor = None if room is None else row.used_minor + room
    FundingCapSlice.objects.bulk_update(rows, ["cap_minor"])


def take(*, amounts: Mapping[str, int], line_id: str) -> None:
    """Take each source's amount of fen, or of none of them. Raises CapFull.

    Two that gather while each has just taken from a slice can block one another; the database ends
    one of them, and its transaction is run again (`kernel.transactions`).
    """
    wanted, slice_no = _wanted(amounts), slice_of(line_id)
    for place, (source_id, amount) in enumerate(wanted):
        if not _take(source_id, slice_no, amount):
            give(amounts=dict(wanted[:place]), line_id=line_id)
            with transaction.atomic():
                for one, minor in wanted:
                    _gather(one, slice_no, minor)
            return


def add(*, amounts: Mapping[str, int], line_id: str) -> None:
    """Take each source's fen whether or not there is room: a reversal makes what was out, out."""
    for source_id, amount in _wanted(amounts):
        _slice(source_id, line_id).update(used_minor=F("used_minor") + amount)


def give(*, amounts: Mapping[str, int], line_id: str) -> None:
    """Give each source's fen back to the line's slice. Raises FundingUseMismatch."""
    for source_id, amount in _wanted(amounts):
        rows = _slice(source_id, line_id).filter(used_minor__gte=amount)
        if not rows.update(used_minor=F("used_minor") - amount):
            raise FundingUseMismatch(source=source_id, amount_minor=amount)


def _take(source_id: str, slice_no: int, amount: int) -> bool:
    has_room = Q(cap_minor__isnull=True) | Q(used_minor__lte=F("cap_minor") - amount)
    rows = FundingCapSlice.objects.filter(has_room, funding_source_id=source_id, slice_no=slice_no)
    return bool(rows.update(used_minor=F("used_minor") + amount))


def _gather(source_id: str, slice_no: int, amount: int) -> None:
    """Move room here: this slice gets the amount, and all share evenly in what is then left."""
    rows = _locked(source_id)
    rooms = [row.cap_minor - row.used_minor for row in rows if row.cap_minor is not None]
    if not rows or (rooms and sum(rooms) < amount):
        raise CapFull(source_id)
    rows[slice_no].used_minor += amount
    for row, room in zip(rows, _even(sum(rooms) - amount if rooms else None), strict=True):
        row.cap_minor = None if room is None else row.used_minor + room
    FundingCapSlice.objects.bulk_update(rows, ["cap_minor", "used_minor"])


def _locked(source_id: str) -> list[FundingCapSlice]:
    rows = FundingCapSlice.objects.select_for_update().filter(funding_source_id=source_id)
    return list(rows.order_by("slice_no"))


def _slice(source_id: str, line_id: str) -> QuerySet[FundingCapSlice]:
    return FundingCapSlice.objects.filter(funding_source_id=source_id, slice_no=slice_of(line_id))


def _even(total: int | None) -> list[int | None]:
    return [None] * SLICES if total is None else [*split_minor(total, [1] * SLICES)]


def _wanted(amounts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted((source_id, amount) for source_id, amount in amounts.items() if amount)
