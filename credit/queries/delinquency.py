"""Who is past due by how many days and how much, and what a tenant sorts days into."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection

from credit.domain.contact_guard import CollectionRules
from credit.domain.delinquency import BUCKETS, CLASSES, STAGES, Graded, Ladder, Step, classify
from credit.domain.delinquency import days_past_due as dpd_of
from credit.enums import LadderKind
from credit.models import BucketChange, ConductRules, LadderStep
from credit.queries.loan_events import STANDING
from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id

STANDARD: Final[dict[str, Ladder]] = {
    LadderKind.BUCKET: BUCKETS,
    LadderKind.STAGE: STAGES,
    LadderKind.CLASS: CLASSES,
}

# Penalty earned and not yet written into the rows. Where it ends at a cap, its last stretch looks
# like one that a payment ended: there it is all that was earned and charged, less what rows have.
_CAPPED: Final = f"""
(SELECT coalesce(sum(round(base_minor * rate * greatest(0, least(%(on)s, to_on) - from_on)
                           / per_days)), 0)
 FROM credit_interestsegment
 WHERE tenant_id = %(tenant)s AND drawdown_id = d.id AND kind = 'penalty')
+ (SELECT coalesce(sum(v.amount_minor), 0) FROM credit_loanevent v
   WHERE v.tenant_id = %(tenant)s AND v.drawdown_id = d.id AND v.kind = 'penalty' AND {STANDING})
- (SELECT coalesce(sum(penalty_minor), 0) FROM credit_planrow
   WHERE tenant_id = %(tenant)s AND drawdown_id = d.id)"""  # noqa: S608 -- our own expressions

# Rows that fell due before the day, with the penalty interest that runs on them. Inside grace none
# runs yet; what a day would cost is worked out from the unpaid principal.
PAST_DUE = f"""
SELECT d.id, d.merchant_id, d.order_no, d.grace_days, r.due_on, r.unpaid, r.principal,
       coalesce(s.accrued, 0) + CASE WHEN d.terms->>'penalty_days' IS NULL
           THEN coalesce(s.penalty, 0) ELSE {_CAPPED} END,
       coalesce(s.next_day, 0),
       round(r.principal * d.penalty_rate / coalesce((d.terms->>'year_days')::int, 365))
FROM (
    SELECT drawdown_id, min(due_on) AS due_on,
           sum(principal_minor - paid_principal_minor - waived_principal_minor
               - written_off_principal_minor) AS principal,
           sum(unpaid_minor) AS unpaid
    FROM credit_planrow
    WHERE tenant_id = %(tenant)s AND paid_off_on IS NULL AND due_on < %(on)s
      AND (%(drawdowns)s::uuid[] IS NULL OR drawdown_id = ANY(%(drawdowns)s::uuid[]))
      AND (%(merchants)s::uuid[] IS NULL OR drawdown_id IN (
          SELECT id FROM credit_drawdown WHERE tenant_id = %(tenant)s
          AND merchant_id = ANY(%(merchants)s::uuid[])))
    GROUP BY drawdown_id
) r
JOIN credit_drawdown d ON d.tenant_id = %(tenant)s AND d.id = r.drawdown_id
LEFT JOIN LATERAL (
    SELECT sum(round(base_minor * rate * (%(on)s - from_on) / per_days))
               FILTER (WHERE kind <> 'penalty') AS accrued,
           sum(round(base_minor * rate * (%(on)s - from_on) / per_days))
               FILTER (WHERE kind = 'penalty') AS penalty,
           sum(round(base_minor * rate * (%(on)s + 1 - from_on) / per_days)
               - round(base_minor * rate * (%(on)s - from_on) / per_days)) AS next_day
    FROM credit_interestsegment
    WHERE tenant_id = %(tenant)s AND drawdown_id = d.id AND from_on <= %(on)s
      AND (kind = 'penalty' AND to_on > %(on)s OR to_on = DATE '9999-12-31')
) s ON true
WHERE r.unpaid > 0 AND d.status IN ('repaying', 'partially_captured')
ORDER BY r.due_on, d.id
"""  # noqa: S608 -- our own expressions


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDue:
    """One drawdown with installments whose due date has passed, as seen on a day; fen.

    `owed_minor` is what paying today clears: those installments and the penalty interest so far.
    `penalty_a_day_minor` is what one more day adds, or will add once grace has passed.
    """

    drawdown_id: str
    merchant_id: str
    order_no: str
    due_on: date
    grace_until_on: date
    dpd: int
    is_overdue: bool
    owed_minor: int
    penalty_minor: int
    penalty_a_day_minor: int


def past_due(
    *,
    on: date,
    merchant_ids: Sequence[str] | None = None,
    drawdown_ids: Sequence[str] | None = None,
) -> list[PastDue]:
    """Every past-due drawdown, of these merchants or drawdowns if named: one statement."""
    params: dict[str, Any] = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "on": on,
        "merchants": _uuids("mch", merchant_ids),
        "drawdowns": _uuids("drw", drawdown_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(PAST_DUE, params)
        return [_past_due(row, on) for row in cursor.fetchall()]


def _uuids(prefix: str, public: Sequence[str] | None) -> list[str] | None:
    return None if public is None else [str(ids.to_uuid(prefix, one)) for one in public]


def _past_due(row: tuple[Any, ...], on: date) -> PastDue:
    drawdown, merchant, order_no, grace, due_on, unpaid, _principal, accrued, next_day, a_day = row
    grace_until_on = due_on + timedelta(days=grace)
    late = on > grace_until_on
    return PastDue(
        drawdown_id=ids.from_uuid("drw", drawdown),
        merchant_id=ids.from_uuid("mch", merchant),
        order_no=order_no,
        due_on=due_on,
        grace_until_on=grace_until_on,
        dpd=dpd_of(due_on, on),
        is_overdue=late,
        owed_minor=int(unpaid) + int(accrued),
        penalty_minor=int(accrued),
        penalty_a_day_minor=int(next_day) if late else int(a_day),
    )


def by_merchant(rows: Iterable[PastDue]) -> dict[str, list[PastDue]]:
    """The same rows, merchant by merchant."""
    found: dict[str, list[PastDue]] = {}
    for row in rows:
        found.setdefault(row.merchant_id, []).append(row)
    return found


def ladder(kind: LadderKind) -> Ladder:
    """The tenant's ladder, or the standard one while it has none of its own."""
    return ladders()[kind]


def ladders() -> dict[str, Ladder]:
    """All three, in one statement."""
    rows = LadderStep.objects.order_by("ladder", "from_dpd")
    own: dict[str, list[Step]] = {}
    for row in rows:
        own.setdefault(row.ladder, []).append(Step(row.from_dpd, row.code, row.contact_every_days))
    return {kind: Ladder(tuple(own[kind])) if kind in own else STANDARD[kind] for kind in STANDARD}


def collection_rules() -> CollectionRules:
    """The tenant's conduct rules, or the standard ones."""
    row = ConductRules.objects.first()
    if row is None:
        return CollectionRules()
    return CollectionRules(
        quiet_from_hour=row.quiet_from_hour,
        quiet_until_hour=row.quiet_until_hour,
        calls_per_day=row.calls_per_day,
        texts_per_day=row.texts_per_day,
        collector_roles=tuple(row.collector_roles),
        contagion_days=row.contagion_days,
        promise_days=row.promise_days,
        extension_days=row.extension_days,
    )


def grades(merchant_id: str, drawdown_ids: Iterable[str], *, on: date) -> dict[str, Graded]:
    """The class of each of these drawdowns of one merchant, contagion included."""
    late = {row.drawdown_id: row.dpd for row in past_due(on=on, merchant_ids=[merchant_id])}
    dpds = {one: late.get(one, 0) for one in {*drawdown_ids, *late}}
    return classify(dpds, ladder(LadderKind.CLASS), collection_rules().contagion_days)


def bucket_history(drawdown_id: str) -> list[BucketChange]:
    """When the drawdown moved between buckets, oldest first."""
    return list(BucketChange.objects.filter(drawdown_id=drawdown_id).order_by("on"))
