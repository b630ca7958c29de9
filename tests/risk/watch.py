"""Nights of monitoring, for tests: decisions on facts handed in, months of them, and the look."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from platform_app.kernel import clock, ids
from risk.enums import MonitorMetric, Purpose
from risk.models import Decision, MonitorReading
from risk.operations.alarms import set_monitor_rule
from risk.operations.decisions import decide
from risk.operations.monitoring import Monitored, monitor_risk
from risk.values import CreditOutcome, RepaymentFacts, TradeFacts
from tenants.models import Merchant
from tests.risk import nights
from tests.risk.cast import ACTOR

JUNE, JULY, LATER = date(2026, 6, 15), date(2026, 7, 15), date(2026, 8, 20)
SHORT, LONG = 100, 400  # days of tenure: two bins of the first card, 8 points apart


def look(on: date, outcomes: Sequence[CreditOutcome] = ()) -> Monitored:
    return monitor_risk(on=on, outcomes=outcomes, actor=ACTOR, at=clock.moment_on(on, 23))


def one_of_each(number: int, at: datetime) -> None:
    """A rule, readings, an alarm that stops nothing, and a night of features of one merchant."""
    nights.one_of_each(Merchant.objects.order_by("-id")[0].id, number, at)
    set_monitor_rule(
        metric=MonitorMetric.PD_ACTUAL, limit=Decimal(1), stops_auto_approval=False, reason="示例",
        actor="usr", at=at,
    )  # fmt: skip
    lost = [outcome(n, "0.01", "B", 40) for n in range(40)]
    on = clock.day_of(at) + timedelta(days=number)
    monitor_risk(on=on, outcomes=lost, actor="usr", at=at)


def reading(metric: str, subject: str = "", on: date = LATER) -> MonitorReading:
    found: MonitorReading = MonitorReading.objects.get(on=on, metric=metric, subject=subject)
    return found


def steady(tenure_days: int) -> TradeFacts:
    """A merchant that buys every month, approved by the first policy."""
    return TradeFacts(
        net_gmv_l3_minor=6_000_000, net_gmv_l12_minor=24_000_000,
        monthly_net_minor=(2_000_000,) * 12, active_months_count=12, order_count_l12=24,
        order_count_total=24, tenure_days=tenure_days, recency_days=5,
        return_rate=Decimal("0.01"), gmv_cv=Decimal("0.4"), median_order_minor=1_000_000,
    )  # fmt: skip


def decided(
    merchant: Merchant, when: datetime, *tenures: int, purpose: Purpose = Purpose.APPLICATION
) -> list[Decision]:
    """One decision after the other."""
    return [
        decide(
            merchant_id=merchant.id, purpose=purpose, as_of=when, decided_at=when,
            repayment=RepaymentFacts.none(), actor=ACTOR, trade=steady(tenure),
        )
        for tenure in tenures
    ]  # fmt: skip


def month(merchant: Merchant, day: date, short: int, long: int) -> None:
    """So many decisions of each kind: the first is made, the others are copies of its row."""
    for tenure, count in ((SHORT, short), (LONG, long)):
        for one in decided(merchant, clock.moment_on(day, 9), *[tenure] * min(count, 1)):
            row = {field.attname: getattr(one, field.attname) for field in Decision._meta.fields}
            Decision.objects.bulk_create(
                [Decision(**row | {"id": ids.new_id("dec")}) for _ in range(count - 1)]
            )


def shifted(merchant: Merchant) -> Monitored:
    """Half short and half long in June, four to one in July, and the look on 20 August."""
    month(merchant, JUNE, 100, 100)
    month(merchant, JULY, 160, 40)
    return look(LATER)


def outcome(number: int, pd: str, grade: str, dpd: int, on: date = JUNE) -> CreditOutcome:
    return CreditOutcome(
        merchant_id=f"mch_{number}", cohort_on=on.replace(day=1), pd=Decimal(pd), grade=grade,
        worst_dpd_days=dpd,
    )  # fmt: skip


# 19 bad ones: too few to say anything of the ranking, enough to say it of the grade.
LOST = [outcome(n, "0.01", "B", 40 if n < 19 else 0) for n in range(60)]
