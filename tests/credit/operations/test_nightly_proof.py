"""What the nightly proof finds, and what only the full one does (decision 0032)."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from credit.errors import BooksDoNotBalance
from credit.models import BusinessDay, CloseBucket, CreditLine, Drawdown, Posting
from credit.operations import business_day
from credit.operations.business_day import close_day, finish_closing_days
from credit.operations.close_buckets import work_buckets
from credit.operations.temporary_limits import grant_temporary_limit
from credit.queries.business_day import open_day
from credit.queries.proofs import full_checks, nightly_checks
from platform_app.kernel import clock
from platform_app.kernel.postgres.role import as_owner
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.conftest import lived, platform
from tests.credit import lives

LATE = date(2026, 4, 8)  # the first rows fell due a week before


def _lent(at: datetime) -> Tenant:
    """Two drawdowns overdue since days, one of them paid in part; a hold; a temporary limit."""
    found = platform("lent", at)
    with tenant_scope(found.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        grant_temporary_limit(
            line_id=line.id, amount_minor=50_000, from_on=date(2026, 3, 2),
            until_on=date(2026, 6, 1), reason="spring", key="spring", actor=lives.ACTOR, at=at,
        )  # fmt: skip
        drawdowns = [lives.drawn(line, 1_000_000, f"SO-{n}", at) for n in range(2)]
        morning = lives.close_until(LATE)
        lives.authorized(second_line(morning), 500_000, "SO-9", morning)
        lives.repaid(drawdowns[0], 1_012_345, "pay-1", morning)
    return found


@pytest.fixture(scope="module")
def lived_lent(lasting: transaction.Atomic) -> Tenant:
    return lived(_lent)


@pytest.fixture
def lent(lived_lent: Tenant, db: None, at: datetime) -> Iterator[list[Drawdown]]:
    with tenant_scope(lived_lent.id):
        yield list(Drawdown.objects.filter(order_no__in=["SO-0", "SO-1"]).order_by("order_no"))


def second_line(at: datetime) -> CreditLine:
    return lives.line_of(lives.merchant_with_trade("P2", at), at)


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def tamper(change: str, **postings: object) -> None:
    """Rewrite postings as somebody who may switch off what refuses it."""
    rows = Posting.objects.filter(**postings).values_list("id", flat=True)
    raw = [str(Posting._meta.pk.get_prep_value(row)) for row in rows]
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE credit_posting DISABLE TRIGGER append_only, NO FORCE ROW LEVEL SECURITY"
        )
        cursor.execute(
            f"UPDATE credit_posting SET amount_minor = amount_minor {change}"  # noqa: S608
            " WHERE id = ANY(%s::uuid[])",
            [raw],
        )
        assert cursor.rowcount == len(raw) > 0
        cursor.execute(
            "ALTER TABLE credit_posting ENABLE TRIGGER append_only, FORCE ROW LEVEL SECURITY"
        )


def close() -> BusinessDay:
    return close_day(at=clock.end_of(open_day()))


def broken() -> list[str]:
    found = full_checks(accrued_through=open_day())
    return [name for name, count in found.items() if count]


BREAKS = {
    "UPDATE credit_drawdown SET outstanding_principal_minor = outstanding_principal_minor - 1"
    " WHERE order_no = 'SO-1'": ["control_accounts_agree", "lines_agree"],
    "UPDATE credit_planrow SET paid_penalty_minor = paid_penalty_minor - 1"
    " WHERE paid_penalty_minor > 0": ["control_accounts_agree"],
    "UPDATE credit_planrow SET waived_interest_minor = 1 WHERE paid_off_on IS NULL": [
        "control_accounts_agree"
    ],
    "UPDATE credit_interestsegment SET base_minor = base_minor * 2 WHERE to_on < '2026-04-08'": [
        "control_accounts_agree"
    ],
    "UPDATE credit_interestsegment SET from_on = from_on - 1 WHERE kind = 'penalty'": [
        "control_accounts_agree"
    ],
    "UPDATE credit_creditline SET used_minor = used_minor + 1": ["lines_agree", "exposure_agrees"],
    "UPDATE credit_hold SET amount_minor = amount_minor + 1 WHERE status = 'held'": ["lines_agree"],
    "UPDATE credit_temporarylimit SET amount_minor = amount_minor + 1": ["temporary_limits_agree"],
    "UPDATE risk_exposurebucket SET used_minor = used_minor + 1 WHERE slice_no = 0": [
        "exposure_agrees"
    ],
}


@pytest.mark.parametrize("statement", BREAKS)
def test_a_row_broken_today_is_found_tonight(lent: list[Drawdown], statement: str) -> None:
    assert broken() == []
    with connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount > 0
    today = open_day()
    with pytest.raises(BooksDoNotBalance) as refused:
        close()
    assert refused.value.facts == {"on": today.isoformat(), "failed": ", ".join(BREAKS[statement])}
    assert BusinessDay.objects.get(on=today).status == "closing"
    assert {*BREAKS[statement]} <= {*broken()}


def test_a_posting_that_contradicts_its_drawdowns_is_found_tonight(
    lent: list[Drawdown], at: datetime
) -> None:
    tamper("+ sign(amount_minor)", entry__key="pay-1", account__code__in=["1101", "1001"])
    with pytest.raises(BooksDoNotBalance):
        close()
    assert "control_accounts_agree" in broken()


def test_a_posting_of_a_day_that_was_proven_is_left_to_the_full_proof(
    lent: list[Drawdown], at: datetime
) -> None:
    tamper("+ sign(amount_minor)", entry__kind="capture", account__code__in=["1101", "2101"])
    assert close().status == "closed"
    assert broken() == ["control_accounts_agree", "snapshots_agree", "settlement_lines_agree"]


def test_a_segment_broken_while_the_day_is_proven_is_found_the_next_night(
    lent: list[Drawdown], at: datetime
) -> None:
    day = flipped()
    work_buckets(day, at=clock.end_of(day.on))
    sql("UPDATE credit_interestsegment SET base_minor = base_minor * 2 WHERE kind = 'penalty'")
    finish_closing_days(at=clock.end_of(day.on))
    day.refresh_from_db()
    assert day.status == "closed"
    assert broken() == ["control_accounts_agree"]
    with pytest.raises(BooksDoNotBalance):
        close()


def test_what_was_repaired_after_a_failed_proof_closes(lent: list[Drawdown], at: datetime) -> None:
    """The sums of the buckets are of the broken rows: what they say is looked at again in full."""
    sql("UPDATE credit_interestsegment SET from_on = from_on - 1 WHERE to_on < '2026-04-08'")
    with pytest.raises(BooksDoNotBalance):
        close()
    sql("UPDATE credit_interestsegment SET from_on = from_on + 1 WHERE to_on < '2026-04-08'")
    day = BusinessDay.objects.get(status="closing")
    finish_closing_days(at=clock.end_of(day.on))
    day.refresh_from_db()
    assert day.status == "closed"
    assert broken() == []


def _pay(lent: list[Drawdown], at: datetime) -> None:
    lives.repaid(lent[1], 400_000, "pay-2", at)


def _pay_off(lent: list[Drawdown], at: datetime) -> None:
    lives.repaid(lent[1], 2_000_000, "pay-3", at)


def _draw(lent: list[Drawdown], at: datetime) -> None:
    lives.drawn(CreditLine.objects.get(merchant__external_id="P2"), 100_000, "SO-10", at)


@pytest.mark.parametrize("act", [_pay, _pay_off, _draw])
def test_acts_between_the_accrual_and_the_proof_change_nothing_of_the_day(
    lent: list[Drawdown],
    act: Callable[[list[Drawdown], datetime], None],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    day = flipped()
    work_buckets(day, at=clock.end_of(day.on))
    act(lent, clock.end_of(day.on) + timedelta(hours=1))
    earned = {
        (source, kind): amount
        for bucket in CloseBucket.objects.filter(business_day=day)
        for source, kind, amount in bucket.earned
    }
    through = open_day()
    with django_assert_num_queries(3):  # twice the planner, once the proof: no second look
        found = nightly_checks(accrued_through=through, earned=earned)
    assert not any(found.values())
    finish_closing_days(at=clock.end_of(day.on))
    assert broken() == []


def test_another_platform_is_not_looked_at(
    lent: list[Drawdown], other_tenant: Tenant, at: datetime
) -> None:
    sql("UPDATE credit_creditline SET used_minor = used_minor + 1")
    with tenant_scope(other_tenant.id):
        assert close_day(at=clock.end_of(open_day())).status == "closed"
        assert broken() == []


def test_no_scope_no_proof(db: None) -> None:
    with pytest.raises(NoScope):
        nightly_checks(accrued_through=LATE, earned={})
    with pytest.raises(NoScope):
        full_checks(accrued_through=LATE)


def flipped() -> BusinessDay:
    day = BusinessDay.objects.get(status="open")
    business_day._flip(day)
    return day
