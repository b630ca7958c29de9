"""The merchants of a sandbox, as its page lists them."""

from datetime import date
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from credit.enums import DrawdownStatus, HoldStatus, LineStatus, ReviewStatus
from credit.models import Application, CreditLine, Drawdown, Hold, Review
from credit.queries.drawdowns import overdue
from tenants.models import Merchant

_OWING = Q(status__in=[DrawdownStatus.REPAYING, DrawdownStatus.PARTIALLY_CAPTURED])


def list_test_merchants(*, on: date) -> QuerySet[Any]:
    """Merchants, newest first, with all the page says of them, in one statement.

    `application_status`, `available_minor` (None without a line), and how many orders wait to be
    shipped, how many drawdowns are owed and overdue on `on`, and whether a reviewer is waited for.
    """
    mine = {"merchant_id": OuterRef("pk")}
    applied = Application.objects.filter(**mine).order_by("-id")
    line = CreditLine.objects.filter(**mine).exclude(status=LineStatus.CLOSED)
    held = Hold.objects.filter(
        drawdown__merchant_id=OuterRef("pk"), status__in=[HoldStatus.HELD, HoldStatus.PART_CAPTURED]
    )
    owed = Drawdown.objects.filter(_OWING, **mine)
    review = Review.objects.filter(
        application__merchant_id=OuterRef("pk"), status=ReviewStatus.OPEN
    )
    found: QuerySet[Any] = Merchant.objects.annotate(
        application_status=Subquery(applied.values("status")[:1]),
        available_minor=Subquery(
            line.annotate(
                free=F("limit_minor") + F("temporary_minor") - F("used_minor") - F("held_minor")
            ).values("free")[:1]
        ),
        held_count=_count(held, "drawdown__merchant_id"),
        owed_minor=_sum(owed),
        owed_count=_count(owed, "merchant_id"),
        overdue_count=_count(overdue(on).filter(**mine), "merchant_id"),
        review_count=_count(review, "application__merchant_id"),
    )
    return found


def _count(rows: QuerySet[Any], by: str) -> Coalesce:
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _sum(rows: QuerySet[Any]) -> Coalesce:
    added = rows.order_by().values("merchant_id").annotate(n=Sum("outstanding_principal_minor"))
    return Coalesce(Subquery(added.values("n")), 0)
