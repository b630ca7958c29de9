"""Three sides compared: what does not agree is found, closes itself, or is closed by people."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from credit import errors
from credit.models import CreditLine, ReconciliationBreak, SettlementBatch
from credit.operations import breaks
from credit.operations.settlements import pay_settlements
from credit.queries.breaks import ages, list_breaks
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError, NotFound, ReasonNeeded, SecondPersonNeeded
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.operations.trade import import_orders
from tenants.values import OrderRow
from tests.credit import lives, settling

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture
def line(inside: Tenant, at: datetime) -> CreditLine:
    return lives.line_of(lives.merchant_with_trade("P1", at), at)


def ordered(order_no: str, amount_minor: int, at: datetime, status: str = "placed") -> None:
    import_orders(
        rows=[
            OrderRow(
                order_no=order_no, merchant_no="P1", ordered_on=clock.day_of(at), quantity=1,
                amount_minor=amount_minor, status=status,
            )
        ],
        known_at=at, actor=lives.ACTOR,
    )  # fmt: skip


def compared(at: datetime) -> dict[str, int]:
    return breaks.reconcile(actor=lives.ACTOR, at=at)


def found() -> list[tuple[str, str, int, int]]:
    rows = ReconciliationBreak.objects.order_by("kind", "id")
    return list(rows.values_list("kind", "status", "expected_minor", "found_minor"))


def test_orders_against_drawdowns(line: CreditLine, at: datetime) -> None:
    for order_no, amount in (("SO-1", 300_000), ("SO-2", 200_000), ("SO-3", 100_000)):
        lives.drawn(line, amount, order_no, at)
    ordered("SO-9", 1, at)  # the platform's orders have come in up to today
    ordered("SO-2", 150_000, at)
    ordered("SO-3", 100_000, at, status="returned")

    assert compared(at) == {"opened": 3, "resolved": 0}
    assert found() == [
        ("order_amount", "open", 150_000, 200_000),
        ("order_missing", "open", 300_000, 0),
        ("order_returned", "open", 0, 100_000),
    ]
    assert compared(at) == {"opened": 0, "resolved": 0}
    ordered("SO-1", 300_000, at)
    ordered("SO-2", 250_000, at)
    assert compared(at) == {"opened": 0, "resolved": 2}
    assert found()[2] == ("order_returned", "open", 0, 100_000)
    ordered("SO-2", 160_000, at)
    assert compared(at) == {"opened": 1, "resolved": 0}
    assert found()[0] == ("order_amount", "open", 160_000, 200_000)


def test_a_side_is_judged_as_far_as_it_has_reported(line: CreditLine, at: datetime) -> None:
    drawdown = lives.drawn(line, 300_000, "SO-1", at)
    ordered("SO-1", 300_000, at)
    lives.repaid(drawdown, 100_000, "PAY-1", at)
    moment = lives.close_until(date(2026, 3, 3))
    pay_settlements(actor=lives.ACTOR, at=moment)
    lives.close_until(date(2026, 3, 5))
    assert compared(moment) == {"opened": 0, "resolved": 0}

    settling.banked(moment, "B-1,2026-03-03,1.00,,,")  # speaks of the repayment's day, no payout
    assert compared(moment) == {"opened": 1, "resolved": 0}
    assert found() == [("repayment_missing", "open", 100_000, 0)]
    settling.banked(moment, "B-2,2026-03-04,1.00,,,")
    assert compared(moment) == {"opened": 1, "resolved": 0}

    reference = SettlementBatch.objects.get().payout_reference
    settling.banked(
        moment,
        f"B-3,2026-03-04,-3000.00,,,{reference}",
        "B-4,2026-03-04,1000.00,,,PAY-1",
    )
    assert compared(moment) == {"opened": 0, "resolved": 2}
    assert {status for _, status, _, _ in found()} == {"resolved"}
    assert set(ReconciliationBreak.objects.values_list("closed_on", flat=True)) == {
        date(2026, 3, 5)
    }


def test_amounts_that_differ_and_money_nobody_knows(line: CreditLine, at: datetime) -> None:
    drawdown = lives.drawn(line, 300_000, "SO-1", at)
    ordered("SO-1", 300_000, at)
    lives.repaid(drawdown, 100_000, "PAY-1", at)
    moment = lives.close_until(date(2026, 3, 3))
    pay_settlements(actor=lives.ACTOR, at=moment)
    reference = SettlementBatch.objects.get().payout_reference
    settling.banked(
        moment,
        f"B-1,2026-03-03,-2999.00,,,{reference}",
        "B-2,2026-03-03,900.00,,,PAY-1",
        "B-3,2026-03-03,-5.00,,,工资",
    )
    assert compared(moment) == {"opened": 3, "resolved": 0}
    assert found() == [
        ("flow_unknown", "open", 0, -500),
        ("payout_amount", "open", 300_000, 299_900),
        ("repayment_amount", "open", 100_000, 90_000),
    ]
    assert settling.proven()


@pytest.fixture
def one(line: CreditLine, at: datetime) -> ReconciliationBreak:
    """An open break: the platform does not know the order."""
    lives.drawn(line, 300_000, "SO-1", at)
    ordered("SO-9", 1, at)
    compared(at)
    return ReconciliationBreak.objects.get()


def refused(kind: type[DomainError], act: Callable[[], object]) -> None:
    def everything() -> list[Any]:
        models = (ReconciliationBreak, Event, AuditRecord)
        return [list(model.objects.order_by("pk").values()) for model in models]

    before = everything()
    with pytest.raises(kind):
        act()
    assert everything() == before


def test_writing_off_takes_two_people(one: ReconciliationBreak, at: datetime) -> None:
    act: dict[str, Any] = {"break_id": one.id, "at": at}
    breaks.take_break(actor="usr_a", **act)
    refused(errors.WriteOffNotAsked, lambda: breaks.write_off_break(actor="usr_b", **act))
    refused(ReasonNeeded, lambda: breaks.ask_write_off(reason=" ", actor="usr_a", **act))
    refused(ReasonNeeded, lambda: breaks.explain_break(explanation="", actor="usr_a", **act))
    breaks.explain_break(explanation="平台补单", actor="usr_c", **act)
    one.refresh_from_db()
    assert (one.status, one.owner, one.explanation) == ("explained", "usr_a", "平台补单")
    breaks.ask_write_off(reason="已核实", actor="usr_a", **act)
    refused(SecondPersonNeeded, lambda: breaks.write_off_break(actor="usr_a", **act))
    breaks.write_off_break(actor="usr_b", **act)
    one.refresh_from_db()
    assert (one.status, one.closed_on, one.write_off_approved_by) == (
        "written_off", TODAY, "usr_b",
    )  # fmt: skip
    for again in (
        lambda: breaks.write_off_break(actor="usr_b", **act),
        lambda: breaks.explain_break(explanation="x", actor="usr_b", **act),
        lambda: breaks.take_break(actor="usr_b", **act),
        lambda: breaks.ask_write_off(reason="x", actor="usr_b", **act),
    ):
        refused(errors.BreakNotOpen, again)
    assert compared(at) == {"opened": 0, "resolved": 0}
    assert found() == [("order_missing", "written_off", 300_000, 0)]


def test_an_explained_break_still_closes_itself(one: ReconciliationBreak, at: datetime) -> None:
    breaks.explain_break(break_id=one.id, explanation="平台补单", actor="usr_a", at=at)
    ordered("SO-1", 300_000, at)
    assert compared(at) == {"opened": 0, "resolved": 1}


def test_ages(one: ReconciliationBreak) -> None:
    assert ages(TODAY) == [(0, 1, 1, 300_000), (2, 7, 0, 0), (8, 30, 0, 0), (31, None, 0, 0)]
    assert [row[2] for row in ages(date(2026, 3, 9))] == [0, 1, 0, 0]
    assert [row[2] for row in ages(date(2026, 4, 2))] == [0, 0, 0, 1]
    assert [row.id for row in list_breaks(kind="order_missing")] == [one.id]
    assert list(list_breaks(status="resolved")) == []


def test_another_platform_and_no_scope(
    one: ReconciliationBreak, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(other_tenant.id):
        assert compared(at) == {"opened": 0, "resolved": 0}
        for break_id in (one.id, "rbk_malformed"):
            refused(
                NotFound,
                lambda: breaks.take_break(break_id=break_id, actor="usr_a", at=at),  # noqa: B023 -- called at once
            )


def test_without_a_scope(tenant: Tenant, at: datetime) -> None:
    with pytest.raises(NoScope):
        compared(at)


def test_what_the_database_refuses(one: ReconciliationBreak) -> None:
    refuse = settling.sql_refused
    change = "UPDATE credit_reconciliationbreak SET "
    assert refuse(change + "status = 'resolved'") == "credit_reconciliationbreak_closed_on"
    assert (
        refuse(change + "status = 'written_off', closed_on = '2026-03-02'")
        == "credit_reconciliationbreak_two_people"
    )
