"""A tenant's ladders and conduct rules, and the daily record of bucket changes."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction

from credit.domain.contact_guard import CollectionRules
from credit.domain.delinquency import BadLadder, Ladder, Step, bucket_ladder
from credit.enums import CollectionStage, DebtClass, LadderKind
from credit.errors import CollectionRulesInvalid, LadderInvalid
from credit.models import ConductRules, LadderStep
from credit.queries.collection_settings import LADDER_SET, RULES_SET
from credit.queries.delinquency import collection_rules, ladder
from platform_app.kernel import audit, ids
from platform_app.kernel.errors import gettext_noop
from platform_app.kernel.scope import current_tenant_id

CODES: Final = {LadderKind.STAGE: CollectionStage.values, LadderKind.CLASS: DebtClass.values}

# A drawdown is looked at when something of it is past due, or when it last stood in a bucket other
# than the first. One that stands where it stood yesterday writes nothing.
CHANGES = """
WITH late AS (
    SELECT r.drawdown_id, min(r.due_on) AS due_on
    FROM credit_planrow r
    WHERE r.tenant_id = %(tenant)s AND r.paid_off_on IS NULL AND r.due_on < %(on)s
      AND r.unpaid_minor > 0
    GROUP BY r.drawdown_id
), known AS (
    SELECT DISTINCT ON (drawdown_id) drawdown_id, to_code
    FROM credit_bucketchange WHERE tenant_id = %(tenant)s AND "on" < %(on)s
    ORDER BY drawdown_id, "on" DESC
), seen AS (
    SELECT d.id, d.merchant_id, coalesce(k.to_code, %(first)s) AS from_code,
           CASE WHEN d.status IN ('repaying', 'partially_captured') AND l.due_on IS NOT NULL
                THEN %(on)s - l.due_on ELSE 0 END AS dpd
    FROM credit_drawdown d
    LEFT JOIN late l ON l.drawdown_id = d.id
    LEFT JOIN known k ON k.drawdown_id = d.id
    WHERE d.tenant_id = %(tenant)s
      AND (l.drawdown_id IS NOT NULL OR coalesce(k.to_code, %(first)s) <> %(first)s)
)
INSERT INTO credit_bucketchange (id, tenant_id, drawdown_id, merchant_id, "on", dpd, from_code,
    to_code)
SELECT uuidv7(), %(tenant)s, s.id, s.merchant_id, %(on)s, s.dpd, s.from_code, b.code
FROM seen s
JOIN LATERAL (
    SELECT code FROM unnest(%(starts)s::int[], %(codes)s::text[]) AS step(start, code)
    WHERE start <= s.dpd ORDER BY start DESC LIMIT 1
) b ON true
WHERE b.code <> s.from_code
ON CONFLICT (tenant_id, drawdown_id, "on") DO NOTHING
"""


def record_bucket_changes(*, on: date) -> int:
    """Write one row for each drawdown that stands in another bucket on `on` than before.

    One statement; a second run the same day writes nothing. Returns how many changed.
    """
    buckets = ladder(LadderKind.BUCKET)
    params: dict[str, Any] = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "on": on,
        "first": buckets.steps[0].code,
        "starts": [step.from_dpd for step in buckets.steps],
        "codes": [step.code for step in buckets.steps],
    }
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, params)
        return int(cursor.rowcount)


@transaction.atomic
def set_buckets(*, starts: Sequence[int], reason: str, actor: str, at: datetime) -> Ladder:
    """Cut the tenant's buckets at these days past due; the first is 0. Audited with the reason.

    Cut as they are, nothing happens. Raises LadderInvalid.
    """
    try:
        cut = bucket_ladder(starts)
    except BadLadder as error:
        raise LadderInvalid(field="starts", reason=str(error)) from error
    return _install(LadderKind.BUCKET, cut, reason, actor, at)


@transaction.atomic
def set_ladder(
    *, kind: LadderKind, steps: Sequence[Step], reason: str, actor: str, at: datetime
) -> Ladder:
    """Replace the tenant's stages or classes; drawdowns are re-sorted at once, history stays.

    Audited with the reason; as they are, nothing happens. Raises LadderInvalid.
    """
    unknown = [step.code for step in steps if step.code not in CODES.get(kind, [])]
    if unknown:
        raise LadderInvalid(field="steps", reason=", ".join(unknown))
    if kind == LadderKind.STAGE and any(step.contact_every_days < 1 for step in steps):
        raise LadderInvalid(
            field="steps", reason=gettext_noop("each stage says how often a case is worked")
        )
    try:
        wanted = Ladder(tuple(steps))
    except BadLadder as error:
        raise LadderInvalid(field="steps", reason=str(error)) from error
    return _install(kind, wanted, reason, actor, at)


def _install(kind: LadderKind, wanted: Ladder, reason: str, actor: str, at: datetime) -> Ladder:
    before = ladder(kind)
    if wanted == before:
        return before
    LadderStep.objects.filter(ladder=kind).delete()
    LadderStep.objects.bulk_create(
        [
            LadderStep(
                ladder=kind,
                from_dpd=step.from_dpd,
                code=step.code,
                contact_every_days=step.contact_every_days,
            )
            for step in wanted.steps
        ]
    )
    audit.record(
        actor=actor, action=LADDER_SET, subject=current_tenant_id(), at=at, reason=reason,
        before={kind.value: [asdict(step) for step in before.steps]},
        after={kind.value: [asdict(step) for step in wanted.steps]},
    )  # fmt: skip
    return wanted


@transaction.atomic
def set_collection_rules(
    *, rules: CollectionRules, reason: str, actor: str, at: datetime
) -> CollectionRules:
    """Replace the tenant's conduct rules, audited with the reason; as they are, nothing happens.

    Raises CollectionRulesInvalid.
    """
    problem = rules.problem()
    if problem:
        raise CollectionRulesInvalid(reason=problem)
    standing = collection_rules()
    if rules == standing:
        return standing
    before = asdict(standing)
    wanted = asdict(rules) | {"collector_roles": list(rules.collector_roles)}
    ConductRules.objects.update_or_create(tenant_id=current_tenant_id(), defaults=wanted)
    audit.record(
        actor=actor, action=RULES_SET, subject=current_tenant_id(), at=at, reason=reason,
        before=before | {"collector_roles": list(before["collector_roles"])}, after=wanted,
    )  # fmt: skip
    return rules
