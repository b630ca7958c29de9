"""Additions to a line's limit from one day until another, such as for a season.

Several may overlap; the line keeps their sum of today and the next day on which it changes.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from credit.enums import TemporaryLimitStatus
from credit.errors import BadPeriod, DayClosed, ExternalIdConflict, TemporaryLimitNotFound
from credit.models import CreditLine, TemporaryLimit
from credit.operations.lines import open_line
from credit.queries.business_day import open_day_for_booking
from credit.queries.drawdowns import locked_line
from platform_app.kernel import audit, events, ids
from platform_app.kernel.errors import Invalid
from platform_app.kernel.events import NewEvent
from platform_app.kernel.scope import current_tenant_id

LONGEST_DAYS = 366

LOCK = """
SELECT l.id FROM credit_creditline l
WHERE l.tenant_id = %(tenant)s AND l.limit_changes_on <= %(day)s
  AND (%(only)s::uuid[] IS NULL OR l.id = ANY(%(only)s::uuid[]))
ORDER BY l.id FOR UPDATE
"""

MOVE = """
UPDATE credit_temporarylimit t
SET status = CASE WHEN t.until_on <= %(day)s THEN 'ended' ELSE 'active' END
FROM credit_creditline l
WHERE l.tenant_id = %(tenant)s AND l.limit_changes_on <= %(day)s
  AND (%(only)s::uuid[] IS NULL OR l.id = ANY(%(only)s::uuid[]))
  AND t.tenant_id = l.tenant_id AND t.line_id = l.id AND t.from_on <= %(day)s
  AND (t.status = 'planned' OR t.status = 'active' AND t.until_on <= %(day)s)
RETURNING t.line_id, l.merchant_id, t.id, t.status, t.amount_minor, t.until_on
"""

COUNT = """
UPDATE credit_creditline l SET
    temporary_minor = coalesce((SELECT sum(t.amount_minor) FROM credit_temporarylimit t
        WHERE t.tenant_id = l.tenant_id AND t.line_id = l.id AND t.status = 'active'), 0),
    limit_changes_on = (SELECT min(CASE t.status WHEN 'planned' THEN t.from_on ELSE t.until_on END)
        FROM credit_temporarylimit t
        WHERE t.tenant_id = l.tenant_id AND t.line_id = l.id AND t.status <> 'ended'),
    version = l.version + 1
WHERE l.tenant_id = %(tenant)s AND l.limit_changes_on <= %(day)s
  AND (%(only)s::uuid[] IS NULL OR l.id = ANY(%(only)s::uuid[]))
"""


@transaction.atomic
def grant_temporary_limit(
    *,
    line_id: str,
    amount_minor: int,
    from_on: date,
    until_on: date,
    key: str,
    reason: str,
    actor: str,
    at: datetime,
) -> TemporaryLimit:
    """Add `amount_minor` fen to the limit from `from_on` until `until_on`, that day exclusive.

    The same key with the same amount and days returns the first grant. What was drawn with it
    stays when it ends; only new drawdowns are refused then. Raises LineNotFound, LineClosed,
    DayClosed, BadPeriod, Invalid, ExternalIdConflict.
    """
    line = open_line(line_id)
    day = open_day_for_booking()
    before = TemporaryLimit.objects.filter(key=key).first()
    if before is not None:
        return _same(before, line_id, amount_minor, from_on, until_on)
    if amount_minor <= 0:
        raise Invalid(field="amount")
    if from_on < day:
        raise DayClosed(field="from_on", on=from_on.isoformat(), open_on=day.isoformat())
    if not 1 <= (until_on - from_on).days <= LONGEST_DAYS:
        raise BadPeriod(field="until_on", least=1, most=LONGEST_DAYS)
    limit = TemporaryLimit.objects.create(
        line=line, amount_minor=amount_minor, from_on=from_on, until_on=until_on, reason=reason,
        key=key,
    )  # fmt: skip
    _tell(line, limit, "granted", reason=reason, actor=actor, at=at)
    _recount(line, day, at)
    limit.refresh_from_db()
    return limit


def _same(
    before: TemporaryLimit, line_id: str, amount_minor: int, from_on: date, until_on: date
) -> TemporaryLimit:
    wrong = [
        name
        for name, is_same in {
            "line": before.line_id == line_id,
            "amount": before.amount_minor == amount_minor,
            "days": (before.from_on, before.until_on) == (from_on, until_on),
        }.items()
        if not is_same
    ]
    if wrong:
        raise ExternalIdConflict(field="key", fields=", ".join(wrong))
    return before


@transaction.atomic
def end_temporary_limit(*, limit_id: str, reason: str, actor: str, at: datetime) -> TemporaryLimit:
    """End it today, or before it starts; ending it twice changes nothing.

    Raises TemporaryLimitNotFound.
    """
    found = TemporaryLimit.objects.filter(pk=limit_id).values_list("line_id", flat=True).first()
    if found is None:
        raise TemporaryLimitNotFound
    line = locked_line(found)
    day = open_day_for_booking()
    limit = TemporaryLimit.objects.get(pk=limit_id)
    if limit.status == TemporaryLimitStatus.ENDED:
        return limit
    limit.status = TemporaryLimitStatus.ENDED
    limit.save(update_fields=["status"])
    _tell(line, limit, "ended", reason=reason, actor=actor, at=at)
    _recount(line, day, at)
    return limit


@transaction.atomic
def refresh_limits(*, day: date, at: datetime, only: Sequence[str] | None = None) -> int:
    """Start and end what is due by `day` on all lines (or `only` these); return how many lines.

    Asks the database four times, however many lines; once when there are none. Running it twice
    changes nothing: the lines' `limit_changes_on` has moved past the day.
    """
    params: dict[str, Any] = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "day": day,
        "only": None if only is None else [str(ids.to_uuid("lin", one)) for one in only],
    }
    with connection.cursor() as cursor:
        cursor.execute(LOCK, params)
        if not cursor.fetchall():
            return 0
        cursor.execute(MOVE, params)
        moved = cursor.fetchall()
        cursor.execute(COUNT, params)
        touched = int(cursor.rowcount)
    events.record_all([_event(row, at) for row in moved])
    return touched


def _event(row: tuple[Any, ...], at: datetime) -> NewEvent:
    line, merchant, limit, status, amount, until_on = row
    return NewEvent(
        name=f"credit.temporary_limit.{'ended' if status == 'ended' else 'started'}",
        subject=ids.from_uuid("lin", line),
        merchant_id=ids.from_uuid("mch", merchant),
        actor="system:close",
        at=at,
        props={
            "limit": ids.from_uuid("tml", limit),
            "amount_minor": int(amount),
            "until_on": until_on.isoformat(),
        },
    )


def _recount(line: CreditLine, day: date, at: datetime) -> None:
    CreditLine.objects.filter(pk=line.pk).update(limit_changes_on=day)
    refresh_limits(day=day, at=at, only=[line.id])


def _tell(
    line: CreditLine, limit: TemporaryLimit, done: str, *, reason: str, actor: str, at: datetime
) -> None:
    name = f"credit.temporary_limit.{done}"
    facts = {
        "limit": limit.id,
        "amount_minor": limit.amount_minor,
        "from_on": limit.from_on.isoformat(),
        "until_on": limit.until_on.isoformat(),
    }
    events.record(
        name, subject=line.id, merchant_id=line.merchant_id, actor=actor, at=at, props=facts
    )
    audit.record(actor=actor, action=name, subject=line.id, at=at, reason=reason, after=facts)
