"""Findings for a risk officer: the queue, and one of them with what links its merchants."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from risk.enums import FindingStatus, TraitKind
from risk.errors import FindingNotFound
from risk.models import FraudFinding, MerchantTrait
from risk.queries.people import names_of
from tenants.models import Merchant, MerchantPerson


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """One thing that several merchants of a finding have, masked; the people it is read off."""

    kind: TraitKind
    masked: str
    seen: tuple[tuple[Merchant, datetime], ...]
    persons: tuple[tuple[str, str, str], ...]  # id, masked name, masked phone


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One finding with its merchants by name, and what they share, the most shared first."""

    row: FraudFinding
    merchants: tuple[Merchant, ...]
    shared: tuple[Shared, ...]
    decided_by: str


def list_findings(*, status: str = "", kind: str = "") -> QuerySet[FraudFinding]:
    """Findings of a status, the open ones unless told."""
    rows: QuerySet[FraudFinding] = FraudFinding.objects.filter(status=status or FindingStatus.OPEN)
    return rows.filter(kind=kind) if kind else rows


def finding_view(finding_id: str) -> FindingView:
    """One finding, in as many statements for any number of merchants. Raises FindingNotFound."""
    try:
        row = FraudFinding.objects.filter(pk=finding_id).first()
    except ValueError:
        row = None
    if row is None:
        raise FindingNotFound
    merchants = {one.id: one for one in Merchant.objects.filter(pk__in=row.merchants)}
    traits = MerchantTrait.objects.filter(merchant_id__in=row.merchants).order_by("seen_at", "id")
    by_mark: dict[tuple[str, str], list[Any]] = {}
    for trait in traits:
        by_mark.setdefault((trait.kind, trait.mark), []).append(trait)
    common = {mark: found for mark, found in by_mark.items() if len(found) > 1}
    phones = [mark for kind, mark in common if kind == TraitKind.PHONE]
    persons: dict[str, list[tuple[str, str, str]]] = {}
    people = MerchantPerson.objects.filter(merchant_id__in=row.merchants, phone_index__in=phones)
    for one in people.order_by("id"):
        told = (one.id, one.name_masked, one.phone_masked)
        persons.setdefault(one.phone_index, []).append(told)
    names = names_of([row.decided_by])
    shared = [
        Shared(
            kind=TraitKind(kind), masked=found[0].masked,
            seen=tuple((merchants[one.merchant_id], one.seen_at) for one in found),
            persons=tuple(persons.get(mark, ())),
        )
        for (kind, mark), found in common.items()
    ]  # fmt: skip
    return FindingView(
        row=row,
        merchants=tuple(sorted(merchants.values(), key=lambda one: one.external_id)),
        shared=tuple(sorted(shared, key=lambda one: -len(one.seen))),
        decided_by=names.get(row.decided_by, row.decided_by),
    )
