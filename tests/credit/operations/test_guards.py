"""What the database refuses, whoever asks: provoked in SQL, not through our own code."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction

from credit.models import (
    Account,
    BusinessDay,
    CreditLine,
    Drawdown,
    Hold,
    JournalEntry,
    LoanEvent,
    PlanRow,
    Posting,
    ProductVersion,
)
from credit.queries.business_day import open_day
from platform_app.kernel.postgres.role import as_owner
from tenants.models import Tenant
from tests.credit import lives

REFUSALS = (IntegrityError, ProgrammingError, InternalError)
pytestmark = pytest.mark.usefixtures("inside")


def refused(constraint: str, act: Callable[[], object]) -> None:
    """The database says no, naming what stands in the way."""
    with pytest.raises(REFUSALS) as caught, transaction.atomic():
        _at_commit(act)
    cause: Any = caught.value.__cause__
    assert constraint in {
        cause.diag.constraint_name,
        constraint if constraint in str(cause) else "",
    }


def _at_commit(act: Callable[[], object]) -> None:
    act()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def entry(day: date, at: datetime, kind: str = "capture") -> JournalEntry:
    return JournalEntry.objects.create(kind=kind, key="test", value_on=day, booked_on=day, at=at)


@pytest.fixture
def drawdown(inside: Tenant, at: datetime) -> Drawdown:
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    return lives.drawn(line, 500_000, "SO-1", at)


def test_an_entry_that_does_not_balance(drawdown: Drawdown, at: datetime) -> None:
    accounts = list(Account.objects.order_by("code")[:2])

    def unbalanced() -> None:
        booked = entry(open_day(), at)
        for account, amount in zip(accounts, (100, -99), strict=True):
            Posting.objects.create(entry=booked, account=account, amount_minor=amount)

    refused("credit_journalentry_balanced", unbalanced)
    refused("credit_journalentry_balanced", lambda: entry(open_day(), at))


def test_a_zero_posting(drawdown: Drawdown, at: datetime) -> None:
    def zero() -> None:
        account = Account.objects.all()[0]
        Posting.objects.create(entry=entry(open_day(), at), account=account, amount_minor=0)

    refused("credit_posting_not_zero", zero)


def test_changing_or_deleting_what_is_booked(drawdown: Drawdown) -> None:
    for model in (JournalEntry, Posting, LoanEvent):
        rows = model.objects.all()
        refused("permission denied", partial(rows.update, id=None))
        refused("permission denied", partial(rows._raw_delete, "default"))
    table = Posting._meta.db_table

    def as_the_owner() -> None:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.tenant_id', %s, true)", ["x"])
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 -- a table of ours

    refused("is append-only", as_the_owner)


def test_booking_into_another_day_than_the_open_one(drawdown: Drawdown, at: datetime) -> None:
    lives.close_until(date(2026, 3, 4))
    for day in (date(2026, 3, 2), date(2026, 3, 5)):
        refused("credit_booked_into_open_day", partial(entry, day, at))
        refused("credit_booked_into_open_day", partial(entry, day, at, "accrual"))
        refused(
            "credit_booked_into_open_day",
            partial(LoanEvent.objects.create,
                drawdown=drawdown, seq=9, kind="repayment", amount_minor=1, value_on=day,
                booked_on=day, key="x", actor="x", at=at,
            ),
        )  # fmt: skip


def test_a_business_day_only_moves_forward(drawdown: Drawdown) -> None:
    lives.close_until(date(2026, 3, 4))
    closed = BusinessDay.objects.filter(on=date(2026, 3, 2))
    refused("credit_day_forward_only", lambda: closed.update(status="open"))
    refused("credit_day_forward_only", lambda: closed.update(sha256="other"))
    refused("credit_businessday_one_open", lambda: BusinessDay.objects.create(on=date(2026, 9, 1)))


def test_published_terms_do_not_change(drawdown: Drawdown) -> None:
    refused("credit_published_is_final", lambda: ProductVersion.objects.update(terms={}))
    refused("credit_published_is_final", lambda: ProductVersion.objects.update(status="draft"))


def test_amounts_stay_in_range(drawdown: Drawdown) -> None:
    refused("credit_creditline_amounts", lambda: CreditLine.objects.update(held_minor=-1))
    refused("credit_drawdown_amounts", lambda: Drawdown.objects.update(captured_minor=500_001))
    refused(
        "credit_drawdown_amounts",
        lambda: Drawdown.objects.update(outstanding_principal_minor=500_001),
    )
    refused("credit_hold_amounts", lambda: Hold.objects.update(released_minor=1))
    refused("credit_hold_finished", lambda: Hold.objects.update(captured_minor=1))
    refused(
        "credit_planrow_principal", lambda: PlanRow.objects.update(paid_principal_minor=500_001)
    )


def test_the_same_effect_twice(drawdown: Drawdown, at: datetime) -> None:
    booked = JournalEntry.objects.get(kind="capture")

    def again() -> None:
        JournalEntry.objects.create(
            kind="capture", key=booked.key, value_on=open_day(), booked_on=open_day(), at=at
        )

    refused("credit_journalentry_once", again)
