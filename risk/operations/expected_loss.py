"""A month's expected loss: every line staged and measured, kept with what it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import structlog
from django.db import transaction

from platform_app.kernel import audit, locks
from platform_app.kernel.scope import current_tenant_id
from risk.domain.canonical import sha256
from risk.domain.expected_loss import (
    MOST_MONTHS,
    STANDARD_PD,
    STANDARD_SCENARIOS,
    STANDARD_SHARES,
    YEAR_MONTHS,
    Assumptions,
    expected_loss,
    lifetime_pd,
    signs_of,
    stage_of,
)
from risk.models import EclRow, EclRun
from risk.queries.champions import champions
from risk.queries.watch_list import listed
from risk.values import Exposed

BATCH: Final = 2_000
logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    """How a line stood in the run before."""

    stage: int
    clean_months: int


@transaction.atomic
def book_expected_loss(
    *, on: date, exposures: Sequence[Exposed], discount_rate: Decimal, actor: str, at: datetime
) -> EclRun:
    """Stage and measure every exposure as of the end of `on`; one run a day, the first stands.

    `discount_rate` is a year's. LGD is that of the policy in force, PD, months and scenarios are
    the standard ones, all kept with the run. Raises NoChampion.
    """
    locks.hold(locks.LockSpace.DECISION_CHAIN, current_tenant_id())
    present: EclRun | None = EclRun.objects.filter(on=on).first()
    if present is not None:
        return present
    assumed = Assumptions(
        pd=STANDARD_PD, month_shares=STANDARD_SHARES, lgd=champions().policy.limit.lgd,
        discount_rate=discount_rate, scenarios=STANDARD_SCENARIOS,
    )  # fmt: skip
    former: EclRun | None = EclRun.objects.filter(on__lt=on).order_by("-on").first()
    before = _standing(former)
    lists = listed([one.merchant_id for one in exposures], on=on)
    rows = [
        _row(one, assumed, before.get(one.line_id), is_listed=one.merchant_id in lists)
        for one in exposures
        if sum(one.due_minor) > 0
    ]
    told = assumed.as_json()
    run: EclRun = EclRun.objects.create(
        on=on, former=former, assumptions=told, assumptions_sha256=sha256(told),
        line_count=len(rows), ead_minor=sum(row.ead_minor for row in rows),
        ecl_minor=sum(row.ecl_minor for row in rows), actor=actor, at=at,
    )  # fmt: skip
    for row in rows:
        row.run = run
    EclRow.objects.bulk_create(rows, batch_size=BATCH)
    audit.record(
        actor=actor, action="risk.expected_loss.booked", subject=run.id, at=at,
        after={"on": on.isoformat(), "ead_minor": run.ead_minor, "ecl_minor": run.ecl_minor},
    )  # fmt: skip
    logger.info("risk.expected_loss", run=run.id, lines=len(rows), ecl_minor=run.ecl_minor)
    return run


def _standing(former: EclRun | None) -> dict[str, _Before]:
    if former is None:
        return {}
    rows = EclRow.objects.filter(run=former).values_list("line_id", "stage", "clean_months")
    return {line: _Before(stage=stage, clean_months=clean) for line, stage, clean in rows}


def _row(one: Exposed, assumed: Assumptions, before: _Before | None, *, is_listed: bool) -> EclRow:
    signs = signs_of(
        dpd_days=one.dpd_days, grade=one.grade, grade_then=one.grade_then, is_listed=is_listed,
        is_distressed=one.is_distressed,
    )  # fmt: skip
    stage, clean_months = stage_of(
        signs,
        before=before.stage if before else None,
        clean_months=before.clean_months if before else 0,
    )
    months = min(len(one.due_minor), MOST_MONTHS if stage > 1 else YEAR_MONTHS)
    is_default = stage == 3  # noqa: PLR2004 -- the stage of that name
    return EclRow(
        line_id=one.line_id, merchant_id=one.merchant_id, grade=one.grade,
        grade_then=one.grade_then, dpd_days=one.dpd_days, signs=signs, stage=stage,
        clean_months=clean_months, due_by_month=list(one.due_minor), ead_minor=sum(one.due_minor),
        pd=Decimal(1) if is_default else lifetime_pd(assumed, one.grade, months),
        lgd=assumed.lgd,
        ecl_minor=expected_loss(
            assumed, stage=stage, grade=one.grade, due_minor=one.due_minor
        ),
    )  # fmt: skip
