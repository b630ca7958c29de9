"""Limit reviews: which lines are looked at, when last, and what they came to."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Max, Q, QuerySet

from credit.domain.reviews import REQUEST_DAYS
from credit.enums import LimitCause, LineStatus, SuspensionReason
from credit.errors import LimitReviewNotFound
from credit.models import CreditLine, LimitReview
from risk.enums import LimitAction
from risk.models import Decision


def reviewable() -> QuerySet[CreditLine]:
    """Lines that are active, or suspended by risk or for arrears, in order of id."""
    frozen = Q(
        status=LineStatus.SUSPENDED,
        status_reason__in=[SuspensionReason.RISK, SuspensionReason.ARREARS],
    )
    rows: QuerySet[CreditLine] = CreditLine.objects.filter(Q(status=LineStatus.ACTIVE) | frozen)
    return rows.order_by("id")


def last_looks(line_ids: Sequence[str]) -> dict[str, LimitReview]:
    """The latest review of each line that had one: one statement."""
    rows = LimitReview.objects.filter(line_id__in=line_ids)
    latest = rows.order_by("line_id", "-on", "-id").distinct("line_id")
    return {row.line_id: row for row in latest}


def frozen_by_review(line_ids: Sequence[str]) -> set[str]:
    """Lines of which the last review that moved anything froze them: one statement."""
    moved = LimitReview.objects.filter(line_id__in=line_ids).exclude(action=LimitAction.KEEP)
    latest = moved.order_by("line_id", "-on", "-id").distinct("line_id")
    return {row.line_id for row in latest if row.action == LimitAction.FREEZE}


def last_raises(line_ids: Sequence[str]) -> dict[str, date]:
    """When each line was raised last, of those that were: one statement."""
    rows = LimitReview.objects.filter(line_id__in=line_ids, action=LimitAction.RAISE)
    return dict(rows.order_by().values_list("line_id").annotate(on=Max("on")))


def limit_review_of(merchant_id: str, limit_review_id: str) -> LimitReview:
    """A look at one of this merchant's lines. Raises LimitReviewNotFound."""
    try:
        rows = LimitReview.objects.filter(line__merchant_id=merchant_id, pk=limit_review_id)
        found: LimitReview | None = rows.first()
    except ValueError:
        found = None
    if found is None:
        raise LimitReviewNotFound
    return found


def last_kept(line_id: str, *, at: datetime) -> LimitReview | None:
    """The merchant's latest request, if the limit stayed and a person may still be asked."""
    rows = LimitReview.objects.filter(line_id=line_id, cause=LimitCause.ASKED)
    last: LimitReview | None = rows.order_by("-on", "-id").first()
    if last is None or last.action != LimitAction.KEEP:
        return None
    return last if at < last.at + timedelta(days=REQUEST_DAYS) else None


def latest_decisions(lines: Sequence[CreditLine]) -> dict[str, Decision]:
    """The decision each line stands on: of its last review, else of its application.

    Lines come with their offer's application; two statements for all of them.
    """
    looks = last_looks([line.id for line in lines])
    first = {line.id: line.offer.application.decision_id for line in lines}
    wanted = {line: looks[line].decision_id if line in looks else first[line] for line in first}
    rows = Decision.objects.select_related("scorecard", "policy").in_bulk(set(wanted.values()))
    return {line: rows[decision] for line, decision in wanted.items()}


def list_limit_reviews(*, action: str = "", cause: str = "") -> QuerySet[LimitReview]:
    """Reviews that moved something or were asked for, or those of one action."""
    rows: QuerySet[LimitReview] = LimitReview.objects.select_related("line__merchant", "decision")
    rows = rows.filter(action=action) if action else rows.exclude(action=LimitAction.KEEP)
    return rows.filter(cause=cause) if cause else rows
