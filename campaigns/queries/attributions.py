"""Who brought which merchant, now and before, and the claims that wait for a person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from campaigns.enums import ClaimStatus, SalespersonStatus
from campaigns.models import Attribution, AttributionClaim


def holding(*, at: datetime) -> QuerySet[Attribution]:
    """The attributions in force: each merchant's last one, within its window, of who is here."""
    later = Attribution.objects.filter(merchant=OuterRef("merchant"), number__gt=OuterRef("number"))
    rows: QuerySet[Attribution] = Attribution.objects.filter(
        ~Exists(later), until_at__gt=at, salesperson__status=SalespersonStatus.ACTIVE
    )
    return rows


def attribution_of(merchant_id: str, *, at: datetime) -> Attribution | None:
    """Who brought this merchant, while the window runs and that person is still there."""
    last: Attribution | None = (
        Attribution.objects.select_related("salesperson")
        .filter(merchant_id=merchant_id)
        .order_by("-number")
        .first()
    )
    if last is None or last.until_at <= at:
        return None
    return last if last.salesperson.status == SalespersonStatus.ACTIVE else None


def bound_counts(salesperson_ids: Sequence[str], *, at: datetime) -> dict[str, int]:
    """How many merchants each of them has now; one statement."""
    rows = (
        holding(at=at)
        .filter(salesperson_id__in=salesperson_ids)
        .values_list("salesperson_id")
        .annotate(Count("id"))
    )
    return dict(rows)


def merchants_of(salesperson_id: str, *, at: datetime) -> QuerySet[Attribution]:
    """The merchants of one of them now, as attributions."""
    rows: QuerySet[Attribution] = (
        holding(at=at).select_related("merchant").filter(salesperson_id=salesperson_id)
    )
    return rows


def list_claims(*, status: str = ClaimStatus.OPEN) -> QuerySet[Any]:
    """Claims of a status."""
    return AttributionClaim.objects.select_related("merchant", "salesperson", "holder").filter(
        status=status
    )
