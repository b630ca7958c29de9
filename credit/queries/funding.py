"""Whose money a drawdown is, and what each source has out."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from credit.domain.routing import Candidate, PartyFacts, SourceFacts, is_review_near
from credit.domain.shares import Party, Shares, split
from credit.enums import Component, FundingStatus, RouteOutcome
from credit.models import (
    CreditLine,
    Drawdown,
    FundingCapSlice,
    FundingDecision,
    FundingSource,
    Hold,
    NamedLender,
    Partnership,
    PartnershipShare,
)
from platform_app.kernel import locks
from platform_app.kernel.scope import current_tenant_id


def shares_of(drawdown: Drawdown) -> Shares:
    """Whose a drawdown is, by component; asks the database only once a partnership."""
    if drawdown.partnership_id is None:
        return Shares.sole(drawdown.funding_source_id)
    return shares_in(drawdown.partnership_id)


def shares_in(partnership_id: str) -> Shares:
    """A partnership's shares, its lead first; they never change, so a process reads them once."""
    return _shares(current_tenant_id(), partnership_id)


@lru_cache(maxsize=10_000)
def _shares(tenant_id: str, partnership_id: str) -> Shares:
    rows = PartnershipShare.objects.filter(tenant_id=tenant_id, partnership_id=partnership_id)
    partnership = Partnership.objects.get(tenant_id=tenant_id, pk=partnership_id)
    return shares_from(partnership, rows)


def shares_from(partnership: Partnership, rows: Iterable[PartnershipShare]) -> Shares:
    """A partnership's rows as one value: the lead first, then by id."""
    fractions: dict[str, dict[str, Decimal]] = {partnership.funding_source_id: {}}
    for row in sorted(rows, key=lambda one: str(one.funding_source_id)):
        fractions.setdefault(row.funding_source_id, {})[row.component] = row.fraction
    parties = tuple(Party(source, parts) for source, parts in fractions.items())
    return Shares(parties, partnership.residual_source_id)


def candidates(*, line: CreditLine, amount_minor: int) -> list[Candidate]:
    """Every running partnership with what its parties have out, as routing judges it.

    Waits for other drawdowns of the merchant when a source bounds what one merchant may have out.
    """
    rows: list[Any] = list(_principal_shares(line))
    sources: dict[str, FundingSource] = {row.funding_source_id: row.funding_source for row in rows}
    used = {row.funding_source_id: row.used_minor for row in rows}
    theirs: dict[str, int] = {}
    if any(source.per_merchant_cap_minor is not None for source in sources.values()):
        locks.hold(locks.LockSpace.FUNDED_MERCHANT, line.merchant_id)
        theirs = merchant_use(line.merchant_id)
    facts = {
        key: _source_facts(source, used[key], theirs.get(key, 0)) for key, source in sources.items()
    }
    own = line.product_version.funding_source_id
    ranks = {
        row.partnership_id: 0 if row.partnership.funding_source_id == own else row.rank
        for row in rows
    }
    theirs_by: dict[str, list[Any]] = {}
    for row in rows:
        theirs_by.setdefault(row.partnership_id, []).append(row)
    return [
        _candidate(parts, amount_minor, facts, ranks[partnership_id])
        for partnership_id, parts in theirs_by.items()
    ]


def _principal_shares(line: CreditLine) -> QuerySet[Any]:
    """One row a party; `rank` is the lead's among the lenders that the line's contract names."""
    named = NamedLender.objects.filter(
        product_version_id=line.product_version_id,
        funding_source_id=OuterRef("partnership__funding_source_id"),
    )
    used = FundingCapSlice.objects.filter(funding_source_id=OuterRef("funding_source_id"))
    out = used.order_by().values("funding_source_id").annotate(out=Sum("used_minor")).values("out")
    return (
        PartnershipShare.objects.filter(
            component=Component.PRINCIPAL,
            partnership__status__in=[FundingStatus.ACTIVE, FundingStatus.SUSPENDED],
        )
        .select_related("partnership", "funding_source")
        .annotate(used_minor=Coalesce(Subquery(out), 0), rank=Subquery(named.values("rank")[:1]))
        .order_by("partnership_id", "funding_source_id")
    )


def _source_facts(source: FundingSource, used_minor: int, merchant_used_minor: int) -> SourceFacts:
    return SourceFacts(
        id=source.id, name=source.name, role=source.role, licence_type=source.licence_type,
        status=source.status, from_on=source.from_on, to_on=source.to_on,
        product_kinds=tuple(source.product_kinds), cap_minor=source.cap_minor,
        used_minor=used_minor, per_merchant_cap_minor=source.per_merchant_cap_minor,
        merchant_used_minor=merchant_used_minor,
    )  # fmt: skip


def _candidate(
    rows: list[Any], amount_minor: int, facts: dict[str, SourceFacts], rank: int | None
) -> Candidate:
    """`rows` are a partnership's shares of the principal, which is all that routing asks for."""
    partnership = rows[0].partnership
    lead = partnership.funding_source_id
    parties = tuple(
        Party(row.funding_source_id, dict.fromkeys(Component.values, row.fraction))
        for row in sorted(rows, key=lambda one: (one.funding_source_id != lead, one.id))
    )
    shares = Shares(parties, partnership.residual_source_id)
    parts = split(amount_minor, Component.PRINCIPAL, shares)
    return Candidate(
        partnership_id=partnership.id, name=partnership.name, status=partnership.status,
        from_on=partnership.from_on, to_on=partnership.to_on,
        listing_status=partnership.listing_status, review_due_on=partnership.review_due_on,
        least_share_minor=partnership.least_share_minor,
        rank=rank,
        parties=tuple(
            PartyFacts(
                source=facts[party.funding_source_id],
                fraction=party.fractions[Component.PRINCIPAL],
                amount_minor=parts[party.funding_source_id],
            )
            for party in shares.parties
        ),
    )  # fmt: skip


def merchant_use(merchant_id: str) -> dict[str, int]:
    """What a merchant has out or held with each source, in fen."""
    routed = FundingDecision.objects.filter(
        merchant_id=merchant_id, outcome=RouteOutcome.ROUTED
    ).annotate(held=_held(), principal=F("drawdown__outstanding_principal_minor"))
    totals: dict[str, int] = {}
    for partnership_id, held, principal in routed.values_list(
        "partnership_id", "held", "principal"
    ):
        parts = split(held + principal, Component.PRINCIPAL, shares_in(partnership_id))
        for source_id, part in parts.items():
            totals[source_id] = totals.get(source_id, 0) + part
    return totals


def _held() -> Coalesce:
    hold = Hold.objects.filter(drawdown_id=OuterRef("drawdown_id"))
    left = F("amount_minor") - F("captured_minor") - F("released_minor")
    return Coalesce(Subquery(hold.annotate(left=left).values("left")[:1]), 0)


def reviews_due(on: date) -> list[Partnership]:
    """Partnerships whose listing is to be reviewed within sixty days, or should have been."""
    running = Partnership.objects.filter(
        status=FundingStatus.ACTIVE, review_due_on__isnull=False
    ).order_by("review_due_on")
    return [row for row in running if is_review_near(row.review_due_on, on)]
