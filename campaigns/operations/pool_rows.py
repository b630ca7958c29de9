"""Rows of a pool file become members, a thousand at a time, matched to the firms we know."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from campaigns.domain.pool_row import PoolRow, Refused, refused
from campaigns.enums import PoolStatus
from campaigns.models import PoolImport, PoolMember
from campaigns.operations.pool_moves import hold_pool, locked, tell, write
from tenants.queries.merchants import list_firms

_SAID = ("name", "registration_no", "tier", "category", "region")


@dataclass(slots=True)
class Taken:
    """What became of a chunk of rows."""

    created: list[PoolMember] = field(default_factory=list)
    changed: list[PoolMember] = field(default_factory=list)
    repeated_count: int = 0
    matched_count: int = 0
    errors: list[Refused] = field(default_factory=list)


def take_rows(source: PoolImport, rows: Sequence[PoolRow], *, at: datetime) -> Taken:
    """Write these rows, inside the caller's transaction; what is left empty keeps its value.

    A firm is known by the partner's number first, then by its registration number if only one
    merchant has it; whichever comes first in the file, the partner's number wins. Refused: a firm
    that is in the pool under another number, and a member that a person took out.
    """
    hold_pool()
    firms = Firms(rows)
    numbers = [row.external_id for row in rows]
    known = locked(
        PoolMember.objects.filter(Q(external_id__in=numbers) | Q(merchant_id__in=firms.ids))
    )
    by_number = {one.external_id: one for one in known}
    owner = {str(one.merchant_id): one.external_id for one in known if one.merchant_id}
    for row in rows:
        firm, member = firms.own(row), by_number.get(row.external_id)
        if firm and (member is None or not member.merchant_id):
            owner.setdefault(firm, row.external_id)
    taken = Taken()
    for row in rows:
        member = by_number.get(row.external_id)
        firm = member.merchant_id if member and member.merchant_id else firms.of(row)
        problem = _problem(row, member, firm, owner)
        if problem:
            taken.errors.append(refused(row.line_no, problem, row.raw))
            continue
        if firm:
            owner[firm] = row.external_id
            taken.matched_count += 1
        if member is None:
            taken.created.append(_new(row, firm, source, at))
        elif _apply(member, row, firm):
            taken.changed.append(member)
        else:
            taken.repeated_count += 1
    PoolMember.objects.bulk_create(taken.created)
    tell(taken.created, actor=source.actor, at=at)
    write(taken.changed, actor=source.actor, at=at)
    return taken


class Firms:
    """The merchants that these rows may mean: one statement."""

    def __init__(self, rows: Sequence[PoolRow | PoolMember]) -> None:
        codes = sorted({row.registration_no for row in rows} - {""})
        found = list_firms(numbers=[row.external_id for row in rows], registration_nos=codes)
        self.ids = [firm_id for firm_id, _, _ in found]
        self._by_number = {number: firm_id for firm_id, number, _ in found}
        self._by_code: dict[str, list[str]] = {}
        for firm_id, _, code in found:
            self._by_code.setdefault(code, []).append(firm_id)

    def own(self, row: PoolRow) -> str | None:
        """The merchant of this very number."""
        return self._by_number.get(row.external_id)

    def of(self, row: PoolRow | PoolMember) -> str | None:
        """The one merchant that is meant, if any."""
        if row.external_id in self._by_number:
            return self._by_number[row.external_id]
        same = self._by_code.get(row.registration_no, []) if row.registration_no else []
        return same[0] if len(same) == 1 else None


def _problem(
    row: PoolRow, member: PoolMember | None, firm: str | None, owner: dict[str, str]
) -> str:
    if member is not None and member.status == PoolStatus.REMOVED:
        return "member_removed"
    return "firm_taken" if firm and owner.get(firm, row.external_id) != row.external_id else ""


def _new(row: PoolRow, firm: str | None, source: PoolImport, at: datetime) -> PoolMember:
    return PoolMember(
        external_id=row.external_id,
        **{column: getattr(row, column) for column in _SAID},
        merchant_id=firm,
        source_import=source,
        status=PoolStatus.MATCHED if firm else PoolStatus.IMPORTED,
        changed_at=at,
    )


def _apply(member: PoolMember, row: PoolRow, firm: str | None) -> bool:
    """Take over what the row says; True when it is something new."""
    before = [getattr(member, column) for column in (*_SAID, "status")]
    for column in _SAID:
        setattr(member, column, getattr(row, column) or getattr(member, column))
    if firm and member.status == PoolStatus.IMPORTED:
        member.merchant_id, member.status = firm, PoolStatus.MATCHED
    return [getattr(member, column) for column in (*_SAID, "status")] != before
