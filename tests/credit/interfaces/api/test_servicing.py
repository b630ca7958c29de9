"""Refunds, smaller orders, late bookings and the history of a drawdown, over HTTP."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit.models import CreditLine, Drawdown, LoanEvent
from credit.operations import servicing
from credit.queries.business_day import open_day
from credit.queries.proofs import full_checks
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives
from tests.credit.interfaces.api.test_refusals import refused
from tests.tenants.interfaces.api.client import Partner

Draw = Callable[..., dict[str, Any]]


@pytest.fixture
def drawdown(tenant: Tenant, line: CreditLine, at: datetime) -> Drawdown:
    with tenant_scope(tenant.id):
        return lives.drawn(line, 900_000, "SO-1", at, term="equal_3")


def later(tenant: Tenant, on: date) -> datetime:
    with tenant_scope(tenant.id):
        return lives.close_until(on)


def proven(tenant: Tenant) -> bool:
    with tenant_scope(tenant.id):
        return not any(full_checks(accrued_through=open_day()).values())


def test_a_refund_is_booked_once(tenant: Tenant, owner: Partner, drawdown: Drawdown) -> None:
    path = f"drawdowns/{drawdown.id}/refunds"
    body = {"amount": 350_000, "external_id": "RF-1"}
    with clock.travel(later(tenant, date(2026, 3, 24))):
        first = owner.post(path, body)
        again = owner.post(path, body)
        shown = owner.get(f"drawdowns/{drawdown.id}").json()
        refunded = first.json()
        assert first.status_code == again.status_code == 201
        assert again.json() == refunded
        assert {key: refunded[key] for key in ("object", "status", "external_id", "amount")} == {
            "object": "refund", "status": "applied", "external_id": "RF-1", "amount": 350_000,
        }  # fmt: skip
        # 7 days past the 15 free ones: 12.43 on 9,000.00 less the 7.59 that 5,500.00 bore
        assert refunded["interest_back"] == 1_243 - 759
        assert (refunded["outstanding"], refunded["unspent"]) == (550_000, 0)
        assert (refunded["value_on"], refunded["booked_on"]) == ("2026-03-24", "2026-03-24")
        assert shown["outstanding"] == 550_000
        conflict = {**body, "amount": 350_001}
        refused(tenant, lambda: owner.post(path, conflict), 409, "external_id_conflict")
        too_much = {"amount": 550_001, "external_id": "RF-2"}
        said = refused(tenant, lambda: owner.post(path, too_much), 422, "refund_too_large")
        assert said["errors"] == [{"path": "/amount", "code": "refund_too_large"}]
        tomorrow = {"amount": 1, "external_id": "RF-2", "value_on": "2026-03-25"}
        refused(tenant, lambda: owner.post(path, tomorrow), 409, "day_closed")
        wrong = {"amount": 1, "external_id": "RF-2", "value_on": "yesterday"}
        refused(tenant, lambda: owner.post(path, wrong), 422, "invalid")
    assert proven(tenant)


def test_a_refund_after_repayment_waits_for_the_merchant(
    tenant: Tenant, owner: Partner, drawdown: Drawdown, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        lives.repaid(drawdown, 900_000, "PAY-1", at)
    path = f"drawdowns/{drawdown.id}/refunds"
    refunded = owner.post(path, {"amount": 100_000, "external_id": "RF-1"}).json()
    assert (refunded["unspent"], refunded["outstanding"]) == (100_000, 0)


def test_an_order_not_shipped_is_adjusted_not_refunded(
    tenant: Tenant, owner: Partner, line: CreditLine, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        waiting = lives.authorized(line, 500_000, "SO-2", at)
    path = f"drawdowns/{waiting.id}"
    refund = {"amount": 1, "external_id": "RF-1"}
    refused(tenant, lambda: owner.post(f"{path}/refunds", refund), 409, "drawdown_not_serviceable")
    higher = {"amount": 500_001}
    refused(tenant, lambda: owner.post(f"{path}/adjust", higher), 422, "amount_not_lower")
    lower = owner.post(f"{path}/adjust", {"amount": 300_000})
    assert (lower.status_code, lower.json()["amount"]) == (200, 300_000)
    assert owner.get(f"credit_lines/{line.id}").json()["held"] == 300_000
    same = owner.post(f"{path}/adjust", {"amount": 300_000}).json()
    assert same["version"] == lower.json()["version"]
    captured = owner.post(
        f"{path}/captures", {"amount": 200_000, "external_id": "s-1", "final": False}
    ).json()
    assert captured["status"] == "partially_captured"
    below = {"amount": 199_999}
    refused(tenant, lambda: owner.post(f"{path}/adjust", below), 422, "amount_below_captured")
    done = owner.post(f"{path}/adjust", {"amount": 200_000}).json()
    assert (done["status"], done["amount"], done["captured"]) == ("repaying", 200_000, 200_000)
    assert owner.get(f"credit_lines/{line.id}").json()["held"] == 0
    gone = {"amount": 100_000}
    refused(tenant, lambda: owner.post(f"{path}/adjust", gone), 409, "drawdown_not_authorized")
    assert proven(tenant)


def test_the_preview_is_the_repayment(tenant: Tenant, owner: Partner, drawdown: Drawdown) -> None:
    """Booked late, with the day the money arrived: before the first installment was due."""
    body = {"drawdown": drawdown.id, "amount": 300_000, "value_on": "2026-03-25"}
    with clock.travel(later(tenant, date(2026, 4, 20))):
        shown = owner.post("repayments/preview", body).json()
        paid = owner.post(
            "repayments", {**body, "external_id": "PAY-1", "channel": "bank_transfer"}
        )
        plan = owner.get(f"drawdowns/{drawdown.id}/installments").json()
    assert paid.status_code == 201
    repayment = paid.json()
    taken = {"penalty": 0, "fee": 0, "interest": 0, "principal": 0}
    for part in repayment["allocations"]:
        taken[part["component"]] += part["amount"]
    assert {name: shown[name] for name in taken} == taken
    assert sum(taken.values()) == repayment["allocated"] == 300_000
    assert (repayment["value_on"], shown["unspent"]) == ("2026-03-25", 0)
    assert plan["payoff"] == shown["left"]
    unpaid = [row for row in plan["installments"] if row["status"] != "paid"]
    assert len(unpaid) == shown["installments_left"]
    assert unpaid[0]["due_on"] == shown["next_due_on"]
    assert sum(unpaid[0]["unpaid"].values()) == shown["next_due"]
    assert proven(tenant)


def test_a_repayment_of_tomorrow_is_refused(
    tenant: Tenant, owner: Partner, drawdown: Drawdown
) -> None:
    body = {"drawdown": drawdown.id, "amount": 1, "value_on": "2026-03-03"}
    refused(tenant, lambda: owner.post("repayments/preview", body), 409, "day_closed")
    booked = {**body, "external_id": "PAY-1", "channel": "partner"}
    refused(tenant, lambda: owner.post("repayments", booked), 409, "day_closed")


def test_early_settlement_is_quoted_and_ends_it(
    tenant: Tenant, owner: Partner, drawdown: Drawdown
) -> None:
    with clock.travel(later(tenant, date(2026, 3, 24))):
        quote = owner.post("repayments/preview", {"drawdown": drawdown.id}).json()
        assert quote["valid_until"] == "2026-03-25T00:00:00+08:00"
        assert (quote["left"], quote["installments_left"], quote["next_due_on"]) == (0, 0, None)
        assert quote["amount"] == quote["payoff"] == quote["principal"] + quote["interest"]
        assert quote["saved_interest"] > 0
        body = {"drawdown": drawdown.id, "amount": quote["payoff"], "external_id": "PAY-1"}
        owner.post("repayments", {**body, "channel": "partner"})
        assert owner.get(f"drawdowns/{drawdown.id}").json()["status"] == "paid_off"


def test_the_history_tells_what_was_undone(
    tenant: Tenant, owner: Partner, drawdown: Drawdown, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        lives.repaid(drawdown, 100_000, "PAY-1", at)
        paid = LoanEvent.objects.get(kind="repayment")
        one = servicing.Act(drawdown_id=drawdown.id, external_id="U-1", actor="usr_x", at=at)
        undo = servicing.reverse_event(one, event_id=paid.id)
        servicing.extend(
            servicing.Act(drawdown_id=drawdown.id, external_id="X-1", actor="usr_x", at=at),
            row_seq=1, days=10,
        )  # fmt: skip
    rows = owner.get(f"drawdowns/{drawdown.id}/events").json()
    assert (rows["has_more"], rows["next_after"]) == (False, None)
    told = [
        (row["seq"], row["kind"], row["external_id"], row["amount"], row["details"])
        for row in rows["data"]
    ]
    assert told == [
        (1, "capture", "ship-1", 900_000, {}),
        (2, "repayment", "PAY-1", 100_000, {}),
        (3, "reversal", "U-1", 0, {}),
        (4, "extension", "X-1", 0, {"row_seq": 1, "days": 10}),
    ]
    assert [row["reversed_by"] for row in rows["data"]] == [None, undo.id, None, None]
    assert [row["reverses"] for row in rows["data"]] == [None, None, paid.id, None]


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_history_costs_the_same_for_any_length(
    tenant: Tenant, owner: Partner, drawdown: Drawdown, at: datetime, item_count: int
) -> None:
    with tenant_scope(tenant.id):
        for number in range(item_count - 1):
            lives.repaid(drawdown, 1_000, f"PAY-{number}", at)
    owner.get("hello")
    with CaptureQueriesContext(connection) as said:
        rows = owner.get(f"drawdowns/{drawdown.id}/events").json()["data"]
    assert len(rows) == item_count
    assert len(said) == 4


def test_waived_and_written_off_installments_say_so(
    tenant: Tenant, owner: Partner, drawdown: Drawdown
) -> None:
    when = later(tenant, date(2026, 4, 20))
    with tenant_scope(tenant.id), clock.travel(when):
        one = servicing.Act(drawdown_id=drawdown.id, external_id="W-1", actor="usr_x", at=when)
        servicing.write_off(one)
        rows = owner.get(f"drawdowns/{drawdown.id}/installments").json()["installments"]
    assert {row["status"] for row in rows} == {"written_off"}
    assert sum(row["written_off"]["principal"] for row in rows) == 900_000
    assert {sum(row["unpaid"].values()) for row in rows} == {0}


def test_a_temporary_limit_is_part_of_the_line(owner: Partner, line: CreditLine) -> None:
    shown = owner.get(f"credit_lines/{line.id}").json()
    assert (shown["temporary"], shown["temporary_changes_on"]) == (0, None)
