"""The work of a close, bucket by bucket: claimed, done in one transaction, or taken apart.

A bucket that fails is tried again; one that keeps failing is halved down to the drawdowns that
cannot be carried, each of which gets a CloseException and lags while everyone else goes on.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import structlog
from django.db import Error, connection, transaction
from django.db.models import Exists, F, IntegerField, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from credit.domain.terms import canonical_sha256
from credit.enums import EntryKind
from credit.models import BusinessDay, CloseBucket, CloseException, Drawdown, JournalEntry
from credit.operations.accruals import EARNED, accrue
from credit.operations.aging import Share, age
from credit.operations.late_fees import charge_late_fees
from platform_app.kernel import events, ids

logger = structlog.get_logger(__name__)

DRAWDOWNS_A_BUCKET = 100_000
MOST_BUCKETS = 64
TRIES = 3
# What data can do to a close. Anything else is a defect of the program and stops it.
DATA_ERRORS = (Error, ArithmeticError, ValueError, LookupError)

CANDIDATES = """
SELECT d.id FROM credit_drawdown d
WHERE d.tenant_id = %(tenant)s AND d.lags_since IS NULL
  AND (%(of)s = 1 OR (uuid_hash(d.id) & 2147483647) %% %(of)s = %(no)s)
  AND (d.next_event_on <= %(day)s OR EXISTS (
        SELECT 1 FROM credit_interestsegment s WHERE s.tenant_id = d.tenant_id
          AND s.drawdown_id = d.id AND s.to_on > %(day)s AND s.from_on <= %(day)s))
ORDER BY d.id
"""


def buckets_for(day: date) -> int:
    """How many buckets the day's drawdowns ask for: as many as earned interest the day before.

    The entries of that day's accrual say how many segments they stand for; nothing is counted anew.
    """
    earned = JournalEntry.objects.filter(
        booked_on=day - timedelta(days=1), kind=EntryKind.ACCRUAL, key__startswith="interest:"
    )
    segments = Cast(KeyTextTransform("segments", "facts"), IntegerField())
    count = earned.aggregate(count=Sum(segments))["count"] or 0
    return min(MOST_BUCKETS, 1 + int(count) // DRAWDOWNS_A_BUCKET)


def cut_buckets(day: BusinessDay) -> None:
    """Cut a day that begins to close into its buckets."""
    CloseBucket.objects.bulk_create(
        [CloseBucket(business_day=day, no=no) for no in range(day.bucket_count)],
        ignore_conflicts=True,
    )


def work_buckets(day: BusinessDay, *, at: datetime) -> None:
    """Do every bucket of a closing day that nobody else is doing."""
    while True:
        try:
            if not _work_next(day, at):
                return
        except _BucketFailed as failure:
            _failed(day, failure, at)


@transaction.atomic
def _work_next(day: BusinessDay, at: datetime) -> bool:
    """Whether there may be another bucket to do after the one that was done."""
    bucket = (
        CloseBucket.objects.select_for_update(skip_locked=True)
        .filter(business_day=day, closed_at=None)
        .annotate(has_lagging=Exists(CloseException.objects.exclude(status="repaired")))
        .order_by("attempt_count", "no")
        .first()
    )
    if bucket is None:
        return False
    try:
        _work(day, bucket, at)
    except DATA_ERRORS as error:
        raise _BucketFailed(bucket, error) from error
    return day.bucket_count > 1


class _BucketFailed(Exception):
    def __init__(self, bucket: CloseBucket, cause: Exception) -> None:
        super().__init__(str(cause))
        self.bucket, self.cause = bucket, cause


def _work(day: BusinessDay, bucket: CloseBucket, at: datetime) -> None:
    share = Share(day=day.on, no=bucket.no, of=day.bucket_count)
    lagging: list[str] = []
    if bucket.has_lagging:  # type: ignore[attr-defined]
        exceptions = CloseException.objects.exclude(status="repaired")
        lagging = list(exceptions.values_list("drawdown_id", flat=True))
    touched = age(share, at=at)
    charge_late_fees(share, at=at)
    accrued = accrue(
        share, until=day.on + timedelta(days=1), lagging=lagging, kind=EntryKind.ACCRUAL, at=at
    )
    bucket.touched_count, bucket.accrued, bucket.closed_at = touched, accrued.posted, at
    bucket.earned = [[*key, amount] for key, amount in sorted(accrued.ever.items())]
    bucket.sha256 = canonical_sha256([day.on.isoformat(), bucket.no, touched, accrued.posted])
    bucket.save(update_fields=["touched_count", "accrued", "earned", "closed_at", "sha256"])


def _failed(day: BusinessDay, failure: _BucketFailed, at: datetime) -> None:
    """Count the attempt; after the last one find out which drawdowns cannot be carried."""
    bucket = failure.bucket
    logger.warning("close.bucket_failed", on=str(day.on), no=bucket.no, problem=str(failure))
    CloseBucket.objects.filter(pk=bucket.pk).update(attempt_count=F("attempt_count") + 1)
    if bucket.attempt_count + 1 < TRIES:
        return
    share = Share(day=day.on, no=bucket.no, of=day.bucket_count)
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, share.params)
        candidates = [ids.from_uuid("drw", row[0]) for row in cursor.fetchall()]
    poison = _poison(share, candidates, at)
    if not poison:
        raise failure.cause
    for drawdown_id, problem in poison:
        _set_aside(drawdown_id, day, problem, at)
    CloseBucket.objects.filter(pk=bucket.pk).update(attempt_count=0)


def _poison(share: Share, drawdowns: Sequence[str], at: datetime) -> list[tuple[str, str]]:
    """Halve until each drawdown that fails stands alone; nothing of the tries is kept."""
    problem = _problem(share, drawdowns, at)
    if problem is None:
        return []
    if len(drawdowns) == 1:
        return [(drawdowns[0], problem)]
    middle = len(drawdowns) // 2
    return [
        *_poison(share, drawdowns[:middle], at),
        *_poison(share, drawdowns[middle:], at),
    ]


def _problem(share: Share, drawdowns: Sequence[str], at: datetime) -> str | None:
    """Why these drawdowns cannot be carried past the day, or None; tried and rolled back."""
    if not drawdowns:
        return None
    trial = Share(day=share.day, only=drawdowns)
    try:
        with transaction.atomic():
            age(trial, at=at)
            with connection.cursor() as cursor:
                until = share.day + timedelta(days=1)
                cursor.execute(EARNED, {**trial.params, "until": until, "lagging": []})
            transaction.set_rollback(True)
    except DATA_ERRORS as error:
        return str(error).splitlines()[0]
    return None


@transaction.atomic
def _set_aside(drawdown_id: str, day: BusinessDay, problem: str, at: datetime) -> None:
    Drawdown.objects.filter(pk=drawdown_id).update(lags_since=day.on)
    exception = CloseException.objects.create(
        drawdown_id=drawdown_id, on=day.on, problem=problem, opened_at=at
    )
    events.record(
        "credit.close.exception_opened", subject=exception.id, actor="system:close", at=at,
        props={"drawdown": drawdown_id, "on": day.on.isoformat(), "problem": problem},
    )  # fmt: skip
