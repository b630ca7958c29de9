"""A policy tried on what was decided before it may decide anything."""

from calendar import monthrange
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

import numpy as np
from django.db import transaction

from platform_app.kernel import clock
from platform_app.kernel.errors import Invalid
from risk.domain.facts import FACT_TYPES, flat, restore
from risk.domain.limit import clean_bills_of
from risk.domain.odds import GRADES, PD_UNITS, grade_number
from risk.domain.policy_gate import publishable
from risk.enums import VersionStatus
from risk.errors import PolicyNotFound, PolicyStatus
from risk.models import Decision, Policy, PolicyBackTest
from risk.operations.policy_rows import locked, tell
from risk.queries.champions import champions
from risk.scoring.backtest import Cases, Moved, compare, segments_of, size_of
from risk.scoring.limit_columns import trade_of
from risk.scoring.policy_columns import column_of
from tenants.models import Merchant

KEPT_LOSERS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class BackTest:
    """A version against the one in force, on the latest decision of each merchant in a window."""

    version: int
    in_force_version: int
    since: datetime
    until: datetime
    moved: Moved


def backtest_policy(*, version: int, months: int, at: datetime) -> BackTest:
    """Ask a version what it would have answered in the months before `at`, refusals included.

    Facts, score and PD are those of each merchant's latest decision in the window, and the policy
    in force is asked anew from the same ones. Reads only. Amounts in fen. Raises PolicyNotFound,
    Invalid for fewer than one month, NoChampion, PolicyFindings and InvalidPolicy for a version
    that could not decide.
    """
    if months < 1:
        raise Invalid(field="months")
    policy = Policy.objects.filter(version=version).first()
    if policy is None:
        raise PolicyNotFound
    in_force = champions()
    since = window(months, at)
    moved = compare(in_force.policy, publishable(policy.body), cases(since, at))
    return BackTest(
        version=version,
        in_force_version=Policy.objects.values_list("version", flat=True).get(
            pk=in_force.policy_id
        ),
        since=since,
        until=at,
        moved=moved,
    )


@transaction.atomic
def keep_backtest(*, policy_id: str, months: int, actor: str, at: datetime) -> PolicyBackTest:
    """Back-test a version that is not in force, and keep what it says with both bodies' hashes.

    The summary names the `KEPT_LOSERS` who lose most and counts them all. Raises what
    `backtest_policy` raises, PolicyStatus for a version in force or retired.
    """
    policy = locked(policy_id)
    if policy.status in {VersionStatus.CHAMPION, VersionStatus.RETIRED}:
        raise PolicyStatus
    found = backtest_policy(version=policy.version, months=months, at=at)
    in_force = Policy.objects.get(version=found.in_force_version)
    kept: PolicyBackTest = PolicyBackTest.objects.create(
        policy=policy,
        policy_sha256=policy.sha256,
        in_force=in_force,
        in_force_sha256=in_force.sha256,
        since=found.since,
        until=found.until,
        months_count=months,
        summary=_summary(found.moved),
        run_by=actor,
        run_at=at,
    )
    tell("backtested", policy, actor=actor, at=at)
    return kept


def _summary(moved: Moved) -> dict[str, Any]:
    return {
        "total": asdict(moved.total),
        "segments": [asdict(one) for one in moved.segments],
        "losers": [asdict(one) for one in moved.losers[:KEPT_LOSERS]],
        "losers_count": len(moved.losers),
    }


def window(months: int, until: datetime) -> datetime:
    """The start of the day so many months before."""
    return clock.moment_on(_months_before(clock.day_of(until), months))


def cases(since: datetime, until: datetime) -> Cases:
    """The latest decision of each merchant in a window, by columns."""
    found: list[Any] = list(
        Decision.objects.filter(decided_at__gte=since, decided_at__lt=until)
        .order_by("merchant_id", "-decided_at", "-id")
        .distinct("merchant_id")
        .values_list("merchant_id", "facts", "score", "pd")
    )
    categories = dict(Merchant.objects.values_list("id", "category"))
    snapshots = [restore(facts) for _, facts, _, _ in found]
    facts = [flat(*snapshot) for snapshot in snapshots]
    pds = [int(pd * PD_UNITS) for *_, pd in found]
    grades = [grade_number(pd) for pd in pds]
    return Cases(
        merchant_ids=[row[0] for row in found],
        facts={
            name: column_of(name, [one[name] for one in facts], dtype)
            for name, dtype in FACT_TYPES.items()
        },
        score=np.array([row[2] for row in found], np.int64),
        pd=np.array(pds, np.int64),
        grade=np.array(grades, np.int8),
        trade=trade_of(
            [trade for trade, *_ in snapshots],
            [clean_bills_of(repayment) for _, repayment, _ in snapshots],
        ),
        segments={
            "category": segments_of([categories.get(row[0], "") for row in found]),
            "grade": segments_of([GRADES[grade] for grade in grades]),
            "size": segments_of([size_of(trade) for trade, *_ in snapshots]),
        },
    )


def _months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
