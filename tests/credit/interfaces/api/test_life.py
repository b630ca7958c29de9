"""One whole credit life over HTTP, from the first order to the last fen."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit.queries.business_day import open_day
from credit.queries.proofs import full_checks
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.operations.sandbox import fake_registration_no
from tests.credit import lives
from tests.tenants.interfaces.api.client import Partner

CONSENTS = ["service_and_privacy", "sensitive_data", "sharing_with_funder", "bureau_query"]


def ok(answer: Any, status: int = 201) -> dict[str, Any]:
    assert answer.status_code == status, answer.content.decode()
    found: dict[str, Any] = answer.json()
    return found


def orders_of(number: str, today: date) -> list[dict[str, Any]]:
    return [
        {
            "order_no": f"{number}-{week}",
            "merchant_external_id": number,
            "ordered_on": (today - timedelta(days=7 * week + 1)).isoformat(),
            "amount": 2_000_000,
        }
        for week in range(52)
    ]


def onboarded(owner: Partner, at: datetime) -> dict[str, Any]:
    """Merchant, orders, consents, application, offer; returns the line."""
    verified = {"registration_no": fake_registration_no(7), "verified": True}
    merchant = ok(owner.put("merchants/ext:M-7", {"name": "示例宠物店", **verified}))
    assert (merchant["status"], merchant["next_action"]) == ("verified", None)
    pushed = ok(owner.post("orders:batch", {"orders": orders_of("M-7", date(2026, 3, 2))}), 200)
    assert (pushed["created"], pushed["errors"]) == (52, [])
    evidence = {"ip": "203.0.113.7", "read_ms": 9000}
    consents = {"codes": CONSENTS, "locale": "zh-hans", "evidence": evidence}
    ok(owner.post(f"merchants/{merchant['id']}/consents", consents))
    asked = {"merchant": merchant["id"], "external_id": "APL-7"}
    with clock.travel(at + timedelta(seconds=5)):  # what was known before the decision counts
        decided = ok(owner.post("applications", asked, Prefer="wait=8"))
        assert decided["status"] == "approved", decided
        assert decided["next_action"]["code"] == "accept_offer"
        offer = ok(owner.post(f"offers/{decided['offer']}/read"), 200)
    read = {"cost_sheet_sha256": offer["cost_sheet_sha256"]}
    with clock.travel(at + timedelta(seconds=30)):
        line = ok(owner.post(f"offers/{offer['id']}/accept", read))
        assert line["available"] == line["limit"] == decided["limit"]
        assert ok(owner.get(f"applications/{decided['id']}"), 200)["status"] == "activated"
    return line


def captured(owner: Partner, line: dict[str, Any], interest: int) -> dict[str, Any]:
    """Quote, draw, ship one order of ¥10,000; returns the drawdown."""
    asked = {"line": line["id"], "amount": 1_000_000, "order_no": "SO-7"}
    quotes = ok(owner.post("quotes", asked))["data"]
    quote = next(one for one in quotes if one["term"] == "bullet_30")
    row = {"seq": 1, "due_on": "2026-04-01", "principal": 1_000_000, "interest": interest}
    assert quote["schedule"] == [{**row, "discount": 0, "amount": 1_000_000 + interest}]
    body = {"line": line["id"], "quote": quote["id"], "external_id": "SO-7"}
    with CaptureQueriesContext(connection) as counted:
        drawdown = ok(owner.post("drawdowns", body))
    said = [one["sql"] for one in counted if "SAVEPOINT" not in one["sql"]]
    assert len(said) == 16, said
    assert drawdown["status"] == "authorized"
    assert ok(owner.get(f"credit_lines/{line['id']}"), 200)["held"] == 1_000_000
    before = ok(owner.get(f"drawdowns/{drawdown['id']}/installments"), 200)
    assert (before["basis"], before["payoff"]) == ("quote", 0)
    shipped = {"amount": 1_000_000, "external_id": "SHIP-7"}
    found = ok(owner.post(f"drawdowns/{drawdown['id']}/captures", shipped))
    assert (found["status"], found["maturity_on"]) == ("repaying", "2026-04-01")
    assert found["next_action"]["deadline"] == "2026-04-01"
    return found


def pay_off(owner: Partner, drawdown: dict[str, Any], interest: int) -> None:
    """Preview and pay on the due day."""
    asked = {"drawdown": drawdown["id"]}
    preview = ok(owner.call("POST", "repayments/preview", asked), 200)
    assert preview["payoff"] == 1_000_000 + interest
    assert (preview["saved_interest"], preview["left"]) == (0, 0)
    assert preview["valid_until"] == "2026-04-02T00:00:00+08:00"
    payment = {"amount": preview["payoff"], "external_id": "PAY-7", "channel": "bank_transfer"}
    paid = ok(owner.post("repayments", {**asked, **payment}))
    assert paid["allocations"] == [
        {"seq": 1, "component": "interest", "amount": interest},
        {"seq": 1, "component": "principal", "amount": 1_000_000},
    ]
    assert ok(owner.get(f"repayments/{paid['id']}"), 200) == paid
    ended = ok(owner.get("drawdowns/ext:SO-7"), 200)
    assert (ended["status"], ended["next_action"]) == ("paid_off", None)
    plan = ok(owner.get(f"drawdowns/{drawdown['id']}/installments"), 200)
    assert [row["status"] for row in plan["installments"]] == ["paid"]


def test_from_the_first_order_to_the_last_fen(tenant: Tenant, owner: Partner, at: datetime) -> None:
    line = onboarded(owner, at)
    free_days = 15
    interest = round(1_000_000 * float(line["annual_rate"]) * (30 - free_days) / 365)
    with clock.travel(at + timedelta(seconds=40)):
        drawdown = captured(owner, line, interest)
    with tenant_scope(tenant.id):
        due = lives.close_until(date(2026, 4, 1))
    with clock.travel(due):
        pay_off(owner, drawdown, interest)
        settled = ok(owner.get("settlements"), 200)["data"]
        assert [(one["captured_on"], one["amount"]) for one in settled] == [
            ("2026-03-02", 1_000_000)
        ]
        told = ok(owner.get("events?type=credit.*&limit=100"), 200)["data"]
        daily = {"credit.day.closed", "credit.reconciliation_file.ready"}
        assert [one["type"] for one in told if one["type"] not in daily][-3:] == [
            "credit.settlement.locked",
            "credit.repayment.succeeded",
            "credit.drawdown.paid_off",
        ]
    with tenant_scope(tenant.id):
        assert set(full_checks(accrued_through=open_day()).values()) == {0}


def test_an_overdue_plan_shows_its_penalty_to_the_fen(
    tenant: Tenant, owner: Partner, drawn: Any
) -> None:
    drawdown = drawn("SO-1", 1_000_000)
    shipped = {"amount": 600_000, "external_id": "SHIP-1"}
    ok(owner.post(f"drawdowns/{drawdown['id']}/captures", shipped))
    with tenant_scope(tenant.id):
        late = lives.close_until(date(2026, 4, 7))  # due 1 April, grace until the 4th
    with clock.travel(late):
        shown = ok(owner.get(f"drawdowns/{drawdown['id']}"), 200)
        assert (shown["is_overdue"], shown["days_past_due"]) == (True, 6)
        line = ok(owner.get(f"credit_lines/{shown['line']}"), 200)
        row = ok(owner.get(f"drawdowns/{drawdown['id']}/installments"), 200)["installments"][0]
        rate = float(line["annual_rate"]) * 1.5
        assert row["status"] == "overdue"
        assert row["unpaid"]["penalty"] == round(600_000 * rate * 6 / 365)
        preview = ok(owner.call("POST", "repayments/preview", {"drawdown": drawdown["id"]}), 200)
        assert preview["payoff"] == sum(row["unpaid"].values())
        assert ok(owner.post("quotes", {"line": shown["line"], "amount": 50_000, "order_no": "X"}))
