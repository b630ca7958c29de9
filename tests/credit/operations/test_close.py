"""The close under attack: killed at every statement, poisoned, several at once."""

import os
import re
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from credit.errors import CloseExceptionNotFound, DrawdownLags, ExceptionsOpen
from credit.models import (
    BusinessDay,
    CloseBucket,
    CloseException,
    CreditLine,
    Drawdown,
    InterestSegment,
    JournalEntry,
    PlanRow,
    Posting,
    SettlementLine,
)
from credit.operations import close_buckets
from credit.operations.business_day import close_day, finish_closing_days
from credit.operations.close_exceptions import repair_close, sign_off_exception
from credit.queries.business_day import open_day
from credit.queries.plans import difference_from_derived
from credit.queries.proofs import full_checks
from credit.tasks import close_days
from platform_app.kernel import clock
from platform_app.kernel.postgres.role import as_owner
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ACTOR = "system:test"


def lend(at: datetime) -> list[Drawdown]:
    """Three drawdowns, one of them captured on the day that will be closed."""
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    drawdowns = [lives.drawn(line, 1_000_000, f"SO-{n}", at) for n in range(2)]
    lives.authorized(line, 500_000, "SO-9", at)
    return drawdowns


def state() -> list[Any]:
    """Everything a close may write, without ids and clocks."""
    return [
        sorted(BusinessDay.objects.values_list("on", "status", "event_count", "sha256")),
        sorted(CloseBucket.objects.values_list("business_day__on", "no", "sha256")),
        sorted(JournalEntry.objects.values_list("kind", "key", "value_on", "booked_on")),
        sorted(Posting.objects.values_list("entry__key", "account__code", "amount_minor")),
        sorted(
            InterestSegment.objects.values_list("kind", "seq", "from_on", "to_on", "base_minor")
        ),
        sorted(PlanRow.objects.values_list("due_on", "principal_minor", "unpaid_minor")),
        SettlementLine.objects.count(),
    ]


def in_child(act: Callable[[], object], kill_at: int) -> int:
    """Run `act` in a forked process that kills itself before its n-th statement; its exit code."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status)
    held = connection.connection  # the parent's socket: never closed here
    connection.connection = None
    count = 0

    def killer(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        nonlocal count
        count += 1
        if count >= kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(killer):
            act()
    except BaseException:  # noqa: BLE001 -- a child must never return into pytest
        traceback.print_exc(file=sys.stderr)
        os._exit(1)
    os._exit(0 if held is not None else 2)


def test_killed_at_any_statement_and_started_again_it_ends_the_same(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    last = date(2026, 4, 4)  # the day on which grace of the first rows ends: penalty starts
    expected = []
    for one in (tenant, other_tenant):
        with tenant_scope(one.id):
            lend(at)
            lives.close_until(last)
    over = clock.end_of(last)
    with tenant_scope(other_tenant.id):
        close_day(at=over)
        expected = [_nameless(part) for part in state()]
    kills = 0
    with tenant_scope(tenant.id):

        def close() -> None:
            if open_day() == last:
                close_day(at=over)
            else:
                finish_closing_days(at=over)

        while (code := in_child(close, kill_at=1 + kills)) == -signal.SIGKILL:
            kills += 1
            assert kills < 200
        assert code == 0
        assert [_nameless(part) for part in state()] == expected
        assert not any(full_checks(accrued_through=last + timedelta(1)).values())
    assert kills >= 15


def _nameless(part: Any) -> Any:
    """Business keys hold ids of the tenant's own rows: only their kind is compared."""
    if not isinstance(part, list):
        return part
    return sorted(re.sub(r"([a-z]{3})_[0-9a-z]{26}", r"\1", str(row)) for row in part)


@contextmanager
def poisoned(*drawdowns: Drawdown) -> Iterator[None]:
    """The database refuses to move the next event of these drawdowns."""
    prepare = Drawdown._meta.pk.get_prep_value
    raw = ", ".join(f"'{prepare(one.id)}'" for one in drawdowns)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION test_poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF NEW.id IN ({raw}) AND NEW.next_event_on IS DISTINCT FROM OLD.next_event_on THEN "
            "RAISE EXCEPTION 'poison'; END IF; RETURN NEW; END $$;"
            "CREATE TRIGGER test_poison BEFORE UPDATE ON credit_drawdown FOR EACH ROW "
            "EXECUTE FUNCTION test_poison()"
        )
    try:
        yield
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION test_poison CASCADE")


def test_a_poison_drawdown_is_set_aside_and_repaired(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        bad, good = lend(at)
        due = lives.close_until(date(2026, 4, 1)).date()
        with poisoned(bad):
            with pytest.raises(ExceptionsOpen):
                close_day(at=clock.end_of(due))
            day = BusinessDay.objects.get(on=due)
            assert (day.status, open_day()) == ("closing", due + timedelta(1))
            exception = CloseException.objects.get()
            assert (exception.drawdown_id, exception.on, exception.problem) == (
                bad.id, due, "poison",
            )  # fmt: skip
            good.refresh_from_db()
            assert good.oldest_unpaid_on == due
            sign_off_exception(exception_id=exception.id, note="under repair", actor=ACTOR, at=at)
            finish_closing_days(at=clock.end_of(due))
            day.refresh_from_db()
            assert day.status == "closed"
            morning = lives.close_until(date(2026, 4, 8))
            with pytest.raises(DrawdownLags):
                lives.repaid(bad, 1_000, "pay-1", morning)
            with pytest.raises(Exception, match="poison"):
                repair_close(exception_id=exception.id, actor=ACTOR, at=morning)
            exception.refresh_from_db()
            assert exception.status == "signed_off"
        repair_close(exception_id=exception.id, actor=ACTOR, at=morning)
        with pytest.raises(CloseExceptionNotFound):
            repair_close(exception_id=exception.id, actor=ACTOR, at=morning)
        bad.refresh_from_db()
        good.refresh_from_db()
        names = ("oldest_unpaid_on", "next_event_on", "lags_since", "status")
        assert [getattr(bad, n) for n in names] == [getattr(good, n) for n in names]
        assert difference_from_derived(bad, as_of=morning.date()) is None
        assert not any(full_checks(accrued_through=morning.date()).values())
        lives.repaid(bad, 1_000, "pay-1", morning)
        later = lives.close_until(date(2026, 4, 10))
        assert not any(full_checks(accrued_through=later.date()).values())


def test_every_drawdown_fails_and_the_job_goes_on(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    """No drawdown of one platform can be carried: its day waits, others and business do not."""
    Tenant.objects.update(is_virtual=False)  # moved by time, as the nightly job does it
    bad: list[Drawdown] = []
    for one in (tenant, other_tenant):
        with tenant_scope(one.id):
            found = lend(at)
            bad += found if one == tenant else []
            due = lives.close_until(date(2026, 4, 1)).date()
    with poisoned(*bad), clock.travel(clock.end_of(due)):
        assert close_days() == 2
        assert close_days() == 1  # the one that waits is tried again
        with tenant_scope(tenant.id):
            assert BusinessDay.objects.get(on=due).status == "closing"
            assert open_day() == due + timedelta(1)
            exceptions = CloseException.objects.filter(status="open")
            assert set(exceptions.values_list("drawdown_id", flat=True)) == {one.id for one in bad}
            lives.drawn(CreditLine.objects.get(), 10_000, "SO-3", clock.now())
        with tenant_scope(other_tenant.id):
            assert BusinessDay.objects.get(on=due).status == "closed"
    with tenant_scope(tenant.id):
        left = CloseException.objects.order_by("id").values_list("id", flat=True)
        for exception_id in left:
            sign_off_exception(exception_id=exception_id, note="repaired", actor=ACTOR, at=at)
        finish_closing_days(at=clock.end_of(due))
        assert BusinessDay.objects.get(on=due).status == "closed"
        for exception_id in left:
            repair_close(exception_id=exception_id, actor=ACTOR, at=clock.end_of(due))
        assert not any(full_checks(accrued_through=open_day()).values())


def test_many_buckets_end_as_one(
    tenant: Tenant, other_tenant: Tenant, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    accrued = []
    for one, size in ((tenant, 100_000), (other_tenant, 1)):
        monkeypatch.setattr(close_buckets, "DRAWDOWNS_A_BUCKET", size)
        with tenant_scope(one.id):
            lend(at)
            lives.close_until(date(2026, 4, 8))
            assert not any(full_checks(accrued_through=open_day()).values())
            days = BusinessDay.objects.filter(status="closed").order_by("on")
            accrued.append(
                list(
                    days.values_list(
                        "on", "event_count", "accrued_interest_minor", "accrued_penalty_minor"
                    )
                )
            )
            buckets = set(days.values_list("bucket_count", flat=True))
            assert buckets == ({1} if size > 1 else {1, 3} & buckets)
    assert accrued[0] == accrued[1]
