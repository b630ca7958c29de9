"""Reminders: once each, one text a day, and never against the guard."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from credit.enums import ContactChannel, DisputeReason
from credit.gateways import texts
from credit.models import Drawdown, Reminder
from credit.operations.contacts import block_contact
from credit.operations.disputes import open_dispute
from credit.operations.reminders import make_reminders, send_reminders
from credit.queries.business_day import open_day
from credit.queries.payoff import payoff
from credit.tasks import remind_merchants
from credit.tasks import work_collections as work_collections_task
from platform_app.kernel import clock
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from tenants.models import MerchantPerson, Tenant
from tests.credit import late, lives

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture(autouse=True)
def sent() -> Iterator[list[texts.Text]]:
    """What the gateway of this process was given."""
    texts.IN_PROCESS.sent.clear()
    yield texts.IN_PROCESS.sent  # type: ignore[misc]
    texts.IN_PROCESS.sent.clear()


@pytest.fixture
def drawdown(inside: Tenant, at: datetime) -> Drawdown:
    return late.drawn("P1", at)


def remind(day: date, hour: int = 9) -> tuple[int, int]:
    moment = clock.moment_on(day, hour)
    return make_reminders(on=day, at=moment), send_reminders(on=day, at=moment)


def kinds() -> list[tuple[str, str]]:
    return list(Reminder.objects.order_by("id").values_list("kind", "status"))


def test_the_timetable_of_one_installment(drawdown: Drawdown, sent: list[texts.Text]) -> None:
    made: dict[date, tuple[int, int]] = {}
    day = date(2026, 3, 20)
    while day < date(2026, 4, 20):
        lives.close_until(day)
        if remind(day) != (0, 0):
            made[day] = Reminder.objects.filter(on=day).count(), len(sent)
        day += timedelta(days=1)
    assert made == {
        date(2026, 3, 25): (1, 0),
        date(2026, 3, 29): (1, 0),
        date(2026, 3, 31): (1, 1),
        date(2026, 4, 1): (1, 2),
        date(2026, 4, 2): (1, 3),
        date(2026, 4, 4): (1, 4),
        date(2026, 4, 5): (1, 5),
        date(2026, 4, 7): (1, 6),
        date(2026, 4, 11): (1, 7),
    }
    assert [kind for kind, _status in kinds()] == [
        "due_in_7", "due_in_3", "due_in_1", "due_today", "grace_first", "grace_last", "overdue_1",
        "overdue_3", "overdue_7",
    ]  # fmt: skip
    person = MerchantPerson.objects.get(role="finance_contact")
    assert {text.person_id for text in sent} == {person.id}


def test_the_words_are_kept_in_both_languages(drawdown: Drawdown) -> None:
    lives.close_until(date(2026, 3, 25))
    remind(date(2026, 3, 25))
    row = Reminder.objects.get()
    owed = payoff(drawdown).rows[0]
    amount = owed.principal_minor + owed.interest_minor
    assert row.text_en == (
        f"¥{amount // 100:,}.{amount % 100:02d} for order SO-P1 is due on 2026-04-01 Wed."
    )
    assert "2026-04-01" in row.text_zh
    assert row.text_zh != row.text_en
    assert (row.amount_minor, row.status) == (amount, "shown")


def test_asked_again_it_makes_and_sends_nothing(drawdown: Drawdown, sent: list[texts.Text]) -> None:
    lives.close_until(late.DUE)
    assert remind(late.DUE) == (1, 1)
    before = late.everything()
    assert remind(late.DUE, 15) == (0, 0)
    assert late.everything() == before
    assert len(sent) == 1


@pytest.mark.parametrize("hour", [7, 22, 23])
def test_at_night_nothing_is_made_or_sent(drawdown: Drawdown, hour: int) -> None:
    lives.close_until(late.DUE)
    assert remind(late.DUE, hour) == (0, 0)
    assert remind(late.DUE, 9) == (1, 1)


def test_several_installments_make_one_text(
    inside: Tenant, at: datetime, sent: list[texts.Text]
) -> None:
    line = lives.line_of(late.with_phone("P1", at), at)
    for number in range(3):
        lives.drawn(line, 100_000 * (number + 1), f"SO-{number}", at)
    lives.close_until(late.DUE)
    assert remind(late.DUE) == (3, 1)
    assert [status for _kind, status in kinds()].count("shown") == 2
    carrier = Reminder.objects.get(status="sent")
    total = sum(row.amount_minor for row in Reminder.objects.all())
    assert carrier.text_en == (
        f"3 installments, ¥{total // 100:,}.{total % 100:02d} in all, fall due or are past due."
        " Please see your bills."
    )
    assert [text.words for text in sent] == [carrier.text_zh]


def test_who_has_no_phone_or_wants_no_text_is_shown_it(
    inside: Tenant, at: datetime, sent: list[texts.Text]
) -> None:
    silent = lives.drawn(lives.line_of(lives.merchant_with_trade("P1", at), at), 100_000, "S", at)
    blocked = late.drawn("P2", at)
    block_contact(
        merchant_id=blocked.merchant_id, channel=ContactChannel.SMS, person_role="",
        reason="不收短信", actor=lives.ACTOR, at=at,
    )  # fmt: skip
    lives.close_until(late.FIRST_OVERDUE)
    assert remind(late.FIRST_OVERDUE) == (2, 0)
    assert kinds() == [("overdue_1", "shown")] * 2
    assert silent.id != blocked.id
    assert list(sent) == []


def test_a_dispute_silences_its_order_and_the_dunning_of_its_merchant(
    inside: Tenant, at: datetime
) -> None:
    line = lives.line_of(late.with_phone("P1", at), at)
    wrong = lives.drawn(line, 100_000, "SO-1", at)
    lives.drawn(line, 100_000, "SO-2", at)
    lives.drawn(line, 100_000, "SO-3", clock.moment_on(open_day(), 11), term="bullet_60")
    open_dispute(
        drawdown_id=wrong.id, reason=DisputeReason.AMOUNT, words="金额不对", actor="m", at=at
    )
    lives.close_until(late.DUE)
    assert remind(late.DUE) == (1, 1)
    lives.close_until(late.FIRST_OVERDUE)
    assert remind(late.FIRST_OVERDUE) == (0, 0)
    before_second = date(2026, 4, 29)  # due on 6 May, after the holiday
    lives.close_until(before_second)
    assert remind(before_second) == (1, 0)
    assert [kind for kind, _status in kinds()] == ["due_today", "due_in_7"]


def test_paid_between_making_and_sending_is_withheld(
    drawdown: Drawdown, sent: list[texts.Text]
) -> None:
    moment = lives.close_until(late.DUE)
    make_reminders(on=late.DUE, at=moment)
    lives.repaid(drawdown, payoff(drawdown).payoff_minor, "PAY-1", moment)
    assert send_reminders(on=late.DUE, at=moment) == 0
    row = Reminder.objects.get()
    assert (row.status, row.withheld_code, row.sent_at) == ("withheld", "nothing_to_collect", None)
    assert list(sent) == []


def test_paid_early_is_not_reminded(drawdown: Drawdown) -> None:
    moment = lives.close_until(date(2026, 3, 10))
    lives.repaid(drawdown, payoff(drawdown).payoff_minor, "PAY-1", moment)
    lives.close_until(late.DUE)
    assert remind(late.DUE) == (0, 0)


@pytest.mark.parametrize("item_count", [1, 3])
def test_reminding_costs_the_same_for_any_number(
    inside: Tenant,
    at: datetime,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(item_count):
        late.drawn(f"P{number}", at)
    lives.close_until(late.DUE)
    moment = clock.moment_on(late.DUE, 9)
    with django_assert_num_queries(11):
        assert make_reminders(on=late.DUE, at=moment) == item_count
    with django_assert_num_queries(9):
        assert send_reminders(on=late.DUE, at=moment) == item_count


def test_other_platforms_are_reminded_of_their_own(
    drawdown: Drawdown, other_tenant: Tenant
) -> None:
    lives.close_until(late.DUE)
    moment = clock.moment_on(late.DUE, 9)
    with tenant_scope(other_tenant.id):
        assert make_reminders(on=late.DUE, at=moment) == 0
        assert not Reminder.objects.exists()
    with no_scope(), pytest.raises(NoScope):
        make_reminders(on=late.DUE, at=moment)
    assert not Reminder.objects.exists()


def test_the_periodic_jobs_do_it_for_every_real_tenant(
    drawdown: Drawdown, inside: Tenant, sent: list[texts.Text]
) -> None:
    Tenant.objects.filter(pk=inside.pk).update(is_virtual=False)
    moment = lives.close_until(late.FIRST_OVERDUE)
    with clock.travel(moment), no_scope():
        assert work_collections_task() == 1
        assert work_collections_task() == 0
        assert remind_merchants() == 1
        assert remind_merchants() == 0
    with clock.travel(moment + timedelta(days=1)), no_scope():
        assert remind_merchants() == 0  # yesterday is not closed yet
    assert len(sent) == 1
