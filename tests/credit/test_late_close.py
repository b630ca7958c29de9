"""Closing days one by one is closing them late: two platforms live the same, one closes in time."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

import pytest

from credit.domain.allocation import Component
from credit.models import BusinessDay, CreditLine, Drawdown, LoanEvent
from credit.operations import business_day, servicing
from credit.operations.business_day import close_day, finish_closing_days
from credit.operations.servicing import Act
from credit.queries.business_day import open_day
from credit.queries.plans import derived, happenings
from platform_app.kernel import clock, events
from platform_app.kernel.errors import DomainError
from platform_app.kernel.tenancy import tenant_scope
from tests.conftest import FIRST_DAY, platform
from tests.credit.books import lines_of_three_products, morning, stored, wrong
from tests.credit.lives import ACTOR, drawn, repaid

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ROUNDS = 7


def in_time(days: int) -> None:
    for _ in range(days):
        close_day(at=clock.end_of(open_day()))


def at_once(days: int) -> None:
    """Nobody closed for days; then all of them are closed in one night."""
    tonight = clock.end_of(open_day() + timedelta(days=days - 1))
    for _ in range(days):
        close_day(at=tonight)


def at_work(days: int) -> None:
    """The last day was flipped and its close is still at work: bookings catch up by themselves."""
    in_time(days - 1)
    finish_closing_days(at=clock.end_of(open_day()))
    business_day._flip(BusinessDay.objects.get(status="open"))


def live(seed: int, lines: list[CreditLine], pass_days: Callable[[int], None]) -> None:
    """The same acts for the same seed, however the days are closed."""
    dice = Random(seed)  # noqa: S311 -- chance, not secrecy
    for line in lines:
        codes = CreditLine.objects.select_related("offer").get(pk=line.pk).offer.option_codes
        for _ in range(2):
            amount = dice.randint(50_000, line.limit_minor // 3)
            order_no = f"SO-{Drawdown.objects.count()}"
            drawn(line, amount, order_no, morning(), dice.choice(codes))
    for number in range(ROUNDS):
        pass_days(dice.randint(1, 25))
        for one in Drawdown.objects.order_by("order_no"):
            chance, part = dice.random(), dice.randint(1, 300_000)
            act = Act(
                drawdown_id=one.id, external_id=f"{one.order_no}-{number}", actor=ACTOR,
                at=morning(),
            )  # fmt: skip
            try:
                happen(one, act, chance, part)
            except DomainError:
                continue


def happen(one: Drawdown, act: Act, chance: float, part: int) -> None:
    if chance < 0.3:
        due = derived(one, happenings(one.id), as_of=open_day()).due_minor
        repaid(one, due or part, act.external_id, act.at)
    elif chance < 0.4:
        servicing.refund_drawdown(act, amount_minor=part)
    elif chance < 0.5:
        servicing.extend(act, row_seq=1, days=10 + part % 20)
    elif chance < 0.55:
        servicing.pause_interest(act, until_on=open_day() + timedelta(days=1 + part % 20))
    elif chance < 0.6:
        servicing.waive(act, amount_minor=part % 500 + 1, component=Component.PENALTY)
    elif chance < 0.65:
        servicing.restructure(
            act, method="equal_installment", installments=3, every=1, unit="month"
        )


def test_days_closed_late_end_the_same(at: datetime) -> None:
    events.ensure_partitions(FIRST_DAY, months=24)
    ends = []
    for pass_days in (in_time, at_once, at_work):
        with tenant_scope(platform(pass_days.__name__.replace("_", "-"), at).id):
            live(1, lines_of_three_products(at), pass_days)
            last = date(2026, 12, 1)
            finish_closing_days(at=clock.moment_on(last))
            assert wrong() == []
            assert LoanEvent.objects.count() > 12
            ends.append(stored())
    assert ends[0] == ends[1] == ends[2]
