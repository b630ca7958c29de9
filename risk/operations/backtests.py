"""A policy tried on what was decided before it may decide anything."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np

from platform_app.kernel import clock
from platform_app.kernel.errors import Invalid
from risk.domain.facts import FACT_TYPES, flat, restore
from risk.domain.odds import GRADES, PD_UNITS, grade_number
from risk.domain.policy_gate import publishable
from risk.errors import PolicyNotFound
from risk.models import Decision, Policy
from risk.queries.champions import champions
from risk.scoring.backtest import Cases, Moved, compare, segments_of
from risk.scoring.limit_columns import trade_of
from risk.scoring.policy_columns import column_of
from tenants.models import Merchant


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
    since = clock.moment_on(_months_before(clock.day_of(at), months))
    moved = compare(in_force.policy, publishable(policy.body), _cases(since, at))
    return BackTest(
        version=version,
        in_force_version=Policy.objects.values_list("version", flat=True).get(
            pk=in_force.policy_id
        ),
        since=since,
        until=at,
        moved=moved,
    )


def _cases(since: datetime, until: datetime) -> Cases:
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
        trade=trade_of([trade for trade, _ in snapshots]),
        segments={
            "category": segments_of([categories.get(row[0], "") for row in found]),
            "grade": segments_of([GRADES[grade] for grade in grades]),
        },
    )


def _months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
