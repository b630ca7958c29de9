"""Lenders, contracts and decisions for the desk, and the monitors of joint lending."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from credit.domain.routing import LEAST_JOINT_SHARE
from credit.domain.shares import Shares, split
from credit.enums import Component, FundingStatus, InstructionStatus, LicenceType, RouteOutcome
from credit.models import (
    FundingCapSlice,
    FundingDecision,
    FundingInstruction,
    FundingSource,
    Partnership,
    PartnershipShare,
)
from credit.queries.funding import shares_from

# Joint lending with one partner, of the bank's tier-1 capital; and with all, of its loans.
MOST_WITH_ONE: Final = Decimal("0.25")
MOST_JOINT: Final = Decimal("0.50")


@dataclass(frozen=True, slots=True)
class PartnershipRow:
    """A contract with whose part is what, and the principal outstanding under it in fen."""

    partnership: Partnership
    shares: Shares
    parties: list[tuple[FundingSource, dict[str, Decimal]]]
    outstanding_minor: int


@dataclass(frozen=True, slots=True)
class Monitor:
    """One figure the rules of joint lending bound. `code` is stable; fractions of one."""

    code: str
    subject: str
    partner: str
    value: Decimal
    bound: Decimal

    @property
    def is_met(self) -> bool:
        is_floor = self.code == "joint_share"
        return self.value >= self.bound if is_floor else self.value <= self.bound


def source_rows() -> list[FundingSource]:
    """Every lender with `used_minor`, what is out or held with it; ended ones last."""
    used = FundingCapSlice.objects.filter(funding_source_id=OuterRef("pk")).order_by()
    out = used.values("funding_source_id").annotate(out=Sum("used_minor")).values("out")
    rows = FundingSource.objects.annotate(used_minor=Coalesce(Subquery(out), 0)).order_by("id")
    return sorted(rows, key=lambda row: row.status == FundingStatus.ENDED)


def partnership_rows() -> list[PartnershipRow]:
    """Every contract with its parties, lead first; three statements, however many."""
    parts: dict[str, list[PartnershipShare]] = {}
    sources: dict[str, FundingSource] = {}
    for share in PartnershipShare.objects.select_related("funding_source").order_by("id"):
        parts.setdefault(share.partnership_id, []).append(share)
        sources[share.funding_source_id] = share.funding_source
    out = _outstanding()
    found = [
        _row(partnership, shares_from(partnership, parts[partnership.id]), sources, out)
        for partnership in Partnership.objects.select_related("residual_source").order_by("id")
    ]
    return sorted(found, key=lambda row: row.partnership.status == FundingStatus.ENDED)


def _row(
    partnership: Partnership, shares: Shares, sources: dict[str, FundingSource],
    out: dict[str, int],
) -> PartnershipRow:  # fmt: skip
    parties = [
        (sources[party.funding_source_id], dict(party.fractions)) for party in shares.parties
    ]
    return PartnershipRow(partnership, shares, parties, out.get(partnership.id, 0))


def _outstanding() -> dict[str, int]:
    routed = FundingDecision.objects.filter(
        outcome=RouteOutcome.ROUTED, drawdown__outstanding_principal_minor__gt=0
    )
    sums = routed.order_by().values("partnership_id").annotate(
        out=Sum("drawdown__outstanding_principal_minor")
    )  # fmt: skip
    return {row["partnership_id"]: row["out"] for row in sums}


def monitors(rows: list[PartnershipRow]) -> list[Monitor]:
    """What the rules of joint lending watch, of these contracts.

    Each partner carries at least 30 % of every loan; a bank's part of what it lends with one
    partner stays within 25 % of its tier-1 capital (where it told us), and of all it lends through
    us at most half is joint.
    """
    found = [one for row in rows for one in _share_monitors(row)]
    with_one: dict[tuple[str, str], int] = {}
    joint: dict[str, int] = {}
    whole: dict[str, int] = {}
    banks: dict[str, FundingSource] = {}
    for row in rows:
        out = split(row.outstanding_minor, Component.PRINCIPAL, row.shares)
        for source, _parts in row.parties:
            if source.licence_type != LicenceType.BANK:
                continue
            banks[source.id] = source
            whole[source.id] = whole.get(source.id, 0) + out[source.id]
            for partner, _ in row.parties:
                if partner.id != source.id:
                    key = (source.id, partner.name)
                    with_one[key] = with_one.get(key, 0) + out[source.id]
            if row.shares.is_joint:
                joint[source.id] = joint.get(source.id, 0) + out[source.id]
    found += [
        Monitor(
            "one_partner", banks[key].name, partner, _part(minor, banks[key].tier_one_minor),
            MOST_WITH_ONE,
        )
        for (key, partner), minor in with_one.items()
        if banks[key].tier_one_minor
    ]  # fmt: skip
    return found + [
        Monitor("all_joint", banks[key].name, "", _part(minor, whole[key]), MOST_JOINT)
        for key, minor in joint.items()
        if whole[key]
    ]


def _share_monitors(row: PartnershipRow) -> list[Monitor]:
    if row.partnership.status != FundingStatus.ACTIVE:
        return []
    lead = row.parties[0][0]
    return [
        Monitor(
            "joint_share", lead.name, source.name, fractions[Component.PRINCIPAL],
            LEAST_JOINT_SHARE,
        )
        for source, fractions in row.parties[1:]
    ]  # fmt: skip


def _part(minor: int, whole_minor: int | None) -> Decimal:
    return Decimal(minor) / Decimal(whole_minor or 1)


def decisions(*, outcome: str = "", partnership_id: str = "") -> QuerySet[Any]:
    """Who funded what and why not the others, newest first."""
    rows = FundingDecision.objects.select_related("merchant", "drawdown", "partnership")
    if outcome:
        rows = rows.filter(outcome=outcome)
    return rows.filter(partnership_id=partnership_id) if partnership_id else rows


def instruction_counts() -> dict[str, tuple[int, int]]:
    """Per status: how many instructions, and their sum in fen."""
    rows = FundingInstruction.objects.order_by().values("status").annotate(
        count=Count("id"), sum=Sum(F("amount_minor"))
    )  # fmt: skip
    found = {row["status"]: (row["count"], int(row["sum"])) for row in rows}
    return {status: found.get(status, (0, 0)) for status in InstructionStatus.values}
